"""What quick questions are about: objects on the worker's disk, and what is made of them.

A child that stays works on copies in a folder of its own: what lies in the cache is
others', too.
"""

import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from onemanage.contracts.base import utc_now
from onemanage.contracts.imaging.quick import MadeImage, QuickSource
from onemanage.platform.messaging.quick import QuickFailed
from onemanage.platform.process.telemetry import span
from onemanage.platform.sandbox.errors import SandboxFailed
from onemanage.platform.sandbox.job import file_missing
from onemanage.platform.storage.source_cache import (
    KEPT_SECONDS,
    SourceCache,
    SourceChanged,
)
from onemanage.platform.storage.storage import ObjectMissing, Storage

UNCHECKED_SECONDS = 60.0
"""So long what has no known hash is taken to be the same: a page asks for several sizes
at once."""
SWEEP_SECONDS = 3600.0
"""So often what is old is looked for."""
_MOST_WARNINGS = 1000
"""Bytes, of the two thousand that S3 keeps with an object."""
_MOST_BYTES = 256 << 20
"""Of one image; they are in memory."""


@asynccontextmanager
async def cached_object(
    cache: SourceCache, storage: Storage, source: QuickSource
) -> AsyncIterator[Path]:
    """The object as a file, for as long as the block runs. Raises InvalidInput where
    there is none any more, and QuickFailed where it has other bytes than it had."""
    key = source.object_key
    assert key is not None  # what has an address alone is fetched otherwise

    async def fetch(path: Path) -> None:
        try:
            with span("fetch"):
                await storage.get_file(key, path)
        except ObjectMissing:
            raise file_missing(source.name, source.name) from None

    kept = source.sha256 or key
    seconds = KEPT_SECONDS if source.sha256 else UNCHECKED_SECONDS
    try:
        async with cache.source(kept, fetch, source.sha256, seconds) as path:
            yield path
    except SourceChanged:
        text = "The file has other bytes than it had; try again shortly."
        raise QuickFailed(
            "unavailable", "quick.changed", text, source.name, 1
        ) from None


def copy_files(files: Mapping[Path, Path]) -> None:
    """Each to where its copy is to be."""
    for path, copy in files.items():
        shutil.copyfile(path, copy)


def made_bytes(path: Path) -> bytes:
    """Of an image that a child has made. Raises SandboxFailed for what is too much."""
    with path.open("rb") as file:  # its child may still be there, and add to it
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise SandboxFailed(f"an image of more than {_MOST_BYTES} bytes")
    return data


def digest(data: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(data).hexdigest()


def image_metadata(image: MadeImage) -> dict[str, str]:
    """As S3 keeps it with the image: text in ASCII."""
    told = {
        "sha256": image.sha256,
        "width": str(image.width),
        "height": str(image.height),
        "frames": str(image.frames),
    }
    warnings = json.dumps(image.warnings)
    if image.warnings and len(warnings) <= _MOST_WARNINGS:
        told["warnings"] = warnings
    return told


async def sweep_older(storage: Storage, prefix: str, days: int) -> int:
    """Delete what was stored below ``prefix`` so many days ago, and say how many they
    were."""
    before = utc_now() - timedelta(days=days)
    count, after, is_more = 0, "", True
    while is_more:
        old, after = await storage.older(prefix, before, after)
        await storage.delete(old)
        count += len(old)
        is_more = bool(after)
    return count
