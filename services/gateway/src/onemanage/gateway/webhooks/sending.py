"""Sends what is due, in as many processes as there are.

What a process that dies has taken is anybody's again when its lease ends: an event is
sent at least once, and maybe twice, under one id.
"""

import asyncio
import contextlib
import random
from itertools import chain

import anyio
from loguru import logger

from onemanage.contracts.base import utc_now
from onemanage.gateway.webhooks.delivery_store import DeliveryStore, Due
from onemanage.gateway.webhooks.posting import GONE, Outcome, Poster
from onemanage.gateway.webhooks.signing import signed_headers
from onemanage.platform.messaging.outage import is_outage, pauses
from onemanage.platform.process.figures import WEBHOOK_ATTEMPTS
from onemanage.platform.process.sealing import SealingError, unseal

PAUSES = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds between attempts, as Standard Webhooks suggests: three days and three hours
and a half in all, and then an event is given up."""
JITTER = 0.1
"""A pause is longer by up to this part of it, so that not all come back at once."""
_AT_ONCE = 96
"""More than the webhooks of one workspace can take together."""
_LOOK_AGAIN_SECONDS = 1.0
_GATHER_SECONDS = 0.02
"""Between two looks, so that one statement takes what several have made room for."""
_LEASE_BEYOND_SECONDS = 45.0
"""After an attempt: the time there is to write down what came of it."""
_LAST_SECONDS = 5.0
"""For what is under way when the process ends."""
_HEADERS = {
    "Content-Type": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "OneManage-Webhooks/1",
}


def pause_after(attempts: int) -> float | None:
    """Seconds until the next attempt after so many; None: it is given up."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + random.uniform(0, JITTER))


class Sender:
    """``wake`` says that something may be due; ``run`` sends until it is cancelled."""

    def __init__(
        self, store: DeliveryStore, poster: Poster, sealing_key: str, seconds: float
    ) -> None:
        self._store, self._poster = store, poster
        self._key = sealing_key
        self._lease = seconds + _LEASE_BEYOND_SECONDS
        self._changed = asyncio.Event()
        self._stopping = False
        self._under_way = 0

    def wake(self) -> None:
        """Something may be due: look now."""
        self._changed.set()

    async def run(self) -> None:
        """Send what is due, until ``stop``."""
        async with anyio.create_task_group() as group:
            while not self._stopping:
                self._changed.clear()
                for due in await self._due():
                    self._under_way += 1
                    group.start_soon(self._deliver, due)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                        await self._changed.wait()
                await asyncio.sleep(_GATHER_SECONDS)

    async def stop(self) -> None:
        """Take nothing more, and let what is under way come to its end for a while."""
        self._stopping = True
        with anyio.move_on_after(_LAST_SECONDS):
            while self._under_way:
                self._changed.clear()
                await self._changed.wait()

    async def _due(self) -> list[Due]:
        if self._under_way >= _AT_ONCE:
            return []
        try:
            most = _AT_ONCE - self._under_way
            return list(await self._store.take(most, self._lease))
        except Exception as error:  # PostgreSQL is away: look again
            logger.warning("Nothing could be sent to webhooks: {!r}", error)
            return []

    async def _deliver(self, due: Due) -> None:
        bound = {
            "workspace_id": due.workspace_id,
            "webhook_id": due.webhook_id,
            "delivery_id": due.id,
        }
        try:
            with logger.contextualize(**bound):
                await self._tell(due, await self._attempt(due))
        except Exception:  # it is anybody's again when the lease ends
            logger.exception("What came of a delivery could not be written down")
        finally:
            self._under_way -= 1
            self._changed.set()

    async def _attempt(self, due: Due) -> Outcome:
        try:
            url, keys = self._opened(due)
        except SealingError:
            error = (
                "The secret or the address can no longer be opened. Give the webhook "
                "its url again, and rotate its secret."
            )
            return Outcome(error=error)
        signed = signed_headers(keys, str(due.event_id), utc_now(), due.payload)
        return await self._poster.post(url, _HEADERS | signed, due.payload)

    def _opened(self, due: Due) -> tuple[str, list[str]]:
        def opened(sealed: str) -> str:
            return unseal(self._key, sealed, due.workspace_id)

        url = due.url if due.sealed_url is None else opened(due.sealed_url)
        sealed = due.sealed_secret, due.previous_sealed_secret
        return url, [opened(one) for one in sealed if one is not None]

    async def _tell(self, due: Due, outcome: Outcome) -> None:
        """While PostgreSQL is away, for as long as the lease lasts, it is said again."""
        for pause in chain(pauses(_LEASE_BEYOND_SECONDS / 2), (None,)):
            try:
                return await self._tell_once(due, outcome)
            except Exception as error:
                if pause is None or not is_outage(error):
                    raise
                await asyncio.sleep(pause)

    async def _tell_once(self, due: Due, outcome: Outcome) -> None:
        if outcome.error is None:
            await self._store.delivered(due, outcome)
            WEBHOOK_ATTEMPTS.add("delivered")
            logger.debug("{} is delivered", due.type)
            return
        is_gone = outcome.status == GONE
        pause = None if is_gone else pause_after(due.attempts + 1)
        logger.info(
            "{} is not delivered, {}: {}",
            due.type,
            "and given up" if pause is None else f"again in {pause:.0f} s",
            outcome.error,
        )
        WEBHOOK_ATTEMPTS.add("given_up" if pause is None else "retried")
        switched = await self._store.failed(due, outcome, pause, is_gone)
        if switched is not None:
            logger.warning("The webhook is switched off: {}", switched.reason)
