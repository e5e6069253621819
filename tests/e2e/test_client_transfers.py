"""Files by the Python client, over lines that break and from disks that change."""

import asyncio
import hashlib
import os
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from onemanage.client import AsyncOneManage, ConnectionFailed, OneManage, spreading
from onemanage.client._sync import transfers
from onemanage.client.landing import NotWritable
from onemanage.client.types import FileOut
from onemanage.client.uploadable import SourceChanged
from onemanage.local.stack import Stack

from .bad_line import BadLine, bad_line

MIB = 1024**2
DATA = random.Random("transfers").randbytes(11 * MIB)
SHA256 = hashlib.sha256(DATA).hexdigest()
PART = 5 * MIB


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of three parts, which no other test has."""
    found = tmp_path / "noise.bin"
    found.write_bytes(DATA)
    return found


@contextmanager
def over(stack: Stack, line: BadLine, retries: int = 4) -> Iterator[OneManage]:
    """A client whose line it is."""
    with (
        httpx.Client(proxy=line.url) as http,
        OneManage(
            stack.owner_api_key, url=stack.base_url, retries=retries, http=http
        ) as client,
    ):
        yield client


@pytest.fixture
def direct(stack: Stack) -> Iterator[OneManage]:
    with OneManage(stack.owner_api_key, url=stack.base_url) as client:
        yield client


@pytest.fixture(scope="session")
def stored(stack: Stack) -> FileOut:
    """The data, as a file of the workspace."""
    with OneManage(stack.owner_api_key, url=stack.base_url) as client:
        return client.files.upload(DATA, name="stored.bin")


@pytest.fixture
def storage(stack: Stack) -> str:
    """Where parts are put."""
    return stack.addresses.s3_endpoint


def at_half(act: Callable[[], object]) -> Callable[[int, int], None]:
    """As a progress callback: once."""
    left = [act]

    def told(done: int, total: int) -> None:
        if done >= total // 2 and left:
            left.pop()()

    return told


def test_a_file_a_stream_and_bytes_become_the_same_file(
    direct: OneManage, path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    with path.open("rb") as file:
        given = (path, DATA, file, iter([DATA[:MIB], DATA[MIB:]]))
        made = [
            direct.files.upload(one, on_progress=lambda *at: seen.append(at))
            for one in given
        ]

    assert {(one.sha256, one.size) for one in made} == {(SHA256, len(DATA))}
    assert [one.name for one in made] == [path.name, "unnamed", path.name, "unnamed"]
    assert seen[-1] == (len(DATA), len(DATA))


def test_parts_come_over_a_line_that_breaks(
    stack: Stack, storage: str, path: Path
) -> None:
    with bad_line(storage) as line, over(stack, line) as client:
        # Less than the last part, which may be the first to go.
        line.cuts = [MIB // 2, MIB // 4]
        seen: list[int] = []
        file = client.files.upload(
            path, part_size=PART, on_progress=lambda done, _: seen.append(done)
        )

    assert line.cut == 2
    assert (file.name, file.sha256) == (path.name, SHA256)
    assert seen[-1] == len(DATA)


def test_an_upload_that_was_cut_off_is_gone_on_with_by_the_same_file(
    stack: Stack, storage: str, path: Path
) -> None:
    begun: list[str] = []
    with bad_line(storage) as line:
        with over(stack, line, retries=0) as client:
            line.cuts = [int(7.5 * MIB)]
            with pytest.raises(ConnectionFailed, match="part 2") as failed:
                client.files.upload(
                    path, part_size=PART, at_once=1, on_begun=begun.append
                )
        line.carried = 0
        with over(stack, line) as client:
            file = client.files.upload(path, part_size=PART, on_begun=begun.append)
            again = client.files.upload(path, part_size=PART, on_begun=begun.append)

    assert "goes on where it was" in str(failed.value)
    assert begun[0] == begun[1]
    assert len(DATA) - PART <= line.carried < len(DATA) - PART + MIB
    assert file.sha256 == SHA256
    assert again == file  # it is not sent again


def test_an_upload_is_gone_on_with_by_its_id_and_only_with_its_own_file(
    direct: OneManage, path: Path
) -> None:
    upload = direct.uploads.begin(name="own.bin", size=len(DATA), part_size=PART)
    with pytest.raises(SourceChanged, match="Give the same file"):
        direct.files.upload(b"another", upload_id=upload.id)

    file = direct.files.upload(path, upload_id=upload.id)

    assert (file.name, file.sha256) == ("own.bin", SHA256)
    assert direct.files.upload(path, upload_id=upload.id) == file


@pytest.mark.parametrize("part_size", [None, PART])
def test_a_file_that_changes_or_vanishes_while_it_is_sent_becomes_none(
    direct: OneManage, path: Path, part_size: int | None
) -> None:
    def grow() -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(SourceChanged, match="had 11,534,336 bytes and has 11,534,340"):
        direct.files.upload(path, part_size=part_size, on_progress=at_half(grow))
    with pytest.raises(SourceChanged, match="vanished"):
        direct.files.upload(path, part_size=part_size, on_progress=at_half(path.unlink))


def test_a_change_that_nothing_tells_of_is_found_by_the_hash(
    direct: OneManage, path: Path
) -> None:
    upload = direct.uploads.begin(name="own.bin", size=len(DATA), part_size=PART)
    with httpx.Client() as storage:
        other = bytes(PART)
        url = upload.addresses.items[0].url
        assert url is not None
        storage.put(url, content=other).raise_for_status()

    with pytest.raises(SourceChanged, match="is not what it is now"):
        direct.files.upload(path, upload_id=upload.id)


def test_what_interrupts_ends_all_threads_and_the_rest_is_sent_later(
    direct: OneManage, path: Path
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        direct.files.upload(path, part_size=PART, on_progress=at_half(interrupt))

    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)
    assert direct.files.upload(path, part_size=PART).sha256 == SHA256


async def test_an_upload_that_is_cancelled_goes_on_when_it_is_asked_for_again(
    stack: Stack, path: Path
) -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield DATA

    async with AsyncOneManage(stack.owner_api_key, url=stack.base_url) as client:
        loop, half = asyncio.get_running_loop(), asyncio.Event()
        tell = at_half(lambda: loop.call_soon_threadsafe(half.set))
        sending = asyncio.create_task(
            client.files.upload(path, part_size=PART, on_progress=tell)
        )
        await half.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        file = await client.files.upload(path, part_size=PART)
        streamed = await client.files.upload(stream(), name="stream.bin")
        saved = await client.files.download(file.id, path.parent / "back.bin")

    assert {file.sha256, streamed.sha256} == {SHA256}
    assert saved.read_bytes() == DATA


def test_a_download_goes_on_where_the_line_breaks(
    stack: Stack, stored: FileOut, tmp_path: Path
) -> None:
    with bad_line(stack.base_url) as line:
        with over(stack, line) as client:
            line.cuts = [4 * MIB, 3 * MIB]
            saved = client.files.download(stored.id, tmp_path)
            carried, line.cuts = line.carried, [4 * MIB]
        with over(stack, line, retries=1) as client:
            data = client.files.content(stored.id).read()

    assert saved == tmp_path / "stored.bin"
    assert saved.read_bytes() == data == DATA
    assert line.cut == 3
    assert carried < len(DATA) + 3 * MIB  # what was on the way is lost each time
    assert os.listdir(tmp_path) == ["stored.bin"]


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this size are large."""
    monkeypatch.setattr(transfers, "LARGE_BYTES", MIB)
    monkeypatch.setattr(spreading, "_PIECE_BYTES", 2 * MIB)


