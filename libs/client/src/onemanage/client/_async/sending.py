"""What is uploaded, of any size, in little memory.

Up to 64 MiB go in one request. What is larger goes in parts straight to storage, several
at once. What has arrived is asked of the server and remembered nowhere else: the same
file uploaded again goes on with an upload that was cut off (docs/uploads.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast
from uuid import uuid4

import httpx

from onemanage.client import types
from onemanage.client.at_once import LEAVE, async_each
from onemanage.client.errors import Conflict, NotFound, OneManageError, TaskFailed
from onemanage.client.progress import Progress
from onemanage.client.putting import Asked, Watched, fault_of_part, may_help, when_ended
from onemanage.client.retrying import FIRST_PAUSE, LONGEST_PAUSE
from onemanage.client.threads import async_run
from onemanage.client.uploadable import READ_BYTES, LateReader, Source, SourceChanged

if TYPE_CHECKING:
    from onemanage.client._async.client import AsyncOneManage

_AGAIN = 3
"""Times that parts are asked for once more which storage lost while others came."""


async def async_send_whole(
    client: AsyncOneManage, source: Source, asked: Asked
) -> types.FileOut:
    """In one request. Raises SourceChanged."""
    progress = Progress(source.size, asked.on_progress)
    body = await async_run(Watched, source, progress)
    try:
        file = await client.files.upload_whole(
            cast("IO[bytes]", body),
            name=source.name,
            idempotency_key=asked.idempotency_key,
        )
    finally:
        await async_run(body.close)
    wanted = asked.sha256 or body.sha256
    if file.sha256 != wanted.lower():
        await client.files.delete(file.id)
        raise SourceChanged(
            f"{source.name!r} became a file with the SHA-256 {file.sha256}, and {wanted} "
            "was to be sent. It was deleted: look whether it changed meanwhile, and "
            "upload it again."
        )
    return file


@dataclass
class SendingInParts:
    """One upload in parts, as far as this process has to do with it."""

    client: AsyncOneManage
    source: Source
    asked: Asked

    def __post_init__(self) -> None:
        self.progress = Progress(self.source.size, self.asked.on_progress)
        self.sha256 = self.asked.sha256
        self.id = ""
        self.part_size = 0

    async def run(self) -> types.FileOut:
        """Raises SourceChanged, and OneManageError as any other."""
        upload = await self._begun()
        if upload.state == "completed":
            file = await self._file_of(upload)
            if file is not None:
                return file
            upload = await self._begin(uuid4().hex)
        self.id, self.part_size = upload.id, upload.part_size
        if self.asked.on_begun is not None:
            self.asked.on_begun(upload.id)
        if upload.state == "open":
            return await self._sent()
        if upload.state == "completing":
            return await self._completed()
        raise when_ended(upload)

    async def _begun(self) -> types.UploadOut | types.BegunUploadOut:
        if self.asked.upload_id is None:
            key = self.asked.idempotency_key or self.asked.key_of(self.source)
            return await self._begin(key)
        upload = await self.client.uploads.get(self.asked.upload_id)
        if upload.size != self.source.size:
            raise SourceChanged(
                f"The upload {upload.id} is of a file of {upload.size:,} bytes, and "
                f"{self.source.name!r} has {self.source.size:,}. Give the same file, or "
                "begin another upload."
            )
        return upload

    async def _begin(self, key: str) -> types.BegunUploadOut:
        return await self.client.uploads.begin(
            name=self.source.name,
            size=self.source.size,
            sha256=self.asked.sha256,
            part_size=self.asked.part_size,
            idempotency_key=key,
        )

    async def _file_of(self, upload: Any) -> types.FileOut | None:
        """That it has become; None where somebody has deleted it since."""
        try:
            return await self.client.files.get(upload.file_id)
        except NotFound:
            if self.asked.upload_id is not None:
                raise
            return None

    async def _sent(self) -> types.FileOut:
        for _ in range(_AGAIN):
            workers = self.asked.at_once + (self.sha256 is None)
            await async_each(self._jobs(), self._act, workers, self.progress.stop)
            await async_run(self.source.check)
            try:
                return await self._completed()
            except Conflict as conflict:
                if conflict.code != "upload.parts_missing":
                    raise
                self.progress.take_back(self.progress.done)
        raise OneManageError(
            f"Storage does not keep all parts of the upload {self.id}: some were missing "
            f"{_AGAIN} times after they had been sent.",
            hint="Whoever runs the server should look at its storage.",
        )

    async def _jobs(self) -> AsyncIterator[types.PartOut | None]:
        """The parts that are missing, page by page; before them None, for the hash."""
        if self.sha256 is None:
            yield None
        first: int | None = 1
        while first is not None:
            pages = self.client.uploads.parts(self.id, from_=first)
            page = await pages.first_page()
            for part in page.items:
                if part.received:
                    self.progress.add(part.size)
                else:
                    yield part
            first = page.next_from

    async def _act(self, part: types.PartOut | None) -> object:
        if part is None:
            self.sha256 = await async_run(self._hashed)
            return LEAVE  # or there would be one more to send parts
        await self._put_until_it_is_there(part)
        return None

    def _hashed(self) -> str:
        """Of the whole, read beside the parts: they come in any order."""
        found = hashlib.sha256()
        reader = self.source.open()
        try:
            while chunk := reader.read(READ_BYTES):
                found.update(chunk)
                self.progress.add(0)
        finally:
            reader.close()
        return found.hexdigest()

    async def _put_until_it_is_there(self, part: types.PartOut) -> None:
        """Raises OneManageError."""
        import stamina

        attempts = stamina.retry_context(
            on=may_help,
            attempts=self.client.transport.settings.retries + 1,
            timeout=None,
            wait_initial=FIRST_PAUSE,
            wait_max=LONGEST_PAUSE,
            wait_jitter=FIRST_PAUSE,
        )
        url = part.url
        async for attempt in attempts:
            with attempt:
                if attempt.num > 1:  # it may be there, or its address too old
                    url = await self._address_of(part.number)
                if url is None:
                    self.progress.add(part.size)
                else:
                    await self._put(part, url)

    async def _address_of(self, number: int) -> str | None:
        """A new one; None where the part has arrived."""
        pages = self.client.uploads.parts(self.id, from_=number, limit=1)
        return (await pages.first_page()).items[0].url

    async def _put(self, part: types.PartOut, url: str) -> None:
        first = (part.number - 1) * self.part_size
        reader = LateReader(self.source, first)
        sent = 0

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal sent
            while sent < part.size:
                most = min(READ_BYTES, part.size - sent)
                chunk = await async_run(reader.read, most)
                if not chunk:
                    await async_run(self.source.check)
                    raise SourceChanged(
                        f"{self.source.name!r} ends at byte {first + sent:,} and had "
                        f"{self.source.size:,}. Upload it again when it is whole."
                    )
                yield chunk
                self.progress.add(len(chunk))
                sent += len(chunk)

        try:
            response = await self.client.transport.put(url, chunks(), part.size)
            if response.status_code >= 300:
                raise fault_of_part(response, part.number)
        except BaseException as error:
            self.progress.take_back(sent)
            if isinstance(error, httpx.HTTPError):
                raise fault_of_part(error, part.number) from error
            raise
        finally:
            reader.close()  # at once: what is cancelled twice would not get so far

    async def _completed(self) -> types.FileOut:
        """Raises SourceChanged, TaskFailed."""
        uploads, tasks = self.client.uploads, self.client.tasks
        try:
            task = await uploads.complete(self.id, sha256=self.sha256, wait=30)
            made = await tasks.result(task)
        except TaskFailed as failure:
            if failure.code == "upload.wrong_hash":
                raise SourceChanged(
                    f"What came of {self.source.name!r} is not what it is now: it "
                    "changed while it was sent, or between the parts of an upload that "
                    "was gone on with. Nothing was kept; upload it again."
                ) from failure
            raise
        return await self.client.files.get(made.id)
