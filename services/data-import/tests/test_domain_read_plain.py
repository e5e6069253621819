"""Sheets that are read a piece at a time give the rows of the careful reader."""

import importlib
import re
import zipfile
from collections.abc import Generator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types

from onemanage.contracts.imports.plans import Dialect, TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import Damaged, WrongPlan
from onemanage.data_import.domain.reading import read_plain
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.domain.reading.read_plain import plain_batches
from onemanage.data_import.domain.reading.read_workbook import load_sheet, open_workbook
from onemanage.data_import.domain.reading.sheets import batches
from tests.loads import columns

samples: Any = importlib.import_module("services.data-import.tests.declared_samples")

FORMATS = [
    *("General", "0", "0.00", "#,##0", "0%", "0.00E+00", "# ?/?", "@", "00000"),
    *('#,##0 "days"', "#,##0;[Red]-#,##0", "[$€-407] #,##0.00", "#,##0.00 _€"),
    *("yyyy-mm-dd", "yyyy-mm-dd;@", "dd/mm/yyyy", "d-mmm-yy", "mmmm", "dddd", "yyyy"),
    *("dd.mm.yyyy hh:mm", "m/d/yy h:mm", "hh:mm:ss", "h:mm AM/PM", "[h]:mm", "mm:ss.0"),
    *("[$-409]d mmm yyyy", "yyyy\\-mm\\-dd", 'd "of" mmmm', "e", "ggge", "General;@"),
]
NUMBERS = [
    *("0", "1", "-1", "-0", "007", "12.5", "-12.50", ".5", "5.", "+5", "1e3", "1E-7"),
    *("2.5E-9", "0.0001", "0.00001", "0.1", "0.30000000000000004", "1.005", "1e400"),
    *("123456789012345", "1234567890123456", "12345678901234567890", "1e15", "1e22"),
    *(
        "1234567.123456789",
        "12345678.123456789",
        "999999.9999999999",
        "100000000.000000015",
    ),
    *(
        "123456.7890123456",
        "0.1234567890123456",
        "0.123456789",
        "0.1234567891",
        "4e-10",
    ),
    *("5.0000000001", "2.9999999999999996", "NaN", "inf", " 5", "5 ", "", "x", "0x10"),
]
_STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>'
)
CELLS = [
    '<c r="{}" t="inlineStr"><is><t>a &amp;lt; &lt;b&gt;</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>',
    '<c r="{}" t="inlineStr"><is><t> a </t></is></c>',
    '<c r="{}" t="inlineStr"><is><t></t></is></c>',
    '<c r="{}" t="inlineStr"><is><t/></is></c>',
    '<c r="{}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
    '<c r="{}" t="inlineStr"><is><t>a_x0041_b</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t>a&#65;b</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c>',
    '<c r="{}" t="inlineStr"><is><t>two\nlines</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t>two\r\nlines</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t>é 订单 \U0001f600</t></is></c>',
    '<c r="{}" t="str"><f>A2</f><v>text</v></c>',
    '<c r="{}" t="str"><v>text</v></c>',
    '<c r="{}" t="str"><f>A2</f><v></v></c>',
    '<c r="{}"><f>A2</f><v>12.5</v></c>',
    '<c r="{}"><f t="shared" ref="B2:B3" si="0">A2</f><v>3</v></c>',
    '<c r="{}"><f t="shared" si="0"/><v>3</v></c>',
    '<c r="{}"><f>A2</f></c>',
    '<c r="{}" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    '<c r="{}" t="e"><v>#SPILL!</v></c>',
    '<c r="{}" t="b"><v>1</v></c>',
    '<c r="{}" t="b"><v>0</v></c>',
    '<c r="{}" t="b"><v>true</v></c>',
    '<c r="{}" t="d"><v>2024-05-01</v></c>',
    '<c r="{}" t="s"><v>99</v></c>',
    '<c r="{}" s="0"/>',
    '<c r="{}" s="0"></c>',
    '<c s="0" r="{}"><v>1</v></c>',
    '<c r="{}" t="n" s="0"><v>1</v></c>',
    '<c r="{}"  s="0" ><v>1</v></c>',
    '<c r="{}" cm="1"><v>1</v></c>',
    '<c r="{}" s="77"><v>1</v></c>',
    "<c r='{}'><v>1</v></c>",
    '<c r="{}">\n  <v>1</v>\n</c>',
    '<c r="{}"><v>1</v><extLst><ext/></extLst></c>',
    "<c><v>1</v></c>",
    '<c r="b3"><v>1</v></c>',
    '<c r="B9"><v>1</v></c>',
    '<c r="{}"><v>1</v></c><c r="{}"><v>2</v></c>',
    '<c r="{}"><!-- no --><v>1</v></c>',
    '<x:c xmlns:x="a" r="{}"><x:v>1</x:v></x:c>',
    "",
]


