"""The owner's side of questions: who is answered when, until when, and with what.

A service's answers stand in its QUERIES table: functions ``async def get_…(query,
deps) -> Answer`` whose query type names the subject in the registry. Replicas share a
queue group, so any of them answers.

Nobody's questions keep another workspace's away: each has a share of the slots. Work
that nobody waits for any more is cancelled, and its statement in PostgreSQL with it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, get_type_hints

import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.base import Query, QueryError
from onemanage.contracts.registry import QuerySpec, query_spec
from onemanage.platform.messaging.at_hand import take_questions
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.outage import is_outage
from onemanage.platform.messaging.queries import (
    BUSY,
    ERROR,
    PATIENCE,
    QueryFailed,
    answer_within,
    seconds_of,
)
from onemanage.platform.messaging.turns import NoTurn, Turns
from onemanage.platform.process.figures import QUERIES, QUERY_SECONDS
from onemanage.platform.process.telemetry import traced

type Answerer[D] = Callable[[Any, D], Awaitable[msgspec.Struct]]

SLOTS = 6
"""Questions that one process works at, and connections to PostgreSQL that it takes."""
SHARE = 3
"""Of those, for one workspace."""
SCAN_SLOTS = 4
"""As many again for questions that may read all that a workspace has (``scans``)."""
SCAN_SHARE = 1
"""With two, both cores of a small machine would work for one workspace."""
_MOST_WAITING = 64
"""Of one workspace, for either kind."""
_TURN_WITHIN = 0.5
"""Seconds that a question waits for a slot; so that it has the rest to be answered."""
_HEADERS_BYTES = 1024

_FULL = "More is asked at the moment than can be answered; try again shortly."
_AWAY = "A server that is needed for the answer is out of reach; try again shortly."
_TOO_SLOW = "There was no answer in time. Ask for less, or try again shortly."
_TOO_LARGE = (
    "The answer has {} bytes, and {} are the most. Ask for fewer at once by limit."
)


def spec_of(answerer: Answerer[Any]) -> QuerySpec:
    """The registry's line for a query function, by the type of its first parameter."""
    hints = get_type_hints(answerer)
    return query_spec(next(iter(hints.values())))


async def answer_queries[D](
    client: Client, answerers: Sequence[Answerer[D]], deps: D, stop: asyncio.Event
) -> None:
    """Answer until ``stop`` is set; what has been asked by then still is answered."""
    desk = _Desk(client, deps)
    specs = [(answerer, spec_of(answerer)) for answerer in answerers]
    kinds = [
        (spec.subject, spec.owner, partial(desk.answer, answerer, spec))
        for answerer, spec in specs
    ]
    await take_questions(client, kinds, stop)


class _Desk[D]:
    """The questions that one process has at hand."""

    def __init__(self, client: Client, deps: D) -> None:
        self._client, self._deps = client, deps
        self._turns = Turns(SLOTS, SHARE, _MOST_WAITING)
        self._scans = Turns(SCAN_SLOTS, SCAN_SHARE, _MOST_WAITING)

    async def answer(
        self, answerer: Answerer[D], spec: QuerySpec, message: Msg
    ) -> None:
        end, begun = "ok", time.monotonic()
        with traced(message.headers, f"answer {spec.subject}", "server"):
            try:
                answer = await self._found(message, answerer, spec)
                body, headers = _fitted(answer, self._most_bytes()), None
            except QueryFailed as error:
                end = error.code
                failure = QueryError(code=error.code, message=error.message)
                body, headers = msgspec.json.encode(failure), {ERROR: "1"}
            QUERIES.add(spec.subject, end)
            QUERY_SECONDS.observe(time.monotonic() - begun, spec.subject)
            try:
                await self._client.publish(message.reply, body, headers=headers)
            except NatsError as error:  # whoever asked has given up by now
                logger.warning(
                    "An answer to {} was not sent: {!r}", spec.subject, error
                )

    def _most_bytes(self) -> int:
        return self._client.max_payload - _HEADERS_BYTES

    async def _found(
        self, message: Msg, answerer: Answerer[D], spec: QuerySpec
    ) -> msgspec.Struct:
        """Raises QueryFailed, and nothing else but for a question taken back."""
        left = seconds_of(message.headers, PATIENCE)
        try:
            query: Query = msgspec.json.decode(message.data, type=spec.question)
        except (msgspec.DecodeError, ValueError) as error:
            raise QueryFailed("invalid", str(error)) from None
        if not left:
            raise QueryFailed("too_slow", _TOO_SLOW)
        turns = self._scans if spec.scans else self._turns
        limit = asyncio.timeout(left)
        answer_within(left)
        try:
            async with limit, turns.turn(query.workspace_id, _TURN_WITHIN):
                return await answerer(query, self._deps)
        except QueryFailed:
            raise
        except NoTurn as error:
            code, text = ("busy", BUSY) if error.own else ("unavailable", _FULL)
            raise QueryFailed(code, text) from None
        except Exception as error:
            if limit.expired():
                raise QueryFailed("too_slow", _TOO_SLOW) from None
            if is_outage(error):
                logger.warning(
                    "Query {} found a server away: {!r}", spec.subject, error
                )
                raise QueryFailed("unavailable", _AWAY) from None
            logger.exception("Query {} failed", spec.subject)
            text = "the answer could not be found"
            raise QueryFailed("internal", text) from None


def _fitted(answer: msgspec.Struct, most: int) -> bytes:
    """A page that is too large for a message is a shorter one. Raises QueryFailed."""
    body = msgspec.json.encode(answer)
    while len(body) > most:
        items: list[Any] = getattr(answer, "items", [])
        keep = min(len(items) * most // len(body), len(items) - 1)
        if keep < 1 or not hasattr(answer, "has_more"):
            raise QueryFailed("too_large", _TOO_LARGE.format(len(body), most))
        answer = msgspec.structs.replace(answer, items=items[:keep], has_more=True)
        body = msgspec.json.encode(answer)
    return body
