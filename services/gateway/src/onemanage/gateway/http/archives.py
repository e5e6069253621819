"""Zips that are sent while they are made, out of storage and never whole anywhere.

Images are compressed already, so their bytes go in as they are.
"""

import zlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec
from starlette.responses import StreamingResponse
from stream_zip import (
    NO_COMPRESSION_32,
    NO_COMPRESSION_64,
    ZIP_32,
    ZIP_64,
    AsyncMemberFile,
    Method,
    async_stream_zip,
)

from onemanage.gateway.http.downloads import SAFE, disposition
from onemanage.platform.storage.storage import Storage

_READABLE = 0o100644
_HEADERS_BYTES = 512
"""Bytes at most of what an entry takes beside its contents."""
_MAX_32 = (1 << 32) - (1 << 20)
_MAX_ENTRIES_32 = (1 << 16) - 1


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the zip: an object in storage, or ``data``."""

    name: str
    size: int
    """Bytes."""
    crc32: int | None
    """None for objects of an older release, whose checksum is found on the way."""
    object_key: str = ""
    data: bytes | None = None


def json_entry(name: str, body: object) -> Entry:
    """A file of the archive that holds this as JSON."""
    data = msgspec.json.format(msgspec.json.encode(body))
    return Entry(name=name, size=len(data), crc32=zlib.crc32(data), data=data)


def archive(
    storage: Storage, entries: Sequence[Entry], name: str, made_at: datetime
) -> StreamingResponse:
    """An answer that is a zip called ``name``.

    An object that is missing breaks the connection off: the zip has no end then, and
    nobody takes it for whole.
    """
    headers = {
        "Content-Disposition": disposition(name, "attachment"),
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "none",  # it is made while it is sent, and stands nowhere
        **SAFE,
    }
    chunks = async_stream_zip(
        _members(storage, entries, made_at),
        get_compressobj=lambda: zlib.compressobj(level=0, wbits=-zlib.MAX_WBITS),
    )
    return StreamingResponse(chunks, headers=headers, media_type="application/zip")


async def _members(
    storage: Storage, entries: Sequence[Entry], made_at: datetime
) -> AsyncIterator[AsyncMemberFile]:
    total = sum(entry.size + _HEADERS_BYTES for entry in entries)
    is_large = total > _MAX_32 or len(entries) > _MAX_ENTRIES_32
    for entry in entries:
        method = _method(entry, is_large)
        yield entry.name, made_at, _READABLE, method, _chunks(storage, entry)


def _method(entry: Entry, is_large: bool) -> Method:
    """Stored; where the checksum is not known before, deflated without compression."""
    if entry.crc32 is None:
        return ZIP_64 if is_large else ZIP_32
    stored = NO_COMPRESSION_64 if is_large else NO_COMPRESSION_32
    return stored(entry.size, entry.crc32)


async def _chunks(storage: Storage, entry: Entry) -> AsyncIterator[bytes]:
    if entry.data is not None:
        yield entry.data
        return
    found = await storage.open(entry.object_key)
    async for chunk in found.chunks:
        yield chunk
