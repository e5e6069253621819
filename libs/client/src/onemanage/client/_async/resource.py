"""What all resources stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_origin, overload

from onemanage.client.answers import decoded
from onemanage.client.model import Model
from onemanage.client.requests import Request

if TYPE_CHECKING:
    from onemanage.client._async.client import AsyncOneManage
    from onemanage.client._async.transport import AsyncTransport

AnswerT = TypeVar("AnswerT", bound=Model)
LaterT = TypeVar("LaterT", bound=Model)
_ACCEPTED = 202


class AsyncResource:
    """Operations that belong together. ``client`` is the whole, for other resources."""

    def __init__(self, client: AsyncOneManage) -> None:
        self._client = client

    @property
    def _transport(self) -> AsyncTransport:
        return self._client.transport

    @overload
    async def _ask(self, request: Request, answer: type[AnswerT]) -> AnswerT: ...

    @overload
    async def _ask(
        self, request: Request, answer: type[AnswerT], later: type[LaterT]
    ) -> AnswerT | LaterT: ...

    async def _ask(
        self, request: Request, answer: type[Any], later: type[Any] | None = None
    ) -> Any:
        """``later`` is what 202 answers, where that is something else."""
        response = await self._transport.send(request)
        kind = answer
        if later is not None and response.status_code == _ACCEPTED:
            kind = later
        plain = get_origin(kind) or kind
        return plain(decoded(response), response.headers.get("ETag"))

    async def _do(self, request: Request) -> None:
        """What answers nothing."""
        if request.method == "DELETE":
            await self._transport.take_away(request)
        else:
            await self._transport.send(request)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._transport.settings.url}>"
