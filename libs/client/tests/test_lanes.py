"""Large downloads: ranges over several connections, of the same bytes or none."""

import hashlib
import os
import random
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from onemanage.client import (
    AsyncOneManage,
    ConnectionFailed,
    OneManage,
    spreading,
)
from onemanage.client._async import transfers as async_transfers
from onemanage.client._sync import transfers
from onemanage.client.landing import Landing
from onemanage.client.ranges import Damaged

from .answering import Answer, Asked, answering

DATA = random.Random("lanes").randbytes(50_000)
PIECE = 4_000
FILE = f"fil_{'1' * 32}"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is large is small here."""
    for module in (transfers, async_transfers):
        monkeypatch.setattr(module, "LARGE_BYTES", 10_000)
    monkeypatch.setattr(spreading, "_PIECE_BYTES", PIECE)
    yield


class Shelf:
    """Gives the data, or a range of it. ``cuts`` of the next ranges come short."""

    def __init__(self, data: bytes = DATA, *, has_ranges: bool = True) -> None:
        self.data, self.has_ranges = data, has_ranges
        self.cuts: list[int] = []
        self.ranges: list[tuple[int, int]] = []
        self.changes_after = 1 << 30
        """Ranges, and then the data is another."""
        self.held_from = 1 << 30
        """Ranges from there on wait until all that is before has come."""
        self.is_broken = False
        """Then these never come."""
        self._has_come = threading.Event()

    def hear(self, done: int, total: int) -> None:
        """How far the client is."""
        if done >= self.held_from:
            self._has_come.set()

    def __call__(self, asked: Asked) -> Answer:
        if len(self.ranges) >= self.changes_after:
            self.data = self.data[::-1]
            self.changes_after = 1 << 30
        etag = f'"{hashlib.sha256(self.data).hexdigest()}"'
        headers = {"ETag": etag, "Accept-Ranges": "bytes"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", ""))
        is_same = asked.headers.get("if-range") == etag
        if wanted is None or not is_same or not self.has_ranges:
            return Answer(200, self.data, headers)
        first, last = int(wanted[1]), int(wanted[2] or len(self.data) - 1)
        self.ranges.append((first, last))
        headers["Content-Range"] = f"bytes {first}-{last}/{len(self.data)}"
        cut = self.cuts.pop(0) if self.cuts else None
        if first >= self.held_from:
            assert self._has_come.wait(30)
            cut = 0 if self.is_broken else cut
        return Answer(206, self.data[first : last + 1], headers, cut)


def saved(
    url: str, folder: Path, sha256: str | None = SHA256, at_once: int = 3
) -> Path:
    with OneManage("om_live_key", url=url) as client:
        return client.files.content(FILE).save(
            folder / "a.bin", sha256=sha256, at_once=at_once
        )


def test_a_large_file_comes_in_pieces_of_which_none_comes_twice(
    tmp_path: Path,
) -> None:
    shelf = Shelf()
    with answering(shelf) as server:
        path = saved(server.url, tmp_path)

    assert path.read_bytes() == DATA
    assert os.listdir(tmp_path) == ["a.bin"]
    firsts = sorted(first for first, _ in shelf.ranges)
    assert firsts == list(range(0, len(DATA), PIECE))


async def test_the_async_client_does_the_same_over_lines_that_break(
    tmp_path: Path,
) -> None:
    shelf = Shelf()
    shelf.cuts = [1000, 0, 3999]
    seen: list[tuple[int, int]] = []
    with answering(shelf) as server:
        async with AsyncOneManage("om_live_key", url=server.url) as client:
            path = await client.files.content(FILE).save(
                tmp_path / "a.bin",
                sha256=SHA256,
                size=len(DATA),
                on_progress=lambda *at: seen.append(at),
            )

    assert path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert server.asked[0].method == "HEAD"  # no bytes are sent for nothing


def test_one_connection_is_enough_where_that_is_said(tmp_path: Path) -> None:
    shelf = Shelf()
    with answering(shelf) as server:
        assert saved(server.url, tmp_path, at_once=1).read_bytes() == DATA
    assert len(server.asked) == 1 and not shelf.ranges


def test_what_was_broken_off_is_gone_on_with_where_nothing_is_missing(
    tmp_path: Path,
) -> None:
    shelf = Shelf()
    shelf.held_from, shelf.is_broken = 2 * PIECE, True
    with answering(shelf) as server:
        with OneManage("om_live_key", url=server.url, retries=1) as client:
            with pytest.raises(ConnectionFailed, match="goes on with it"):
                client.files.content(FILE).save(
                    tmp_path / "a.bin", sha256=SHA256, on_progress=shelf.hear
                )
        (part,) = tmp_path.iterdir()
        assert part.read_bytes() == DATA[: 2 * PIECE]
        shelf.is_broken, shelf.ranges = False, []

        assert saved(server.url, tmp_path).read_bytes() == DATA

    assert min(first for first, _ in shelf.ranges) == 2 * PIECE
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("has_ranges", [True, False])
def test_where_the_bytes_change_they_come_anew_as_a_whole(
    tmp_path: Path, has_ranges: bool
) -> None:
    shelf = Shelf(has_ranges=has_ranges)
    if has_ranges:
        shelf.changes_after = 5
    with answering(shelf) as server:
        path = saved(server.url, tmp_path, sha256=None)
    assert path.read_bytes() == shelf.data


def test_what_is_damaged_has_no_name(tmp_path: Path) -> None:
    with answering(Shelf(DATA[::-1])) as server:
        with pytest.raises(Damaged, match="SHA-256"):
            saved(server.url, tmp_path)
    assert os.listdir(tmp_path) == []


def test_who_interrupts_keeps_what_has_come(tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.held_from = 2 * PIECE

    def interrupt(done: int, total: int) -> None:
        shelf.hear(done, total)
        if done > total // 2:
            raise KeyboardInterrupt

    with answering(shelf) as server:
        with OneManage("om_live_key", url=server.url) as client:
            with pytest.raises(KeyboardInterrupt):
                client.files.content(FILE).save(
                    tmp_path / "a.bin", on_progress=interrupt
                )
        (part,) = tmp_path.iterdir()
        there = part.read_bytes()
        assert len(there) >= 2 * PIECE and DATA.startswith(there)
        assert saved(server.url, tmp_path).read_bytes() == DATA


def test_a_small_one_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    shelf = Shelf(DATA[:9_000])  # too small for a look beforehand
    tag = f'"{hashlib.sha256(shelf.data).hexdigest()}"'
    earlier = Landing(tmp_path / "a.bin")
    earlier.begin(tag)
    earlier.write(shelf.data[:5_000])
    earlier.keep()
    with answering(shelf) as server:
        sha256 = hashlib.sha256(shelf.data).hexdigest()
        path = saved(server.url, tmp_path, sha256=sha256)

    assert path.read_bytes() == shelf.data
    assert shelf.ranges == [(5_000, 8_999)]
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_folder_is_not_looked_through_for_each_file_that_is_saved_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed(*_: object) -> None:
        raise AssertionError("that takes as long as there are many")

    for name in ("listdir", "scandir"):
        monkeypatch.setattr(os, name, listed)
    with answering(Shelf(DATA[:100])) as server:
        path = saved(server.url, tmp_path, sha256=None)

    assert path.read_bytes() == DATA[:100]
