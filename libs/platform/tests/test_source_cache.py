"""Sources on the disk of a worker: fetched once, checked, bounded."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from onemanage.platform.storage.source_cache import Fetch, SourceCache, SourceChanged


class Origin:
    """Where a source comes from, and how often it was fetched."""

    def __init__(self, content: bytes) -> None:
        self.content, self.fetched, self.ended = content, 0, 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    async def fetch(self, path: Path) -> None:
        self.fetched += 1
        path.write_bytes(self.content[:1])
        try:
            await self.may_go_on.wait()
        finally:
            self.ended += 1
        path.write_bytes(self.content)


class Hands:
    """Of a clock."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def cache_of(
    folder: Path, most: int = 100, clock: Callable[[], float] | None = None
) -> SourceCache:
    return SourceCache(folder / "sources", most, clock or Hands())


async def read(cache: SourceCache, key: str, fetch: Fetch, sha256: str | None) -> bytes:
    async with cache.source(key, fetch, sha256) as path:
        return path.read_bytes()


def files(folder: Path) -> int:
    return len(list((folder / "sources").iterdir()))


async def test_many_who_ask_at_once_have_it_fetched_once(tmp_path: Path) -> None:
    cache, origin = cache_of(tmp_path), Origin(b"photo")

    found = await asyncio.gather(
        *(read(cache, "a", origin.fetch, origin.sha256) for _ in range(20))
    )
    again = await read(cache, "a", origin.fetch, origin.sha256)

    assert {*found, again} == {b"photo"}
    assert origin.fetched == 1


async def test_who_goes_away_leaves_the_fetching_to_the_others(tmp_path: Path) -> None:
    cache, origin = cache_of(tmp_path), Origin(b"photo")
    origin.may_go_on.clear()
    one, other = (
        asyncio.create_task(read(cache, "a", origin.fetch, origin.sha256))
        for _ in range(2)
    )
    await asyncio.sleep(0)
    one.cancel()
    with pytest.raises(asyncio.CancelledError):
        await one
    assert origin.ended == 0

    origin.may_go_on.set()
    assert await other == b"photo"


async def test_with_the_last_who_waits_the_fetching_ends(tmp_path: Path) -> None:
    cache, origin = cache_of(tmp_path), Origin(b"photo")
    origin.may_go_on.clear()
    waiting = asyncio.create_task(read(cache, "a", origin.fetch, origin.sha256))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0.01)

    assert (origin.ended, files(tmp_path)) == (1, 0)


async def test_other_bytes_than_the_source_has_are_not_kept(tmp_path: Path) -> None:
    cache, origin = cache_of(tmp_path), Origin(b"phot")

    with pytest.raises(SourceChanged):
        await read(cache, "a", origin.fetch, Origin(b"photo").sha256)

    assert (cache.size, files(tmp_path)) == (0, 0)


async def test_a_file_that_was_changed_on_the_disk_is_fetched_again(
    tmp_path: Path,
) -> None:
    cache, origin = cache_of(tmp_path), Origin(b"photo")
    async with cache.source("a", origin.fetch, origin.sha256) as path:
        path.chmod(0o644)
        path.write_bytes(b"other")

    assert await read(cache, "a", origin.fetch, origin.sha256) == b"photo"
    assert (origin.fetched, files(tmp_path)) == (2, 1)


async def test_over_its_bound_what_was_used_longest_ago_goes(tmp_path: Path) -> None:
    cache = cache_of(tmp_path, most=100)
    origins = {name: Origin(name.encode() * 40) for name in "abc"}
    for name in "abac":
        await read(cache, name, origins[name].fetch, origins[name].sha256)

    assert (cache.size, files(tmp_path)) == (80, 2)
    for name in "ac":
        await read(cache, name, origins[name].fetch, origins[name].sha256)
    assert {name: each.fetched for name, each in origins.items()} == {
        "a": 1,
        "b": 1,
        "c": 1,
    }


async def test_what_is_in_use_stays_until_it_is_not(tmp_path: Path) -> None:
    cache = cache_of(tmp_path, most=50)
    one, other, large = (Origin(bytes([n]) * 40 * n) for n in (1, 1, 3))
    async with cache.source("one", one.fetch, one.sha256) as path:
        await read(cache, "other", other.fetch, other.sha256)
        assert path.read_bytes() == one.content
    assert files(tmp_path) == 1

    assert await read(cache, "large", large.fetch, large.sha256) == large.content
    assert (cache.size, files(tmp_path)) == (0, 0)


async def test_an_address_is_fetched_again_after_a_while(tmp_path: Path) -> None:
    hands, origin = Hands(), Origin(b"photo")
    cache = cache_of(tmp_path, clock=hands)

    async def seen() -> bytes:
        async with cache.source("a", origin.fetch, seconds=60) as path:
            return path.read_bytes()

    for hands.now in (0, 59, 61):
        assert await seen() == b"photo"
    assert origin.fetched == 2


async def test_what_nobody_uses_for_long_goes(tmp_path: Path) -> None:
    hands, origin, other = Hands(), Origin(b"photo"), Origin(b"other")
    cache = cache_of(tmp_path, clock=hands)
    await read(cache, "a", origin.fetch, origin.sha256)
    hands.now = 3601
    await read(cache, "b", other.fetch, other.sha256)

    assert (cache.size, files(tmp_path)) == (5, 1)
