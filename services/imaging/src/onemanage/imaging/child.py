"""What every use case does around the child: fetch its inputs, store its images."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import anyio

from onemanage.contracts.imaging.batches import SheetImage
from onemanage.contracts.imaging.images import NamedFile, StoredImage
from onemanage.imaging.domain.pipeline import VariantResult
from onemanage.platform.sandbox.invalid_input import Words, as_invalid_input
from onemanage.platform.sandbox.sandbox import Sandbox, made_in
from onemanage.platform.storage.storage import ObjectMissing, Storage
from onemanage.platform.tasks import InvalidInput

type Report = Callable[[str, int, int], Awaitable[None]]

_UPLOADS_AT_ONCE = 4
_WORDS = Words(
    "imaging", "Working on the image", "send it smaller, or ask for less at once"
)


class Child:
    """Runs domain functions in the sandbox and tells their faults as InvalidInput."""

    def __init__(self, storage: Storage, sandbox: Sandbox, seconds: float) -> None:
        self._storage, self._sandbox, self._seconds = storage, sandbox, seconds

    async def fetch(self, object_key: str, what: str, path: Path) -> Path:
        """Something that is in object storage. Raises InvalidInput."""
        try:
            await self._storage.get_file(object_key, path)
        except ObjectMissing:
            text = f"{what} is no longer stored. Upload it again."
            raise InvalidInput("file.missing", text, what) from None
        return path

    async def fetch_named(
        self, files: Sequence[NamedFile], folder: Path
    ) -> dict[str, Path]:
        """By file id."""
        return {
            file.file_id: await self.fetch(
                file.file_key, file.file_id, folder / f"named-{number}"
            )
            for number, file in enumerate(files)
        }

    async def fetch_shown(
        self, images: Sequence[SheetImage], folder: Path
    ) -> list[tuple[Path, str]]:
        """Those that are there, each with its name: a file may be gone by now."""
        slots = anyio.CapacityLimiter(_UPLOADS_AT_ONCE)
        found: dict[int, tuple[Path, str]] = {}

        async def fetch(number: int, image: SheetImage) -> None:
            async with slots:
                path = folder / f"shown-{number}"
                try:
                    await self._storage.get_file(image.object_key, path)
                except ObjectMissing:
                    return
                found[number] = path, image.name

        async with anyio.create_task_group() as fetches:
            for number, image in enumerate(images):
                fetches.start_soon(fetch, number, image)
        return [found[number] for number in sorted(found)]

    async def run[R](
        self, function: Callable[..., R], *args: object, folder: Path, name: str
    ) -> R:
        """The function's value; it works in ``folder``. ``name`` is the input's.

        Raises InvalidInput.
        """
        with as_invalid_input(_WORDS, name):
            return await self._sandbox.run(
                function, *args, timeout=self._seconds, folders=[folder]
            )

    async def store(
        self, made: Sequence[VariantResult], folder: Path, prefix: str, report: Report
    ) -> list[StoredImage]:
        """Upload what a child has written to ``folder``, a few at a time."""
        slots = anyio.CapacityLimiter(_UPLOADS_AT_ONCE)
        done = 0

        async def upload(image: VariantResult) -> None:
            nonlocal done
            async with slots:
                path = made_in(folder, image.path)
                await self._storage.put_file(
                    prefix + image.path, path, image.media_type
                )
            done += 1
            await report("images", done, len(made))

        async with anyio.create_task_group() as uploads:
            for image in made:
                uploads.start_soon(upload, image)
        # An attempt before this one may have lost its worker in an upload's middle.
        await self._storage.abort_unfinished(prefix)
        return [_stored(image, prefix) for image in made]


def _stored(image: VariantResult, prefix: str) -> StoredImage:
    return StoredImage(
        name=image.name,
        object_key=prefix + image.path,
        media_type=image.media_type,
        width=image.width,
        height=image.height,
        size=image.size,
        sha256=image.sha256,
        crc32=image.crc32,
        frames=image.frames,
        warnings=list(image.warnings),
    )
