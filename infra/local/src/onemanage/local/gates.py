"""Readiness gates: asked again and again until they say yes."""

import http.client
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import anyio
from anyio import to_thread

type Gate = Callable[[], Awaitable[bool]]

EVERY = 0.05
HTTP_TIMEOUT = 1.0


def file_exists(path: Path) -> Gate:
    """A gate that opens when the file is there."""

    async def gate() -> bool:
        return path.exists()

    return gate


def http_ok(url: str, accepted: Callable[[bytes], bool] = lambda body: True) -> Gate:
    """Open when GET answers 200, with a body that is accepted.

    The standard library's client: no proxy, fast to import.
    """
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}"

    def ask() -> bool:
        connection = http.client.HTTPConnection(parts.netloc, timeout=HTTP_TIMEOUT)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status == http.HTTPStatus.OK and accepted(answer.read())
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    async def gate() -> bool:
        return await to_thread.run_sync(ask)

    return gate


def all_open(*gates: Gate) -> Gate:
    """Open when all are, asked in this order up to the first that is not."""

    async def gate() -> bool:
        for one in gates:
            if not await one():
                return False
        return True

    return gate


def command_succeeds(arguments: Sequence[str]) -> Gate:
    """Open when the command ends with 0; what it prints is thrown away."""

    async def gate() -> bool:
        done = await anyio.run_process(
            arguments,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode == 0

    return gate


async def passed(gate: Gate) -> None:
    """Returns when the gate is open. The caller sets how long that may take."""
    while not await gate():
        await anyio.sleep(EVERY)
