"""How a plan's columns go into a table that is there already."""

import re
from typing import NamedTuple

import msgspec

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    ImportOptions,
    TablePlan,
    Warning,
)
from onemanage.data_import.errors import LoadRefused

ROW_ID = "_id"
"""Our own column of every imported table."""

_NAMES = {
    "text": "text",
    "boolean": "boolean",
    "bigint": "bigint",
    "double": "double precision",
    "date": "date",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "interval": "interval",
}
_TYPES = {name: type_ for type_, name in _NAMES.items()}
_NUMERIC = re.compile(r"numeric(?:\((\d+),(-?\d+)\))?")


class ColumnType(NamedTuple):
    type: str
    precision: int | None = None
    scale: int | None = None


class Fitted(NamedTuple):
    """What is loaded, and what the table needs before."""

    table: TablePlan
    """With the types of the columns that are there; what is left out is not included."""
    added: list[ColumnPlan]
    warnings: list[Warning]


def sql_type(column: ColumnPlan) -> str:
    """As PostgreSQL writes it."""
    if column.type != "numeric":
        return _NAMES[column.type]
    if column.precision is None:
        return "numeric"
    return f"numeric({column.precision},{column.scale or 0})"


def column_type(sql: str) -> ColumnType | None:
    """Of what format_type() says; None for a type that no import makes."""
    if found := _NUMERIC.fullmatch(sql):
        precision, scale = found.groups()
        if precision is None:
            return ColumnType("numeric")
        return ColumnType("numeric", int(precision), int(scale))
    known = _TYPES.get(sql)
    return ColumnType(known) if known else None


def check_options(table: TablePlan, options: ImportOptions) -> None:
    """Raises LoadRefused for what no table could do."""
    names = [one.name for one in table.columns if one.include]
    if options.mode not in ("append", "replace", "upsert"):
        text = f"Unknown mode {options.mode!r}. Choose append, replace or upsert."
        raise LoadRefused("data_import.bad_mode", text, table.table)
    if not names:
        text = "No column is included, so there is nothing to load."
        raise LoadRefused("data_import.no_columns", text, table.table)
    if len(set(names)) < len(names) or ROW_ID in names:
        text = f"Two columns have one name, or one is called {ROW_ID}."
        raise LoadRefused("data_import.schema_differs", text, table.table)
    wanted = options.mode == "upsert" or options.dedupe != "none"
    missing = [one for one in options.keys if one not in names]
    if (wanted and not options.keys) or (wanted and missing):
        what = f"not among the columns: {', '.join(missing)}" if missing else "missing"
        text = f"The keys that tell rows apart are {what}."
        raise LoadRefused("data_import.keys_missing", text, table.table)


def fit(
    table: TablePlan, present: dict[str, ColumnType], options: ImportOptions
) -> Fitted:
    """By the schema policy. ``present`` are the columns of the table that is there.

    The types of the table win: the plan's values are cast to them, and what does not
    suit is a reject. Raises LoadRefused.
    """
    columns: list[ColumnPlan] = []
    added: list[ColumnPlan] = []
    warnings: list[Warning] = []
    for column in table.columns:
        there = present.get(column.name)
        if not column.include:
            columns.append(column)
        elif there is None:
            columns.append(_missing(column, table, options, added, warnings))
        else:
            columns.append(_retyped(column, there, warnings))
    fitted = msgspec.structs.replace(table, columns=columns)
    check_options(fitted, options)
    return Fitted(fitted, added, warnings)


def _missing(
    column: ColumnPlan,
    table: TablePlan,
    options: ImportOptions,
    added: list[ColumnPlan],
    warnings: list[Warning],
) -> ColumnPlan:
    if options.schema_policy == "reject":
        raise LoadRefused(
            "data_import.schema_differs",
            f"The table has no column {column.name!r}, and new ones are not wanted. "
            "Leave it out, or choose the policy evolve.",
            f"{table.table}.{column.name}",
        )
    if options.schema_policy == "freeze":
        text = f"The table has no column {column.name!r}; it was left out."
        warnings.append(Warning(code="column_left_out", message=text))
        return msgspec.structs.replace(column, include=False)
    added.append(column)
    return column


def _retyped(
    column: ColumnPlan, there: ColumnType, warnings: list[Warning]
) -> ColumnPlan:
    planned = ColumnType(column.type, column.precision, column.scale)
    if column.type != "numeric":
        planned = ColumnType(column.type)
    if planned == there:
        return column
    made = msgspec.structs.replace(
        column, type=there.type, precision=there.precision, scale=there.scale
    )
    text = (
        f"Column {column.name!r} is {sql_type(made)} in the table and "
        f"{sql_type(column)} in the plan; its values were loaded as {sql_type(made)}."
    )
    warnings.append(Warning(code="type_of_table", message=text))
    return made
