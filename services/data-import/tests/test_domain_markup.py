"""Workbooks and tables in XML and HTML, whatever their name says."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from onemanage.contracts.imports.plans import Dialect, Plan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.errors import Damaged, NotATable, TooLarge
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table

_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def planned(path: Path, **dialect: Any) -> Plan:
    hint = Dialect(**dialect) if dialect else None
    return make_plan([PlannedFile("f", path, path.name)], hint, dialect)


def rows(path: Path, at: int = 0, **dialect: Any) -> list[tuple[Any, ...]]:
    table = planned(path, **dialect).tables[at]
    return [
        row
        for batch in read_table(path, table)
        for row in cast_batch(batch.frame, table.columns, table.dialect).frame.rows()
    ]


def told(plan: Plan, at: int = 0) -> dict[int, list[str]]:
    found = plan.findings[at]
    codes = {one.position: [w.code for w in one.warnings] for one in found.columns}
    codes[0] = [warning.code for warning in found.warnings]
    return {position: one for position, one in codes.items() if one}


def page(path: Path, body: str, encoding: str = "utf-8", head: str = "") -> Path:
    text = f"<html><head>{head}</head><body>{body}</body></html>"
    path.write_bytes(text.encode(encoding))
    return path


TABLE = (
    "<table><tr><th>id<th>name<th>amount"
    "<tr><td>1<td>M&uuml;ller &amp; S&ouml;hne<td>1,234.50"
    "<tr><td>2<td> Lee\n  &nbsp;<td>17.25</table>"
)
RIGHT = [(1, "Müller & Söhne", Decimal("1234.50")), (2, "Lee", Decimal("17.25"))]


def test_a_page_that_is_called_a_workbook_is_read_as_its_table(tmp_path: Path) -> None:
    path = page(tmp_path / "export.xls", TABLE)
    plan = planned(path)
    (table,) = plan.tables
    assert (table.format, table.table, table.sheet) == ("html", "export", "")
    assert [one.type for one in table.columns] == ["bigint", "text", "numeric"]
    assert rows(path) == RIGHT


def test_each_table_of_a_page_is_one_under_its_caption(tmp_path: Path) -> None:
    second = (
        "<table><caption>Old <b>ones</b></caption><tr><td>n</td></tr><tr><td>5</table>"
    )
    path = page(tmp_path / "a.html", f"<p>Hello</p>{TABLE}{second}")
    assert [table.sheet for table in planned(path).tables] == ["Table 1", "Old ones"]
    assert rows(path, 1) == [(5,)]


def test_tables_that_lay_out_others_are_none(tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", f"<table><tr><td>Menu<td>{TABLE}</table>")
    assert len(planned(path).tables) == 1 and rows(path) == RIGHT


def test_a_table_with_a_small_one_in_a_cell_stays_a_table(tmp_path: Path) -> None:
    small = "<table><tr><td>x</td></tr></table>"
    cells = f"<tr><td>a<td>b</tr><tr><td>1<td>{small}2</tr><tr><td>3<td>4</tr>"
    path = page(tmp_path / "a.html", f"<table>{cells}</table>")
    assert (1, 2) in rows(path, 1) or (1, 2) in rows(path, 0)


def test_cells_over_several_columns_and_rows_keep_the_others_in_place(
    tmp_path: Path,
) -> None:
    body = (
        "<table><tr><th colspan=3>Sales</tr><tr><th>city<th>day<th>n</tr>"
        "<tr><td rowspan=2>Oslo<td>2024-05-01<td>1</tr><tr><td>2024-05-02<td>2</tr>"
        "<tr><td>Rome<td>2024-05-03<td>3</tr></table>"
    )
    path = page(tmp_path / "a.html", body)
    plan = planned(path)
    assert plan.tables[0].dialect.header_row == 2
    assert told(plan) == {0: ["rows_above_header"]}
    assert rows(path) == [
        ("Oslo", date(2024, 5, 1), 1),
        (None, date(2024, 5, 2), 2),
        ("Rome", date(2024, 5, 3), 3),
    ]


def test_lines_of_a_cell_are_lines_and_what_nobody_sees_is_left_out(
    tmp_path: Path,
) -> None:
    body = (
        "<table><tr><td>id<td>note</tr><tr><td>1<td>one<br>two<p>three</p>"
        "<script>x()</script><style>td{}</style><!-- no --></tr>"
        "<tr><td>2<td>four</tr></table>"
    )
    path = page(tmp_path / "a.html", body)
    assert rows(path) == [(1, "one\ntwo\nthree"), (2, "four")]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("cp1252", '<meta charset="windows-1252">'),
        (
            "cp932",
            "<META http-equiv=Content-Type content='text/html; charset=Shift_JIS'>",
        ),
        ("utf-16", ""),
        ("utf-8-sig", ""),
    ],
)
def test_a_page_is_in_the_encoding_that_it_names_or_is_marked_with(
    tmp_path: Path, encoding: str, head: str
) -> None:
    word = "東京都" if encoding == "cp932" else "Zürich"
    body = f"<table><tr><td>id<td>city<tr><td>1<td>{word}<tr><td>2<td>b</table>"
    assert rows(page(tmp_path / "a.xls", body, encoding, head))[0] == (1, word)


def test_a_page_that_names_no_encoding_is_guessed_or_told(tmp_path: Path) -> None:
    words = ["Москва", "Санкт-Петербург", "Новосибирск", "Екатеринбург", "Казань"]
    cells = "".join(f"<tr><td>{at}<td>{one}" for at, one in enumerate(words, 1))
    path = page(
        tmp_path / "a.xls", f"<table><tr><td>id<td>city{cells}</table>", "cp866"
    )
    assert rows(path, encoding="cp866")[4] == (5, "Казань")
    assert [row[1] for row in rows(path)] == words
    assert told(planned(path))[0][0].startswith("encoding_")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html><body>Please log in</body></html>", "HTML page without a table"),
        ('<?xml version="1.0"?><rss><item/></rss>', "XML, and no workbook"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n", "MHTML"),
    ],
)
def test_other_markup_is_refused_by_its_name(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "a.xls"
    path.write_text(text)
    with pytest.raises(NotATable, match=message):
        planned(path)


def test_a_cell_that_claims_a_million_columns_has_a_thousand(tmp_path: Path) -> None:
    body = "<table><tr><td colspan=1000000>a<td>b<tr><td colspan=900>c<td>d</table>"
    assert len(planned(page(tmp_path / "a.html", body)).tables[0].columns) == 1001
    wide = f"<table><tr>{'<td colspan=1000>a' * 3}</table>"
    with pytest.raises(TooLarge):
        planned(page(tmp_path / "b.html", wide))


def workbook(
    path: Path, sheets: str, styles: str = "", encoding: str = "utf-8"
) -> Path:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        '<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{_SPREADSHEET}" xmlns:ss="{_SPREADSHEET}"'
        ' xmlns:html="http://www.w3.org/TR/REC-html40">'
        f"<Styles>{styles}</Styles>{sheets}</Workbook>"
    )
    path.write_bytes(text.encode(encoding))
    return path


def cell(type_: str, value: str, more: str = "") -> str:
    return f'<Cell {more}><Data ss:Type="{type_}">{value}</Data></Cell>'


def sheet(name: str, *lines: str, more: str = "") -> str:
    table = "".join(
        line if line.startswith("<Row") else f"<Row>{line}</Row>" for line in lines
    )
    return f'<Worksheet ss:Name="{name}"><Table>{table}</Table>{more}</Worksheet>'


NAMES = cell("String", "id") + cell("String", "day") + cell("String", "took")
LENGTH = '<Style ss:ID="s1"><NumberFormat ss:Format="[h]:mm:ss"/></Style>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_a_workbook_in_xml_has_the_types_that_it_says(
    tmp_path: Path, encoding: str
) -> None:
    data = sheet(
        "Данные",
        cell("String", "Title", 'ss:MergeAcross="2"'),
        f'<Row ss:Index="3">{NAMES}</Row>',
        cell("Number", "1")
        + cell("DateTime", "2020-01-01T00:00:00.000")
        + cell("DateTime", "1900-01-01T01:30:00.000", 'ss:StyleID="s1"'),
        cell("Number", "2")
        + cell("DateTime", "2020-01-02T00:00:00.000")
        + cell("Number", "0.25", 'ss:StyleID="s1"'),
    )
    path = workbook(tmp_path / "a.xls", data, LENGTH, encoding)

    plan = planned(path)
    (table,) = plan.tables
    assert (table.format, table.sheet, table.dialect.header_row) == ("xml", "Данные", 3)
    assert rows(path) == [
        (1, date(2020, 1, 1), "25:30:00"),
        (2, date(2020, 1, 2), "06:00:00"),
    ]
    assert told(plan) == {0: ["rows_above_header"], 3: ["durations"]}


def test_cells_of_xml_are_read_as_those_of_other_workbooks(tmp_path: Path) -> None:
    names = "".join(cell("String", one) for one in ("yes", "at", "n", "text", "note"))
    rich = (
        '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">'
        "<B>bo</B>ld &amp; so</ss:Data><Comment><ss:Data>no</ss:Data></Comment></Cell>"
    )
    first = cell("Boolean", "1") + cell("DateTime", "1899-12-31T08:30:00.000")
    first += cell("Number", "0.10000000000000001") + rich
    second = cell("Boolean", "0") + cell("DateTime", "1899-12-31T17:00:00.000")
    second += cell("Number", "-2E-3") + cell("String", "b", 'ss:Index="5"')
    path = workbook(tmp_path / "a.xml", sheet("S", names, first, second))

    types = [one.type for one in planned(path).tables[0].columns]
    assert types[:2] == ["boolean", "time"]
    made = rows(path)
    assert [str(row[1]) for row in made] == ["08:30:00", "17:00:00"]
    assert [float(row[2]) for row in made] == [0.1, -0.002]
    assert [row[3:] for row in made] == [("bold & so", None), (None, "b")]


def test_errors_formulas_and_hidden_sheets_of_xml_are_said(tmp_path: Path) -> None:
    hidden = "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"
    names = cell("String", "id") + cell("String", "x")
    formula = '<Cell ss:Formula="=RC[-1]"/>'
    data = sheet("Empty") + sheet(
        "S",
        names,
        cell("Number", "1") + cell("Error", "#N/A"),
        cell("Number", "2") + formula,
        cell("Number", "3") + cell("Number", "4"),
        more=hidden,
    )
    path = workbook(tmp_path / "a.xls", data)
    plan = planned(path)
    assert [table.sheet for table in plan.tables] == ["S"]
    assert told(plan) == {
        0: ["hidden_sheet"],
        2: ["errors_null", "formulas_without_value"],
    }
    assert rows(path) == [(1, None), (2, None), (3, 4)]


def test_xml_that_is_cut_off_declares_entities_or_reaches_too_far_is_refused(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "a.xls", sheet("S", NAMES, cell("Number", "1")))
    whole = path.read_text()
    path.write_text(whole[:-80])
    with pytest.raises(Damaged, match="cut off"):
        planned(path)
    path.write_text(
        whole.replace("<Workbook", '<!DOCTYPE W [<!ENTITY a "b">]><Workbook', 1)
    )
    with pytest.raises(NotATable, match="entities"):
        planned(path)
    far = f'<Row ss:Index="900000">{cell("Number", "1", "ss:Index=" + chr(34) + "900" + chr(34))}</Row>'
    with pytest.raises(TooLarge, match="far away"):
        planned(workbook(path, sheet("S", NAMES, far)))
