"""What is written, to whom, and with which code the command ends."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from onemanage.client import errors
from onemanage.client.cli.errors import exit_of, is_hopeless, record_of, told
from onemanage.client.cli.exits import CommandError, Exit, of_many
from onemanage.client.cli.output import Column, Output, column
from onemanage.client.cli.progress import bars

from .answering import answering
from .answering import told as told_of

COLUMNS = [column("name"), column("rows", right=True), column("id")]
RECORDS: list[dict[str, Any]] = [
    {"name": "a\n\x1b[31mb", "rows": 3, "id": "dst_" + "0" * 32},
    {"name": "海報" * 30, "rows": None, "id": "dst_" + "1" * 32},
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def terminal(columns: int = 120, **environment: str) -> Iterator[Terminal]:
    """Standard output and error of a test's part are one."""
    made = Terminal()
    said = {"COLUMNS": str(columns), "TERM": "xterm", **environment}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NO_COLOR", raising=False)
        for name, value in said.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdout", made)
        patch.setattr(sys, "stderr", made)
        yield made


def test_in_a_pipe_fields_are_parted_by_tabs_and_nothing_is_cut(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = Output()
    assert output.table(RECORDS, COLUMNS) == 2
    output.note("nobody is here to read this")
    written = capsys.readouterr()
    first, second = written.out.splitlines()
    assert first == "a\\n\\e[31mb\t3\tdst_" + "0" * 32
    assert second.startswith("海報" * 30 + "\t-\t")
    assert written.err == ""


def test_json_is_one_object_a_line_and_errors_are_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = Output(is_json=True)
    output.table(RECORDS, COLUMNS)
    output.error("words", {"code": "failed"})
    written = capsys.readouterr()
    assert [json.loads(line) for line in written.out.splitlines()] == RECORDS
    assert json.loads(written.err) == {"error": {"code": "failed"}}


def test_a_terminal_gets_a_table_with_whole_ids() -> None:
    with terminal() as screen:
        Output().table(RECORDS, COLUMNS)
    shown = screen.getvalue()
    assert "name" in shown and "a\\n\\e[31mb" in shown
    assert "dst_" + "1" * 32 in shown


def test_no_color_is_heeded() -> None:
    with terminal() as screen:
        Output().table(RECORDS, COLUMNS)
    assert "\x1b[1m" in screen.getvalue(), "the titles are bold"
    with terminal(NO_COLOR="1") as screen, bars(True, 2) as shown:
        shown.add("a\x1b[31m").update("rows", 3, 7, per_second=1.5, unit="rows")
    assert "\x1b[3" not in screen.getvalue(), "no colour; the cursor may move"


@pytest.mark.parametrize("columns", [40, 59])
def test_a_narrow_terminal_gets_a_line_for_each_field(columns: int) -> None:
    with terminal(columns) as screen:
        Output().table(RECORDS[:1], COLUMNS)
    assert screen.getvalue().splitlines() == [
        "name  a\\n\\e[31mb",
        "rows  3",
        "id    dst_" + "0" * 32,
        "",
    ]


def test_what_is_brief_takes_one_line_of_a_table_and_is_whole_in_a_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    columns = [column("name"), column("examples", brief=True), column("id")]
    long = {"name": "amount", "examples": "1234, " * 30 + "5", "id": "dst_1"}
    with terminal(80) as screen:
        Output().table([long], columns)
    Output().table([long], columns)
    title, row = screen.getvalue().splitlines()
    assert "1234, 1" in row and "…" in row and row.rstrip().endswith("dst_1")
    assert capsys.readouterr().out.split("\t")[1] == long["examples"]


@pytest.mark.parametrize("columns", [40, 80])
def test_lines_end_between_words_and_not_within_an_id(columns: int) -> None:
    task = "tsk_" + "0" * 32
    said = f"! amount: 80.0% of the values are numeric, the others are not: {task}"
    with terminal(columns) as screen:
        Output().note(said)
        Output().table([{"name": "some words " * 9, "id": task}], COLUMNS[::2])
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert sum(task in line for line in lines) == 2
    assert lines[1].startswith("  ")
    assert all(len(line.rstrip()) <= columns or task in line for line in lines)


def test_bars_fit_into_forty_columns() -> None:
    with terminal(40) as screen, bars(True, 2) as shown:
        bar = shown.add("a very long name of a file\nin two lines.psd")
        bar.update("rows", 300_000, 400_000, unit="rows", per_second=1e5)
        with bar.hidden():
            print("Load it?")
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue()).splitlines()
    assert any(line.rstrip().endswith("75%") for line in lines)
    assert "Load it?" in lines
    assert all(len(line) <= 40 for line in lines)


def test_a_terminal_that_is_dumb_gets_no_bars() -> None:
    with terminal():
        assert Output().is_watched
        assert not Output(is_quiet=True).is_watched
        assert not Output(is_json=True).is_watched
    with terminal(TERM="dumb"):
        assert not Output().is_watched


