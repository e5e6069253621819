"""Bytes of the server, into files and folders or to standard output."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onemanage.client.cli.exits import CommandError, UsageError
from onemanage.client.cli.progress import Bar
from onemanage.client.cli.text import shown

if TYPE_CHECKING:
    from onemanage.client._async.transfers import AsyncContent

STDOUT = "-"
ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/gif": ".gif",
    "image/tiff": ".tif",
    "image/jxl": ".jxl",
    "image/x-exr": ".exr",
}


def check_stdout() -> None:
    """Raises UsageError where bytes would land on a terminal."""
    if sys.stdout.isatty():
        raise UsageError("Bytes are not written to a terminal. Name a file by --out.")


def folder_for(out: str) -> Path:
    """The folder, made. Raises CommandError where it cannot be."""
    path = Path(out)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"{shown(path)} is no folder to write to: {error.strerror or error}.",
            code="cannot_write",
        ) from error
    return path


async def to_stdout(content: "AsyncContent", sha256: str | None = None) -> int:
    """All bytes; how many. A line that breaks is begun again where they are."""
    from onemanage.client.landing import NotWritable

    try:
        return await content.copy_to(sys.stdout.buffer, sha256=sha256)
    except NotWritable as error:
        if isinstance(error.__cause__, BrokenPipeError):  # nobody reads any more
            raise error.__cause__ from None
        raise


async def to_file(
    content: "AsyncContent",
    path: Path,
    bar: Bar,
    *,
    sha256: str | None = None,
    size: int | None = None,
) -> int:
    """All bytes, under the name once they are whole; how many."""
    await content.save(
        path, overwrite=True, sha256=sha256, size=size, on_progress=_shows(bar)
    )
    return path.stat().st_size


async def to_folder(content: "AsyncContent", folder: Path, bar: Bar) -> list[str]:
    """What is in an archive, put into a folder once it is whole; the names.

    Files of the same names are replaced, others stay.
    """
    from onemanage.client.archives import unpacked

    folder.parent.mkdir(parents=True, exist_ok=True)
    zipped = folder.with_name(f".{folder.name}.zip")
    new = folder.with_name(f".{folder.name}.new")
    try:
        await content.save(zipped, overwrite=True, on_progress=_shows(bar))
        shutil.rmtree(new, ignore_errors=True)
        written = await asyncio.to_thread(unpacked, zipped, new)
        names = [str(path.relative_to(new)) for path in written]
        _put(new, folder, names)
    finally:
        zipped.unlink(missing_ok=True)
        shutil.rmtree(new, ignore_errors=True)
    return names


def _put(new: Path, folder: Path, names: list[str]) -> None:
    """Beside what is in the folder: nothing of somebody else's is deleted."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(new / name, folder / name)


def _shows(bar: Bar) -> Any:
    def show(done: int, total: int | None) -> None:
        bar.update("fetching", done, total, unit="B")

    return show
