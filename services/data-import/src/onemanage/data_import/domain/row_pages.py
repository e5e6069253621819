"""The statement that finds rows of a data set, and its values as JSON has them.

Pure. Names come from the catalogue alone and are quoted; what a user gives as a value
is only ever a parameter.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec

from onemanage.contracts.datasets.datasets import (
    FILTER_OPERATORS,
    Cell,
    DatasetColumn,
    RowFilter,
    RowPlace,
    RowSort,
)
from onemanage.data_import.domain.casting.fitting import ROW_ID
from onemanage.data_import.domain.casting.interval_text import interval_of
from onemanage.data_import.domain.planning.names import quoted

PAGE_BYTES = 900_000
"""Of the values in one answer, which with its names fits into a message of NATS."""
SORTED_CHARACTERS = 256
MAX_FILTERS = 50
_MAX_VALUES = 1000
_ROWS = "found"
_SAFE_INTEGER = 2**53 - 1
_JSON_BYTES = 6
"""Bytes at most of a character in JSON: a control character is written \\u0001."""
_MAX_CHARACTERS = 20_000
_COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "="}
_TEXT_ONLY = frozenset({"contains", "starts_with"})
_PG_TYPES = {
    "text": "text",
    "boolean": "boolean",
    "bigint": "bigint",
    "numeric": "numeric",
    "double": "double precision",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "interval": "interval",
}


class InvalidRows(ValueError):
    """A question about rows that has no answer, in words for who asked."""


class Statement(NamedTuple):
    """SQL, the values of its ``$1`` and so on, and what it selects."""

    sql: str
    parameters: list[Any]
    columns: list[DatasetColumn]
    """Selected, after the row's id (and the value that is sorted by)."""


def table_sql(schema: str, table: str) -> str:
    """Quoted."""
    return f"{quoted(schema)}.{quoted(table)}"