def test_a_large_download_comes_over_several_connections_that_break(
    stack: Stack, stored: FileOut, tmp_path: Path, in_pieces: None
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with bad_line(stack.base_url) as line:
        line.cuts = [MIB, MIB, MIB]
        with over(stack, line) as client:
            saved = client.files.download(stored.id, tmp_path)
            carried = line.carried
            with pytest.raises(KeyboardInterrupt):
                client.files.download(
                    stored.id, tmp_path / "a.bin", on_progress=at_half(interrupt)
                )
        with over(stack, line) as client:
            client.files.download(stored.id, tmp_path / "a.bin")

    assert saved.read_bytes() == (tmp_path / "a.bin").read_bytes() == DATA
    assert line.cut >= 2  # The third may be of a connection that carries only answers.
    assert carried < len(DATA) + 4 * MIB  # what was on the way is lost each time
    assert sorted(os.listdir(tmp_path)) == ["a.bin", "stored.bin"]


def test_a_download_that_was_cut_off_is_gone_on_with_and_has_no_name_before(
    stack: Stack, stored: FileOut, tmp_path: Path
) -> None:
    target = tmp_path / "a.bin"
    with bad_line(stack.base_url) as line:
        with over(stack, line, retries=0) as client:
            line.cuts = [8 * MIB]
            with pytest.raises(ConnectionFailed, match="goes on with it"):
                client.files.download(stored.id, target)
        assert not target.exists()
        (left,) = tmp_path.iterdir()
        rest = len(DATA) - left.stat().st_size
        line.carried = 0
        with over(stack, line) as client:
            client.files.download(stored.id, target)
            with pytest.raises(NotWritable, match="overwrite=True"):
                client.files.download(stored.id, target)

    assert target.read_bytes() == DATA
    assert line.carried < rest + 2 * MIB
    assert os.listdir(tmp_path) == ["a.bin"]
