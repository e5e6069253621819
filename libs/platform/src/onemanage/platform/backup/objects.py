"""Objects of the bucket: listed, copied out and in, compared with what is there.

What lies below ``images/`` and ``renders/`` is made again when it is gone, and below
``checks/`` is the check's own: none of them is kept.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec

from onemanage.platform.storage.storage import ObjectMissing, Storage

_NOT_KEPT = ("images/", "renders/", "checks/")
_AT_ONCE = 8


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """An object; its type and metadata are known of one that was copied."""

    key: str
    size: int
    etag: str
    media_type: str = ""
    metadata: dict[str, str] = {}

    def is_like(self, other: "Kept") -> bool:
        """Whether both may be the same. The ETag of what was put in parts says nothing
        of its bytes, and clouds write them differently."""
        etags = {self.etag.lower(), other.etag.lower()}
        tells = not any("-" in etag for etag in etags)
        return self.size == other.size and not (tells and len(etags) > 1)


class Differences(msgspec.Struct, frozen=True):
    """Keys that are not in the bucket, and those of which it has something else."""

    missing: list[str]
    other: list[str]


async def listed(storage: Storage) -> AsyncIterator[Kept]:
    """In the order of keys, a page in memory."""
    after, is_more = "", True
    while is_more:
        page = await storage._call(
            lambda after=after: storage._s3.list_objects_v2(  # type: ignore[misc]  # mypy infers no type for a lambda's default
                Bucket=storage.settings.s3_bucket, StartAfter=after
            )
        )
        found = page.get("Contents", [])
        for each in found:
            if not each["Key"].startswith(_NOT_KEPT):
                yield Kept(each["Key"], each["Size"], each["ETag"].strip('"'))
        is_more = bool(page.get("IsTruncated")) and bool(found)
        after = found[-1]["Key"] if found else ""


async def keep(storage: Storage, file: Path, copies: Path | None) -> tuple[int, int]:
    """Write the list, and copies where they are wanted; objects and their bytes.

    What goes while it is copied is left out: whoever deleted it wanted it gone."""
    count = total = 0
    turns = asyncio.Semaphore(_AT_ONCE)

    async def copied(each: Kept) -> Kept | None:
        async with turns:
            return await _copied(storage, each, copies) if copies else each

    with file.open("wb") as target:
        async for batch in _batches(listed(storage)):
            for kept in await asyncio.gather(*map(copied, batch)):
                if kept is not None:
                    target.write(msgspec.json.encode(kept) + b"\n")
                    count, total = count + 1, total + kept.size
    return count, total


async def differences(storage: Storage, file: Path) -> Differences:
    """Of the bucket from the list. Both are read in order, side by side."""
    missing, other = [], []
    there = aiter(listed(storage))
    now = await anext(there, None)
    for kept in read(file):
        while now is not None and now.key.encode() < kept.key.encode():
            now = await anext(there, None)
        if now is None or now.key != kept.key:
            missing.append(kept.key)
        elif not kept.is_like(now):
            other.append(kept.key)
    return Differences(missing, other)


async def put_back(storage: Storage, file: Path, copies: Path) -> int:
    """Those that are missing; how many. May be repeated."""
    missing = set((await differences(storage, file)).missing)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def put(kept: Kept) -> None:
        async with turns:
            path = _place(copies, kept.key)
            await storage.put_file(kept.key, path, kept.media_type, kept.metadata)

    wanted = [kept for kept in read(file) if kept.key in missing]
    await asyncio.gather(*map(put, wanted))
    return len(wanted)


def read(file: Path) -> Iterator[Kept]:
    """The list, line by line."""
    with file.open("rb") as lines:
        for line in lines:
            yield msgspec.json.decode(line, type=Kept)


async def _copied(storage: Storage, each: Kept, copies: Path) -> Kept | None:
    path = _place(copies, each.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = await storage.open(each.key)
    except ObjectMissing:
        return None
    size = 0
    with path.open("wb") as target:
        async for chunk in found.chunks:
            size += target.write(chunk)
    return Kept(each.key, size, found.etag, found.media_type, found.metadata)


def _place(copies: Path, key: str) -> Path:
    """By a hash, for a key may be no name of a file."""
    name = hashlib.sha256(key.encode()).hexdigest()
    return copies / name[:2] / name


async def _batches(found: AsyncIterator[Kept]) -> AsyncIterator[list[Kept]]:
    batch: list[Kept] = []
    async for each in found:
        batch.append(each)
        if len(batch) == 1000:
            yield batch
            batch = []
    yield batch
