"""Questions between services: request and reply on core NATS, read only, within 2 s.

A service's answers stand in its QUERIES table: functions ``async def get_…(query,
deps) -> Answer`` whose query type names the subject in the registry. Replicas share a
queue group, so any of them answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, get_type_hints

import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from onemanage.contracts.base import Query, QueryError
from onemanage.contracts.registry import QuerySpec, query_spec
from onemanage.platform.nats import Client
from onemanage.platform.telemetry import trace_headers, traced

type Answerer[D] = Callable[[Any, D], Awaitable[msgspec.Struct]]

_TIMEOUT = 2.0
_ERROR = "OneManage-Query-Error"


class QueryFailed(Exception):
    """The owner of the state answered with an error: not_found, invalid, internal."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class QueryUnanswered(Exception):
    """Nobody answered in time. Retryable."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"no answer to {subject} within {_TIMEOUT:g} s")
        self.subject = subject


async def ask[A: msgspec.Struct](client: Client, query: Query, answer: type[A]) -> A:
    """Put ``query`` to its owner. Raises QueryFailed or QueryUnanswered."""
    subject = query_spec(type(query)).subject
    try:
        reply = await client.request(
            subject,
            msgspec.json.encode(query),
            timeout=_TIMEOUT,
            headers=trace_headers() or None,
        )
    except (TimeoutError, NoRespondersError, NatsError):
        raise QueryUnanswered(subject) from None
    if reply.headers and _ERROR in reply.headers:
        error = msgspec.json.decode(reply.data, type=QueryError)
        raise QueryFailed(error.code, error.message)
    return msgspec.json.decode(reply.data, type=answer)


def spec_of(answerer: Answerer[Any]) -> QuerySpec:
    """The registry's line for a query function, by the type of its first parameter."""
    hints = get_type_hints(answerer)
    return query_spec(next(iter(hints.values())))


async def answer_queries[D](
    client: Client, answerers: Sequence[Answerer[D]], deps: D, stop: asyncio.Event
) -> None:
    """Answer until ``stop`` is set; what has been asked by then still is answered."""
    subscriptions = []
    running: set[asyncio.Task[None]] = set()
    for answerer in answerers:
        spec = spec_of(answerer)
        subscriptions.append(
            await client.subscribe(
                spec.subject,
                queue=spec.owner,
                cb=_callback(answerer, spec, deps, running),
            )
        )
    await stop.wait()
    for subscription in subscriptions:
        await subscription.drain()  # type: ignore[no-untyped-call]  # nats-py gives it no types
    if running:
        await asyncio.wait(running)


def _callback[D](
    answerer: Answerer[D],
    spec: QuerySpec,
    deps: D,
    running: set[asyncio.Task[None]],
) -> Callable[[Msg], Awaitable[None]]:
    async def answer(message: Msg) -> None:
        with traced(message.headers):
            body, failed = await _answer(answerer, spec, deps, message.data)
        headers = {_ERROR: "1"} if failed else None
        client = message._client
        await client.publish(message.reply, body, headers=headers)

    async def on_message(message: Msg) -> None:
        # nats-py runs callbacks of a subscription one by one; questions need not wait.
        task = asyncio.create_task(answer(message))
        running.add(task)
        task.add_done_callback(running.discard)

    return on_message


async def _answer[D](
    answerer: Answerer[D], spec: QuerySpec, deps: D, payload: bytes
) -> tuple[bytes, bool]:
    try:
        query = msgspec.json.decode(payload, type=spec.question)
        return msgspec.json.encode(await answerer(query, deps)), False
    except (msgspec.DecodeError, ValueError) as error:
        failure = QueryError(code="invalid", message=str(error))
    except QueryFailed as error:
        failure = QueryError(code=error.code, message=error.message)
    except Exception:
        logger.exception("Query {} failed", spec.subject)
        failure = QueryError(code="internal", message="the answer could not be found")
    return msgspec.json.encode(failure), True
