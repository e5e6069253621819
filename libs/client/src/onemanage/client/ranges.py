"""Which bytes an answer brings, and when to ask for the next ones."""

from __future__ import annotations

import re
from typing import NamedTuple

import httpx

from onemanage.client.errors import OneManageError
from onemanage.client.names import name_of_disposition
from onemanage.client.retrying import FIRST_PAUSE, LONGEST_PAUSE

_RANGE = re.compile(r"bytes ([0-9]+)-[0-9]+/([0-9]+)")


class Damaged(OneManageError):
    """What came is not what the server has."""


class Part(NamedTuple):
    """What an answer says of the bytes that follow."""

    first: int
    total: int | None
    """Bytes of the whole; None where nobody knows yet."""
    etag: str | None
    """By which the rest can be asked for later; None where it cannot."""
    media_type: str
    name: str | None
    """As the server says it: not safe."""


def part_of(response: httpx.Response) -> Part:
    """Raises Damaged where a range says nothing of its place."""
    headers, first = response.headers, 0
    length = headers.get("Content-Length", "")
    total = int(length) if length.isdigit() else None
    if response.status_code == 206:
        found = _RANGE.fullmatch(headers.get("Content-Range", ""))
        if found is None:
            raise Damaged(
                f"{response.request.url.path} gave a range that does not say where it "
                "is. Is there a proxy between? Download it again."
            )
        first, total = int(found[1]), int(found[2])
    etag = headers.get("ETag")
    if headers.get("Accept-Ranges") != "bytes" or (etag or "").startswith("W/"):
        etag = None
    return Part(
        first=first,
        total=total,
        etag=etag,
        media_type=headers.get("Content-Type", "application/octet-stream"),
        name=name_of_disposition(headers.get("Content-Disposition")),
    )


def pause_after(failures: int, retries: int) -> float | None:
    """Seconds before the line is tried again; None where it was in vain too often.

    ``failures`` are those since something last came.
    """
    if failures > retries:
        return None
    return float(min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE))
