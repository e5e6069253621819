"""Looking up what EVENTS holds, by a consumer that is nobody else's and soon gone.

Its filter stands in the subject of the request, so that the server can tell whether a
service may read those events (permissions.py); and it pushes, so that no one needs to
be let pull from consumers whose names are not known beforehand.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.nats import Client

_PATIENCE = 5.0
_WITHOUT_DOMAIN = 9


class EventAt(NamedTuple):
    """An event and its place in the stream."""

    sequence: int
    subject: str
    payload: bytes


class Scanned(NamedTuple):
    """How far a look through the stream has come."""

    last: int
    """The place of the last event seen; 0 where there was none."""
    is_all: bool
    """Nothing more was stored."""


class Bounds(NamedTuple):
    """The places of the first and the last event that the stream holds. Where it holds
    none, the first is one after the last."""

    first: int
    last: int


class Place(NamedTuple):
    """What the server says of a message that it pushes."""

    sequence: int
    """In the stream."""
    number: int
    """Of this consumer's messages, from 1."""
    left: int
    """How many more there are at the moment."""


def place_of(message: Msg) -> Place:
    """Raises ValueError or IndexError where it is none of a consumer's."""
    # $JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<sequence>.<count>.
    # <time>.<left>[.<token>] (ADR-15 of NATS)
    tokens = message.reply.split(".")
    at = 5 if len(tokens) == _WITHOUT_DOMAIN else 7
    return Place(int(tokens[at]), int(tokens[at + 1]), int(tokens[at + 3]))


async def bounds(client: Client) -> Bounds:
    """Raises nats.errors.Error or TimeoutError where JetStream cannot say."""
    try:
        info = await management.request(client, f"STREAM.INFO.{topology.EVENTS}")
    except management.JetStreamRefused as refusal:  # there is no leader, say
        raise NatsError(str(refusal)) from refusal
    return Bounds(info["state"]["first_seq"], info["state"]["last_seq"])


async def events_since(
    client: Client, subject: str, since: datetime | int, *, headers_only: bool = False
) -> list[Msg]:
    """Those on ``subject`` (one ``*`` at its end may stand for every status), from a
    moment or a place in the stream on.

    Raises nats.errors.Error or TimeoutError where JetStream cannot say.
    """
    return await _read(client, subject, _from(since) | {"headers_only": headers_only})


async def event_at(client: Client, subject: str, sequence: int) -> Msg | None:
    """The event on ``subject`` that has this place in the stream. Raises as above."""
    for message in await _read(client, subject, _from(sequence), at_most=1):
        if message.metadata.sequence.stream == sequence:
            return message
    return None


async def scan(
    client: Client,
    subject: str,
    start: int | datetime,
    take: Callable[[EventAt], bool],
    at_most: int,
) -> Scanned:
    """Give ``take`` the events on ``subject`` from ``start`` on, one by one, until it
    says False: ``at_most`` of them, so that nobody reads the whole stream at once.

    Only what ``take`` keeps stays in memory. Raises nats.errors.Error or TimeoutError
    where JetStream cannot say.
    """
    scan = _Scan(take)
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox, cb=scan.receive)
    try:
        await subscription.unsubscribe(limit=at_most)
        if await _there(client, inbox, subject, _from(start)):
            await scan.done(at_most)
        else:
            scan.is_all = True
    finally:
        with suppress(NatsError):  # the server's limit or a lost line has ended it
            await subscription.unsubscribe()
    return Scanned(scan.last, scan.is_all)


class _Scan:
    def __init__(self, take: Callable[[EventAt], bool]) -> None:
        self._take = take
        self._count = 0
        self._changed = asyncio.Event()
        self._is_cut = False
        self.last = 0
        self.is_all = False

    async def receive(self, message: Msg) -> None:
        if self._is_cut or self.is_all:
            return
        place = place_of(message)
        if place.number == self._count + 1:
            self._count, self.last = place.number, place.sequence
            event = EventAt(place.sequence, message.subject, message.data)
            self._is_cut = not self._take(event)
            self.is_all = not place.left
        else:  # some were lost on the way; whoever reads on begins after the last
            self._is_cut = True
        self._changed.set()

    async def done(self, at_most: int) -> None:
        while not (self._is_cut or self.is_all or self._count >= at_most):
            self._changed.clear()
            async with asyncio.timeout(_PATIENCE):
                await self._changed.wait()


def _from(start: int | datetime) -> dict[str, Any]:
    if isinstance(start, int):
        return {"deliver_policy": "by_start_sequence", "opt_start_seq": start}
    moment = start.astimezone(UTC).isoformat()
    return {"deliver_policy": "by_start_time", "opt_start_time": moment}


async def push_to(
    client: Client, inbox: str, subject: str, **more: Any
) -> dict[str, Any]:
    """Make a consumer that pushes to ``inbox``, and soon goes when nobody listens there.

    ``more`` says where it begins. Raises nats.errors.Error or TimeoutError.
    """
    name = f"look_up_{secrets.token_hex(8)}"
    config = {
        "name": name,
        "deliver_subject": inbox,
        "filter_subject": subject,
        "ack_policy": "none",
        "replay_policy": "instant",
        "mem_storage": True,
        "num_replicas": 1,
        "inactive_threshold": int(2 * _PATIENCE * 10**9),
        **more,
    }
    path = f"CONSUMER.CREATE.{topology.EVENTS}.{name}.{subject}"
    body = {"stream_name": topology.EVENTS, "config": config, "action": "create"}
    try:
        return await management.request(client, path, body)
    except management.JetStreamRefused as refusal:  # there is no leader, say
        raise NatsError(str(refusal)) from refusal


async def _there(
    client: Client, inbox: str, subject: str, start: dict[str, Any]
) -> int:
    """How many messages come to ``inbox`` now."""
    created = await push_to(client, inbox, subject, **start)
    found: int = created["num_pending"] + created["delivered"]["consumer_seq"]
    return found


async def _read(
    client: Client, subject: str, start: dict[str, Any], at_most: int = 0
) -> list[Msg]:
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox)
    try:
        if at_most:
            await subscription.unsubscribe(limit=at_most)
        left = await _there(client, inbox, subject, start)
        found: list[Msg] = []
        while left and not (at_most and len(found) == at_most):
            found.append(await subscription.next_msg(_PATIENCE))
            left = found[-1].metadata.num_pending
        return found
    finally:
        with suppress(NatsError):  # the server's limit or a lost line has ended it
            await subscription.unsubscribe()
