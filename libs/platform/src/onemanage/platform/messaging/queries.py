"""Questions between services: request and reply on core NATS, read only, within 2 s.

Whoever asks says how many seconds it waits, and takes the question back once it waits
no longer. The owner's side is in answering.py.
"""

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

import msgspec
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError, NoRespondersError

from onemanage.contracts.base import Query, QueryError
from onemanage.contracts.registry import QuerySpec, query_spec, withdraw_subject
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.telemetry import trace_headers

PATIENCE = 2.0
"""Seconds that whoever asks waits."""
SCANS_AT_ONCE = 32
"""Open questions of one workspace that ``scans``; further ones are not even sent."""
BUSY = "This workspace asks more at once than is answered at a time; try again shortly."
ERROR = "OneManage-Query-Error"
QUESTION = "OneManage-Question"
"""Its id, by which it is taken back."""
SECONDS_LEFT = "OneManage-Seconds-Left"
"""Not a time of day: clocks of two machines differ, and by two seconds soon."""
_ON_THE_WAY = 0.1
"""Seconds by which an answer is ready before it is due."""

_until: ContextVar[float | None] = ContextVar("until", default=None)


class QueryFailed(Exception):
    """The owner of the state answered with an error; ``code`` is QueryError's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class QueryUnanswered(Exception):
    """Nobody answered in time. Retryable."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"no answer to {subject} within {PATIENCE:g} s")
        self.subject = subject


async def ask[A: msgspec.Struct](client: Client, query: Query, answer: type[A]) -> A:
    """Put ``query`` to its owner. Raises QueryFailed or QueryUnanswered.

    Cancelled, it takes the question back, and so does the end of its patience.
    """
    spec = query_spec(type(query))
    scan = _open_scan(client, query.workspace_id) if spec.scans else nullcontext()
    with scan:
        return await _asked(client, spec, query, answer)


@contextmanager
def _open_scan(client: Client, workspace_id: str) -> Iterator[None]:
    """Refused here, two hundred at once cost others little time of this process."""
    if client.scans[workspace_id] >= SCANS_AT_ONCE:
        raise QueryFailed("busy", BUSY)
    client.scans[workspace_id] += 1
    try:
        yield
    finally:
        client.scans[workspace_id] -= 1
        if not client.scans[workspace_id]:
            del client.scans[workspace_id]


async def _asked[A: msgspec.Struct](
    client: Client, spec: QuerySpec, query: Query, answer: type[A]
) -> A:
    question = secrets.token_hex(8)
    headers = {QUESTION: question, SECONDS_LEFT: f"{PATIENCE:g}", **trace_headers()}
    body = msgspec.json.encode(query)
    try:
        reply = await client.ask(spec.subject, body, headers, timeout=PATIENCE)
    except MaxPayloadError:
        text = f"The question is {len(body)} bytes long. Give fewer or shorter values."
        raise QueryFailed("invalid", text) from None
    except NoRespondersError:
        raise QueryUnanswered(spec.subject) from None
    except (TimeoutError, NatsError):
        await take_back(client, spec.owner, question)
        raise QueryUnanswered(spec.subject) from None
    except asyncio.CancelledError:
        await take_back(client, spec.owner, question)
        raise
    if reply.headers and ERROR in reply.headers:
        error = msgspec.json.decode(reply.data, type=QueryError)
        raise QueryFailed(error.code, error.message)
    return msgspec.json.decode(reply.data, type=answer)


def refuse_older_page(row_id: str | None) -> None:
    """Lists go on from a place, not from a row: one that is gone would start them anew.

    A gateway of an older release names a row. Raises QueryFailed.
    """
    if row_id is not None:
        text = "This cursor is of an older release. Start again without a cursor."
        raise QueryFailed("invalid", text)


async def take_back(client: Client, owner: str, question: str) -> None:
    """Nobody waits for this question any more.

    Behind the question on the same connection, so it arrives after it.

    If it is lost, the owner stops by itself when the seconds are over.
    """
    try:
        await client.publish(withdraw_subject(owner), question.encode())
    except NatsError:
        return  # the connection is gone, and the question with it


def seconds_of(headers: Mapping[str, str] | None, otherwise: float) -> float:
    """For the work on a question; ``otherwise`` where it does not say how long its
    asker waits."""
    given = (headers or {}).get(SECONDS_LEFT, "")
    try:
        seconds = float(given) if given else otherwise
    except ValueError:
        seconds = otherwise
    return max(0.0, seconds - _ON_THE_WAY)


def answer_within(seconds: float) -> None:
    """Whatever this context asks of servers from now on is for an answer due by then."""
    _until.set(asyncio.get_running_loop().time() + seconds)


def seconds_left() -> float:
    """Until the answer under way here is due, at least 0; outside of one, all of it."""
    until = _until.get()
    if until is None:
        return PATIENCE
    return max(0.0, until - asyncio.get_running_loop().time())
