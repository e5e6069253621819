"""A request body on its way into object storage: counted, hashed, looked at, never held.

Raw bodies and multipart forms alike; forms.py says which part of a form is the file.
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from fastapi import Request
from loguru import logger

from onemanage.contracts.base import new_id
from onemanage.gateway.access.callers import suspended
from onemanage.gateway.files import sniff
from onemanage.gateway.files.forms import MAX_BESIDE_BYTES, SentFile
from onemanage.gateway.http.body_limits import allow
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.limits import quotas
from onemanage.gateway.limits.limits import NO_LIMITS, Limits
from onemanage.gateway.store import (
    FileRow,
    NoSlot,
    StorageFull,
    Store,
    StoredBefore,
    WorkspaceClosed,
)
from onemanage.platform.process.figures import UPLOAD_BYTES, UPLOADS
from onemanage.platform.process.telemetry import span
from onemanage.platform.storage.storage import Storage

_MAX_NAME = 255
_KEPT_EVERY_SECONDS = 20.0
"""Well within GIVEN_UP_AFTER."""
_WANTED = {sniff.PSD: ("a Photoshop document", "a PSD or PSB")}


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a body."""

    workspace_id: str
    name: str | None
    idempotency_key: str | None
    only: str | None
    size: int
    """Bytes that are announced; 1 where nobody knows."""
    limits: Limits

    async def within(
        self, room: int | None, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        """Raises a 413 Problem once there is no more room."""
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if room is not None and size > room:
                used = (self.limits.stored_bytes or 0) - room
                raise quotas.storage_full(self.limits, used)
            yield chunk


class Uploads:
    """Takes files of ``max_bytes`` at most, each within ``max_seconds``."""

    def __init__(
        self, storage: Storage, store: Store, max_bytes: int, max_seconds: float
    ) -> None:
        self._storage, self._store = storage, store
        self._max_bytes, self._max_seconds = max_bytes, max_seconds
        self._under_way: set[str] = set()

    async def keep(self) -> None:
        """Say of uploads that they are under way, until it is cancelled."""
        while True:
            await asyncio.sleep(_KEPT_EVERY_SECONDS)
            try:
                if self._under_way:
                    await self._store.keep_uploads(self._under_way)
            except Exception as error:  # PostgreSQL is away: there is time to try again
                logger.warning("Uploads could not be kept: {!r}", error)

    async def receive(
        self,
        request: Request,
        workspace_id: str,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
        only: str | None = None,
        limits: Limits = NO_LIMITS,
    ) -> FileRow:
        """Stream the body to storage and write its row. Raises Problem.

        ``only`` refuses any other media type before the body is stored. ``limits`` are
        the workspace's.
        """
        sent = SentFile(request)
        most = self._max_bytes + (MAX_BESIDE_BYTES if sent.is_form else 0)
        length = request.headers.get("content-length")
        self._check_length(length, most)
        asked = _Asked(
            workspace_id=workspace_id,
            name=name,
            idempotency_key=idempotency_key,
            only=only,
            size=int(length) if length and not sent.is_form else 1,
            limits=limits,
        )
        allow(request, most, self._too_large())
        end = "refused"
        try:
            async with asyncio.timeout(self._max_seconds) as limit:
                row = await self._receive(sent, asked)
            end = "stored"
            UPLOAD_BYTES.add(by=row.size)
            return row
        except TimeoutError:
            if limit.expired():
                raise self._too_slow() from None
            raise
        finally:
            UPLOADS.add(end)

    async def _receive(self, sent: SentFile, asked: "_Asked") -> FileRow:
        chunks = self._counted(sent.chunks())
        head = await _head(chunks)
        if not head:
            detail = "The body holds no file; send its bytes, or a form with a file."
            raise Problem(422, "file.empty", detail)
        found = sniff.media_type(head)
        if asked.only is not None and found != asked.only:
            kind, send = _WANTED[asked.only]
            detail = f"Not {kind}: the first bytes look like {found}. Send {send}."
            raise Problem(415, "file.wrong_type", detail)
        file_id = new_id("fil")
        key = f"files/{asked.workspace_id}/{file_id}/source"
        room = await self._begin(key, asked)
        self._under_way.add(key)
        try:
            whole = asked.within(room, _with_head(head, chunks))
            with span("upload"):
                stored = await self._storage.put_stream(key, whole, found)
            row = FileRow(
                id=file_id,
                workspace_id=asked.workspace_id,
                name=safe_name(asked.name or sent.name),
                size=stored.size,
                sha256=stored.sha256,
                media_type=found,
                object_key=key,
            )
            return await self._record(row, asked)
        except BaseException:
            await self._give_up(key)
            raise
        finally:
            self._under_way.discard(key)

    async def _begin(self, key: str, asked: "_Asked") -> int | None:
        """Bytes for which there is room, where that is limited. Raises Problem."""
        try:
            return await self._store.begin_upload(
                key,
                asked.workspace_id,
                at_once=asked.limits.uploads,
                most_bytes=asked.limits.stored_bytes,
                size=asked.size,
                idempotency_key=asked.idempotency_key,
            )
        except NoSlot:
            raise quotas.too_many_uploads(asked.limits) from None
        except StorageFull as full:
            raise quotas.storage_full(asked.limits, full.used) from None

    async def _give_up(self, key: str) -> None:
        try:
            await self._store.give_up_upload(key)
        except Exception as error:  # it is swept all the same, a little later
            logger.warning("An upload is not given up yet: {!r}", error)

    async def _record(self, row: FileRow, asked: "_Asked") -> FileRow:
        most = asked.limits.stored_bytes
        try:
            made = await self._store.add_file(row, asked.idempotency_key, most)
        except StorageFull as full:
            await self._storage.delete([row.object_key])
            raise quotas.storage_full(asked.limits, full.used) from None
        except WorkspaceClosed:
            await self._storage.delete([row.object_key])
            raise suspended() from None
        if made is not None and made.id == row.id:
            return made
        await self._storage.delete([row.object_key])
        await self._give_up(row.object_key)
        if made is None:
            raise self._too_slow()
        if made.sha256 != row.sha256:
            detail = "This Idempotency-Key came with another file; use a new one."
            raise Problem(422, "idempotency_key_reused", detail)
        return StoredBefore(**msgspec.structs.asdict(made))

    def _check_length(self, length: str | None, most: int) -> None:
        if length is not None and int(length) > most:
            raise self._too_large()

    def _too_large(self) -> Problem:
        detail = f"The file is larger than the {self._max_bytes} bytes allowed here."
        return Problem(413, "file.too_large", detail, max_bytes=self._max_bytes)

    def _too_slow(self) -> Problem:
        detail = f"The upload took longer than the {self._max_seconds:g} s allowed."
        return Problem(408, "file.too_slow", detail, max_seconds=self._max_seconds)

    async def _counted(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self._max_bytes:
                raise self._too_large()
            yield chunk


async def _head(chunks: AsyncIterator[bytes]) -> bytes:
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= sniff.HEAD_BYTES:
            break
    return head


async def _with_head(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk


def safe_name(name: str | None) -> str:
    """For showing only; no object key is made from it."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable()).strip()
    return kept[:_MAX_NAME] or "unnamed"
