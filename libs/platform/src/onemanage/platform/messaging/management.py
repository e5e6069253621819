"""Requests that manage JetStream: streams, consumers, single messages."""

import json
from typing import Any

from onemanage.platform.messaging.nats import Client

STREAM_NOT_FOUND = 10059
NO_MESSAGE = 10037


class JetStreamRefused(Exception):
    """The server answered a management request with an error."""

    def __init__(self, subject: str, code: int, description: str) -> None:
        super().__init__(f"{subject}: {description} ({code})")
        self.subject, self.code = subject, code


async def request(
    client: Client, subject: str, body: Any = None, *, tries: int = 1
) -> dict[str, Any]:
    """One management request, as JSON in and out. Raises JetStreamRefused, and
    TimeoutError after 5 s of silence, ``tries`` times over."""
    payload = b"" if body is None else json.dumps(body).encode()
    try:
        reply = await client.request(f"$JS.API.{subject}", payload, timeout=5)
    except TimeoutError:
        if tries <= 1:
            raise
        return await request(client, subject, body, tries=tries - 1)
    answer: dict[str, Any] = json.loads(reply.data)
    if error := answer.get("error"):
        raise JetStreamRefused(subject, error.get("err_code", 0), error["description"])
    return answer
