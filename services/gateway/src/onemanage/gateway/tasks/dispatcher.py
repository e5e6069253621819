"""Fair dispatch: tasks wait in PostgreSQL, and each workspace has few before a worker.

Every start or end of a task wakes its subject and workspace, and the oldest that wait
there get their turn. What nobody has asked for has a queue of its own (queues.py) and
yields to what somebody did, but for one task of each workspace in half a minute. A sweeper sees to what nobody was woken for: a process died in
between, or NATS was away.
"""

import asyncio

import anyio
from loguru import logger

from onemanage.gateway.tasks import queues
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.recovery import Recovery
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskRow
from onemanage.gateway.tasks.window import Windows

_EVERY_SECONDS = 2.0
_BATCH = 200
_HOUSEKEEPING_EVERY_SWEEPS = 300
_YIELDS_FOR_SWEEPS = 15
"""Sweeps, until something automatic has its turn whoever waits."""
_RECOVERED_EVERY_SWEEPS = 15
_ALL = ""
"""In place of a workspace: an automatic queue is given turns as a whole."""


class Dispatcher:
    """``wake`` gives turns; ``run`` works until it is cancelled, and so must the relay."""

    def __init__(self, outbox: Outbox, relay: Relay, windows: Windows) -> None:
        self._outbox, self._relay, self._windows = outbox, relay, windows
        self.recovery = Recovery(relay.client, outbox, relay)
        self._due: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._known: set[tuple[str, str]] = set()

    def submit(self, row: TaskRow) -> None:
        """Hand over a row just committed: publish it, or let it wait for its turn."""
        if row.released_at is not None or row.state == "cancelled":
            self._relay.submit(row)
        elif row.subject is not None:
            # Those ahead may all have started before this row could be seen.
            self.wake(row.subject, row.workspace_id)

    def wake(self, subject: str, workspace_id: str) -> None:
        """There may be room. Many calls at once are one statement."""
        pair = subject, _ALL if queues.is_automatic(subject) else workspace_id
        if pair not in self._known:
            self._known.add(pair)
            pause = self._windows.pause(subject)
            asyncio.get_running_loop().call_later(pause, self._due.put_nowait, pair)

    async def finish_held(self) -> None:
        """Wake those whose tasks have all ended, and chunks that there are now."""
        for subject, workspace_id in await self._outbox.fan_out():
            self.wake(subject, workspace_id)
        for subject, workspace_id in await self._outbox.finished_held():
            self.wake(subject, workspace_id)

    async def run(self) -> None:
        """Let tasks go in turn, until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._release)
            group.start_soon(self._keep_sweeping)

    async def _release(self) -> None:
        while True:
            pair = await self._due.get()
            self._known.discard(pair)  # whoever wakes it from here on counts again
            try:
                await self._give_turns(*pair)
            except Exception as error:  # PostgreSQL is away: the sweeper looks again
                logger.warning("Nothing could be released: {!r}", error)

    async def _give_turns(self, subject: str, workspace_id: str) -> None:
        window = self._windows.of(subject)
        if workspace_id == _ALL:
            beside = queues.beside(subject)
            rows = await self._outbox.release_automatic(subject, beside, window)
        else:
            rows = await self._outbox.release(subject, workspace_id, window)
        for row in rows:
            self._relay.submit(row)

    async def _keep_sweeping(self) -> None:
        turn = 0
        while True:
            try:
                if turn % _HOUSEKEEPING_EVERY_SWEEPS == 0:
                    await self._outbox.forget_idempotency_keys()
                if self._relay.is_connected:
                    await self._sweep(turn)
            except Exception as error:  # PostgreSQL is away: look again
                logger.warning("The outbox could not be swept: {!r}", error)
            turn += 1
            await asyncio.sleep(_EVERY_SECONDS)

    async def _sweep(self, turn: int) -> None:
        for task in await self._outbox.unpublished(_BATCH, self._relay.put_off):
            self._relay.submit(task)
        for file in await self._outbox.unannounced_files(_BATCH):
            self._relay.submit(file)
        await self.finish_held()
        for subject, workspace_id in await self._outbox.stalled():
            self.wake(subject, workspace_id)
            if (
                queues.is_automatic(subject)
                and turn % _YIELDS_FOR_SWEEPS == _YIELDS_FOR_SWEEPS - 1
            ):
                for row in await self._outbox.release(subject, workspace_id, 1):
                    self._relay.submit(row)
        for row in await self._outbox.to_cancel(_BATCH):
            await self._relay.ask_to_stop(row.id)
            await self._relay.withdraw(row)
        if turn % _RECOVERED_EVERY_SWEEPS == _RECOVERED_EVERY_SWEEPS - 1:
            await self.recovery.look()
