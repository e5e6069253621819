"""XLS and XLSB: lengths of time, dates of East Asian Excel, and a day that never was."""

import importlib
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types

from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.binary_records import records
from onemanage.data_import.domain.reading.old_workbook_times import unpacked
from onemanage.data_import.domain.reading.read import read_table

samples: Any = importlib.import_module("services.data-import.tests.binary_samples")

type Make = Callable[..., Path]
MAKERS = [pytest.param(samples.xls, id="xls"), pytest.param(samples.xlsb, id="xlsb")]


def planned(path: Path) -> Plan:
    return make_plan([PlannedFile("f", path, path.name)])


def imported(path: Path) -> tuple[list[str], list[tuple[Any, ...]], list[int]]:
    """Types, rows, and lines of bad values, of the last table."""
    table = planned(path).tables[-1]
    (batch,) = read_table(path, table)
    cast = cast_batch(batch.frame, table.columns, table.dialect)
    bad = [
        line
        for reasons in cast.reasons.values()
        for line in batch.lines.filter(reasons.is_not_null())
    ]
    return [one.type for one in table.columns], cast.frame.rows(), bad


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("code", ["[h]:mm:ss", "[mm]:ss", "[Red][hh]:mm", None])
def test_lengths_of_time_are_those_that_excel_shows(
    tmp_path: Path, make: Make, code: str | None
) -> None:
    rows = [["id", "took"], [1, (1, 25.5 / 24)], [2, (1, -0.5)], [3, (1, 0.25)]]
    number = 46 if code is None else 170
    path = make(tmp_path / "a", rows, [0, number], {number: code} if code else {})

    types, values, _ = imported(path)
    assert types == ["bigint", "text"]
    assert values == [(1, "25:30:00"), (2, "-12:00:00"), (3, "06:00:00")]
    warnings = planned(path).findings[0].columns[1].warnings
    assert [one.code for one in warnings] == ["durations"]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("number", [27, 31, 36, 50, 58])
def test_built_in_dates_of_east_asian_excel_are_dates(
    tmp_path: Path, make: Make, number: int
) -> None:
    rows = [["id", "day"], [1, (1, 43831)], [2, (1, 43832)]]
    types, values, _ = imported(make(tmp_path / "a", rows, [0, number]))

    assert types == ["bigint", "date"]
    assert [str(day) for _, day in values] == ["2020-01-01", "2020-01-02"]


@pytest.mark.parametrize("make", MAKERS)
def test_a_format_that_the_file_declares_wins_over_the_built_in_one(
    tmp_path: Path, make: Make
) -> None:
    rows = [["id", "amount"], [1, (1, 43831)], [2, (1, 43832)]]
    path = make(tmp_path / "a", rows, [0, 31], {31: "0.00"})

    assert imported(path)[:2] == (["bigint", "bigint"], [(1, 43831), (2, 43832)])


@pytest.mark.parametrize("make", MAKERS)
def test_a_bracket_in_quotes_makes_no_length_of_time(
    tmp_path: Path, make: Make
) -> None:
    rows = [["id", "day"], [1, (1, 43831)], [2, (1, 43832)]]
    path = make(tmp_path / "a", rows, [0, 170], {170: 'yyyy-mm-dd "[h]"'})

    assert imported(path)[0] == ["bigint", "date"]


def xlsx(path: Path, rows: list[list[Any]], formats: list[int]) -> Path:
    with Workbook(path) as book:
        styles = [book.add_format({"num_format": number}) for number in formats]
        sheet = book.add_worksheet("Data")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, tuple):
                    sheet.write_number(row, column, cell[1], styles[cell[0]])
                else:
                    sheet.write(row, column, cell)
    return path


@pytest.mark.parametrize("make", [*MAKERS, pytest.param(xlsx, id="xlsx")])
def test_the_day_that_excel_invents_is_a_reject_and_no_other_day(
    tmp_path: Path, make: Make
) -> None:
    rows = [["id", "day"], *([at, (1, 58 + at)] for at in range(1, 80))]
    types, values, bad = imported(make(tmp_path / "a", rows, [0, 14]))

    assert types == ["bigint", "date"] and bad == [3]
    assert [str(day) for _, day in values[:3]] == ["1900-02-28", "None", "1900-03-01"]


@pytest.mark.parametrize("make", [*MAKERS, pytest.param(xlsx, id="xlsx")])
def test_sixty_is_a_number_where_it_is_no_date(tmp_path: Path, make: Make) -> None:
    rows = [["id", "day", "n"], [1, (1, 59), 60], [2, (1, 62), 60.5]]
    _, values, bad = imported(make(tmp_path / "a", rows, [0, 14]))

    assert bad == [] and [float(row[2]) for row in values] == [60, 60.5]
    assert [str(row[1]) for row in values] == ["1900-02-28", "1900-03-02"]


def test_a_sheet_of_xlsb_that_is_a_chart_is_no_table(tmp_path: Path) -> None:
    rows = [["id", "n"], [1, 2.5], [2, 3.5]]
    path = samples.xlsb(tmp_path / "a.xlsb", rows, chart=True)

    assert [table.sheet for table in planned(path).tables] == ["Data"]


def test_short_numbers_of_both_formats_are_what_they_mean() -> None:
    whole = (-5 & 0x3FFFFFFF) << 2 | 2
    (double,) = struct.unpack("<Q", struct.pack("<d", 0.25))
    assert [unpacked(whole), unpacked(whole | 1)] == [-5, -0.05]
    assert unpacked(double >> 32) == 0.25


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1 << 20])
def test_records_are_the_same_however_their_bytes_come(size: int) -> None:
    made = [(0, b""), (129, b"a" * 3), (300, b"b" * 200), (5, b"c" * 16), (7, b"")]
    data = b"".join(samples.record(*one) for one in made)
    blocks = [data[at : at + size] for at in range(0, len(data), size)]

    found = list(records(blocks, 4))
    assert [(kind, content) for kind, content, _ in found] == [
        (kind, content[:4]) for kind, content in made
    ]
    assert [data[place : place + 4][: len(content)] for _, content, place in found] == [
        content for _, content, _ in found
    ]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("is_1904", [False, True])
def test_a_workbook_counts_from_the_year_that_it_says(
    tmp_path: Path, make: Make, is_1904: bool
) -> None:
    # A number of the bytes with which an XLS would say 1904.
    (odd,) = struct.unpack("<d", b"\x22\x00\x02\x00\x01\x00\xf0\x3f")
    rows = [["at", "day", "n"], [(1, 0.25), (2, 1), odd], [(1, 0.75), (2, 400), odd]]
    path = make(tmp_path / "a", rows, [0, 20, 14], is_1904=is_1904)

    types, values, _ = imported(path)
    assert types[:2] == ["time", "date"]
    assert [str(row[0]) for row in values] == ["06:00:00", "18:00:00"]
    assert str(values[0][1]) == ("1904-01-02" if is_1904 else "1900-01-01")


@pytest.mark.parametrize("make", MAKERS)
def test_the_first_of_january_1904_is_a_day_like_others(
    tmp_path: Path, make: Make
) -> None:
    rows = [["id", "day"], [1, (1, 1218)], [2, (1, 1462)], [3, (1, 18264)]]
    types, values, _ = imported(make(tmp_path / "a", rows, [0, 14]))

    assert types == ["bigint", "date"]
    assert [str(day) for _, day in values] == ["1903-05-02", "1904-01-01", "1950-01-01"]
