"""Writing an object whose size is not known before its end."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import anyio
import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from loguru import logger

if TYPE_CHECKING:
    from onemanage.platform.storage.storage import Storage

PART_SIZE = 8 * 1024 * 1024


class StoredObject(msgspec.Struct, frozen=True):
    """What was written: bytes, and their SHA-256 in hex."""

    key: str
    size: int
    sha256: str
    media_type: str


class PartWriter:
    """Gathers chunks into parts; a stream of one part is put in one request."""

    def __init__(
        self,
        storage: "Storage",
        key: str,
        media_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self._storage, self._key, self._media_type = storage, key, media_type
        self._metadata = metadata
        self._buffer = bytearray()
        self._hash = hashlib.sha256()
        self._size = 0
        self._upload_id: str | None = None
        self._etags: list[str] = []

    async def write(self, chunk: bytes) -> None:
        """The next bytes, any number."""
        self._hash.update(chunk)
        self._size += len(chunk)
        self._buffer += chunk
        while len(self._buffer) >= PART_SIZE:
            part = bytes(self._buffer[:PART_SIZE])
            del self._buffer[:PART_SIZE]
            await self._send(part)

    async def _send(self, part: bytes) -> None:
        if self._upload_id is None:
            await self._begin()
        assert self._upload_id is not None  # it has just begun
        number = len(self._etags) + 1
        self._etags.append(
            await self._storage.upload_part(self._key, self._upload_id, number, part)
        )

    async def _begin(self) -> None:
        beginning = asyncio.ensure_future(
            self._storage.begin_multipart(self._key, self._media_type, self._metadata)
        )
        try:
            await asyncio.shield(beginning)
        finally:  # also when cancelled: what has begun must be known to be aborted
            with anyio.CancelScope(shield=True):
                self._upload_id = await beginning

    async def finish(self) -> StoredObject:
        """The object is there, whole, when this returns."""
        if self._upload_id is None:
            data = bytes(self._buffer)
            return await self._storage.put_bytes(
                self._key, data, self._media_type, self._metadata
            )
        if self._buffer:
            await self._send(bytes(self._buffer))
        await self._storage.complete_multipart(self._key, self._upload_id, self._etags)
        digest = self._hash.hexdigest()
        return StoredObject(self._key, self._size, digest, self._media_type)

    async def abort(self) -> None:
        """Nothing of it stays; what cannot be taken away now is logged."""
        if self._upload_id is None:
            return
        try:
            await self._storage.abort_multipart(self._key, self._upload_id)
        except (BotoCoreError, ClientError) as error:
            logger.warning("Unfinished upload of {} remains: {!r}", self._key, error)
