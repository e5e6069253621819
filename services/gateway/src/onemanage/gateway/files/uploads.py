"""A request body on its way into object storage: counted, hashed, looked at, never held.

Raw bodies and multipart forms alike; forms.py says which part of a form is the file.
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from fastapi import Request

from onemanage.contracts.base import new_id
from onemanage.gateway.files import sniff
from onemanage.gateway.files.forms import MAX_BESIDE_BYTES, SentFile
from onemanage.gateway.http.body_limits import allow
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.store import FileRow, Store, StoredBefore
from onemanage.platform.storage.storage import Storage

_MAX_NAME = 255
_WANTED = {sniff.PSD: ("a Photoshop document", "a PSD or PSB")}


class Uploads:
    """Takes files of ``max_bytes`` at most, each within ``max_seconds``."""

    def __init__(
        self, storage: Storage, store: Store, max_bytes: int, max_seconds: float
    ) -> None:
        self._storage, self._store = storage, store
        self._max_bytes, self._max_seconds = max_bytes, max_seconds

    async def receive(
        self,
        request: Request,
        workspace_id: str,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
        only: str | None = None,
    ) -> FileRow:
        """Stream the body to storage and write its row. Raises Problem.

        ``only`` refuses any other media type before the body is stored.
        """
        sent = SentFile(request)
        most = self._max_bytes + (MAX_BESIDE_BYTES if sent.is_form else 0)
        self._check_length(request.headers.get("content-length"), most)
        allow(request, most, self._too_large())
        try:
            async with asyncio.timeout(self._max_seconds) as limit:
                return await self._receive(
                    sent, workspace_id, name, idempotency_key, only
                )
        except TimeoutError:
            if limit.expired():
                raise self._too_slow() from None
            raise

    async def _receive(
        self,
        sent: SentFile,
        workspace_id: str,
        name: str | None,
        idempotency_key: str | None,
        only: str | None,
    ) -> FileRow:
        chunks = self._counted(sent.chunks())
        head = await _head(chunks)
        if not head:
            detail = "The body holds no file; send its bytes, or a form with a file."
            raise Problem(422, "file.empty", detail)
        found = sniff.media_type(head)
        if only is not None and found != only:
            kind, send = _WANTED[only]
            detail = f"Not {kind}: the first bytes look like {found}. Send {send}."
            raise Problem(415, "file.wrong_type", detail)
        file_id = new_id("fil")
        key = f"files/{workspace_id}/{file_id}/source"
        await self._store.begin_upload(key)
        stored = await self._storage.put_stream(key, _with_head(head, chunks), found)
        row = FileRow(
            id=file_id,
            workspace_id=workspace_id,
            name=safe_name(name or sent.name),
            size=stored.size,
            sha256=stored.sha256,
            media_type=found,
            object_key=key,
        )
        return await self._record(row, idempotency_key)

    async def _record(self, row: FileRow, idempotency_key: str | None) -> FileRow:
        made = await self._store.add_file(row, idempotency_key)
        if made is not None and made.id == row.id:
            return made
        await self._storage.delete([row.object_key])
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
