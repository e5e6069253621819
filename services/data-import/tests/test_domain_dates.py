"""Dates and times are read as they were meant, or it is said how they were read."""

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest

from onemanage.contracts.imports.plans import ColumnFindings, ColumnPlan, Plan
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.casting.checking import InvalidPlan, check_plan
from onemanage.data_import.domain.casting.months import MONTHS
from onemanage.data_import.domain.planning.infer import ColumnGuess
from onemanage.data_import.domain.planning.number_guess import Decimals
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan

TODAY = dt.date(2026, 11, 29)


def guessed(
    *values: str, header: str = "value", today: dt.date = TODAY
) -> tuple[ColumnPlan, ColumnFindings]:
    guess = ColumnGuess(1, header, today=today)
    lines = pl.int_range(2, len(values) + 2, eager=True)
    guess.add(pl.Series(values, dtype=pl.String), lines)
    return guess.propose("value", Decimals())


def loaded(*values: str, header: str = "value") -> list[Any]:
    column, _ = guessed(*values, header=header)
    assert column.type != "text"
    return cast_column(pl.Series(values), column).values.to_list()


def codes(findings: ColumnFindings) -> set[str]:
    return {warning.code for warning in findings.warnings}


@pytest.mark.parametrize(
    ("values", "first"),
    [
        (["31.12.25", "05.01.26"], dt.date(2025, 12, 31)),
        (["5-Jan-24", "31-Dec-99"], dt.date(2024, 1, 5)),
        (["12/31/24 11:59", "1/5/25 08:00"], dt.datetime(2024, 12, 31, 11, 59)),
        (["24-12-31", "24-01-05", "23-11-30"], dt.date(2024, 12, 31)),
        (["May 5, '24", "Dec 31, '99"], dt.date(2024, 5, 5)),
    ],
)
def test_years_of_two_digits_are_in_a_window_that_the_plan_names(
    values: list[str], first: dt.date | dt.datetime
) -> None:
    column, findings = guessed(*values)
    assert column.format is not None and column.format.endswith(";until=2046-12-31")
    assert "two_digit_years" in codes(findings)
    assert loaded(*values)[0] == first


@pytest.mark.parametrize("header", ["Date", "Belegdatum", "Buchungstag", "order_date"])
def test_eight_digits_under_a_header_of_days_are_days(header: str) -> None:
    days = [dt.date(2024, 1, 5), dt.date(1999, 12, 31)]
    assert loaded("20240105", "19991231", header=header) == days


@pytest.mark.parametrize(
    ("header", "last"),
    [("Order", "20240106"), ("Date", "20241306"), ("Daten", "20240106")],
)
def test_other_eight_digits_are_numbers(header: str, last: str) -> None:
    assert guessed("20240105", last, header=header)[0].type == "bigint"


def test_birthdays_are_in_the_past() -> None:
    values = "31.12.26", "29.11.26", "30.11.26", "15.06.45"
    assert loaded(*values, header="Date of birth") == [
        dt.date(1926, 12, 31),
        dt.date(2026, 11, 29),
        dt.date(1926, 11, 30),
        dt.date(1945, 6, 15),
    ]


def test_the_window_is_the_users_to_change() -> None:
    column = ColumnPlan(
        position=1,
        header="d",
        name="d",
        type="date",
        format="%d.%m.%y;until=1999-12-31",
    )
    cast = cast_column(pl.Series(["01.01.00", "31.12.99", "29.02.00"]), column)
    days = [dt.date(1900, 1, 1), dt.date(1999, 12, 31), None]
    assert cast.values.to_list() == days
    assert cast.reasons is not None and cast.reasons[2] == "not_a_date"


@pytest.mark.parametrize("text", ["05.12.25", "05.12.125", "5.12.5", "5.12.-25"])
def test_a_year_of_fewer_than_four_digits_never_passes_as_four(text: str) -> None:
    forms = {"date": ("%d.%m.%Y", text), "timestamp": ("%d.%m.%Y %R", f"{text} 10:00")}
    for type_, (form, written) in forms.items():
        plan = ColumnPlan(position=1, header="d", name="d", type=type_, format=form)
        assert cast_column(pl.Series([written]), plan).values.to_list() == [None]


def test_fields_that_nothing_parts_have_their_full_width() -> None:
    plan = ColumnPlan(position=1, header="d", name="d", type="date", format="%Y%m%d")
    cast = cast_column(pl.Series(["20241231", "2412311", "241231", "00251231"]), plan)
    days = [dt.date(2024, 12, 31), None, None, dt.date(25, 12, 31)]
    assert cast.values.to_list() == days


