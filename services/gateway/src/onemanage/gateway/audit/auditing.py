"""The outermost of the app but for CORS: it sees how every request ends."""

import asyncio

from cachetools import TTLCache
from loguru import logger
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onemanage.gateway.audit.entries import Entry
from onemanage.gateway.audit.targets import target_of

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED = frozenset({401, 403})
_OFTEN = frozenset({401, 403, 429})
"""Answers that cost nobody anything to get: one a minute of a kind is written."""
_MINUTE = 60.0
_SECONDS = 2.0
"""For telling how a request ended: its answer waits for that."""
_MAX_KEPT = 10_000


class Auditing:
    """Gives each request that may change something its entry, and ends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._told: TTLCache[tuple[object, ...], bool] = TTLCache(_MAX_KEPT, _MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_read = scope["method"] in _READS
        entry = None if is_read else Entry(scope)

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                status: int = message["status"]
                if entry is not None:
                    await self._tell(entry, scope, message)
                elif status in _REFUSED:
                    await self._tell(Entry(scope), scope, message)
            await send(message)

        if entry is None:
            await self._app(scope, receive, send_told)
        else:
            with entry:
                await self._app(scope, receive, send_told)

    async def _tell(self, entry: Entry, scope: Scope, message: Message) -> None:
        """How it ended. What was changed has its row by now, so the answer goes out
        whatever becomes of this."""
        if entry.is_ended:
            return
        try:
            async with asyncio.timeout(_SECONDS):
                if entry.is_kept:
                    made = _made(entry, message)
                    await entry.gateway.audit.end(entry.id, message["status"], made)
                elif target_of(scope) is not None:
                    await self._write(entry, message)
        except Exception as error:  # whatever it is, the change is kept and has its row
            logger.error("How {} ended is not in the audit: {!r}", entry.id, error)

    async def _write(self, entry: Entry, message: Message) -> None:
        """What changed nothing, where anybody is known to have tried it."""
        audit, status, fact = entry.gateway.audit, message["status"], entry.fact()
        kind = fact.actor_id, fact.session_id, entry.email, fact.address, fact.action
        if not self._is_news(status, *kind):
            return
        if entry.workspace_id is not None:
            told = entry.fact(*_made(entry, message))
            await audit.write(told, entry.workspace_id, status)
        elif entry.email is not None:
            await audit.refuse_login(entry.email, fact, status)

    def _is_news(self, status: int, *kind: str | None) -> bool:
        """Whether it was not written a moment ago. Wrong passwords all are: they are
        few, as each makes the next one wait."""
        if status not in _OFTEN or (status == 401 and kind[2] is not None):
            return True
        is_news = not self._told.get((status, *kind))
        self._told[(status, *kind)] = True
        return is_news


def _made(entry: Entry, message: Message) -> list[str]:
    """Ids of what the request has made: what the route named, and where it lies."""
    made = [*entry.made]
    location = Headers(raw=message["headers"]).get("location")
    if location and message["status"] < 300:
        made.append(location.rpartition("/")[2])
    return [one for one in dict.fromkeys(made) if one not in entry.fact().objects]
