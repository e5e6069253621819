"""A plan that somebody has changed is looked at before anything is loaded."""

from typing import Any

import pytest
from msgspec.structs import replace

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    Dialect,
    ImportOptions,
    Plan,
    TablePlan,
)
from onemanage.data_import.domain.casting.checking import InvalidPlan, check_plan


def column(position: int = 1, name: str = "a", **changes: Any) -> ColumnPlan:
    return ColumnPlan(position=position, header=name, name=name, **changes)


def table(*columns: ColumnPlan, **changes: Any) -> TablePlan:
    fields: dict[str, Any] = {"table": "orders", "file_id": "fil_1"}
    return TablePlan(**fields | changes, columns=list(columns or (column(),)))


def plan(*tables: TablePlan, **options: Any) -> Plan:
    return Plan(tables=list(tables or (table(),)), options=ImportOptions(**options))


@pytest.mark.parametrize(
    "good",
    [
        plan(),
        plan(table(column(name='select"; drop'))),
        plan(table(column(name="名" * 21))),
        plan(table(column(type="numeric", precision=38, scale=0))),
        plan(table(column(type="date", format="%d.%m.%Y"))),
        plan(table(column(type="timestamptz", zone="Asia/Shanghai"))),
        plan(table(dialect=Dialect(delimiter="\t", quote=None, header_row=None))),
        plan(table(dialect=Dialect(delimiter=" ", escape="\\", skip_blanks=True))),
        plan(table(dialect=Dialect(short_rows="fill", long_rows="trim"))),
        plan(table(column(), column(2, include=False))),
        plan(table(), table()),
        plan(mode="upsert", keys=["a"]),
        plan(table(), table(column(name="_id"), include=False)),
    ],
)
def test_what_can_be_carried_out_passes(good: Plan) -> None:
    check_plan(good, ["fil_1"])


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        (Plan(tables=[]), "/tables"),
        (plan(table(include=False)), "/tables"),
        (plan(table(table="")), "/tables/0/table"),
        (plan(table(table="名" * 22)), "/tables/0/table"),
        (plan(table(table="_kept")), "/tables/0/table"),
        (plan(table(file_id="fil_2")), "/tables/0/file_id"),
        (plan(table(format="pdf")), "/tables/0/format"),
        (plan(table(column(include=False))), "/tables/0/columns"),
        (plan(table(column(), column(2))), "/tables/0/columns/1/name"),
        (plan(table(column(), column(1, "b"))), "/tables/0/columns/1/position"),
        (plan(table(column(0))), "/tables/0/columns/0/position"),
        (plan(table(column(name="_id"))), "/tables/0/columns/0/name"),
        (plan(table(column(name="xmin"))), "/tables/0/columns/0/name"),
        (plan(table(column(name="a\0b"))), "/tables/0/columns/0/name"),
        (plan(table(column(type="int"))), "/tables/0/columns/0/type"),
        (plan(table(column(precision=3))), "/tables/0/columns/0/precision"),
        (
            plan(table(column(type="numeric", precision=2, scale=3))),
            "/tables/0/columns/0/scale",
        ),
        (plan(table(column(format="%Y"))), "/tables/0/columns/0/format"),
        (
            plan(table(column(type="date", format="dd.mm"))),
            "/tables/0/columns/0/format",
        ),
        (
            plan(table(column(type="timestamptz", zone="CET/Somewhere"))),
            "/tables/0/columns/0/zone",
        ),
        (
            plan(table(column(type="timestamp", zone="UTC"))),
            "/tables/0/columns/0/zone",
        ),
        (plan(table(column(non_finite="zero"))), "/tables/0/columns/0/non_finite"),
        (
            plan(table(dialect=Dialect(encoding="ebcdic"))),
            "/tables/0/dialect/encoding",
        ),
        (plan(table(dialect=Dialect(delimiter="\n"))), "/tables/0/dialect/delimiter"),
        (plan(table(dialect=Dialect(quote=","))), "/tables/0/dialect/quote"),
        (plan(table(dialect=Dialect(header_row=0))), "/tables/0/dialect/header_row"),
        (plan(table(dialect=Dialect(escape='"'))), "/tables/0/dialect/escape"),
        (plan(table(dialect=Dialect(escape="\n"))), "/tables/0/dialect/escape"),
        (plan(table(dialect=Dialect(short_rows="x"))), "/tables/0/dialect/short_rows"),
        (plan(table(dialect=Dialect(long_rows="fill"))), "/tables/0/dialect/long_rows"),
        (plan(mode="merge"), "/options/mode"),
        (plan(schema_policy="any"), "/options/schema_policy"),
        (plan(dedupe="first"), "/options/dedupe"),
        (plan(max_rejects=-1), "/options/max_rejects"),
        (plan(mode="upsert"), "/options/keys"),
        (plan(dedupe="last", keys=["b"]), "/options/keys/0"),
    ],
)
def test_what_cannot_be_is_pointed_at(bad: Plan, where: str) -> None:
    with pytest.raises(InvalidPlan) as refused:
        check_plan(bad, ["fil_1"])

    assert refused.value.where == where
    assert refused.value.message


def test_of_several_files_one_is_named() -> None:
    unnamed = plan(replace(table(), file_id=None))

    check_plan(unnamed, ["fil_1"])
    with pytest.raises(InvalidPlan, match="which of the files"):
        check_plan(unnamed, ["fil_1", "fil_2"])
