"""What is uploaded, and that it is noticed when it changes meanwhile."""

import io
import os
from pathlib import Path

import pytest

from onemanage.client.uploadable import (
    NotUploadable,
    SourceChanged,
    Spool,
    chunks_of,
    source_of,
)

DATA = bytes(range(256)) * 8


def test_any_place_of_a_path_of_bytes_and_of_an_open_file_can_be_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    behind = io.BytesIO(b"before" + DATA)
    behind.seek(6)
    for given in (path, str(path), DATA, bytearray(DATA), memoryview(DATA), behind):
        source = source_of(given)
        assert source is not None and source.size == len(DATA)
        one, two = source.open(), source.open(1000)
        assert one.read(10) == DATA[:10]
        assert two.read(10) == DATA[1000:1010]
        assert one.read(10) == DATA[10:20]
        source.check()
        one.close()
        two.close()


def test_the_same_file_is_known_again_until_it_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    first, again = source_of(path), source_of(path)
    path.write_bytes(DATA[:-1] + b"!")
    changed = source_of(path)

    assert first and again and changed
    assert first.identity == again.identity != changed.identity


def test_a_file_that_changes_or_vanishes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    source = source_of(path)
    assert source is not None

    os.utime(path, ns=(0, 0))
    with pytest.raises(SourceChanged, match="written to"):
        source.check()
    path.write_bytes(b"shorter")
    with pytest.raises(SourceChanged, match="had 2,048 bytes and has 7 now"):
        source.open()
    path.unlink()
    with pytest.raises(SourceChanged, match="vanished"):
        source.check()
    with pytest.raises(SourceChanged, match="vanished"):
        source.open()


def test_what_is_no_file_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotUploadable, match="There is no file"):
        source_of(tmp_path / "missing")
    with pytest.raises(NotUploadable, match="is a folder"):
        source_of(tmp_path)
    with pytest.raises(NotUploadable, match="'rb'"):
        source_of(io.StringIO("text"))
    with pytest.raises(NotUploadable, match="A int cannot be uploaded"):
        list(chunks_of(3))


def test_a_pipe_and_an_iterator_are_streams_which_become_sources(
    tmp_path: Path,
) -> None:
    read, write = os.pipe()
    os.write(write, DATA)
    os.close(write)
    with open(read, "rb") as pipe:
        assert source_of(pipe) is None
        spool = Spool("a.bin")
        spool.write_all(chunks_of(pipe))
    spool.write_all(chunks_of(iter([DATA, DATA])))
    source = spool.source()

    assert (source.name, source.size) == ("a.bin", 3 * len(DATA))
    assert source.open().read(1 << 20) == 3 * DATA
    spool.close()
    wrong = Spool("b")
    with pytest.raises(NotUploadable, match="gave str"):
        wrong.write_all(["text"])  # type: ignore[list-item]
    wrong.close()
