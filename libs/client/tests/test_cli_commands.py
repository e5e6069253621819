"""The commands as they are declared, and the rules that some of them go by."""

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest
import typer.main

from onemanage.client.cli.app import COMMANDS, build, called_of
from onemanage.client.cli.checks import clock
from onemanage.client.cli.commands.datasets import _filter
from onemanage.client.cli.commands.imports import reasons
from onemanage.client.cli.commands.tasks import line
from onemanage.client.cli.destinations import check_none_is_source, destinations
from onemanage.client.cli.exits import CommandError, UsageError
from onemanage.client.cli.forwarding import is_meant, new_secret, secret_bytes, signed
from onemanage.client.cli.inputs import Input
from onemanage.client.cli.values import values_of
from onemanage.client.types import SlotOut


def commands() -> list[tuple[str, Any]]:
    def below(name: str, command: Any) -> list[tuple[str, Any]]:
        found = getattr(command, "commands", None)
        if found is None:
            return [(name, command)]
        return [
            each for one, it in found.items() for each in below(f"{name} {one}", it)
        ]

    root: Any = typer.main.get_command(build())
    return [each for name, one in root.commands.items() for each in below(name, one)]


def test_the_help_without_commands_says_of_each_what_the_command_says() -> None:
    root: Any = typer.main.get_command(build())
    assert set(root.commands) == set(COMMANDS)
    for name, (_, told) in COMMANDS.items():
        one = root.commands[name]
        assert (one.short_help or one.help) == told, name


@pytest.mark.parametrize(("name", "command"), commands())
def test_each_command_has_an_example_and_the_options_of_all(
    name: str, command: Any
) -> None:
    assert f"onemanage {name}" in command.epilog
    assert command.help
    options = {one.name for one in command.params}
    assert {"json", "quiet", "profile", "server"} <= options
    assert all(one.help for one in command.params), name


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        ([], []),
        (["--help"], []),
        (["psd", "export"], ["psd"]),
        (["--version", "tasks"], ["tasks"]),
        (["typo"], []),
    ],
)
def test_only_what_is_called_is_loaded(
    arguments: list[str], called: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(called_of(arguments)) == called
    monkeypatch.setenv("_ONEMANAGE_COMPLETE", "complete_bash")
    assert list(called_of(arguments)) == list(COMMANDS), "a shell may ask for any"


def test_two_files_of_one_name_get_two_places(tmp_path: Path) -> None:
    found = [Input(Path(one) / "a.psd", "a.psd") for one in ("x", "y")]
    deep = Input(Path("z/deep/a.psd"), "a.psd", Path("deep"))
    places = destinations([*found, deep], str(tmp_path))
    said = [str(place.relative_to(tmp_path)) for place in places.values()]
    assert said == ["a", "a-2", "deep/a"]


def test_no_result_is_written_over_its_source(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    with pytest.raises(UsageError, match="would be written over"):
        check_none_is_source([source], [Input(source, "a.png")])


def test_an_event_is_signed_as_standard_webhooks_has_it() -> None:
    secret = secret_bytes(new_secret())
    headers = signed(secret, "evt", 1795564674, b"{}")
    expected = hmac.new(secret, b"evt.1795564674.{}", hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    with pytest.raises(UsageError, match="whsec_"):
        secret_bytes("whsec_no secret")


@pytest.mark.parametrize(
    ("pattern", "kind", "is_sent"),
    [
        ("*", "psd.render.completed", True),
        ("*", "psd.render.progress", False),
        ("psd.*", "psd.render.completed", True),
        ("psd.*", "imaging.transform.completed", False),
        ("*.failed", "data_import.failed", True),
        ("*.progress", "psd.render.progress", True),
        ("psd.*.completed", "psd.completed", False),
    ],
)
def test_events_are_chosen_as_webhooks_choose_them(
    pattern: str, kind: str, is_sent: bool
) -> None:
    assert is_meant([pattern], kind) is is_sent


@pytest.mark.parametrize(
    ("skew", "state"),
    [(0, "ok"), (59, "ok"), (-59, "ok"), (90, "wrong"), (-90, "wrong")],
)
def test_a_clock_that_is_wrong_is_noticed(skew: int, state: str) -> None:
    told = clock("Mon, 30 Nov 2026 06:43:05 GMT", 1796020985.5 + skew)
    assert told is not None and told.state == state
    assert clock(None, 0) is None
    assert clock("no date", 0) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a:eq:1", {"column": "a", "operator": "eq", "value": "1"}),
        ("a:in:1,2", {"column": "a", "operator": "in", "values": ["1", "2"]}),
        ("a:in:[1]", {"column": "a", "operator": "in", "values": [1]}),
        ("a:is_null", {"column": "a", "operator": "is_null", "value": "true"}),
        (
            "a:contains:b:eq:c",
            {"column": "a", "operator": "contains", "value": "b:eq:c"},
        ),
        ('"a:eq":ne:', {"column": "a:eq", "operator": "ne", "value": ""}),
    ],
)
def test_filters_are_read_as_rows_are_asked_for(
    said: str, meant: dict[str, Any]
) -> None:
    assert _filter(said) == meant


def test_a_filter_that_is_none_says_which_there_are() -> None:
    with pytest.raises(UsageError, match="Operators: eq, ne"):
        _filter("a=1")


def test_reasons_of_rejects_are_told_the_most_frequent_first() -> None:
    counts = [
        {"reason": "not_a_date", "column": "day", "count": 2},
        {"reason": "too_many_fields", "column": None, "count": 1200},
    ]
    assert reasons({"tables": [{"reject_counts": counts}]}) == [
        "1,200 rejected: the row: too_many_fields",
        "2 rejected: day: not_a_date",
    ]


def test_a_task_is_told_in_one_line_with_why_it_failed() -> None:
    task = {"id": "tsk_1", "name": "psd.render", "state": "failed", "resource": "/x"}
    error = {"code": "psd.damaged", "message": "It is\ncut off."}
    assert line({**task, "error": error}) == (
        "tsk_1 psd.render failed: It is\\ncut off. (psd.damaged)"
    )


async def test_values_are_read_by_the_kinds_of_their_slots(tmp_path: Path) -> None:
    kinds = {"title": "text", "photo": "picture", "badge": "visibility"}
    slots = [SlotOut({"name": name, "kind": kind}) for name, kind in kinds.items()]
    (tmp_path / "values.json").write_text('{"title": "MOON", "photo": null}')

    said = ["title=a=b", "photo=https://a.example/b.png", "badge=false"]
    found = await values_of(None, slots, said, tmp_path / "values.json")

    photo = {"url": "https://a.example/b.png"}
    assert found == {"title": "a=b", "photo": photo, "badge": False}
    with pytest.raises(UsageError, match="There are: title, photo, badge"):
        await values_of(None, slots, ["titel=SUN"], None)
    with pytest.raises(CommandError, match="no such file") as failed:
        await values_of(None, slots, ["photo=lost.png"], None)
    assert failed.value.exit == 3
