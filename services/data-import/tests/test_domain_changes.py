"""A plan as its user has changed it."""

from datetime import UTC, datetime

from onemanage.contracts.imports.plans import (
    ChangedColumn,
    ChangedTable,
    ColumnPlan,
    ImportOptions,
    Plan,
    PlanChanges,
    PlanDocument,
    TableFindings,
    TablePlan,
)
from onemanage.data_import.domain.planning.changes import changed_plan, expected_rows


def table(sheet: str, *, include: bool = True) -> TablePlan:
    columns = [ColumnPlan(position=1, header="A", name="a")]
    return TablePlan(table=sheet, sheet=sheet, columns=columns, include=include)


def findings(rows: int, *, rows_exact: bool = True) -> TableFindings:
    return TableFindings(
        rows=rows, rows_exact=rows_exact, ragged=0, columns=[], first_rows=[]
    )


PROPOSED = Plan(
    tables=[table("one"), table("two"), table("long")],
    findings=[findings(3), findings(4), findings(1000, rows_exact=False)],
    options=ImportOptions(mode="replace"),
)
DOCUMENT = PlanDocument(
    plan_id="pln_1",
    workspace_id="wsp_1",
    sources=[],
    plan=PROPOSED,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def test_what_is_not_changed_is_as_proposed_without_what_was_seen() -> None:
    plan = changed_plan(PROPOSED, PlanChanges())

    assert plan == Plan(tables=PROPOSED.tables, options=PROPOSED.options)


def test_tables_and_options_are_changed_each_as_a_whole() -> None:
    columns = [ChangedColumn(position=1, name="b")]
    changed = ChangedTable(table="new", sheet="one", columns=columns)

    tables = changed_plan(PROPOSED, PlanChanges(tables=[changed]))
    options = changed_plan(PROPOSED, PlanChanges(options=ImportOptions()))

    wanted = [ColumnPlan(position=1, header="", name="b")]
    assert tables.tables == [TablePlan(table="new", sheet="one", columns=wanted)]
    assert tables.options == PROPOSED.options
    assert options.tables == PROPOSED.tables
    assert options.options == ImportOptions()


def test_rows_are_expected_of_the_parts_that_are_read_where_all_were_counted() -> None:
    counted = Plan(tables=[table("two"), table("long", include=False)])

    assert expected_rows(counted, DOCUMENT) == 4
    assert expected_rows(Plan(tables=[table("one"), table("two")]), DOCUMENT) == 7
    assert expected_rows(changed_plan(PROPOSED, PlanChanges()), DOCUMENT) == 0
    assert expected_rows(Plan(tables=[table("unheard of")]), DOCUMENT) == 0
