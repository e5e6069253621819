"""What an address says of rows: filters, a sort, a place -> contract Structs."""

import hashlib
import re

import msgspec

from onemanage.contracts.datasets import (
    FILTER_OPERATORS,
    RowFilter,
    RowPlace,
    RowSort,
)
from onemanage.gateway import answers
from onemanage.gateway.problems import Problem

_FILTER = re.compile(
    rf'(?:"((?:[^"]|"")+)"|(.+?)):({"|".join(FILTER_OPERATORS)})(?::(.*))?', re.DOTALL
)


def row_filter(given: str) -> RowFilter:
    """``column:operator:value``. Raises a 422 Problem.

    A name that holds an operator between colons stands in double quotes. Values of
    ``in`` are parted by commas, or a JSON list of strings.
    """
    found = _FILTER.fullmatch(given)
    if found is None:
        detail = (
            f"{given!r} is no filter: write column:operator:value, with one of "
            f"{', '.join(FILTER_OPERATORS)}."
        )
        raise Problem(422, "bad_filter", detail)
    inside_quotes, plain, operator, value = found.groups()
    column = inside_quotes.replace('""', '"') if inside_quotes else plain
    if operator != "in":
        if operator == "is_null" and value is None:
            value = "true"
        return RowFilter(column=column, operator=operator, value=value)
    return RowFilter(column=column, operator=operator, values=_values(value or ""))


def _values(given: str) -> list[str]:
    if not given.startswith("["):
        return given.split(",")
    try:
        return msgspec.json.decode(given, type=list[str])
    except msgspec.DecodeError as error:
        detail = f"{given!r} is no JSON list of strings: {error}."
        raise Problem(422, "bad_filter", detail) from None


def row_sort(given: str | None) -> RowSort | None:
    """``column``, ``column:asc`` or ``column:desc``."""
    if given is None:
        return None
    column, _, direction = given.rpartition(":")
    if column and direction in ("asc", "desc"):
        return RowSort(column=column, descending=direction == "desc")
    return RowSort(column=given)


def cursor(place: RowPlace | None, sort: RowSort | None) -> str | None:
    """Opaque to clients; good for the same sort only."""
    if place is None:
        return None
    value = msgspec.json.encode(place.value).decode()
    return answers.cursor(_mark(sort), str(place.row_id), value)


def read_cursor(given: str | None, sort: RowSort | None) -> RowPlace | None:
    """Raises a 422 Problem."""
    parts = answers.read_cursor(given, 3)
    if parts is None:
        return None
    mark, row_id, value = parts
    if mark != _mark(sort) or not re.fullmatch(r"[0-9]{1,18}", row_id):
        detail = "This cursor is of another order; start without one."
        raise Problem(422, "bad_cursor", detail)
    try:
        text = msgspec.json.decode(value, type=str | None)
    except msgspec.DecodeError:
        detail = "This cursor is not one of ours; start without one."
        raise Problem(422, "bad_cursor", detail) from None
    return RowPlace(row_id=int(row_id), value=text)


def _mark(sort: RowSort | None) -> str:
    return hashlib.sha256(msgspec.json.encode(sort)).hexdigest()[:12]
