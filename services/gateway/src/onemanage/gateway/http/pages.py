"""Pages of lists: one way to answer with what was found and with where it ended."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from onemanage.contracts.base import ListPlace
from onemanage.gateway.http import cursors

_MAX_LINK = 4096
"""Characters: proxies take no more of all headers than 4 to 8 KiB. The cursor is in the
body, too."""
_AS_IT_IS = "%/?&=+,:;@!$'()*[]"


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


def whole[T](
    items: Iterable[T], shown: Callable[[T], dict[str, Any]], **told: Any
) -> Response:
    """A list that has one page alone; ``told`` is what it says besides."""
    return _answer(map(shown, items), None, **told)


def newest(id_field: str) -> Callable[[Any], ListPlace]:
    """Places in a list, the newest first; ``id_field`` decides among equals."""

    def place(item: Any) -> ListPlace:
        return ListPlace(created_at=item.created_at, id=getattr(item, id_field))

    return place


def with_link(body: dict[str, Any]) -> Response:
    """A page whose items are under another name. It has its ``next_cursor``."""
    return _Answer(body)


def _answer(
    items: Iterable[dict[str, Any]], cursor: str | None, **told: Any
) -> Response:
    return _Answer({"items": list(items), "next_cursor": cursor, **told})


class _Answer(Response):
    """Names the next page in ``Link`` (RFC 8288), too: the address that this one was
    asked at, with the cursor in it."""

    media_type = "application/json"

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(msgspec.json.encode(body))
        self._cursor: str | None = body["next_cursor"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._cursor is not None:
            link = f'<{_next(scope, self._cursor)}>; rel="next"'
            if len(link) <= _MAX_LINK:
                self.headers["Link"] = link
        await super().__call__(scope, receive, send)


def _next(scope: Scope, cursor: str) -> str:
    """From the root of the host, as in ``Location``. All else stays as it was asked."""
    query = scope["query_string"].decode("latin-1")
    kept = [
        one for one in query.split("&") if one and one.partition("=")[0] != "cursor"
    ]
    asked = "&".join([*kept, f"cursor={cursor}"])
    return quote(f"{scope['path']}?{asked}", safe=_AS_IT_IS)
