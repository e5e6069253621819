"""Cells of XLSX and ODS without a plain value: named, never silently nothing or 0."""

import importlib
import random
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from msgspec.structs import replace

from onemanage.contracts.imports.plans import Plan, TableFindings
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table

samples: Any = importlib.import_module("services.data-import.tests.declared_samples")


def planned(path: Path) -> Plan:
    return make_plan([PlannedFile("f1", path, path.name)])


def loaded(path: Path, plan: Plan) -> tuple[list[tuple[Any, ...]], list[Any]]:
    """Rows of the first table, and line and value of its rejects."""
    table, *_ = plan.tables
    rows: list[tuple[Any, ...]] = []
    rejects = []
    for batch in read_table(path, table):
        rows += cast_batch(batch.frame, table.columns, table.dialect).frame.rows()
        rejects += [(one.line, one.value) for one in batch.rejects]
    return rows, rejects


def strict(plan: Plan) -> Plan:
    """With every error a reject, also what is proposed to be NULL."""
    (table,) = plan.tables
    columns = [replace(one, on_bad_value=None, nulls=[""]) for one in table.columns]
    return replace(plan, tables=[replace(table, columns=columns)])


def xlsx(path: Path, *cells: str) -> Path:
    """Columns n and x: a number in each row, and beside it the cell as it is given."""
    rows = "".join(
        f'<row r="{at}"><c r="A{at}"><v>{at}</v></c>{cell.format(f"B{at}")}</row>'
        for at, cell in enumerate(cells, 2)
    )
    names = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for letter, name in (("A", "n"), ("B", "x"))
    )
    made: Path = samples.xlsx(path, f'<row r="1">{names}</row>{rows}')
    return made


NUMBER = '<c r="{}"><v>7</v></c>'


def ods(path: Path, *cells: str) -> Path:
    rows = [samples.ods_cell("n") + samples.ods_cell("x")]
    rows += [ods_number(at) + cell for at, cell in enumerate(cells, 2)]
    text = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    made: Path = samples.ods(path, text)
    return made


def ods_number(value: int) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def told(plan: Plan) -> dict[int, list[tuple[str, str | None]]]:
    findings: TableFindings = plan.findings[0]
    return {
        one.position: [(warning.code, warning.example) for warning in one.warnings]
        for one in findings.columns
        if one.warnings
    }


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="{}"><f>A2*2</f></c>',
        '<c r="{}"><f>A2*2</f><v></v></c>',
        '<c r="{}"><f>A2*2</f><v/></c>',
        '<c r="{}"><f>A2*2</f><v /></c>',
        '<c r="{}" s="0"><f t="shared" si="0"/><v></v></c>',
        "<c r='{}'><f>IF(A2&gt;1,2,3)</f>\n<v> </v>\n</c>",
        '<c r="{}" t="str"><f>A2</f></c>',
        '<c r="{}" t="n"><f ca="1">NOW()</f><v></v></c>',
    ],
)
def test_a_formula_without_a_stored_value_is_said_of_its_column(
    tmp_path: Path, cell: str
) -> None:
    path = xlsx(tmp_path / "a.xlsx", NUMBER, cell, NUMBER, cell)
    plan = planned(path)

    assert told(plan) == {2: [("formulas_without_value", "B3")]}
    assert "2 cells" in plan.findings[0].columns[1].warnings[0].message
    assert loaded(path, plan)[0] == [(2, 7), (3, None), (4, 7), (5, None)]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="{}"><f>A2*2</f><v>7</v></c>',
        '<c r="{}"><f>A2*2</f><v>0</v></c>',
        '<c r="{}" t="str"><f>""</f><v></v></c>',
        '<c r="{}" t="str"><f>""</f><v/></c>',
        '<c r="{}"/>',
        "",
    ],
)
def test_a_stored_value_and_an_empty_cell_are_no_reason_to_warn(
    tmp_path: Path, cell: str
) -> None:
    assert told(planned(xlsx(tmp_path / "a.xlsx", NUMBER, cell, NUMBER))) == {}


