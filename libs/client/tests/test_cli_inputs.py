"""What is named as files: names, patterns, directories, standard input."""

import io
from pathlib import Path

import pytest

from onemanage.client.cli.exits import CommandError, Exit, UsageError
from onemanage.client.cli.inputs import IMAGES, PSD, Input, inputs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.psd", "a.psd", "c.PSB", "d.png", "deep/e.psd", "deep/.f.psd"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(found: list[Input]) -> list[str]:
    return [one.name for one in found]


def test_files_come_in_the_order_in_which_they_were_named_and_once(
    folder: Path,
) -> None:
    assert names(inputs(["b.psd", "a.psd", "./b.psd"], PSD)) == ["b.psd", "a.psd"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(folder: Path) -> None:
    assert names(inputs(["d.png"], PSD)) == ["d.png"]


def test_a_directory_is_all_files_below_it_of_the_kind(folder: Path) -> None:
    found = inputs(["."], PSD)
    assert names(found) == ["a.psd", "b.psd", "c.PSB", "e.psd"]
    assert [str(one.under) for one in found] == [".", ".", ".", "deep"]
    assert names(inputs(["."], IMAGES))[3] == "d.png"


def test_a_pattern_is_what_it_matches(folder: Path) -> None:
    assert names(inputs(["*.psd"], PSD)) == ["a.psd", "b.psd"]
    assert names(inputs(["**/*.psd"], PSD)) == ["a.psd", "b.psd", "e.psd"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(folder: Path) -> None:
    (folder / "[a].psd").write_bytes(b"x")
    assert names(inputs(["[a].psd"], PSD)) == ["[a].psd"]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("no.psd", "is not there"),
        ("*.gif", "No file is like"),
        ("x\n", "x\\\\n is not"),
    ],
)
def test_what_is_nothing_is_said(folder: Path, named: str, said: str) -> None:
    with pytest.raises(CommandError, match=said) as caught:
        inputs([named], PSD)
    assert caught.value.exit == Exit.NOT_FOUND


def test_an_empty_directory_is_said_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"that end in \.psb, \.psd"):
        inputs([str(tmp_path)], PSD)


def test_standard_input_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert inputs(["-"], PSD, "poster.psd") == [Input(None, "poster.psd")]
    with pytest.raises(UsageError, match="stands alone"):
        inputs(["-", "a.psd"], PSD)


def test_a_file_that_changes_is_another_one(folder: Path) -> None:
    (one,) = inputs(["a.psd"], PSD)
    before = one.identity()
    assert before == one.identity()
    (folder / "a.psd").write_bytes(b"xy")
    assert one.identity() != before


def test_a_file_that_vanishes_is_said(folder: Path) -> None:
    (one,) = inputs(["a.psd"], PSD)
    (folder / "a.psd").unlink()
    with pytest.raises(CommandError, match="no such file.*Nothing was sent"):
        one.identity()