def test_what_can_be_read_in_several_orders_is_said_with_the_other_ways() -> None:
    column, findings = guessed("05.12.24", "06.11.23")
    (warning,) = (one for one in findings.warnings if one.code == "ambiguous_dates")
    assert str(column.format) in warning.message
    assert "%m.%d.%y;until=2046-12-31" in warning.message
    assert "%y.%m.%d;until=2046-12-31" in warning.message


def test_dates_that_nearly_all_fit_the_other_order_too_are_said() -> None:
    column, findings = guessed(*_spread(), "31/01/2024")
    assert column.format == "%d/%m/%Y"
    assert "ambiguous_dates" in codes(findings)


def _spread() -> list[str]:
    return [f"{1 + at % 12:02}/{1 + at // 12:02}/2024" for at in range(120)]


def test_ambiguous_dates_follow_the_other_columns_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("ordered,sent\n01/02/2024,01/31/2024\n03/04/2024,02/28/2024\n")
    made = make_plan([PlannedFile("f", path, path.name)])
    assert [one.format for one in made.tables[0].columns] == ["%m/%d/%Y"] * 2
    assert "ambiguous_dates" in codes(made.findings[0].columns[0])
    assert "ambiguous_dates" not in codes(made.findings[0].columns[1])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/22/2023 3:07 PM", dt.datetime(2023, 1, 22, 15, 7)),
        ("1/22/2023, 3:07:09\u202fPM", dt.datetime(2023, 1, 22, 15, 7, 9)),
        ("22/1/2023 12:30 a.m.", dt.datetime(2023, 1, 22, 0, 30)),
        ("Jan 5, 2024", dt.date(2024, 1, 5)),
        ("JANUARY 5, 2024", dt.date(2024, 1, 5)),
        ("Sept. 5th, 2024", dt.date(2024, 9, 5)),
        ("Friday, January 5, 2024", dt.date(2024, 1, 5)),
        ("5-Jan-2024", dt.date(2024, 1, 5)),
        ("05JAN2024", dt.date(2024, 1, 5)),
        ("5 de enero de 2024", dt.date(2024, 1, 5)),
        ("1er février 2024", dt.date(2024, 2, 1)),
        ("5. März 2024", dt.date(2024, 3, 5)),
        ("5. MAERZ 2024", dt.date(2024, 3, 5)),
        ("5 января 2024 г.", dt.date(2024, 1, 5)),
        ("2024. január 5.", dt.date(2024, 1, 5)),
        ("3 EKİM 2024", dt.date(2024, 10, 3)),
        ("2024. 1. 5.", dt.date(2024, 1, 5)),
        ("2024년 1월 5일", dt.date(2024, 1, 5)),
        ("2024年1月5日", dt.date(2024, 1, 5)),
        ("2024/1/5 下午3:07", dt.datetime(2024, 1, 5, 15, 7)),
        ("2024. 1. 5. 오전 12:07:09", dt.datetime(2024, 1, 5, 0, 7, 9)),
        ("15:07:09 UTC", dt.time(15, 7, 9)),
        ("3:07 PM", dt.time(15, 7)),
        ("2024-W01-5", dt.date(2024, 1, 5)),
        ("2024W015", dt.date(2024, 1, 5)),
        (
            "2024-01-05 15:07:09 UTC",
            dt.datetime(2024, 1, 5, 15, 7, 9, tzinfo=dt.UTC),
        ),
        (
            "Fri, 05 Jan 2024 15:07:09 +0530",
            dt.datetime(2024, 1, 5, 9, 37, 9, tzinfo=dt.UTC),
        ),
        ("2024-01-05 15:07:09,585", dt.datetime(2024, 1, 5, 15, 7, 9, 585000)),
        ("25.01.2024 15:07:09,5", dt.datetime(2024, 1, 25, 15, 7, 9, 500000)),
        ("15:07:09,585", dt.time(15, 7, 9, 585000)),
        ("25.1.2024 14.30", dt.datetime(2024, 1, 25, 14, 30)),
        ("25/01/2024 18.49.55", dt.datetime(2024, 1, 25, 18, 49, 55)),
        (
            "05-JAN-24 11.41.28.750000 PM",
            dt.datetime(2024, 1, 5, 23, 41, 28, 750000),
        ),
        ("Fri Jan  5 15:07:09 2024", dt.datetime(2024, 1, 5, 15, 7, 9)),
        (
            "Fri Jan 05 15:07:09 +0100 2024",
            dt.datetime(2024, 1, 5, 14, 7, 9, tzinfo=dt.UTC),
        ),
        (
            "Fri Jan 05 2024 15:07:09 GMT+0100",
            dt.datetime(2024, 1, 5, 14, 7, 9, tzinfo=dt.UTC),
        ),
        (
            "05/Jan/2024:15:07:09 +0100",
            dt.datetime(2024, 1, 5, 14, 7, 9, tzinfo=dt.UTC),
        ),
        ("Jan 5, 2024 at 3:07 p.m.", dt.datetime(2024, 1, 5, 15, 7)),
        ("Fri 26/01/2024", dt.date(2024, 1, 26)),
        ("2024/01/05(金)", dt.date(2024, 1, 5)),
        ("2024/1/5(금) 15:07", dt.datetime(2024, 1, 5, 15, 7)),
        ("25 d’abril del 2024", dt.date(2024, 4, 25)),
        ("5 січня 2024 р.", dt.date(2024, 1, 5)),
        ("17 juill. 2020", dt.date(2020, 7, 17)),
    ],
)
def test_what_people_write_is_read(text: str, value: object) -> None:
    assert loaded(text, text) == [value, value]


