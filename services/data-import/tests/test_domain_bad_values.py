"""What a plan proposes for values that a column cannot hold, by what they look like."""

import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnFindings, ColumnPlan, Plan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.planning.plan_warnings import warnings_of
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table

NUMBERS = [str(at) for at in range(1_000)]
DAYS = [f"{at % 28 + 1:02}.{at % 12 + 1:02}.2024" for at in range(1_000)]


def plan(tmp_path: Path, values: list[str]) -> Plan:
    path = tmp_path / "a.csv"
    rows = (f'{at},"{value}"\n' for at, value in enumerate(values))
    path.write_text("key,value\n" + "".join(rows))
    return make_plan([PlannedFile("f1", path, path.name)])


def column(tmp_path: Path, values: list[str]) -> tuple[ColumnPlan, ColumnFindings]:
    made = plan(tmp_path, values)
    return made.tables[0].columns[1], made.findings[0].columns[1]


def codes(findings: ColumnFindings) -> list[str]:
    return [one.code for one in findings.warnings]


@pytest.mark.parametrize("values", [NUMBERS, DAYS])
@pytest.mark.parametrize(
    "words",
    [
        ["Not available", "UNKNOWN", "not available"],
        ["N. A.", "-n/a-", "-?-"],
        ["K. A.", "keine Angabe", "UNBEKANNT"],
        ["нет данных", "不明", "#N/A!"],
    ],
)
def test_words_for_what_is_missing_become_null(
    tmp_path: Path, values: list[str], words: list[str]
) -> None:
    made = plan(tmp_path, [*values, *words])
    (table,), (findings,) = made.tables, made.findings
    assert table.columns[1].type in ("bigint", "date")
    assert table.columns[1].on_bad_value == "null"
    assert findings.columns[1].invalid == len(words)
    assert codes(findings.columns[1])[:2] == ["mixed_types", "missing_words"]
    (batch,) = read_table(tmp_path / "a.csv", table)
    cast = cast_batch(batch.frame, table.columns, table.dialect)
    assert not cast.reasons
    assert cast.frame["value"].null_count() == len(words)


def test_one_word_that_means_something_is_a_reject(tmp_path: Path) -> None:
    found, findings = column(
        tmp_path, [*NUMBERS[:500], "UNKNOWN", "see note", *NUMBERS[500:]]
    )
    assert (found.type, found.on_bad_value, findings.invalid) == ("bigint", None, 2)
    assert codes(findings) == ["mixed_types"]


def test_the_same_mistake_many_times_is_a_reject(tmp_path: Path) -> None:
    found, findings = column(tmp_path, [*NUMBERS, *["many", "few"] * 9])
    assert (found.on_bad_value, findings.invalid) == (None, 18)


@pytest.mark.parametrize("values", [NUMBERS, DAYS])
def test_where_many_different_ones_fail_the_column_becomes_text(
    tmp_path: Path, values: list[str]
) -> None:
    others = [f"{at} b" for at in range(10)]
    found, findings = column(tmp_path, [*values, *others])
    assert (found.type != "text", found.on_bad_value) == (True, "text")
    assert findings.invalid == 10
    assert codes(findings)[1] == "many_bad_values"


def test_words_that_are_null_already_need_nothing_more(tmp_path: Path) -> None:
    found, findings = column(tmp_path, [*NUMBERS, "n/a", "-", ".."])
    assert found.nulls == ["", "-", "..", "n/a"]
    assert (found.on_bad_value, findings.nulls) == (None, 3)


def test_what_is_said_of_bad_values_is_not_said_where_that_was_changed(
    tmp_path: Path,
) -> None:
    made = plan(tmp_path, [*NUMBERS, "UNKNOWN"])
    (table,) = made.tables
    told = [one.code for one in warnings_of(table, made)]
    assert told == ["mixed_types", "missing_words"]
    column = replace(table.columns[1], on_bad_value="reject")
    changed = replace(table, columns=[table.columns[0], column])
    assert [one.code for one in warnings_of(changed, made)] == ["mixed_types"]


def workbook(*cells: Any) -> bytes:
    """Columns n and x: a number in each row, and the cell beside it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["n", "x"])
        for row, cell in enumerate(cells, 1):
            sheet.write(row, 0, row)
            if str(cell).startswith("#"):
                sheet.write_formula(row, 1, "=E1", None, cell)
            else:
                sheet.write(row, 1, cell)
    return file.getvalue()


def planned_workbook(tmp_path: Path, *cells: Any) -> tuple[Plan, list[Any], list[int]]:
    """The plan, the second column as it loads by it, and the lines of rejects."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(*cells))
    made = make_plan([PlannedFile("f1", path, path.name)])
    (table,) = made.tables
    (batch,) = read_table(path, table)
    cast = cast_batch(batch.frame, table.columns, table.dialect)
    return made, cast.frame["x"].to_list(), [one.line for one in batch.rejects]


@pytest.mark.parametrize(
    ("values", "type_"), [((7, 8), "bigint"), (("a", "b"), "text")]
)
def test_what_a_look_up_did_not_find_is_null_and_said(
    tmp_path: Path, values: tuple[Any, Any], type_: str
) -> None:
    made, loaded, rejects = planned_workbook(tmp_path, values[0], "#N/A", values[1])
    (table,), (findings,) = made.tables, made.findings
    assert (table.columns[1].type, table.columns[1].on_bad_value) == (type_, "null")
    assert (loaded, rejects) == ([values[0], None, values[1]], [])
    assert (findings.rows, findings.ragged, findings.columns[1].nulls) == (3, 0, 1)
    (warning,) = findings.columns[1].warnings
    assert warning.code == "errors_null" and "B3" in warning.message
    assert len(findings.first_rows) == 3


def test_other_errors_of_the_column_are_rejects_all_the_same(tmp_path: Path) -> None:
    made, loaded, rejects = planned_workbook(tmp_path, 7, "#N/A", "#DIV/0!", 8)
    found = made.tables[0].columns[1]
    assert (found.on_bad_value, found.nulls) == (None, ["", "#N/A"])
    assert (loaded, rejects) == ([7, None, 8], [4])
    assert made.findings[0].ragged == 1


def test_errors_that_become_null_are_told_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(7, "#N/A", 8, "#REF!"))
    (table,) = make_plan([PlannedFile("f1", path, path.name)]).tables
    columns = [replace(one, on_bad_value="null", nulls=[""]) for one in table.columns]
    (batch,) = read_table(path, replace(table, columns=columns))
    assert (batch.frame.height, batch.rejects) == (4, [])
    assert list(batch.nulled) == [("x", 3), ("x", 5)]
