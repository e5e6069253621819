"""Cursors: where a page of a list has ended, as text that means nothing to clients.

A cursor is the sort key of the last row and not the row, which may be gone by the time
the next page is asked for. It is not signed: a place that somebody makes up is a place
in a list of their own workspace. What cannot be a place is refused here, and nowhere
else.
"""

import base64
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import Query

from onemanage.gateway.http.ids import MAX_INT4
from onemanage.gateway.http.problems import Problem

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


type Cursor = Annotated[
    str | None, Query(description="next_cursor of the page before.", max_length=8192)
]


class NumberPlace(msgspec.Struct, frozen=True):
    """After what has this number."""

    number: int


class NamePlace(msgspec.Struct, frozen=True):
    """After what has this name."""

    name: str


def write(place: msgspec.Struct) -> str:
    """As ``read`` takes it back: JSON in Base64 that needs no escape in an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read[P: msgspec.Struct](
    given: str | None, kind: type[P], *, most: int = MAX_INT4
) -> P | None:
    """The place that ``write`` was given, None where none was. Numbers in it go from 0
    to ``most``. Raises a 422 Problem.
    """
    if given is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        place = msgspec.json.decode(raw, type=kind)
    except (ValueError, RecursionError, msgspec.DecodeError):
        raise bad_cursor() from None
    if not all(_can_be(value, most) for value in msgspec.structs.astuple(place)):
        raise bad_cursor()
    return place


def bad_cursor() -> Problem:
    """A 422 Problem that points at the cursor."""
    detail = (
        "The cursor cannot be read. Send the next_cursor of the page before as it is, "
        "or leave the cursor out to start again."
    )
    errors = [{"pointer": "/cursor", "detail": "Not the next_cursor of a page."}]
    return Problem(422, "bad_cursor", detail, errors=errors)


def _can_be(value: object, most: int) -> bool:
    """Whether a database can compare a column with it."""
    if isinstance(value, datetime):
        return value.tzinfo is not None and _EARLIEST <= value <= _LATEST
    if isinstance(value, str):
        return "\0" not in value
    return not isinstance(value, int) or 0 <= value <= most
