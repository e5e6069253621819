"""The journal: what an interrupted run has done is not done again."""

import resource
import time
from pathlib import Path

import pytest

from onemanage.client.cli.exits import CommandError
from onemanage.client.cli.journal import Journal, run_name


class Killed(BaseException):
    pass


def cut_short(path: Path) -> Journal:
    """A run that was interrupted after one file of three, and within the second."""
    journal = Journal(path)
    with pytest.raises(Killed), journal:
        journal.begin("a", "a.psd")
        journal.done("a", {"images": 3})
        journal.begin("b", "b.psd")
        journal.step("b", "document", "tsk_1")
        journal.begin("c", "c.psd")
        raise Killed
    return journal


def test_a_run_that_was_cut_short_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run.jsonl"
    before = cut_short(path)
    with Journal(path) as journal:
        a, b, c = (journal.entry(item) for item in "abc")
        assert a and b and c
        assert a.is_done and a.result == {"images": 3}
        assert not b.is_done and b.steps == {"document": "tsk_1"}
        told = before.entry("c")
        assert told and c.key == told.key, "the same request again is the same task"
        assert journal.entry("d") is None
        for item in "bc":
            journal.done(item, {})
    assert not path.exists(), "a run that did all of its work leaves no journal"


def test_what_was_given_up_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with Journal(path) as journal:
        journal.begin("a", "a.psd")
        journal.dropped("a")
    with Journal(path) as journal:
        assert journal.entry("a") is None


def test_a_line_that_was_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    cut_short(path)
    with path.open("ab") as file:
        file.write(b'{"v":1,"item":"9f')
    with pytest.raises(Killed), Journal(path) as journal:
        entry = journal.entry("a")
        assert entry and entry.is_done
        journal.begin("d", "d.psd")
        raise Killed
    with Journal(path) as journal:
        assert journal.entry("d") is not None


def test_a_key_that_the_server_has_forgotten_is_not_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.jsonl"
    cut_short(path)
    day = time.time() + 24 * 3600
    monkeypatch.setattr(time, "time", lambda: day)
    with Journal(path) as journal:
        assert journal.entry("c") is None, "nothing is known of a task of it"
        b = journal.entry("b")
        assert b and b.steps == {
            "document": "tsk_1"
        }, "a task is looked at, however old it is"


def test_again_forgets_what_was_done(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    cut_short(path)
    with Journal(path, again=True) as journal:
        assert journal.entry("a") is None


def test_the_same_run_twice_at_once_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with Journal(path), pytest.raises(CommandError, match="runs already"):
        Journal(path).__enter__()


def test_a_journal_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("what\n")
    with pytest.raises(CommandError, match="from line 1 on. Delete it"):
        Journal(path).__enter__()


def test_a_disk_without_room_ends_the_run_and_says_so(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal = Journal(tmp_path / "run.jsonl")
    with pytest.raises(CommandError, match="cannot be written.*Make room"), journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, limits[1]))
        try:
            journal.begin("a", "a.psd")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_device_is_no_journal() -> None:
    with pytest.raises(CommandError, match="is no file to keep a journal in"):
        Journal(Path("/dev/null")).__enter__()


def test_a_run_is_named_by_what_it_does() -> None:
    one = run_name(server="http://a", command="psd export", out="/x", scales=[1, 2])
    assert one == run_name(
        command="psd export", out="/x", scales=[1, 2], server="http://a"
    )
    assert one != run_name(server="http://a", command="psd export", out="/y")
