"""What all resources stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_origin, overload

from onemanage.client.answers import decoded
from onemanage.client.model import Model
from onemanage.client.requests import Request

if TYPE_CHECKING:
    from onemanage.client._sync.client import OneManage
    from onemanage.client._sync.transport import Transport

AnswerT = TypeVar("AnswerT", bound=Model)
LaterT = TypeVar("LaterT", bound=Model)
_ACCEPTED = 202


class Resource:
    """Operations that belong together. ``client`` is the whole, for other resources."""

    def __init__(self, client: OneManage) -> None:
        self._client = client

    @property
    def _transport(self) -> Transport:
        return self._client.transport

    @overload
    def _ask(self, request: Request, answer: type[AnswerT]) -> AnswerT: ...

    @overload
    def _ask(
        self, request: Request, answer: type[AnswerT], later: type[LaterT]
    ) -> AnswerT | LaterT: ...

    def _ask(
        self, request: Request, answer: type[Any], later: type[Any] | None = None
    ) -> Any:
        """``later`` is what 202 answers, where that is something else."""
        response = self._transport.send(request)
        kind = answer
        if later is not None and response.status_code == _ACCEPTED:
            kind = later
        plain = get_origin(kind) or kind
        return plain(decoded(response), response.headers.get("ETag"))

    def _do(self, request: Request) -> None:
        """What answers nothing."""
        if request.method == "DELETE":
            self._transport.take_away(request)
        else:
            self._transport.send(request)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._transport.settings.url}>"
