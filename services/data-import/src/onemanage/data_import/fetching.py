"""Files of a workspace on their way to the disk of whoever reads them."""

from pathlib import Path

import anyio

from onemanage.contracts.imports.plans import FileSource
from onemanage.platform.storage.storage import ObjectMissing, Storage
from onemanage.platform.tasks import InvalidInput

_SOURCE = "source"


async def fetch(storage: Storage, source: FileSource, folder: Path) -> Path:
    """Into a new ``folder``; cancelled, it stops at the next chunk.

    Raises InvalidInput where the file is no longer kept.
    """
    await anyio.Path(folder).mkdir()
    path = folder / _SOURCE
    try:
        stream = await storage.open(source.file_key)
    except ObjectMissing:
        text = "The file is gone. Upload it again."
        raise InvalidInput("file.missing", text, source.file_id) from None
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in stream.chunks:
            await file.write(chunk)
    return path
