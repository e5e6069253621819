"""A request body on its way into object storage: counted, hashed, looked at, never held.

Raw bodies and multipart forms alike; of a form, the first part with a file name.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from urllib.parse import unquote

from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from onemanage.contracts.base import new_id
from onemanage.gateway import sniff
from onemanage.gateway.body_limits import allow
from onemanage.gateway.problems import Problem
from onemanage.gateway.store import FileRow, Store
from onemanage.platform.storage import Storage

_MAX_NAME = 255


class Uploads:
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
        self._check_length(request.headers.get("content-length"))
        allow(request, self._max_bytes, self._too_large())
        try:
            async with asyncio.timeout(self._max_seconds) as limit:
                return await self._receive(
                    request, workspace_id, name, idempotency_key, only
                )
        except TimeoutError:
            if limit.expired():
                raise self._too_slow() from None
            raise

    async def _receive(
        self,
        request: Request,
        workspace_id: str,
        name: str | None,
        idempotency_key: str | None,
        only: str | None,
    ) -> FileRow:
        form = _Form(request)
        chunks = self._counted(form.chunks())
        head = await _head(chunks)
        if not head:
            detail = "The body holds no file; send its bytes, or a form with a file."
            raise Problem(422, "file.empty", detail)
        found = sniff.media_type(head)
        if only is not None and found != only:
            detail = f"This is no {only}: its first bytes say {found}."
            raise Problem(415, "file.wrong_type", detail)
        file_id = new_id("fil")
        key = f"files/{workspace_id}/{file_id}/source"
        await self._store.begin_upload(key)
        stored = await self._storage.put_stream(key, _with_head(head, chunks), found)
        row = FileRow(
            id=file_id,
            workspace_id=workspace_id,
            name=_safe_name(name or form.name or _disposition_name(request)),
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
        return made

    def _check_length(self, length: str | None) -> None:
        if length is not None and int(length) > self._max_bytes:
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


class _Form:
    """The file bytes of a request. ``name`` is known once the first chunk is."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._out: deque[bytes] = deque()
        self._header = b""
        self._headers: dict[bytes, bytes] = {}
        self._is_file = self._had_file = False
        self.name: str | None = None

    def chunks(self) -> AsyncIterator[bytes]:
        kind, options = parse_options_header(self._request.headers.get("content-type"))
        if kind != b"multipart/form-data":
            return self._request.stream()
        boundary = options.get(b"boundary")
        if not boundary:
            raise _bad_form("the content type names no boundary")
        return self._parsed(boundary)

    async def _parsed(self, boundary: bytes) -> AsyncIterator[bytes]:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
            },
        )
        try:
            async for chunk in self._request.stream():
                parser.write(chunk)
                while self._out:
                    yield self._out.popleft()
            parser.finalize()
        except MultipartParseError as error:
            raise _bad_form(str(error)) from None

    def _begin(self) -> None:
        self._headers = {}
        self._is_file = False

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._header = data[start:end].lower()

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        known = self._headers.get(self._header, b"")
        self._headers[self._header] = known + data[start:end]

    def _on_headers(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition)
        if b"filename" in options and not self._had_file:
            self._is_file = self._had_file = True
            self.name = options[b"filename"].decode("utf-8", "replace")

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._out.append(data[start:end])


def _bad_form(why: str) -> Problem:
    return Problem(400, "bad_form", f"The multipart form cannot be read: {why}.")


async def _head(chunks: AsyncIterator[bytes]) -> bytes:
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= sniff.HEAD:
            break
    return head


async def _with_head(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk


def _disposition_name(request: Request) -> str | None:
    _, options = parse_options_header(request.headers.get("content-disposition"))
    if extended := options.get(b"filename*"):
        return unquote(extended.decode("latin-1").rpartition("'")[2])
    found = options.get(b"filename")
    return found.decode("utf-8", "replace") if found else None


def _safe_name(name: str | None) -> str:
    """For showing only; no object key is made from it."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable()).strip()
    return kept[:_MAX_NAME] or "unnamed"
