"""A standing pull on one durable consumer, with credits.

nats-py's ``fetch`` opens and closes a pull for each batch, and a message that arrives
in between lies stranded until its ack_wait ends. Here one inbox stays open, and the
owner says how many messages it could take; only what is missing is asked for.

Messages come under the stream's subject, not the inbox's, so what is still owed is
counted. After a reconnect the server has forgotten our pulls: the count starts anew
on a fresh inbox.
"""

import json
import time
from collections.abc import Callable

from loguru import logger
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from onemanage.platform.topology import Consumer

_EXPIRES = 30.0
_GRACE = 2.0


class StandingPull:
    """Hands each message of the consumer to ``take``, never more than are asked for."""

    def __init__(
        self, client: Client, consumer: Consumer, take: Callable[[Msg], None]
    ) -> None:
        self.consumer = consumer
        self._client = client
        self._take = take
        self._subscription: Subscription | None = None
        self._owed = 0
        self._deadline = 0.0
        self._inbox = ""
        self._subject = (
            f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}"
        )

    async def open(self) -> None:
        self._inbox = self._client.new_inbox()
        self._owed = 0
        self._subscription = await self._client.subscribe(self._inbox, cb=self._receive)

    async def demand(self, wanted: int) -> None:
        """Ask for as many more as it takes for ``wanted`` to be owed."""
        if self._subscription is None or not self._client.is_connected:
            return
        if self._owed and time.monotonic() > self._deadline:
            # The server said nothing when the pull must have expired: it is gone.
            logger.warning("Pull on {} was lost, renewing", self.consumer.durable)
            await self.renew()
        missing = wanted - self._owed
        if missing <= 0:
            return
        self._owed += missing
        self._deadline = time.monotonic() + _EXPIRES + _GRACE
        body = {"batch": missing, "expires": int(_EXPIRES * 10**9)}
        await self._client.publish(
            self._subject, json.dumps(body).encode(), reply=self._inbox
        )

    async def renew(self) -> None:
        """Forget what is owed and begin on a new inbox, as after a reconnect."""
        subscription = self._subscription
        await self.open()
        if subscription is not None:
            await subscription.unsubscribe()

    async def close(self) -> None:
        """Ask for nothing more. What the server has sent already still arrives."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await subscription.drain()  # type: ignore[no-untyped-call]  # nats-py gives it no types

    async def _receive(self, message: Msg) -> None:
        if message.reply:
            self._owed = max(0, self._owed - 1)
            self._take(message)
            return
        headers = message.headers or {}
        status = headers.get("Status", "")
        if status == "100":
            return
        pending = headers.get("Nats-Pending-Messages")
        self._owed = max(0, self._owed - int(pending)) if pending else 0
        if status not in ("404", "408"):
            logger.debug("Pull on {} ended: {}", self.consumer.durable, headers)
