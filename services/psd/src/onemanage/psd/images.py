"""Images that children make of a document, on their way to object storage."""

from collections.abc import Callable, Sequence

from onemanage.contracts.psd.documents import ImageFile
from onemanage.platform.process.gather import gather
from onemanage.platform.sandbox.job import Job, Report
from onemanage.psd.domain.document import ExportedImage, ExportProgress


async def made_and_stored[R](
    job: Job,
    function: Callable[..., R],
    calls: Sequence[tuple[object, ...]],
    media_type: str,
    report: Report,
) -> list[R]:
    """The function's value for each of these arguments, in a child of its own each.

    It reports ExportProgress; what it names there is stored while it goes on.
    """
    done = 0
    async with job.uploads() as upload:

        async def on_progress(step: ExportProgress) -> None:
            nonlocal done
            done += step.done > 0  # a step of one of them
            if step.image is not None:
                await upload(step.image.path, media_type)
            if step.file is not None:
                await upload(step.file.path, step.file.media_type)
            # what is done by now: another child's step may have overtaken this one
            await report("images", done, step.total)

        made = await gather(
            [job.run(function, *args, on_progress=on_progress) for args in calls]
        )
    return made


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
