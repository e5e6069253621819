"""Images on their way from object storage to a child, and back."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from pathlib import Path

from onemanage.contracts.imaging.batches import SheetImage
from onemanage.contracts.imaging.images import (
    NamedAddress,
    NamedFile,
    StoredImage,
    TransformImage,
)
from onemanage.imaging.domain.results import VariantResult
from onemanage.imaging.fetching import Fetcher
from onemanage.platform.process.gather import gather_few
from onemanage.platform.sandbox.job import AT_ONCE, Job, Report, Upload, file_missing
from onemanage.platform.tasks import InvalidInput


async def fetch_image(job: Job, key: str, what: str, name: str = "source") -> Path:
    """``what`` is how its sender knows it. Raises InvalidInput."""
    return await job.fetch(key, name, file_missing(what, what))


async def fetch_named(job: Job, files: Sequence[NamedFile]) -> dict[str, Path]:
    """By file id. Raises InvalidInput."""

    async def fetch(number: int, file: NamedFile) -> Path:
        return await fetch_image(job, file.file_key, file.file_id, f"named-{number}")

    paths = await gather_few(fetch, enumerate(files), AT_ONCE)
    return dict(zip((file.file_id for file in files), paths, strict=True))


async def fetch_addresses(
    job: Job, fetcher: Fetcher, command: TransformImage
) -> dict[str, Path]:
    """Images that the recipe names by their addresses, in its order. Raises
    InvalidInput."""

    async def fetch(number: int, named: NamedAddress) -> Path:
        path = job.folder / f"address-{number}"
        await fetcher.fetch(named.url, path, named.sealed_url, command.workspace_id)
        return path

    addresses = command.addresses
    paths = await gather_few(fetch, enumerate(addresses), AT_ONCE)
    return {one.url: path for one, path in zip(addresses, paths, strict=True)}


async def fetch_shown(job: Job, images: Sequence[SheetImage]) -> list[tuple[Path, str]]:
    """Those that are there, each with its name: a file may be gone by now."""

    async def fetch(number: int, image: SheetImage) -> tuple[Path, str] | None:
        key, name = image.object_key, image.name
        try:
            return await fetch_image(job, key, name, f"shown-{number}"), name
        except InvalidInput:
            return None

    found = await gather_few(fetch, enumerate(images), AT_ONCE)
    return [each for each in found if each is not None]


async def upload_made(
    job: Job, made: Sequence[VariantResult], prefix: str, report: Report
) -> list[StoredImage]:
    """Upload what a child has made."""
    async with job.uploads() as upload:
        for number, image in enumerate(made, start=1):
            await upload(image.path, image.media_type)
            await report("images", number, len(made))
    return [stored_image(image, prefix) for image in made]


def storing(
    upload: Upload, total: int, report: Report
) -> Callable[[VariantResult], Awaitable[None]]:
    """For a child that reports each of ``total`` images: it is stored while the child
    goes on with the next.

    Of one image no progress is reported: with it, the task has ended.
    """
    numbers = count(1)

    async def on_progress(image: VariantResult) -> None:
        await upload(image.path, image.media_type)
        if total > 1:
            await report("images", next(numbers), total)

    return on_progress


def stored_image(image: VariantResult, prefix: str) -> StoredImage:
    """An image of the child as it lies in object storage."""
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
