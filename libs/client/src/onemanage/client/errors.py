"""What may go wrong, as one tree.

::

    OneManageError              anything this client raises by itself
    ├── InvalidSettings         no key, an address that is none: nothing was sent
    ├── ConnectionFailed        no server, or the line broke and trying again did not help
    ├── Timeout                 it took longer than it might
    ├── UnexpectedAnswer        the server speaks otherwise than this client expects
    ├── Problem                 the server said no (RFC 9457)
    │   ├── InvalidInput        400, 413, 415, 416, 422, 431: the request is wrong
    │   ├── Unauthenticated     401: no key, a wrong one, a session that has ended
    │   ├── NotAllowed          403: the key is right, and may not do this
    │   ├── NotFound            404, 410: nothing of this id in this workspace
    │   ├── Conflict            409, 412: it is in use, or has changed meanwhile
    │   ├── RateLimited         429: too many requests at once
    │   └── ServerFault         5xx: it is the server's fault
    ├── TaskFailed              the work was done and failed, or was cancelled
    └── Rejected                an import left rows out, and was asked not to

Each says what was wrong, where, and what to do. ``trace_id`` finds the server's log
lines. No message holds a key, a password or a token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from onemanage.client.types import TaskOut

_TYPE = "https://onemanage.dev/problems/"


class Place(NamedTuple):
    """Where in a request or a file something is wrong."""

    pointer: str
    """Of a field (``/body/name``), or a byte, a layer, a line."""
    detail: str


class OneManageError(Exception):
    """The root of the tree. ``hint`` says what to do, where that is known."""

    def __init__(
        self, message: str, *, hint: str | None = None, trace_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.hint, self.trace_id = message, hint, trace_id

    def __str__(self) -> str:
        lines = [self.message, *self._more()]
        if self.hint:
            lines.append(self.hint)
        if self.trace_id:
            lines.append(f"trace id: {self.trace_id}")
        return "\n".join(lines)

    def _more(self) -> list[str]:
        return []


class InvalidSettings(OneManageError, ValueError):
    """The client cannot be made, or not be used, as it is set."""


class ConnectionFailed(OneManageError, ConnectionError):
    """Nothing was answered. ``was_sent`` is False where certainly nothing was begun."""

    def __init__(
        self, message: str, *, hint: str | None = None, was_sent: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.was_sent = was_sent


class Timeout(OneManageError, TimeoutError):
    """It took longer than it might. ``task_id`` where a task goes on meanwhile."""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        trace_id: str | None = None,
        task_id: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint, trace_id=trace_id)
        self.task_id = task_id


class UnexpectedAnswer(OneManageError):
    """What came is no answer of a OneManage that this client understands."""


class Problem(OneManageError):
    """The server said no. ``code`` is stable, for programs; docs/errors.md has them."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        places: Sequence[Place] = (),
        hint: str | None = None,
        trace_id: str | None = None,
        retry_after: float | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, trace_id=trace_id)
        self.status, self.code, self.places = status, code, tuple(places)
        self.retry_after = retry_after
        """Seconds."""
        self.extra = dict(extra or {})
        """What else the problem says, such as ``dependents`` or ``scope``."""

    @property
    def type(self) -> str:
        """The address that names this kind of problem."""
        return _TYPE + self.code

    def _more(self) -> list[str]:
        return [f"  {place.pointer}: {place.detail}" for place in self.places]


class InvalidInput(Problem, ValueError):
    """The request is wrong; ``places`` names each field."""


class Unauthenticated(Problem):
    """No key, a wrong one, or a session that has ended."""


class NotAllowed(Problem, PermissionError):
    """The key is right, and may not do this."""


class NotFound(Problem, LookupError):
    """There is nothing of this id in this workspace."""


class Conflict(Problem):
    """It is in use, or has changed meanwhile."""


class RateLimited(Problem):
    """Too many requests. ``retry_after`` says when to come again."""


class ServerFault(Problem):
    """It is the server's fault, and trying again did not help."""


class TaskFailed(OneManageError):
    """The work failed, or was cancelled. ``where`` is a byte, a layer, a line."""

    def __init__(
        self,
        message: str,
        *,
        task_id: str,
        code: str,
        where: str | None = None,
        retryable: bool = False,
        hint: str | None = None,
        trace_id: str | None = None,
        task: TaskOut[Any] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, trace_id=trace_id)
        self.task_id, self.code, self.where = task_id, code, where
        self.retryable = retryable
        """Whether ``client.tasks.retry(task_id)`` may help."""
        self.task = task
        """As it stands, where it is known."""

    def _more(self) -> list[str]:
        lines = [] if self.where is None else [f"  where: {self.where}"]
        return [*lines, f"  task: {self.task_id}"]


class Rejected(OneManageError):
    """An import left rows out. ``rejects`` of ``import_id`` names each."""

    def __init__(
        self, message: str, *, import_id: str, rejected: int, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.import_id, self.rejected = import_id, rejected
