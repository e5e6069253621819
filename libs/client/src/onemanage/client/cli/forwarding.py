"""Events of a workspace, posted to a local address as webhooks are.

https://github.com/standard-webhooks/standard-webhooks: the signature is an HMAC-SHA256
over ``id.timestamp.body``, by the secret's bytes.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Optional

from onemanage.client.cli import text
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.session import Cli

if TYPE_CHECKING:
    import httpx

_PREFIX = "whsec_"
_SECONDS = 15.0
"""For the receiver's answer, as at the server."""


def new_secret() -> str:
    """A secret as the server makes them."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def secret_bytes(secret: str) -> bytes:
    """What it signs with. Raises UsageError for what is none."""
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise UsageError(
            "--secret is no secret of a webhook: whsec_ and Base64."
        ) from None


def signed(secret: bytes, event_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    content = f"{event_id}.{seconds}.".encode() + body
    digest = hmac.new(secret, content, hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def is_meant(patterns: Sequence[str], kind: str) -> bool:
    """Whether a webhook with these patterns is sent this type of event.

    ``*`` stands for one or more parts of a name; progress is sent where a pattern ends
    in ``.progress`` alone (docs/webhooks.md).
    """
    for pattern in patterns:
        parts = (
            ".+" if part == "*" else re.escape(part) for part in pattern.split(".")
        )
        if re.fullmatch(r"\.".join(parts), kind):
            if not kind.endswith(".progress") or pattern.endswith(".progress"):
                return True
    return False


class Forwarding:
    """Of one ``webhooks listen``."""

    def __init__(
        self, cli: Cli, url: str, patterns: Sequence[str], secret: Optional[str]
    ) -> None:
        self._cli, self._url, self._patterns = cli, url, patterns
        self._secret = secret or new_secret()
        self._bytes = secret_bytes(self._secret)

    async def follow(self, client: Any) -> None:
        """Until the command is interrupted."""
        import httpx

        self._cli.output.line(
            {"secret": self._secret, "forward": self._url},
            f"Secret of these webhooks: {self._secret}",
        )
        self._cli.output.note(f"Forwarding to {self._url}. Ctrl-C ends this.")
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as receiver:
            async for event in client.events.follow():
                data = event.data
                if isinstance(data, dict) and is_meant(self._patterns, event.type):
                    await self._post(receiver, data)

    async def _post(self, receiver: "httpx.AsyncClient", data: dict[str, Any]) -> None:
        """Once: a receiver that is being tried out is asked again by its developer."""
        import httpx

        kind, event_id = str(data["type"]), str(data.get("event_id") or "")
        told = {"type": kind, "timestamp": data.get("timestamp"), "data": data}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        headers = signed(self._bytes, event_id, int(time.time()), body)
        headers["content-type"] = "application/json"
        begun = time.monotonic()
        answer: dict[str, Any]
        try:
            response = await receiver.post(self._url, content=body, headers=headers)
            answer = {"status": response.status_code}
            said = str(response.status_code)
        except httpx.HTTPError as error:
            answer = {"error": str(error) or type(error).__name__}
            said = f"not delivered: {answer['error']}. Is the receiver up?"
        milliseconds = round((time.monotonic() - begun) * 1000)
        record = {
            "type": kind,
            "event_id": event_id,
            **answer,
            "milliseconds": milliseconds,
        }
        when = time.strftime("%H:%M:%S")
        line = f"{when} {kind} {data.get('task_id') or ''} → {said} ({milliseconds} ms)"
        self._cli.output.line(record, text.shown(line))
