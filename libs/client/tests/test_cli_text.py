"""What is said on a terminal: names of others, sizes, times."""

import json

import pytest

from onemanage.client.cli.text import duration, json_line, number, shown, size


def test_a_name_with_a_newline_or_an_escape_sequence_is_never_printed_raw() -> None:
    name = "a\nb\x1b[2J\x9b31m\u202egnp\u2028.\udcff"
    told = shown(name)
    assert told == "a\\nb\\e[2J\\x9b31m\\u202egnp\\u2028.\\udcff"
    assert told.isprintable()


def test_letters_of_any_script_stay_as_they_are() -> None:
    assert shown("Плакат 海報 🎨 é") == "Плакат 海報 🎨 é"


def test_json_is_one_line_that_moves_no_cursor_and_reads_back_the_same() -> None:
    record = {"name": "a\nb\x1b\x9b\u2028\udcff", "rows": 3}
    line = json_line(record)
    assert line.isprintable()
    assert json.loads(line) == record


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (999_600, "1 MB"), (52e9, "52 GB")],
)
def test_bytes_are_said_as_people_say_them(count: float, said: str) -> None:
    assert size(int(count)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.42, "0.4 s"), (12.4, "12 s"), (59.6, "1:00"), (187, "3:07"), (3753, "1:02:33")],
)
def test_seconds_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_large_numbers_have_signs_between_thousands() -> None:
    assert (number(1234567), number(2.46), number(2)) == ("1,234,567", "2.5", "2")
