"""What is asked for once, without a journal."""

import uuid

from onemanage.client.cli.progress import Bar


class Single:
    """Notes of an order that no later run goes on with (see orders.Notes)."""

    def __init__(self, name: str, bar: Bar) -> None:
        self.name, self.bar = name, bar
        self._key = str(uuid.uuid4())

    def known(self, what: str) -> str | None:
        """Nothing: there was no earlier run."""
        return None

    def key(self, what: str) -> str:
        """The Idempotency-Key of one request."""
        return f"{self._key}-{what}"

    def made(self, what: str, made: str) -> None:
        """Nothing to note it in."""

    def renew(self) -> None:
        """Nothing to forget."""

    def dropped(self) -> None:
        """Nothing to note it in."""