def max_characters(columns: int) -> int:
    """How much of one value is shown, so that a row always fits into an answer."""
    return min(_MAX_CHARACTERS, PAGE_BYTES // (_JSON_BYTES * max(1, columns)))


def can_be_cut(column: DatasetColumn) -> bool:
    """Values of all other types are short."""
    return column.type in ("text", "numeric")


def chosen(
    columns: Sequence[DatasetColumn], names: Sequence[str]
) -> list[DatasetColumn]:
    """The named ones in that order, or all. Raises InvalidRows."""
    if not names:
        return list(columns)
    known = {column.name: column for column in columns}
    if len(set(names)) < len(names):
        raise InvalidRows("A column is named twice.")
    return [_known(known, name) for name in names]


def page_statement(
    table: str,
    columns: Sequence[DatasetColumn],
    *,
    names: Sequence[str] = (),
    filters: Sequence[RowFilter] = (),
    sort: RowSort | None = None,
    after: RowPlace | None = None,
    limit: int,
) -> Statement:
    """Rows as (id, sort value, texts, lengths); one more than ``limit``.

    ``table`` is quoted. Raises InvalidRows.
    """
    known = {column.name: column for column in columns}
    selected = chosen(columns, names)
    parameters: list[Any] = []
    conditions = conditions_sql(known, filters, parameters)
    by, key = None, "NULL::text"
    if sort is not None:
        by = _known(known, sort.column)
        key = f"({_sort_sql(by)})::text"
    if after is not None:
        conditions.append(_after_sql(by, sort, after, parameters))
    most = max_characters(len(selected))
    # As arrays: PostgreSQL selects no more than 1,664 things.
    texts = _array([f"left({quoted(c.name)}::text, {most})" for c in selected], "text")
    lengths = _array(
        [f"length({quoted(c.name)}::text)" for c in selected if can_be_cut(c)], "int"
    )
    direction = "DESC" if sort is not None and sort.descending else "ASC"
    order = f"{_ROWS}.{quoted(ROW_ID)} {direction}"
    if by is not None:
        order = f"{_sort_sql(by)} {direction} NULLS LAST, {order}"
    sql = (
        f"SELECT {quoted(ROW_ID)}, {key}, {texts}, {lengths} "
        f"FROM {table} AS {_ROWS}{where_sql(conditions)} ORDER BY {order} LIMIT {int(limit) + 1}"
    )
    return Statement(sql, parameters, selected)


def _array(values: Sequence[str], kind: str) -> str:
    return f"ARRAY[{', '.join(values)}]::{kind}[]"


def where_sql(conditions: Sequence[str]) -> str:
    """All of them, or nothing."""
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def conditions_sql(
    known: Mapping[str, DatasetColumn],
    filters: Sequence[RowFilter],
    parameters: list[Any],
) -> list[str]:
    """Conditions that all must hold; their values are added to ``parameters``.

    Raises InvalidRows.
    """
    if len(filters) > MAX_FILTERS:
        raise InvalidRows(f"At most {MAX_FILTERS} filters at once.")
    return [_condition(_known(known, f.column), f, parameters) for f in filters]


def _condition(column: DatasetColumn, given: RowFilter, parameters: list[Any]) -> str:
    name = quoted(column.name)
    operator = given.operator
    if operator not in FILTER_OPERATORS:
        raise InvalidRows(
            f"Unknown operator {operator!r}. Choose one of "
            f"{', '.join(FILTER_OPERATORS)}."
        )
    if operator in _TEXT_ONLY and column.type != "text":
        raise InvalidRows(
            f"{operator} is for text, and {column.name} is {column.type}."
        )
    if operator == "in":
        return f"{name} = ANY({_parameter(_values(column, given), parameters)})"
    value = _value(column, given)
    if operator == "is_null":
        return f"{name} IS NULL" if value == "true" else f"{name} IS NOT NULL"
    if operator == "contains":
        return f"strpos(lower({name}), lower({_text(value, parameters)})) > 0"
    if operator == "starts_with":
        return f"starts_with(lower({name}), lower({_text(value, parameters)}))"
    typed = _typed(column, value, parameters)
    if operator == "ne":
        return f"{name} IS DISTINCT FROM {typed}"
    return f"{name} {_COMPARISONS[operator]} {typed}"


def _value(column: DatasetColumn, given: RowFilter) -> str:
    if given.value is None:
        raise InvalidRows(
            f"The filter on {column.name} has no value; for NULL there is is_null."
        )
    if given.operator == "is_null":
        if given.value not in ("true", "false"):
            raise InvalidRows(f"is_null of {column.name} takes true or false.")
        return given.value
    _check(column, given.value)
    return given.value


def _values(column: DatasetColumn, given: RowFilter) -> tuple[str, list[str]]:
    if not 1 <= len(given.values) <= _MAX_VALUES:
        raise InvalidRows(f"in of {column.name} takes 1 to {_MAX_VALUES} values.")
    for value in given.values:
        _check(column, value)
    return _PG_TYPES[column.type], list(given.values)


def _parameter(values: tuple[str, list[str]], parameters: list[Any]) -> str:
    kind, given = values
    parameters.append(given)
    return f"${len(parameters)}::text[]::{kind}[]"


def _text(value: str, parameters: list[Any]) -> str:
    parameters.append(value)
    return f"${len(parameters)}::text"


def _typed(column: DatasetColumn, value: str, parameters: list[Any]) -> str:
    return f"{_text(value, parameters)}::{_PG_TYPES[column.type]}"


def _sort_sql(column: DatasetColumn) -> str:
    # With its table, as ORDER BY would take a bare name for one of what is selected.
    name = f"{_ROWS}.{quoted(column.name)}"
    return f"left({name}, {SORTED_CHARACTERS})" if column.type == "text" else name


def _after_sql(
    by: DatasetColumn | None,
    sort: RowSort | None,
    after: RowPlace,
    parameters: list[Any],
) -> str:
    """What comes behind the last row of the page before."""
    than = "<" if sort is not None and sort.descending else ">"
    parameters.append(after.row_id)
    behind = f"{quoted(ROW_ID)} {than} ${len(parameters)}::bigint"
    if by is None:
        return behind
    key = _sort_sql(by)
    if after.value is None:
        return f"({key} IS NULL AND {behind})"
    _check(by, after.value)
    value = _typed(by, after.value, parameters)
    return f"({key} {than} {value} OR {key} IS NULL OR ({key} = {value} AND {behind}))"


def _known(known: Mapping[str, DatasetColumn], name: str) -> DatasetColumn:
    found = known.get(name)
    if found is None:
        raise InvalidRows(f"The data set has no column {name!r}.")
    return found


def _boolean(text: str) -> None:
    if text not in ("true", "false"):
        raise ValueError(text)


def _bigint(text: str) -> None:
    if not -(2**63) <= int(text) < 2**63 or not re.fullmatch(r"[+-]?[0-9]{1,19}", text):
        raise ValueError(text)


def _numeric(text: str) -> None:
    if len(text) > _MAX_CHARACTERS or abs(Decimal(text).adjusted()) > 10_000:
        raise ValueError(text)


def _interval(text: str) -> None:
    found = interval_of(text)
    if found is None or not found.in_range:
        raise ValueError(text)


_CHECKS: dict[str, tuple[Callable[[str], Any], str]] = {
    "boolean": (_boolean, "true or false"),
    "bigint": (_bigint, "a whole number of at most 64 bits"),
    "numeric": (_numeric, "a number"),
    "double": (float, "a number"),
    "date": (date.fromisoformat, "a date like 2026-01-31"),
    "time": (time.fromisoformat, "a time like 23:59:59"),
    "timestamp": (datetime.fromisoformat, "a moment like 2026-01-31T23:59:59"),
    "timestamptz": (datetime.fromisoformat, "a moment like 2026-01-31T23:59:59Z"),
    "interval": (_interval, "a length of time like 25:30:00 or 2 days 01:00:00"),
}


def _check(column: DatasetColumn, value: str) -> None:
    """Raises InvalidRows where the column's type cannot have this value."""
    if "\0" in value:
        raise InvalidRows(f"A value for {column.name} holds a NUL character.")
    if column.type not in _CHECKS:
        return
    parse, wanted = _CHECKS[column.type]
    try:
        parse(value)
    except (ValueError, InvalidOperation, OverflowError):
        shown = value[:80]
        raise InvalidRows(
            f"{column.name} is {column.type}: {shown!r} is not {wanted}."
        ) from None


def cell(kind: str, text: str | None) -> Cell:
    """PostgreSQL's text of a value (dates ISO, zone UTC) as a Cell."""
    if text is None or kind in ("text", "numeric", "date", "time", "interval"):
        return text
    if kind == "boolean":
        return text == "true"
    if kind == "bigint":
        whole = int(text)
        return whole if abs(whole) <= _SAFE_INTEGER else text
    if kind == "double":
        return text if text in ("NaN", "Infinity", "-Infinity") else float(text)
    moment = text.replace(" ", "T", 1)
    return moment.removesuffix("+00") + "Z" if kind == "timestamptz" else moment


def size_of(row: Sequence[Cell]) -> int:
    """Bytes in JSON."""
    return len(msgspec.json.encode(row))
