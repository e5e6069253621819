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
from onemanage.contracts.imports.sources import DatabaseSource, FileSource
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


MAY = FileSource(file_id="f1", file_key="k", file_name="orders_2024-05.csv")
JUNE = FileSource(file_id="f1", file_key="k", file_name="Orders 2024-06 (1).csv")


def found(*headers: str, table: str = "new", sheet: str | None = None) -> TablePlan:
    return TablePlan(table=table, sheet=sheet, columns=columns(*headers))


def proposed(*tables: TablePlan) -> Plan:
    findings = TableFindings(
        rows=1, rows_exact=True, ragged=0, columns=[], first_rows=[["1", "2"]]
    )
    return Plan(tables=list(tables), findings=[findings] * len(tables))


def remembered(*tables: TablePlan) -> Remembered:
    options = ImportOptions(mode="upsert", keys=["c1"])
    return Remembered(
        import_id="imp_1", tables=list(tables), options=options, sources=[MAY]
    )


def codes(plan: Plan, at: int = 0) -> list[str]:
    return [one.code for one in plan.findings[at].warnings]


def test_nothing_known_changes_nothing() -> None:
    plan = proposed(found("a", "b"))

    assert as_before(plan, [[]], [JUNE]) == plan


def test_columns_table_and_options_are_as_before_and_the_dialect_is_as_found() -> None:
    before = found("a", "b", table="old")
    before.columns[0] = replace(before.columns[0], name="first", type="bigint")
    before.columns[1] = replace(before.columns[1], include=False)
    now = replace(found("a", "b"), dialect=Dialect(delimiter=";"))

    plan = as_before(proposed(now), [[remembered(before)]], [JUNE])

    (table,), (findings,) = plan.tables, plan.findings
    assert table == replace(before, dialect=Dialect(delimiter=";"))
    assert findings.remembered_from == "imp_1"
    assert findings.first_rows == [["1"]]
    assert plan.options == ImportOptions(mode="upsert", keys=["c1"])
    assert codes(plan) == ["remembered"]


@pytest.mark.parametrize(
    "name",
    ["products.csv", "orders_items.csv", "2024-06.csv", "customer orders.csv"],
)
def test_a_file_of_the_same_headers_and_another_name_is_another_thing(
    name: str,
) -> None:
    plan = proposed(found("id", "name"))
    before = remembered(found("id", "name", table="orders"))
    other = replace(JUNE, file_name=name)

    assert as_before(plan, [[before]], [other]) == plan


@pytest.mark.parametrize(
    "name",
    [
        *("orders.csv", "ORDERS_05.06.2024.csv", "orders copy.xlsx", "orders.csv.gz"),
        *("orders-jun-2024.txt", "orders (2).csv", "june orders final v2.csv"),
        *("folder/orders.csv", "orders_２０２４.csv"),
    ],
)
def test_dates_numbers_copies_and_endings_leave_a_name_alike(name: str) -> None:
    before = remembered(found("id", "name", table="orders"))
    now = replace(JUNE, file_name=name)

    plan = as_before(proposed(found("id", "name")), [[before]], [now])

    assert plan.tables[0].table == "orders"


def test_columns_without_names_remember_nothing() -> None:
    plan = proposed(found("", ""))

    assert as_before(plan, [[remembered(found("", "", table="old"))]], [MAY]) == plan


def test_the_same_bytes_are_known_under_any_name() -> None:
    source = replace(MAY, sha256="1f")
    before = replace(remembered(found("a", table="old")), sources=[source])
    now = replace(JUNE, file_name="other.csv", sha256="1f")

    plan = as_before(proposed(found("a")), [[before]], [now])

    assert plan.tables[0].table == "old"


def test_the_newest_import_of_a_like_name_counts() -> None:
    other = replace(MAY, file_name="products.csv")
    known = [
        replace(remembered(found("a", table="products")), sources=[other]),
        replace(remembered(found("a", table="orders")), import_id="imp_2"),
        replace(remembered(found("a", table="older")), import_id="imp_3"),
    ]

    plan = as_before(proposed(found("a")), [known], [JUNE])

    assert plan.tables[0].table == "orders"
    assert plan.findings[0].remembered_from == "imp_2"


def test_no_import_replaces_a_table_because_another_did() -> None:
    options = ImportOptions(mode="replace", schema_policy="freeze")
    before = replace(remembered(found("a", table="orders")), options=options)

    plan = as_before(proposed(found("a")), [[before]], [JUNE])

    assert plan.options == ImportOptions(mode="append", schema_policy="freeze")
    assert codes(plan) == ["remembered", "replace_not_remembered"]


def test_a_sheet_of_another_name_is_another_thing() -> None:
    before = remembered(found("id", "name", table="customers", sheet="Customers"))
    plan = proposed(found("id", "name", table="products", sheet="Products"))

    assert as_before(plan, [[before]], [MAY]) == plan


def test_a_database_is_known_by_what_is_selected_of_it() -> None:
    source = DatabaseSource(
        kind="mysql", host="h", port=1, database="d", user="u", sealed_password=""
    )
    customers, products = (
        replace(source, table=name) for name in ("customers", "products")
    )
    before = replace(remembered(found("id", table="old")), sources=[customers])
    plan = proposed(found("id"))

    again = as_before(plan, [[before]], [replace(customers, user="other")])

    assert again.tables[0].table == "old"
    assert as_before(plan, [[before]], [products]) == plan


def test_sheets_that_are_alike_go_where_the_sheet_of_that_name_went() -> None:
    before = [
        found("a", "b", table=f"t_{name}", sheet=name) for name in ("May", "June")
    ]
    now = [found("a", "b", table="x", sheet=name) for name in ("June", "July")]

    plan = as_before(proposed(*now), [[remembered(*before)]] * 2, [JUNE])

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
