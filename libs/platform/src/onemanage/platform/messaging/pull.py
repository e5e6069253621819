"""A standing pull on one durable consumer, with credits.

nats-py's ``fetch`` opens and closes a pull for each batch, and a message that arrives
in between lies stranded until its ack_wait ends. Here one inbox stays open, and the
owner says how many messages it could take; only what is missing is asked for.

Messages come under the stream's subject, not the inbox's, so what is still owed is
counted. After a reconnect, or when another node of a cluster takes over, the server
has forgotten our pulls; that shows in a reconnect of the client or in a silence where
heartbeats are due. The count then starts anew on a fresh inbox.

A pull ends before ack_wait does. A process that stands still cannot be told from one
that is idle, and messages go on being given to it for as long as its pulls last; each
of them goes to it once at most, and to another when its ack_wait has ended.
"""

import asyncio
import contextlib
import json
import math
import time
from collections.abc import Callable

from loguru import logger
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.topology import Consumer

_EXPIRES, _EXPIRES_WITHIN = 5.0, 0.8
_BEATS, _SILENCE = 4, 3.0
_NO_LEADER, _ELECTING = "503", 0.1
_LEADERLESS = 30.0


class StandingPull:
    """Hands each message of the consumer to ``take``, never more than are asked for.

    ``wake`` is called when less is owed than was asked for, because a pull has ended.
    """

    def __init__(
        self,
        client: Client,
        consumer: Consumer,
        take: Callable[[Msg], None],
        wake: Callable[[], None],
    ) -> None:
        self.consumer = consumer
        self._client = client
        self._take, self._wake = take, wake
        self._expires = min(_EXPIRES, _EXPIRES_WITHIN * consumer.ack_wait)
        self._silence = max(_SILENCE, _SILENCE * self._expires / _BEATS)
        self._subscription: Subscription | None = None
        self._owed = 0
        self._asked = -math.inf
        self._heard = 0.0
        self._reconnects = 0
        self._inbox = ""
        self._leaderless: float | None = None
        self._draining: set[asyncio.Task[None]] = set()
        self._subject = (
            f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}"
        )

    async def open(self) -> None:
        """Subscribe to an inbox of its own, to which the server delivers what is asked for.
        Open again after a reconnect: what was owed before is lost with the old inbox.
        """
        self._inbox = self._client.new_inbox()
        self._owed = 0
        self._reconnects = self._client.stats["reconnects"]
        self._subscription = await self._client.subscribe(self._inbox, cb=self._receive)

    async def demand(self, wanted: int) -> None:
        """Ask for as many more as it takes for ``wanted`` to be owed."""
        if self._subscription is None or not self._client.is_connected:
            return
        if self._client.stats["reconnects"] != self._reconnects:
            await self._renew()
        elif self._owed and time.monotonic() > self._heard + self._silence:
            logger.warning("Pull on {} was lost, renewing", self.consumer.durable)
            await self._renew()
        missing = wanted - self._owed
        if missing <= self._owed // 4:  # with many slots, ask for several at a time
            return
        self._owed += missing
        self._heard = self._asked = time.monotonic()
        body = {
            "batch": missing,
            "expires": int(self._expires * 10**9),
            "idle_heartbeat": int(self._expires / _BEATS * 10**9),
        }
        await self._client.publish(
            self._subject, json.dumps(body).encode(), reply=self._inbox
        )

    @property
    def is_owed(self) -> bool:
        """Whether a message that was asked for may still come."""
        forgotten = self._client.stats["reconnects"] != self._reconnects
        expired = time.monotonic() > self._asked + self._expires + self._silence
        return self._owed > 0 and not forgotten and not expired

    async def _renew(self) -> None:
        """Forget what is owed and begin on a new inbox.

        What is on its way to the old one, as after this process was paused, still
        arrives: it has been delivered and would be stranded until its ack_wait ends.
        """
        old = self._subscription
        await self.open()
        if old is not None:
            task = asyncio.create_task(_drain(old))
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)

    async def close(self) -> None:
        """Ask for nothing more. What the server has sent already still arrives."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await _drain(subscription)

    async def _receive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        if message.reply:
            self._leaderless = None
            self._owed = max(0, self._owed - 1)
            self._take(message)
            return
        headers = message.headers or {}
        status = headers.get("Status", "")
        if status != _NO_LEADER:
            self._leaderless = None
        if status == "100":
            return
        pending = headers.get("Nats-Pending-Messages")
        self._owed = max(0, self._owed - int(pending)) if pending else 0
        if status == _NO_LEADER:  # for a moment: another node is being elected
            self._warn_of_silence()
            asyncio.get_running_loop().call_later(_ELECTING, self._wake)
        else:
            self._wake()
        if status not in ("404", "408", _NO_LEADER):
            logger.debug("Pull on {} ended: {}", self.consumer.durable, headers)

    def _warn_of_silence(self) -> None:
        """An election takes seconds. What lasts longer, a deleted consumer, say, is not
        to look like a queue without work."""
        now = time.monotonic()
        if self._leaderless is None:
            self._leaderless = now
        elif now > self._leaderless + _LEADERLESS:
            logger.error("{} answers no pull: is it there?", self.consumer.durable)
            self._leaderless = now


async def _drain(subscription: Subscription) -> None:
    with contextlib.suppress(NatsError, TimeoutError):  # it ends with the connection
        await subscription.drain()  # type: ignore[no-untyped-call]  # nats-py gives it no types
