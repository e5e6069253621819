"""What an address says of rows: filters, a sort, a place -> contract Structs."""

import hashlib
import re

import msgspec

from onemanage.contracts.datasets.datasets import (
    FILTER_OPERATORS,
    RowFilter,
    RowPlace,
    RowSort,
)
from onemanage.gateway.http import cursors
from onemanage.gateway.http.ids import MAX_INT8
from onemanage.gateway.http.problems import Problem

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
            f"The filter {given!r} cannot be read. Write column:operator:value, where "
            f"the operator is one of {', '.join(FILTER_OPERATORS)}."
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
        detail = (
            f"The values {given!r} of the filter cannot be read: {error}. Write them "
            "parted by commas, or as a JSON list of strings."
        )
        raise Problem(422, "bad_filter", detail) from None


def row_sort(given: str | None) -> RowSort | None:
    """``column``, ``column:asc`` or ``column:desc``."""
    if given is None:
        return None
    column, _, direction = given.rpartition(":")
    if column and direction in ("asc", "desc"):
        return RowSort(column=column, descending=direction == "desc")
    return RowSort(column=given)


class _SortedPlace(msgspec.Struct, frozen=True):
    """``mark`` tells the sort that the place is of."""

    mark: str
    row_id: int
    value: str | None


def cursor(place: RowPlace | None, sort: RowSort | None) -> str | None:
    """Opaque to clients; good for the same sort only."""
    if place is None:
        return None
    return cursors.write(_SortedPlace(_mark(sort), place.row_id, place.value))


def read_cursor(given: str | None, sort: RowSort | None) -> RowPlace | None:
    """Raises a 422 Problem."""
    place = cursors.read(given, _SortedPlace, most=MAX_INT8)
    if place is None:
        return None
    if place.mark != _mark(sort):
        detail = (
            "The cursor belongs to another sort. Send the sort of the page before, or "
            "leave the cursor out to start again."
        )
        raise Problem(422, "bad_cursor", detail)
    return RowPlace(row_id=place.row_id, value=place.value)


def _mark(sort: RowSort | None) -> str:
    return hashlib.sha256(msgspec.json.encode(sort)).hexdigest()[:12]
