"""Rejects that a spreadsheet has saved are read as it wrote them, by the plan."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan, Dialect, TablePlan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.rejects_planning import plan_rejects
from onemanage.data_import.domain.reading.read_rejects import read_rejects

BEFORE = TablePlan(
    table="orders",
    dialect=Dialect(),
    columns=[
        ColumnPlan(position=1, header="id", name="id", type="bigint"),
        ColumnPlan(position=2, header="day", name="day", type="date"),
        ColumnPlan(
            position=3,
            header="amount",
            name="amount",
            type="numeric",
            precision=18,
            scale=3,
        ),
        ColumnPlan(position=4, header="note", name="note"),
    ],
)


def rows(
    tmp_path: Path, content: str, before: TablePlan = BEFORE
) -> list[tuple[Any, ...]]:
    path = tmp_path / "rejects.csv"
    path.write_bytes(content.encode("utf-8"))
    table = plan_rejects(PlannedFile("f1", path, "rejects.csv"), before)
    assert table is not None
    (batch,) = read_rejects(path, table)
    cast = cast_batch(batch.frame, table.columns, table.dialect)
    return list(cast.frame.rows())


def test_semicolons_decimal_commas_local_dates_and_a_mark_are_no_hindrance(
    tmp_path: Path,
) -> None:
    content = (
        "\ufeffid;day;amount;note;_line;_column;_error\r\n"
        "1;28.02.2026;1,5;a;3;day;x\r\n2;01.03.2026;1234,25;b, c;4;amount;y\r\n"
    )
    assert rows(tmp_path, content) == [
        (1, date(2026, 2, 28), Decimal("1.5"), "a"),
        (2, date(2026, 3, 1), Decimal("1234.25"), "b, c"),
    ]


def test_what_is_still_as_the_plan_has_it_is_read_so(tmp_path: Path) -> None:
    content = "id,day,amount,note,_line,_column,_error\n1,2026-02-28,1.500,a,3,,\n"
    assert rows(tmp_path, content) == [
        (1, date(2026, 2, 28), Decimal("1.5"), "a"),
    ]


@pytest.mark.parametrize(
    ("day", "amount"), [("03/04/2026", "1"), ("2026-01-01", "1,881")]
)
def test_what_can_be_read_two_ways_stays_a_reject(
    tmp_path: Path, day: str, amount: str
) -> None:
    content = f'id,day,amount,note\n1,{day},"{amount}",a\n'
    ((_, read_day, read_amount, _),) = rows(tmp_path, content)
    assert (read_day is None) != (read_amount is None)


def test_one_day_of_the_column_decides_for_the_others(tmp_path: Path) -> None:
    content = "id,day,amount,note\n1,3/4/2026,1,a\n2,3/25/2026,1,a\n"
    days = [row[1] for row in rows(tmp_path, content)]
    assert days == [date(2026, 3, 4), date(2026, 3, 25)]


def test_years_of_two_digits_are_of_the_hundred_years_that_a_plan_would_take(
    tmp_path: Path,
) -> None:
    content = "id;day;amount;note\n1;05.12.25;1;a\n2;31.01.99;1;a\n"
    days = [row[1] for row in rows(tmp_path, content)]
    assert days == [date(2025, 12, 5), date(1999, 1, 31)]


def test_the_hundred_years_of_the_plan_are_those_of_its_rejects(tmp_path: Path) -> None:
    day = replace(BEFORE.columns[1], format="%d/%m/%y;until=1950-12-31")
    before = replace(BEFORE, columns=[BEFORE.columns[0], day, *BEFORE.columns[2:]])
    content = "id;day;amount;note\n1;25.12.05;1;a\n"
    assert rows(tmp_path, content, before)[0][1] == date(1905, 12, 25)


@pytest.mark.parametrize("day", ["05/12/25", "24-01-02", "5.12.5"])
def test_short_years_that_can_be_read_two_ways_stay_rejects(
    tmp_path: Path, day: str
) -> None:
    content = f"id,day,amount,note\n1,{day},1,a\n"
    assert rows(tmp_path, content)[0][1] is None


def test_a_file_of_other_columns_is_none_of_the_import(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    path.write_text("x,y\n1,2\n")
    assert plan_rejects(PlannedFile("f1", path, "rejects.csv"), BEFORE) is None
