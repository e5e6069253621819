"""Workbooks: each sheet a table, each wrong cell named."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from onemanage.contracts.data_import_plan import Plan
from onemanage.data_import.domain import archive
from onemanage.data_import.domain.cast import cast_batch
from onemanage.data_import.domain.errors import (
    Encrypted,
    InvalidSource,
    TooLarge,
    WrongPlan,
)
from onemanage.data_import.domain.planning import PlannedFile, make_plan
from onemanage.data_import.domain.read import read_table

HEADERS = ["id", "day", "at", "clock", "ok", "price", "zip"]


def workbook(path: Path, options: dict[str, Any] | None = None) -> Path:
    """Three sheets: one with a title and gaps, an empty one, one of two columns."""
    book = xlsxwriter.Workbook(path, options or {})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    at = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    clock = book.add_format({"num_format": "hh:mm:ss"})
    zeros = book.add_format({"num_format": "00000"})
    sheet = book.add_worksheet("Orders 订单")
    sheet.merge_range("B2:H2", "Orders of May")
    sheet.write_row("B4", HEADERS)
    for row in (4, 5, 7):
        sheet.write_number(row, 1, row)
        sheet.write_datetime(row, 2, datetime(2024, 5, row), day)
        sheet.write_datetime(row, 3, datetime(2024, 5, row, 12, 30, 15), at)
        sheet.write_datetime(row, 4, time(13, 5, row), clock)
        sheet.write_boolean(row, 5, row == 4)
        sheet.write_number(row, 6, 0.1 * row)
        sheet.write_number(row, 7, 120 + row, zeros)
    book.add_worksheet("Empty")
    people = book.add_worksheet("People")
    people.write_row(0, 0, ["account", "amount"])
    people.write_row(1, 0, [1234567890123456789, 1])
    people.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    people.write_row(3, 0, [9876543210987654321, 3])
    people.merge_range("A5:A6", "7777777777777777770")
    people.write(4, 1, 4)
    people.write(5, 1, 5)
    book.close()
    return path


def planned(path: Path) -> Plan:
    return make_plan([PlannedFile("f1", path, path.name)])


def loaded(path: Path, plan: Plan, at: int) -> list[tuple[object, ...]]:
    table = plan.tables[at]
    rows: list[tuple[object, ...]] = []
    for batch in read_table(path, table):
        made = cast_batch(batch.frame, table.columns, table.dialect)
        assert not made.reasons
        rows += made.frame.rows()
    return rows


def test_every_sheet_with_cells_is_a_table(tmp_path: Path) -> None:
    found = planned(workbook(tmp_path / "my book.xlsx"))
    assert [(one.table, one.sheet) for one in found.tables] == [
        ("my_book_orders_订单", "Orders 订单"),
        ("my_book_people", "People"),
    ]


def test_the_header_is_found_below_a_title_and_right_of_a_gap(tmp_path: Path) -> None:
    table, _ = planned(workbook(tmp_path / "a.xlsx")).tables
    assert table.dialect.header_row == 4
    assert [one.header for one in table.columns] == HEADERS
    assert [one.type for one in table.columns] == [
        *("bigint", "date", "timestamp", "time", "boolean", "numeric", "text"),
    ]


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_cells_load_as_excel_shows_them(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    path = workbook(tmp_path / "a.xlsx", options)
    first, second, third = loaded(path, planned(path), 0)
    assert first[:5] == (
        4,
        date(2024, 5, 4),
        datetime(2024, 5, 4, 12, 30, 15),
        time(13, 5, 4),
        True,
    )
    assert [str(row[5]) for row in (first, second, third)] == ["0.4", "0.5", "0.7"]
    assert [row[0] for row in (first, second, third)] == [4, 5, 7]


def test_lines_are_rows_of_the_sheet_and_empty_rows_are_none(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    (batch,) = read_table(path, planned(path).tables[0])
    assert batch.lines.to_list() == [5, 6, 8]


def test_an_error_in_a_cell_rejects_its_row_and_names_the_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    plan = planned(path)
    (batch,) = read_table(path, plan.tables[1])
    (reject,) = batch.rejects
    assert (reject.line, reject.column, reject.value, reject.reason) == (
        *(3, "amount", "#DIV/0!", "error_in_cell"),
    )
    assert "B3" in reject.message
    assert batch.rejected_rows is not None
    assert batch.rejected_rows.rows() == [(None, "#DIV/0!")]
    assert batch.lines.to_list() == [2, 4, 5, 6]
    assert plan.findings[1].ragged == 1


def test_what_excel_has_lost_or_hides_is_warned_of(tmp_path: Path) -> None:
    findings = planned(workbook(tmp_path / "a.xlsx")).findings
    orders, people = findings
    assert "leading_zeros" in {one.code for one in orders.columns[6].warnings}
    rounded = [one for one in people.columns[0].warnings if one.code == "rounded_ids"]
    assert rounded[0].example == "1234567890123457024"
    (merged,) = [one for one in people.warnings if one.code == "merged_cells"]
    assert "row 5" in merged.message
    assert "merged_cells" not in {one.code for one in orders.warnings}


def test_the_contents_decide_and_not_the_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx").rename(tmp_path / "a.xls")
    assert len(planned(path).tables) == 2
    path = path.rename(tmp_path / "a.csv")
    assert len(loaded(path, planned(path), 0)) == 3


def test_rows_come_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onemanage.data_import.domain.read_workbook.ROWS", 2)
    path = workbook(tmp_path / "a.xlsx")
    table = planned(path).tables[1]
    assert [len(batch.lines) for batch in read_table(path, table)] == [1, 2, 1]


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx")
    monkeypatch.setattr(archive, "FREE", 1 << 20)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeros.bin", bytes(20_000_000))
    with pytest.raises(TooLarge) as refused:
        planned(path)
    assert refused.value.code == "data_import.bomb"


def test_a_workbook_with_a_password_is_refused_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(2_000)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(2_000)
    )
    with pytest.raises(Encrypted, match="password"):
        planned(path)


def test_a_workbook_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(InvalidSource) as refused:
        planned(path)
    assert refused.value.code == "data_import.damaged"


def test_a_sheet_that_is_gone_is_said(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    table = planned(path).tables[1]
    other = xlsxwriter.Workbook(tmp_path / "b.xlsx")
    other.add_worksheet("Other").write_row(0, 0, ["a", "b"])
    other.close()
    with pytest.raises(WrongPlan, match="People"):
        list(read_table(tmp_path / "b.xlsx", table))