@pytest.mark.parametrize(
    "error",
    [
        *("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"),
        *("#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!"),
        *("#BUSY!", "#UNKNOWN!", "#PYTHON!", "#EXTERNAL!", "Err:502", "#"),
    ],
)
@pytest.mark.parametrize("formula", ["", "<f>1/0</f>"])
def test_an_error_of_any_name_rejects_its_row_alone(
    tmp_path: Path, error: str, formula: str
) -> None:
    cell = f'<c r="{{}}" t="e">{formula}<v>{error}</v></c>'
    path = xlsx(tmp_path / "a.xlsx", NUMBER, cell, NUMBER)

    assert loaded(path, strict(planned(path))) == ([(2, 7), (4, 7)], [(3, error)])


def test_errors_that_are_known_and_not_known_keep_their_names(tmp_path: Path) -> None:
    errors = ["#N/A", "#SPILL!", "#DIV/0!", "#BUSY!"]
    cells = [f'<c r="{{}}" t="e"><v>{error}</v></c>' for error in errors]
    path = xlsx(tmp_path / "a.xlsx", NUMBER, *cells, NUMBER)

    rejects = list(zip(range(3, 7), errors, strict=True))
    assert loaded(path, strict(planned(path))) == ([(2, 7), (7, 7)], rejects)


@pytest.mark.parametrize(
    ("stored", "right"),
    [
        ("a_x000D_b", "a\rb"),
        ("a_x000d__x000A_b", "a\r\nb"),
        ("a_x005F_x000D_b", "a_x000D_b"),
        ("a&amp;_x0009_b", "a&\tb"),
        ("a_x000_b", "a_x000_b"),
        ("_xyz", "_xyz"),
    ],
)
def test_text_that_a_formula_made_is_read_as_other_text_is(
    tmp_path: Path, stored: str, right: str
) -> None:
    formula = f'<c r="{{}}" t="str"><f>A1</f><v>{stored}</v></c>'
    plain = f'<c r="{{}}" t="inlineStr"><is><t>{stored}</t></is></c>'
    path = xlsx(tmp_path / "a.xlsx", formula, plain, NUMBER)

    assert loaded(path, planned(path))[0] == [(2, right), (3, right), (4, "7")]


def ods_error(text: str, kind: str, mark: bool) -> str:
    value = 'office:value="0"' if kind == "float" else 'office:string-value=""'
    marked = ' xmlns:calcext="urn:calcext" calcext:value-type="error"' if mark else ""
    return (
        f'<table:table-cell table:formula="of:=1/0" office:value-type="{kind}" {value}'
        f"{marked}><text:p>{text}</text:p></table:table-cell>"
    )


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!", "Err:502", "#NAME?"])
@pytest.mark.parametrize(
    ("kind", "mark"), [("string", True), ("float", True), ("string", False)]
)
def test_what_libreoffice_calls_an_error_is_one(
    tmp_path: Path, error: str, kind: str, mark: bool
) -> None:
    path = ods(tmp_path / "a.ods", ods_number(7), ods_error(error, kind, mark))

    assert loaded(path, strict(planned(path))) == ([(2, 7)], [(3, error)])


def test_an_error_that_is_repeated_is_one_in_each_place(tmp_path: Path) -> None:
    error = ods_error("#N/A", "float", True)
    row = (
        f'<table:table-row table:number-rows-repeated="3">{{}}{error}</table:table-row>'
    )
    rows = [
        samples.ods_cell("n") + samples.ods_cell("x"),
        ods_number(2) + ods_number(7),
    ]
    text = "".join(f"<table:table-row>{one}</table:table-row>" for one in rows)
    path = samples.ods(tmp_path / "a.ods", text + row.format(ods_number(3)))

    rejects = [(at, "#N/A") for at in (3, 4, 5)]
    assert loaded(path, strict(planned(path))) == ([(2, 7)], rejects)


@pytest.mark.parametrize(
    "cell",
    [
        '<table:table-cell table:formula="of:=[.A2]*2"/>',
        '<table:table-cell table:formula="of:=1>0"></table:table-cell>',
        '<table:table-cell table:formula="of:=A2"><text:p></text:p></table:table-cell>',
    ],
)
def test_a_formula_of_ods_without_a_value_is_said_too(
    tmp_path: Path, cell: str
) -> None:
    plan = planned(ods(tmp_path / "a.ods", ods_number(7), cell, ods_number(7)))

    assert told(plan) == {2: [("formulas_without_value", "B3")]}


