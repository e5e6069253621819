"""Bytes on their way out: whole, a range of them, or word that the client has them."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import Depends, Header
from starlette.responses import Response, StreamingResponse

from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.served_images import Content, ServedImages
from onemanage.platform.storage.storage import (
    ObjectMissing,
    ObjectStream,
    RangeOutside,
    Storage,
)

SAFE = {"X-Content-Type-Options": "nosniff"}
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) - frozenset('"\\%')
"""What a quoted file name may hold everywhere."""
_RANGE = re.compile(r"bytes=([0-9]{1,18})?-([0-9]{1,18})?")


class Conditions(msgspec.Struct, frozen=True):
    """What a request for bytes says besides their address (RFC 9110)."""

    if_none_match: str | None = None
    byte_range: str | None = None
    if_range: str | None = None

    def has(self, etag: str) -> bool:
        """Whether the client has what carries this strong ETag."""
        given = [one.strip() for one in (self.if_none_match or "").split(",")]
        return "*" in given or etag in [one.removeprefix("W/") for one in given]

    def range_of(self, etag: str) -> str | None:
        """The one range that is to be sent; None for all of it.

        Several ranges, and what cannot be read, are passed over, as the RFC lets us.
        """
        found = _RANGE.fullmatch(self.byte_range or "")
        if found is None or self.if_range not in (None, etag):
            return None
        first, last = found.groups()
        if first is None and last is None:
            return None
        if first is not None and last is not None and int(last) < int(first):
            return None
        return found.group(0)


async def conditions(
    if_none_match: Annotated[str | None, Header()] = None,
    byte_range: Annotated[
        str | None, Header(alias="Range", examples=["bytes=0-1023"])
    ] = None,
    if_range: Annotated[str | None, Header()] = None,
) -> Conditions:
    """What the request's headers ask of a download."""
    return Conditions(if_none_match, byte_range, if_range)


Conditional = Annotated[Conditions, Depends(conditions)]


type Gone = Callable[[], Problem]
"""What is said where an object is not stored any more."""


def image_gone() -> Problem:
    """A 404 Problem, of what the services have made."""
    detail = "What is asked for is no longer kept. Have it made again."
    return Problem(404, "image_gone", detail)


@contextmanager
def missing_as(gone: Gone) -> Iterator[None]:
    """Inside, an object that is not stored any more is this Problem."""
    try:
        yield
    except ObjectMissing:
        raise gone() from None


async def read(storage: Storage, object_key: str, gone: Gone) -> bytes:
    """An object whole. Raises the Problem that ``gone`` says."""
    with missing_as(gone):
        return await storage.get_bytes(object_key)


def tag_of(object_key: str) -> str:
    """In place of a SHA-256 that nobody has kept: what is stored under a key of a run
    never changes."""
    return hashlib.sha256(object_key.encode()).hexdigest()


async def download(
    source: Storage | ServedImages,
    object_key: str,
    sha256: str,
    asked: Conditions,
    cache_control: str = "private, no-cache",
    *,
    file_name: str | None = None,
    kind: str = "inline",
    gone: Gone | None = image_gone,
    media_type: str | None = None,
) -> Response:
    """An object, a range of it, or 304 where the client has it.

    ``media_type`` is for what storage was told none of, or a wrong one.

    Raises what ``gone`` says, ObjectMissing where it is None, or a 416 Problem. Of
    ``ServedImages`` small ones come from memory; all else is streamed.
    """
    etag = f'"{sha256}"'
    headers = {"ETag": etag, "Cache-Control": cache_control, **SAFE}
    headers["Accept-Ranges"] = "bytes"
    if file_name is not None:
        headers["Content-Disposition"] = disposition(file_name, kind)
    if asked.has(etag):
        return Response(status_code=304, headers=headers)
    with missing_as(gone) if gone is not None else nullcontext():
        answer = await _answer(source, object_key, asked.range_of(etag), headers)
    if media_type is not None:
        answer.headers["Content-Type"] = media_type
    return answer


async def _answer(
    source: Storage | ServedImages,
    object_key: str,
    byte_range: str | None,
    headers: dict[str, str],
) -> Response:
    if isinstance(source, ServedImages):
        if byte_range is None:
            found = await source.content(object_key)
            if isinstance(found, Content):
                return Response(found.data, 200, headers, found.media_type)
            return streamed(found, headers)
        source = source.storage
    try:
        return streamed(await source.open(object_key, byte_range), headers)
    except RangeOutside as error:
        raise range_outside(error.size) from None


def range_outside(size: int) -> Problem:
    """A 416 Problem, of something of so many bytes."""
    detail = f"The Range lies outside of what is there: {size} bytes."
    told = {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
    return Problem(416, "range_outside", detail, headers=told)


def streamed(found: ObjectStream, headers: Mapping[str, str]) -> Response:
    """It, or the range of it that was opened, with its media type and size."""
    told = {**headers, "Content-Length": str(found.size)}
    status = 200
    if found.content_range is not None:
        status, told["Content-Range"] = 206, found.content_range
    return StreamingResponse(found.chunks, status, told, found.media_type)


def disposition(file_name: str, kind: str = "inline") -> str:
    """A Content-Disposition (RFC 6266): plain for old clients, and exact where needed."""
    plain = "".join(c if c in _PLAIN else "_" for c in file_name)
    if plain == file_name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
