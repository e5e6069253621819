"""What was published and is nowhere: after a stream has lost messages, or was put back.

A row that was published is ended by an event. Where its message has gone from TASKS, no
worker says that it has the task, and EVENTS has no end of it, no such event will come:
then the command is published again, under its own id. Who is given it reads EVENTS once
more before it begins, so that an end that is only late is not followed by another.
"""

import asyncio

from loguru import logger

from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskRow
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client

_BATCH = 200
_AT_ONCE = 50
_SETTLED_SECONDS = 30.0
"""Seconds for which a published row is left to itself."""


class Recovery:
    """``look`` again and again; it raises what NATS or PostgreSQL raise when away."""

    def __init__(self, client: Client, outbox: Outbox, relay: Relay) -> None:
        self._client, self._outbox, self._relay = client, outbox, relay
        self._after = ""
        self._stranded: frozenset[topology.Stranded] = frozenset()
        self.trouble = ""
        """What only an operator can set right; empty where there is nothing."""

    async def look(self) -> None:
        """At the next of the rows that were published and have not ended."""
        rows = await self._outbox.sent(self._after, _BATCH, _SETTLED_SECONDS)
        self._after = rows[-1].id if len(rows) == _BATCH else ""
        gone = [row for row in rows if not await self._relay.stream.holds(row)]
        looked = gone[:_AT_ONCE]
        lost = await asyncio.gather(*map(self._is_lost, looked))
        for row, is_lost in zip(looked, lost, strict=True):
            if is_lost:
                told = logger.bind(task_id=row.id, workspace_id=row.workspace_id)
                told.warning("{} was published and is nowhere: sent again", row.name)
                self._relay.submit(row)
        await self._look_for_stranded()

    async def _is_lost(self, row: TaskRow) -> bool:
        # In this order: a worker tells the end before it lets go of the task.
        if await self._relay.stream.is_in_hand(row.id):
            return False
        return not await self._relay.stream.has_ended(row)

    async def _look_for_stranded(self) -> None:
        """Seen twice, they are: what was just acknowledged looks the same for a moment."""
        before, self._stranded = self._stranded, await topology.stranded(self._client)
        names = sorted({each.consumer for each in self._stranded & before})
        self.trouble = ""
        if names:
            self.trouble = (
                f"TASKS was put back, and {', '.join(names)} will not be given what "
                "lies in it: run onemanage-topology."
            )
            logger.error(self.trouble)
