"""Where downloads land: whole or not at all, and never over what is there."""

import errno
import os
from pathlib import Path

import pytest

from onemanage.client.landing import Landing, NotWritable


def test_nothing_has_the_name_before_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    landing = Landing(target)
    assert landing.begin('"tag"') == 0
    landing.write(b"half")
    assert not target.exists()

    landing.commit()

    assert os.listdir(tmp_path) == ["a.bin"]
    assert target.read_bytes() == b"half"


def test_what_was_cut_off_is_gone_on_with_if_it_is_of_the_same_bytes(
    tmp_path: Path,
) -> None:
    first = Landing(tmp_path / "a.bin")
    first.begin('"tag"')
    first.write(b"half")
    kept = first.keep()

    again = Landing(tmp_path / "a.bin")
    assert again.has_left()
    other = Landing(tmp_path / "a.bin")
    assert other.begin('"other"') == 0
    other.discard()
    assert again.begin('"tag"') == 4
    assert again.head().read() == b"half"
    again.write(b" and half")
    again.commit()

    assert kept is not None and kept.parent == tmp_path
    assert (tmp_path / "a.bin").read_bytes() == b"half and half"


def test_two_that_fetch_the_same_do_not_write_to_one_file(tmp_path: Path) -> None:
    one = Landing(tmp_path / "a.bin", overwrite=True)
    two = Landing(tmp_path / "a.bin", overwrite=True)
    assert (one.begin('"tag"'), two.begin('"tag"')) == (0, 0)
    one.write(b"one")
    two.write(b"two")
    one.commit()
    assert (tmp_path / "a.bin").read_bytes() == b"one"
    two.commit()

    assert (tmp_path / "a.bin").read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_file_that_is_there_stays_unless_it_is_said(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    late = Landing(target)
    late.begin(None)
    late.write(b"new")
    target.write_bytes(b"old")

    with pytest.raises(NotWritable, match="overwrite=True"):
        Landing(target)
    with pytest.raises(NotWritable, match="is there already"):
        late.commit()

    assert os.listdir(tmp_path) == ["a.bin"]
    assert target.read_bytes() == b"old"


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "a.bin"
    target.write_bytes(b"old")
    link = tmp_path / "link.bin"
    link.symlink_to(target)

    landing = Landing(link, overwrite=True)
    landing.begin(None)
    landing.write(b"new")
    landing.commit()

    assert link.is_symlink() and target.read_bytes() == b"new"


@pytest.mark.parametrize("where", ["missing/a.bin", "."])
def test_a_place_that_cannot_be_is_named_at_once(tmp_path: Path, where: str) -> None:
    with pytest.raises(NotWritable, match="folder"):
        Landing(tmp_path / where, overwrite=True)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    """/dev/full refuses every byte."""
    landing = Landing(tmp_path / "a.bin")
    landing.begin('"tag"')
    assert landing._file is not None
    os.dup2(os.open("/dev/full", os.O_RDWR), landing._file.fileno())

    with pytest.raises(NotWritable, match="no room.*disk is full") as refused:
        landing.write(b"x" * (4 << 20))

    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.ENOSPC
    assert os.listdir(tmp_path) == []


def test_more_than_there_is_room_for_is_not_begun(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "a.bin")
    landing.begin('"tag"')

    with pytest.raises(NotWritable, match="are to come"):
        landing.check_room(1 << 60)

    assert os.listdir(tmp_path) == []


def test_bytes_in_any_order_are_whole_in_the_end(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "a.bin")
    landing.begin('"tag"', 9)
    landing.spread(9)
    landing.write_at(6, b"789")
    landing.write_at(0, b"123")
    landing.reached(3)
    landing.write_at(3, b"456")
    landing.reached(9)
    assert landing.read_at(2, 4) == b"3456"

    landing.commit()

    assert (tmp_path / "a.bin").read_bytes() == b"123456789"
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("is_killed", [True, False])
def test_what_has_a_gap_is_gone_on_with_before_it(
    tmp_path: Path, is_killed: bool
) -> None:
    first = Landing(tmp_path / "a.bin")
    first.begin('"tag"', 9)
    first.write(b"12")
    first.spread(9)
    first.write_at(6, b"789")
    first.write_at(2, b"3")
    first.reached(3)
    if is_killed:
        first.close()
    else:
        assert first.keep() is not None

    again = Landing(tmp_path / "a.bin")
    assert again.begin('"tag"', 9) == 3
    assert again.head().read() == b"123"
    again.write(b"456789")
    again.commit()

    assert (tmp_path / "a.bin").read_bytes() == b"123456789"


def test_what_begins_with_a_gap_is_begun_anew(tmp_path: Path) -> None:
    first = Landing(tmp_path / "a.bin")
    first.begin('"tag"', 9)
    first.spread(9)
    first.write_at(3, b"456")
    first.close()  # as where it is killed

    again = Landing(tmp_path / "a.bin")
    assert again.begin('"tag"', 9) == 0
    again.discard()


def test_what_is_no_mark_of_ours_is_begun_anew(tmp_path: Path) -> None:
    first = Landing(tmp_path / "a.bin")
    first.begin('"tag"', 9)
    first.write(b"x" * 25)
    first.close()

    again = Landing(tmp_path / "a.bin")
    assert again.begin('"tag"', 9) == 0
    again.restart()
    again.write(b"123456789")
    again.commit()

    assert (tmp_path / "a.bin").read_bytes() == b"123456789"


def test_whoever_still_writes_after_a_fault_is_told_of_that_fault(
    tmp_path: Path,
) -> None:
    landing = Landing(tmp_path / "a.bin")
    landing.begin('"tag"', 9)
    landing.spread(9)
    assert landing._file is not None
    os.dup2(os.open("/dev/full", os.O_RDWR), landing._file.fileno())

    for _ in range(2):
        with pytest.raises(NotWritable, match="no room.*disk is full"):
            landing.write_at(0, b"123")

    assert os.listdir(tmp_path) == []
