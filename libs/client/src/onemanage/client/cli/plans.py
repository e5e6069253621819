"""A plan of an import: changed as options say, and shown before anything is loaded.

Works on plans as the server tells them, in plain dictionaries.
"""

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from onemanage.client.cli import text
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.output import Column, Output, column

Plan = dict[str, Any]
TYPES = ("text", "boolean", "bigint", "numeric", "double", "date", "time") + (
    "timestamp",
    "timestamptz",
    "interval",
)
_TYPE = re.compile(
    r"(?P<type>[a-z]+)(\((?P<digits>\d+),(?P<places>\d+)\))?(:(?P<form>.+))?"
)


@dataclass(frozen=True)
class Changes:
    """What the command line says of an import; None and () leave it as it is proposed."""

    table: str | None = None
    mode: str | None = None
    keys: Sequence[str] = ()
    types: Sequence[str] = ()
    """``column=type``, as ``amount=numeric(10,2)`` or ``day=date:%d.%m.%Y``."""

    leave_out: Sequence[str] = ()
    max_rejects: int | None = None
    on_bad_value: str | None = None
    new_columns: str | None = None


def changed(plan: Plan, changes: Changes) -> Plan:
    """The plan with the changes. Raises UsageError for a column that it has not."""
    plan = copy.deepcopy(plan)
    tables = [table for table in plan["tables"] if table.get("include", True)]
    if changes.table is not None:
        for table in tables:
            table["table"] = changes.table
    for each in changes.types:
        name, _, kind = each.partition("=")
        for found in _named(tables, name):
            found.update(_typed(each, kind))
    for name in changes.leave_out:
        for found in _named(tables, name):
            found["include"] = False
    options = plan["options"]
    said = {
        "mode": changes.mode,
        "keys": list(changes.keys) or None,
        "max_rejects": changes.max_rejects,
        "on_bad_value": changes.on_bad_value,
        "schema_policy": changes.new_columns,
    }
    options.update({name: one for name, one in said.items() if one is not None})
    if changes.keys and changes.mode is None:
        options["mode"] = "upsert"
    for key in changes.keys:
        _named(tables, key)
    return plan


def _named(tables: Sequence[Plan], name: str) -> list[Plan]:
    """The columns of this name or header, in all tables."""
    columns = [column for table in tables for column in table["columns"]]
    found = [one for one in columns if name in (one["name"], one["header"])]
    if not found:
        names = ", ".join(dict.fromkeys(one["name"] for one in columns))
        raise UsageError(f"There is no column {name!r}. There are: {names}.")
    return found


def _typed(said: str, kind: str) -> Plan:
    match = _TYPE.fullmatch(kind)
    if match is None or match["type"] not in TYPES:
        raise UsageError(
            f"{said!r} is no column=type. Types: {', '.join(TYPES)}; as in"
            " amount=numeric(10,2), day=date:%d.%m.%Y."
        )
    typed: Plan = {"type": match["type"], "format": match["form"]}
    if match["digits"]:
        typed |= {"precision": int(match["digits"]), "scale": int(match["places"])}
    return typed


def show(plan: Plan, output: Output) -> None:
    """The plan as a person reads it: tables, columns, what to look at."""
    for table in plan["tables"]:
        if table.get("include", True):
            _show_table(table, plan["options"], output)


def _show_table(table: Plan, options: Plan, output: Output) -> None:
    findings = table.get("findings") or {}
    rows = findings.get("rows")
    about = "" if findings.get("rows_exact", True) else "about "
    count = "" if rows is None else f", {about}{text.number(rows)} rows"
    part = table.get("sheet") or table.get("member")
    source = f" from {text.shown(part)}" if part else ""
    output.say(f"Table {text.shown(table['table'])} ({mode(options)}){source}{count}")
    seen = {one["position"]: one for one in findings.get("columns") or []}
    records = [
        _shown_column(one, seen.get(one["position"], {}))
        for one in table["columns"]
        if one.get("include", True)
    ]
    output.preview(records, COLUMNS)
    for warning in warnings(table):
        output.say(f"! {warning}")
    if ragged := findings.get("ragged"):
        output.say(
            f"! {text.number(ragged)} rows cannot be split and will be rejected."
        )


def mode(options: Plan) -> str:
    """As people say it: ``upsert by order_id``."""
    keys = ", ".join(text.shown(key) for key in options.get("keys") or [])
    return f"{options['mode']} by {keys}" if keys else str(options["mode"])


def warnings(table: Plan) -> list[str]:
    """What the plan warns of, of the table and of its columns, by their names."""
    findings = table.get("findings") or {}
    names = {one["position"]: one["name"] for one in table["columns"]}
    told = [str(one["message"]) for one in findings.get("warnings") or []]
    for seen in findings.get("columns") or []:
        name = names.get(seen["position"], seen["position"])
        told += [f"{name}: {one['message']}" for one in seen.get("warnings") or []]
    return [text.shown(one) for one in told]


def _shown_column(column: Plan, seen: Plan) -> Plan:
    kind = column["type"]
    if kind == "numeric" and column.get("precision"):
        kind = f"numeric({column['precision']},{column['scale']})"
    if column.get("format"):
        kind += f" {column['format']}"
    return {
        "column": column["name"],
        "type": kind,
        "header": column["header"],
        "nulls": seen.get("nulls") or None,
        "bad": seen.get("invalid") or None,
        "examples": text.cut(", ".join(seen.get("examples") or []), 60),
    }


COLUMNS: list[Column] = [
    column("column"),
    column("type"),
    column("header", "from"),
    column("nulls", right=True),
    column("bad", right=True),
    column("examples", brief=True),
]