def test_a_sheet_of_errors_alone_is_a_table_of_rejects(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Errors")
        for row in range(3):
            sheet.write_formula(row, 1, "=1/0", None, "#DIV/0!")
            sheet.write_formula(row, 2, "=NA()", None, "#N/A")

    rows, rejects = loaded(path, planned(path))
    assert rows == []
    assert [line for line, _ in rejects] == [1, 2, 3]


def test_empty_sheets_are_passed_over_and_hidden_ones_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Empty", "Full", "More", "Hidden", "Deep", "Last"):
            sheet = book.add_worksheet(name)
            if name not in ("Empty", "Last"):
                sheet.write_row(0, 0, ["n", name])
                sheet.write_row(1, 0, [1, 2])
            if name == "Hidden":
                sheet.hide()
            if name == "Deep":
                sheet.very_hidden()

    plan = planned(path)

    warned = {
        table.sheet: [one.code for one in findings.warnings]
        for table, findings in zip(plan.tables, plan.findings, strict=True)
    }
    hidden = ["hidden_sheet"]
    assert warned == {"Full": [], "More": [], "Hidden": hidden, "Deep": hidden}


@pytest.mark.parametrize("seed", range(30))
def test_every_cell_is_a_value_a_warning_or_a_reject(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    kinds = {
        "value": '<c r="{}"><f>A1</f><v>7</v></c>',
        "nothing": '<c r="{}"><f>A1</f><v></v></c>',
        "error": '<c r="{}" t="e"><f>A1</f><v>#SPILL!</v></c>',
    }
    drawn = ["value", *chance.choices(list(kinds), k=chance.randint(3, 40)), "value"]
    path = xlsx(tmp_path / "a.xlsx", *(kinds[one] for one in drawn))
    plan = planned(path)

    rows, rejects = loaded(path, plan)

    lines = list(enumerate(drawn, 2))
    assert rejects == [(at, "#SPILL!") for at, one in lines if one == "error"]
    right = {"value": 7, "nothing": None}
    assert rows == [(at, right[one]) for at, one in lines if one != "error"]
    missing = [at for at, one in lines if one == "nothing"]
    warned = [("formulas_without_value", f"B{missing[0]}")] if missing else []
    assert told(plan).get(2, []) == warned


def test_tabs_and_line_breaks_of_ods_are_in_the_text(tmp_path: Path) -> None:
    rows = [
        samples.ods_cell("a") + samples.ods_cell("b"),
        samples.ods_cell("x<text:tab/>y<text:s text:c='2'/>z<text:line-break/>w")
        + samples.ods_cell("q"),
    ]
    text = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    path = samples.ods(tmp_path / "a.ods", text)
    assert loaded(path, planned(path))[0] == [("x\ty  z\nw", "q")]


def test_sheets_of_errors_and_empty_ones_do_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        errors = book.add_worksheet("Errors")
        for row in range(3):
            errors.write_formula(row, 0, "=1/0", None, "#DIV/0!")
        book.add_worksheet("Empty")
        data = book.add_worksheet("Data")
        data.write_row(0, 0, ["a", "b"])
        data.write_row(1, 0, [1, 2])

    plan = planned(path)
    assert [table.sheet for table in plan.tables] == ["Errors", "Data"]
    rows, rejects = loaded(path, plan)
    assert rows == [] and [value for _, value in rejects] == ["#DIV/0!"] * 3
    (batch,) = read_table(path, plan.tables[1])
    assert batch.frame.rows() == [("1", "2")]


def test_a_table_that_begins_far_down_is_read_by_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for row, cells in enumerate((["a", "b"], [1, 2], [3, 4]), 500_000):
            sheet.write_row(row, 3, cells)

    plan = planned(path)
    assert plan.tables[0].dialect.header_row == 500_001
    assert loaded(path, plan)[0] == [(1, 2), (3, 4)]


def test_few_cells_that_lie_far_apart_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.write_row(1, 0, [1, 2, 3])
        sheet.write_row(700_000, 0, [4, 5, 6])

    plan = planned(path)
    assert loaded(path, plan)[0] == [(1, 2, 3), (4, 5, 6)]
    assert plan.findings[0].rows == 2
