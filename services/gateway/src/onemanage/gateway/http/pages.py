"""Pages of lists: one way to answer with what was found and with where it ended."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import msgspec
from starlette.responses import Response

from onemanage.contracts.base import ListPlace
from onemanage.gateway.http import answers, cursors


class Page[T](Protocol):
    """What was found: a page of a service's, or the rows of a store's."""

    @property
    def items(self) -> Sequence[T]:
        """Those of this page."""

    @property
    def has_more(self) -> bool:
        """Whether others follow."""


class Rows[T](msgspec.Struct, frozen=True):
    """A page of the gateway's own rows."""

    items: Sequence[T]
    has_more: bool


def first[T](rows: Sequence[T], limit: int) -> Rows[T]:
    """A page of ``limit`` at most; one row more, where it was read, tells of others."""
    return Rows(rows[:limit], len(rows) > limit)


def answer[T](
    found: Page[T],
    shown: Callable[[T], dict[str, Any]],
    place: Callable[[T], msgspec.Struct],
) -> Response:
    """The items as they are ``shown``, and a cursor where there are more.

    The cursor is the ``place`` of the last item, a sort key, and not the item, which
    may be gone by the next page (ADR 24). Its type is what ``cursors.read`` is given.
    """
    cursor = cursors.write(place(found.items[-1])) if found.has_more else None
    return _answer(map(shown, found.items), cursor)


def whole[T](items: Iterable[T], shown: Callable[[T], dict[str, Any]]) -> Response:
    """A list that has one page alone."""
    return _answer(map(shown, items), None)


def newest(id_field: str) -> Callable[[Any], ListPlace]:
    """Places in a list, the newest first; ``id_field`` decides among equals."""

    def place(item: Any) -> ListPlace:
        return ListPlace(created_at=item.created_at, id=getattr(item, id_field))

    return place


def _answer(items: Iterable[dict[str, Any]], cursor: str | None) -> Response:
    return answers.json({"items": list(items), "next_cursor": cursor})
