"""Workbooks: each sheet a table, each wrong cell named."""

import importlib
import struct
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no types

from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.errors import (
    Encrypted,
    InvalidSource,
    TooLarge,
    WrongPlan,
)
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading import archive
from onemanage.data_import.domain.reading.read import read_table

samples: Any = importlib.import_module("services.data-import.tests.declared_samples")

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


def test_numbers_keep_the_digits_that_excel_counts_with(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "numbers.xlsx")
    sheet = book.add_worksheet("numbers")
    numbers = [99_999_999.9999, 2.5e-9, 0.1 * 7, 1.0000000001, 12.5, 3, 1e22]
    sheet.write_column(0, 0, ["number", *numbers])
    book.close()
    path = tmp_path / "numbers.xlsx"
    (batch,) = read_table(path, planned(path).tables[0])
    read = [float(text) for text in batch.frame.to_series()]
    assert read == [99_999_999.9999, 2.5e-9, 0.7, 1.0000000001, 12.5, 3, 1e22]
    assert batch.frame.to_series()[4] == "12.5"


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


def test_numbers_that_are_days_are_warned_of(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("T")
    for row, values in enumerate([["Date", "count"], [45413, 45413], [45414, 2]]):
        sheet.write_row(row, 0, values)
    book.close()
    day, count = planned(tmp_path / "a.xlsx").findings[0].columns
    assert [(one.code, one.example) for one in day.warnings] == [
        ("serial_dates", "45413")
    ]
    assert not count.warnings


def test_the_contents_decide_and_not_the_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx").rename(tmp_path / "a.xls")
    assert len(planned(path).tables) == 2
    path = path.rename(tmp_path / "a.csv")
    assert len(loaded(path, planned(path), 0)) == 3


def test_rows_come_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onemanage.data_import.domain.reading.sheets.ROWS", 2)
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


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="T">
<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p>
</table:table-cell><table:table-cell office:value-type="string"><text:p>day</text:p>
</table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="7">
<text:p>7</text:p></table:table-cell><table:table-cell office:value-type="date"
 office:date-value="2024-05-04"><text:p>x</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body>
</office:document-content>"""

MANIFEST = """<?xml version="1.0"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""


def test_an_open_document_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as packed:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        packed.writestr("mimetype", kind)
        packed.writestr("content.xml", ODS.replace("\n", ""))
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    plan = planned(path)
    assert [one.type for one in plan.tables[0].columns] == ["bigint", "date"]
    assert loaded(path, plan, 0) == [(7, date(2024, 5, 4))]


def _xls(path: Path, cells: list[list[str | float]]) -> Path:
    """The least that is an XLS: one stream of BIFF8 records in a compound file."""

    rows = [
        samples.record(0x200, struct.pack("<IIHHH", 0, len(cells), 0, len(cells[0]), 0))
    ]
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                size = struct.pack("<HB", len(value), 1)
                rows.append(samples.record(0x204, place + size + text))
            else:
                rows.append(samples.record(0x203, place + struct.pack("<d", value)))
    sheet = samples.begin(0x10) + b"".join(rows) + samples.record(0x0A, b"")
    page = samples.record(0x42, struct.pack("<H", 1200))
    start = len(samples.begin(5)) + len(page) + 4 + 6 + 4 + 4
    name = struct.pack("<IHBB", start, 0, 2, 0) + b"T1"
    stream = (
        samples.begin(5)
        + page
        + samples.record(0x85, name)
        + samples.record(0x0A, b"")
        + sheet
    )
    path.write_bytes(samples.compound(stream))
    return path


def test_an_old_workbook_is_read_whatever_its_name_says(tmp_path: Path) -> None:
    path = _xls(tmp_path / "a.xlsx", [["id", "城市"], [1.0, "东莞"], [2.5, "x"]])
    plan = planned(path)
    assert [one.header for one in plan.tables[0].columns] == ["id", "城市"]
    assert [row[1] for row in loaded(path, plan, 0)] == ["东莞", "x"]


def test_a_sheet_that_is_gone_is_said(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    table = planned(path).tables[1]
    other = xlsxwriter.Workbook(tmp_path / "b.xlsx")
    other.add_worksheet("Other").write_row(0, 0, ["a", "b"])
    other.close()
    with pytest.raises(WrongPlan, match="People"):
        list(read_table(tmp_path / "b.xlsx", table))
