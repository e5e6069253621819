"""Lists: what is asked for page by page, and looped over item by item."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from onemanage.client.answers import decoded
from onemanage.client.model import Model
from onemanage.client.requests import Request

if TYPE_CHECKING:
    from onemanage.client._async.transport import AsyncTransport

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Model)
_NEXT = {"next_cursor": "cursor", "next_from": "from"}
"""Where a page says that there is another, and how that is asked for."""


class AsyncPages(Generic[ItemT, PageT]):
    """All items of a list. Pages are asked for as they are needed.

    ``async for item in pages`` gives the items, ``pages.pages()`` the pages as they are
    answered. Looping again asks again. ``limit`` of the method is the size of a page.
    """

    def __init__(
        self, transport: AsyncTransport, request: Request, page: type[PageT], items: str
    ) -> None:
        self._transport, self._request = transport, request
        self._page, self._items = page, items

    async def pages(self) -> AsyncIterator[PageT]:
        """Each page, with its ``next_cursor`` or ``next_from``."""
        request: Request | None = self._request
        while request is not None:
            response = await self._transport.send(request)
            data = decoded(response)
            yield self._page(data)
            request = self._next(data)

    async def first_page(self) -> PageT:
        """One page alone."""
        return self._page(decoded(await self._transport.send(self._request)))

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        async for page in self.pages():
            items: list[ItemT] = getattr(page, self._items)
            for item in items:
                yield item

    async def to_list(self, most: int | None = None) -> list[ItemT]:
        """The items, ``most`` at most."""
        found: list[ItemT] = []
        if most is not None and most <= 0:
            return found
        async for item in self:
            found.append(item)
            if len(found) == most:
                break
        return found

    def _next(self, data: Any) -> Request | None:
        for told, asked in _NEXT.items():
            if (at := data.get(told)) is not None:
                query = {**self._request.query, asked: at}
                return replace(self._request, query=query)
        return None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._request.path}>"