def sheet_of(path: Path, *rows: str) -> Path:
    """A header in A1 and B1, and rows as they are given."""
    header = '<row r="1">' + "".join(_text(f"{at}1", at) for at in "AB") + "</row>"
    made: Path = samples.xlsx(path, header + "".join(rows))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/styles.xml", _STYLES)
    return made


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _row(number: int, cell: str = "") -> str:
    place = f"B{number}"
    first = f'<c r="A{number}"><v>{number}</v></c>'
    return f'<row r="{number}">{first}{cell.replace("{}", place)}</row>'


def planned(sheet: str | None = None, width: int = 2) -> TablePlan:
    names = [f"c{at}" for at in range(width)]
    return TablePlan(
        table="t",
        format="excel",
        sheet=sheet,
        dialect=Dialect(header_row=1),
        columns=columns(**dict.fromkeys(names, "text")),
    )


def joined(found: list[Batch]) -> tuple[list[tuple[Any, ...]], list[int], list[Any]]:
    """Rows, their lines, and the rejects."""
    frames = [one.frame for one in found if one.frame.height]
    rows = pl.concat(frames).rows() if frames else []
    lines = [line for one in found for line in one.lines.to_list()]
    return rows, lines, [reject for one in found for reject in one.rejects]


def careful(path: Path, table: TablePlan) -> list[Batch]:
    book = open_workbook(path)
    return list(batches(load_sheet(book, table.sheet or book.sheet_names[0]), table))


def is_plain(path: Path, table: TablePlan) -> bool:
    """Whether nothing of it is left to the careful reader."""
    reading: Generator[Batch, None, int | None] = plain_batches(path, table)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value is None


def check_alike(path: Path, table: TablePlan) -> None:
    """What the careful reader gives or refuses, the other one does too."""
    try:
        expected = joined(careful(path, table))
    except Damaged as error:
        with pytest.raises(Damaged, match=re.escape(error.message)):
            list(read_table(path, table))
    else:
        assert joined(list(read_table(path, table))) == expected


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_of_any_form_is_read_alike(tmp_path: Path, cell: str) -> None:
    rows = [_row(2), _row(3, cell), _row(4, '<c r="{}"><v>5</v></c>')]
    check_alike(sheet_of(tmp_path / "a.xlsx", *rows), planned())


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_the_same_text(tmp_path: Path, number: str) -> None:
    # The careful reader looks closely at columns that have a 0 or a point.
    cells = [f'<c r="{{}}"><v>{one}</v></c>' for one in ("0.5", number)]
    rows = [_row(at, cell) for at, cell in enumerate(cells, 2)]
    check_alike(sheet_of(tmp_path / "a.xlsx", *rows), planned())


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_means_the_same(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("S")
        style = book.add_format({"num_format": form})
        sheet.write_row(0, 0, ["n", "x"])
        for row, value in enumerate((45000, 45000.5, 61, 43897.75479166667, 99999), 1):
            sheet.write_row(row, 0, [row])
            sheet.write_number(row, 1, value, style)

    check_alike(path, planned())


@pytest.mark.parametrize("value", [0.25, 0, 1, 60, 61, 2_958_465.999, 2_958_466, -1])
def test_days_at_the_ends_of_what_is_known_are_the_same(
    tmp_path: Path, value: float
) -> None:
    path = tmp_path / "a.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("S")
        style = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["n", "x"])
        sheet.write_row(1, 0, [1])
        sheet.write_number(1, 1, value, style)

    check_alike(path, planned())