def problem(status: int, kind: type[errors.Problem] = errors.Problem) -> errors.Problem:
    return kind("It is so.", status=status, code="some_code", trace_id="abc")


@pytest.mark.parametrize(
    ("error", "exit"),
    [
        (CommandError("x"), Exit.FAILED),
        (problem(401, errors.Unauthenticated), Exit.NOT_ALLOWED),
        (problem(403, errors.NotAllowed), Exit.NOT_ALLOWED),
        (problem(404, errors.NotFound), Exit.NOT_FOUND),
        (problem(410, errors.NotFound), Exit.NOT_FOUND),
        (problem(422, errors.InvalidInput), Exit.FAILED),
        (problem(429, errors.RateLimited), Exit.RATE_LIMITED),
        (problem(503, errors.ServerFault), Exit.FAILED),
        (errors.TaskFailed("x", task_id="tsk_1", code="psd.damaged"), Exit.TASK_FAILED),
        (errors.ConnectionFailed("x"), Exit.FAILED),
        (OSError(28, "No space left on device", "/x"), Exit.FAILED),
    ],
)
def test_each_error_ends_the_command_with_its_code(
    error: Exception, exit: Exit
) -> None:
    assert exit_of(error) is exit
    assert record_of(error)["exit"] == exit


def test_an_error_says_what_where_and_what_to_do() -> None:
    record = record_of(problem(404, errors.NotFound))
    assert record == {
        "code": "some_code",
        "message": "It is so.",
        "trace_id": "abc",
        "status": 404,
        "exit": 3,
    }
    full = OSError(28, "No space left on device", "a\nb")
    assert told(full).startswith("a\\nb: No space left on device. Make room")
    assert record_of(errors.ConnectionFailed("x"))["code"] == "connection_failed"


@pytest.mark.parametrize(
    ("exits", "ends"),
    [
        ([], Exit.DONE),
        ([0, 0], Exit.DONE),
        ([3, 3], Exit.NOT_FOUND),
        ([0, 6], Exit.PARTLY_DONE),
        ([0, 7], Exit.PARTLY_DONE),
        ([3, 6], Exit.FAILED),
    ],
)
def test_many_files_end_as_they_agree(exits: list[int], ends: Exit) -> None:
    assert of_many(exits) is ends


def test_only_what_holds_for_every_file_ends_the_run() -> None:
    assert is_hopeless(errors.ConnectionFailed("no server"))
    assert is_hopeless(problem(401, errors.Unauthenticated))
    assert not is_hopeless(problem(404, errors.NotFound))
    assert not is_hopeless(CommandError("x"))


def test_a_column_may_be_made_of_several_fields() -> None:
    both: Any = Column("both", lambda record: f"{record['a']} {record['b']}")
    assert both.value({"a": 1, "b": 2}) == "1 2"


def test_the_help_imports_neither_rich_nor_httpx_nor_a_command() -> None:
    code = (
        "import sys; sys.argv = ['onemanage', '--help']\n"
        "from onemanage.client.cli.app import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'rich', 'httpx', 'msgspec', 'asyncio', 'stamina'} & set(sys.modules)\n"
        "loaded = [m for m in sys.modules if '.cli.commands.' in m]\n"
        "assert not heavy and not loaded, (heavy, loaded)\n"
    )
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert "Exit codes: 0 done" in done.stdout


def test_files_are_listed_the_newest_first_and_told_of_where_there_are_more() -> None:
    file = {
        "id": "fil_" + "0" * 32,
        "name": "a\n.psd",
        "size": 1_400_000,
        "sha256": "0" * 64,
        "media_type": "image/vnd.adobe.photoshop",
        "created_at": "2026-11-30T08:00:00Z",
        "url": "/",
    }
    pages = [
        told_of({"items": [file | {"name": "b.psd"}], "next_cursor": "c"}),
        told_of({"items": [file], "next_cursor": None}),
    ]
    with answering(*pages) as server:
        environment = {
            **os.environ,
            **{"ONEMANAGE_URL": server.url, "ONEMANAGE_API_KEY": "om_live_key"},
            "TZ": "UTC",
        }
        done = subprocess.run(
            [sys.executable, "-m", "onemanage.client.cli", "files", "list", "-n", "1"],
            capture_output=True,
            text=True,
            env=environment,
        )
    assert done.returncode == 0, done.stderr
    kind = "image/vnd.adobe.photoshop"
    row = [file["id"], "b.psd", kind, "1.4 MB", "2026-11-30 08:00:00"]
    assert done.stdout.splitlines() == ["\t".join(map(str, row))]
    assert done.stderr == "There are more files: --all shows them, or --limit N.\n"
    assert [one.path for one in server.asked] == [
        "/v1/files?limit=1",
        "/v1/files?limit=1&cursor=c",
    ]
