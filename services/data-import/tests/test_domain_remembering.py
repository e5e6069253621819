"""What an earlier import teaches, and how its rejects come back."""

import pytest
from msgspec.structs import replace

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    Dialect,
    ImportOptions,
    Plan,
    TableFindings,
    TablePlan,
)
from onemanage.data_import.domain.planning.remembering import (
    NotTheseRejects,
    Remembered,
    as_before,
    rejects_options,
    rejects_plan,
)


def columns(*headers: str) -> list[ColumnPlan]:
    return [
        ColumnPlan(position=at, header=header, name=f"c{at}")
        for at, header in enumerate(headers, 1)
    ]


def found(*headers: str, table: str = "new", sheet: str | None = None) -> TablePlan:
    return TablePlan(table=table, sheet=sheet, columns=columns(*headers))


def proposed(*tables: TablePlan) -> Plan:
    findings = TableFindings(
        rows=1, rows_exact=True, ragged=0, columns=[], first_rows=[["1", "2"]]
    )
    return Plan(tables=list(tables), findings=[findings] * len(tables))


def remembered(*tables: TablePlan) -> Remembered:
    options = ImportOptions(mode="replace")
    return Remembered(import_id="imp_1", tables=list(tables), options=options)


def test_nothing_known_changes_nothing() -> None:
    plan = proposed(found("a", "b"))

    assert as_before(plan, [None]) == plan


def test_columns_table_and_options_are_as_before_and_the_dialect_is_as_found() -> None:
    before = found("a", "b", table="old")
    before.columns[0] = replace(before.columns[0], name="first", type="bigint")
    before.columns[1] = replace(before.columns[1], include=False)
    now = replace(found("a", "b"), dialect=Dialect(delimiter=";"))

    plan = as_before(proposed(now), [remembered(before)])

    (table,), (findings,) = plan.tables, plan.findings
    assert table == replace(before, dialect=Dialect(delimiter=";"))
    assert findings.remembered_from == "imp_1"
    assert findings.first_rows == [["1"]]
    assert plan.options.mode == "replace"


def test_sheets_that_are_alike_go_where_the_sheet_of_that_name_went() -> None:
    before = [
        found("a", "b", table=f"t_{name}", sheet=name) for name in ("May", "June")
    ]
    now = [found("a", "b", table="x", sheet=name) for name in ("June", "July")]

    plan = as_before(proposed(*now), [remembered(*before)] * 2)

    assert [table.table for table in plan.tables] == ["t_June", "x"]


def test_rejects_are_told_by_their_headers_wherever_they_stand() -> None:
    before = found("id", "x", "x")
    before.columns[2] = replace(before.columns[2], type="date")
    before = replace(before, dialect=Dialect(encoding="gb18030", decimal_comma=True))
    fixed = found("_line", "x", "x", "unknown", "id")

    plan = rejects_plan(fixed, before)

    assert [one.name for one in plan.columns if one.include] == ["c2", "c3", "c1"]
    assert [one.type for one in plan.columns if one.include] == ["text", "date", "text"]
    assert [one.position for one in plan.columns] == [1, 2, 3, 4, 5]
    assert plan.table == before.table
    assert plan.dialect == Dialect(decimal_comma=True)


def test_a_file_without_any_of_the_columns_is_refused() -> None:
    with pytest.raises(NotTheseRejects):
        rejects_plan(found("_line", "other"), found("id"))


def test_rejects_of_a_replace_are_added_to_what_it_put_there() -> None:
    given = ImportOptions(mode="replace", max_rejects=3)

    assert rejects_options(given) == ImportOptions(mode="append")
    assert rejects_options(ImportOptions(mode="upsert", keys=["a"])).mode == "upsert"