def write_mixed(path: Path, rows: int, **options: Any) -> Path:
    """Numbers, text, dates and gaps, also below each other."""
    with Workbook(path, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        at = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["n", "text", "day", "at", "mixed"])
        for row in range(1, rows + 1):
            if row % 10 == 7:
                continue
            sheet.write_number(row, 0, row / 8)
            sheet.write_string(row, 1, f"text {row % 50} é")
            sheet.write_datetime(row, 2, date(2024, 1, 1 + row % 28), day)
            sheet.write_datetime(row, 3, datetime(2024, 1, 1, row % 24, 30, 1), at)
            if row % 3 == 0:
                sheet.write(row, 4, ["a & b", row, True][row // 3 % 3])
    return path


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}])
@pytest.mark.parametrize("piece", [1 << 12, 8 << 20])
def test_what_common_programs_write_is_plain(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    piece: int,
) -> None:
    monkeypatch.setattr(read_plain, "_PIECE", piece)
    path = write_mixed(tmp_path / "a.xlsx", 500, **options)

    assert is_plain(path, planned("S", 5))
    found = joined(list(read_table(path, planned("S", 5))))
    assert found == joined(careful(path, planned("S", 5)))
    assert len(found[0]) == 450


def test_formulas_with_their_values_are_plain(tmp_path: Path) -> None:
    cells = ['<c r="{}"><f>A2</f><v>2.5</v></c>', '<c r="{}"><f>A2</f></c>']
    rows = [_row(at, cell) for at, cell in enumerate(cells, 2)]
    path = sheet_of(tmp_path / "a.xlsx", *rows)

    assert is_plain(path, planned())
    assert joined(list(read_table(path, planned())))[0] == [("2", "2.5"), ("3", None)]


def test_from_the_first_cell_that_is_not_plain_the_careful_reader_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_plain, "_PIECE", 1 << 12)
    cells = {150: '<c r="{}" t="e"><v>#N/A</v></c>'}
    rows = [_row(at, cells.get(at, "")) for at in range(2, 300)]
    path = sheet_of(tmp_path / "a.xlsx", *rows, _row(300, '<c r="{}"><v>1</v></c>'))

    assert not is_plain(path, planned())
    found, lines, rejects = joined(list(read_table(path, planned())))
    assert found == [(str(at), "1" if at == 300 else None) for at in lines]
    assert lines == [at for at in range(2, 301) if at != 150]
    assert [(one.line, one.value) for one in rejects] == [(150, "#N/A")]


def test_a_table_that_begins_in_another_column_is_read_from_there(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.xlsx"
    with Workbook(path) as book:
        for row, values in enumerate((["n", "x"], [1, "a"], [2, "b"])):
            (book.get_worksheet_by_name("S") or book.add_worksheet("S")).write_row(
                row, 2, values
            )

    assert joined(list(read_table(path, planned("S"))))[0] == [("1", "a"), ("2", "b")]


def test_fewer_columns_than_planned_are_refused(tmp_path: Path) -> None:
    path = write_mixed(tmp_path / "a.xlsx", 20)

    with pytest.raises(WrongPlan):
        list(read_table(path, planned("S", 6)))


def test_the_other_days_of_1904_are_not_guessed(tmp_path: Path) -> None:
    path = write_mixed(tmp_path / "a.xlsx", 20, date_1904=True)

    assert not is_plain(path, planned("S", 5))
    check_alike(path, planned("S", 5))


def test_times_of_the_day_are_left_to_the_careful_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with Workbook(path) as book:
        clock = book.add_format({"num_format": "hh:mm:ss"})
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["n", "x"])
        sheet.write_row(1, 0, [1])
        sheet.write_datetime(1, 1, time(13, 5), clock)

    assert joined(list(read_table(path, planned("S"))))[0] == [("1", "13:05:00")]


def test_a_sheet_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    whole = write_mixed(tmp_path / "whole.xlsx", 500)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[:5000] if "sheet1" in name else data)

    with pytest.raises(Damaged):
        list(read_table(path, planned("S", 5)))