@pytest.mark.parametrize("language", MONTHS)
def test_all_months_of_a_language_are_read_in_any_case(language: str) -> None:
    names = [months[-1] for months in MONTHS[language]]
    days = [dt.date(2024, month, 5) for month in range(1, 13)]
    for written in (names, [one.upper() for one in names]):
        texts = [f"05 {name} 2024" for name in written]
        assert loaded(*texts) == days


def test_months_of_two_languages_with_other_meanings_are_said() -> None:
    column, findings = guessed("5 listopad 2024", "6 listopad 2024")
    assert column.type == "date" and "ambiguous_dates" in codes(findings)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Marketing 5, 2024",
            "10.0.0.1",
            "13:07 PM",
            "2024-W54-1",
            "Mon, 05 Jan 2024",
        ),
        *("Jan 2024", "2024/01/05(月)", "12 14.30", "1234:05"),
    ],
)
def test_what_only_resembles_a_date_stays_text(text: str) -> None:
    assert guessed(text, text)[0].type == "text"


@pytest.mark.parametrize("text", ["28/01/2566", "1402-10-15", "5 Jan 2567"])
def test_years_of_another_calendar_are_said(text: str) -> None:
    column, findings = guessed(text, text)
    assert column.type == "date" and "other_calendar" in codes(findings)


@pytest.mark.parametrize("header", ["Version", "app_version", "Sort Code", "Section"])
@pytest.mark.parametrize("value", ["10.12.21", "1.10", "20-11-05"])
def test_what_the_header_calls_numbered_is_no_date_and_no_number(
    header: str, value: str
) -> None:
    column, findings = guessed(value, value, header=header)
    assert column.type == "text" and "codes" in codes(findings)


@pytest.mark.parametrize(
    "values",
    [
        ["25:30:00", "08:15:00"],
        ["08:15:00"] * 300 + ["24:00:00"],
        ["100:05", "2:30"],
        ["-0:30", "1:15"],
    ],
)
def test_lengths_of_time_stay_text_with_a_warning(values: list[str]) -> None:
    column, findings = guessed(*values)
    assert (column.type, findings.invalid) == ("text", 0)
    assert codes(findings) == {"durations"}


def test_the_zone_of_times_of_the_day_is_said_to_be_left_out() -> None:
    assert "zone_left_out" in codes(guessed("15:07:09 UTC", "15:08:00 UTC")[1])


def test_a_date_with_a_time_beside_it_is_midnight_or_none() -> None:
    form = "%m/%d/%Y %H:%M"
    plan = ColumnPlan(position=1, header="d", name="d", type="date", format=form)
    cast = cast_column(pl.Series(["1/5/2024 0:00", "1/5/2024 8:30"]), plan)
    assert cast.values.to_list() == [dt.date(2024, 1, 5), None]


@pytest.mark.parametrize(
    "form", ["%d.%m.%y;until=soon", "%d %b %Y;months=xx", "%H", "d.m.y"]
)
def test_a_format_that_cannot_be_is_refused(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("day\n2024-01-05\n")
    made = make_plan([PlannedFile("f", path, path.name)])
    column = ColumnPlan(
        position=1, header="day", name="day", type="timestamp", format=form
    )
    (table,) = made.tables
    changed = Plan(tables=[_with_columns(table, column)])
    with pytest.raises(InvalidPlan) as raised:
        check_plan(changed, ["f"])
    assert raised.value.where == "/tables/0/columns/0/format"


def _with_columns(table: Any, *columns: ColumnPlan) -> Any:
    return msgspec.structs.replace(table, columns=list(columns))
