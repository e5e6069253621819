"""What every use case does around the child: fetch its input, store its images."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import anyio

from onemanage.contracts.psd.documents import ImageFile
from onemanage.platform.process.gather import gather
from onemanage.platform.sandbox.invalid_input import Words, as_invalid_input
from onemanage.platform.sandbox.sandbox import Sandbox, made_in
from onemanage.platform.storage.storage import ObjectMissing, Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.psd.domain.document import ExportedImage, ExportProgress

type Report = Callable[[str, int, int], Awaitable[None]]

_UPLOADS_AT_ONCE = 4
_WORDS = Words("psd", "Reading the document", "save it with fewer or smaller layers")


class Call[R](NamedTuple):
    """What one child does."""

    function: Callable[..., R]
    args: tuple[object, ...]


class Child:
    """Runs domain functions in the sandbox and tells their faults as InvalidInput."""

    def __init__(self, storage: Storage, sandbox: Sandbox, seconds: float) -> None:
        self._storage, self._sandbox, self._seconds = storage, sandbox, seconds

    async def fetch(self, file_key: str, file_id: str, path: Path) -> None:
        """The document that somebody uploaded. Raises InvalidInput."""
        try:
            await self._storage.get_file(file_key, path)
        except ObjectMissing:
            text = "The file is no longer stored. Upload it again."
            raise InvalidInput("file.missing", text, file_id) from None

    async def run_uploading[R](
        self,
        *calls: Call[R],
        folder: Path,
        name: str,
        out: Path,
        prefix: str,
        media_type: str,
        report: Report,
    ) -> list[R]:
        """Run what reports ExportProgress, each call in a child of its own.

        Each image is stored as it is reported. ``out`` is where they are written, below
        ``folder``; they are deleted there when they are stored. ``name`` is the
        document's. Raises InvalidInput.
        """
        slots = asyncio.Semaphore(_UPLOADS_AT_ONCE)
        done = 0

        async def upload(made: str, media_type: str) -> None:
            try:
                path = made_in(out, made)
                await self._storage.put_file(prefix + made, path, media_type)
                path.unlink()
            finally:
                slots.release()

        refusal: InvalidInput | None = None
        async with anyio.create_task_group() as uploads:

            async def on_progress(step: ExportProgress) -> None:
                nonlocal done
                done += step.done > 0  # a step of one of them
                now = done
                if step.image is not None:
                    await slots.acquire()  # the child waits rather than fill the disk
                    uploads.start_soon(upload, step.image.path, media_type)
                if step.file is not None:
                    await slots.acquire()
                    uploads.start_soon(upload, step.file.path, step.file.media_type)
                await report("images", now, step.total)

            try:
                made = await gather(
                    [
                        self.run(
                            call.function,
                            *call.args,
                            folder=folder,
                            name=name,
                            on_progress=on_progress,
                        )
                        for call in calls
                    ]
                )
            except InvalidInput as error:
                refusal = error  # raised below: here the group would wrap it
        if refusal is not None:
            raise refusal
        return made

    async def run[R](
        self,
        function: Callable[..., R],
        *args: object,
        folder: Path,
        name: str,
        on_progress: Callable[[ExportProgress], Awaitable[None]] | None = None,
    ) -> R:
        """The function's value; it works in ``folder``. Raises InvalidInput."""
        with as_invalid_input(_WORDS, name):
            return await self._sandbox.run(
                function,
                *args,
                timeout=self._seconds,
                folders=[folder],
                on_progress=on_progress,
            )


def image_file(image: ExportedImage, prefix: str, media_type: str) -> ImageFile:
    """An image of the child as it lies in object storage."""
    return ImageFile(
        object_key=prefix + image.path,
        media_type=media_type,
        width=image.width,
        height=image.height,
        size=image.size,
        sha256=image.sha256,
        crc32=image.crc32,
    )
