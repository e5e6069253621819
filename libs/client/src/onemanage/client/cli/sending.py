"""Files on their way to the server: as the body of an order, or uploaded before it."""

import sys
from typing import TYPE_CHECKING, Any

from onemanage.client.cli.inputs import Input, unreadable
from onemanage.client.cli.many import Step

if TYPE_CHECKING:
    from onemanage.client import AsyncOneManage

LARGE = 64 * 1024 * 1024
"""Bytes from which on a file goes in parts, and is gone on with after a break."""


async def body_of(client: "AsyncOneManage", step: Step) -> dict[str, Any]:
    """What an order is given of the file: ``source`` and ``name``, or a ``file_id``."""
    known = step.known("file")
    if known is not None:
        return {"file_id": known}
    if _is_large(step.input):
        return {"file_id": await uploaded(client, step)}
    step.bar.update("sending")
    return {"source": source_of(step.input), "name": step.input.name}


async def uploaded(client: "AsyncOneManage", step: Step) -> str:
    """The id of the file at the server, uploaded where it is not there yet."""
    known = step.known("file")
    if known is not None:
        return known

    def show(done: int, total: int | None) -> None:
        step.bar.update("sending", done, total, unit="B")

    file = await client.files.upload(
        source_of(step.input), name=step.input.name, on_progress=show
    )
    step.made("file", file.id)
    return str(file.id)


def source_of(input: Input) -> Any:
    """A path, or the bytes of standard input as they come."""
    return sys.stdin.buffer if input.path is None else input.path


def _is_large(input: Input) -> bool:
    if input.path is None:
        return False
    try:
        return input.path.stat().st_size > LARGE
    except OSError as error:
        raise unreadable(input.path, error) from error
