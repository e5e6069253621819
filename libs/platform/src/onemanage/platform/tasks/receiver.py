"""TaskIQ's receiver with the guarantees that it lacks.

TaskIQ's own ``listen`` and ``callback`` acknowledge what they cannot read, what they
do not know and what has raised, and strand what arrives while they stop. This one
keeps the slots filled from both lanes; what becomes of each task is in settlement.py.
"""

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import Executor
from typing import Any

import anyio
import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from taskiq.receiver import Receiver as TaskiqReceiver

from onemanage.contracts.base import Capacity, new_id
from onemanage.contracts.registry import (
    LANES,
    Lane,
    cancel_subject,
    capacity_subject,
    holder_subject,
)
from onemanage.platform.messaging.delivery import Heartbeats
from onemanage.platform.messaging.pull import StandingPull
from onemanage.platform.process.beginning import StoppedFirst, begun, stop_on_signals
from onemanage.platform.process.figures import WORKER_SLOTS
from onemanage.platform.process.health import keep_healthy
from onemanage.platform.tasks.broker import Broker
from onemanage.platform.tasks.outcomes import expect_failures
from onemanage.platform.tasks.settlement import Settlement

_IDLE_TICK = 1.0
_TELL_EVERY = 2.0
_HANDING_OVER = 5.0
_UNSETTLED = 8
"""Tasks for each slot that may be done and wait for JetStream's confirmations."""


class Receiver(TaskiqReceiver):
    """Pulls both lanes into ``max_async_tasks`` slots and settles every message."""

    broker: Broker

    def __init__(
        self,
        broker: Broker,
        executor: Executor | None = None,
        *,
        max_async_tasks: int,
        exit_when_idle: str | float = math.inf,
        exit_after: str | float = math.inf,
        **kwargs: Any,
    ) -> None:
        # Arguments are converted here, by msgspec; TaskIQ would pass on a raw dict.
        kwargs["validate_params"] = False
        super().__init__(broker, executor, max_async_tasks=max_async_tasks, **kwargs)
        self.slots = max_async_tasks
        self._exit_when_idle = float(exit_when_idle)
        self._exit_after, self._exit_at = float(exit_after), math.inf
        self._reserved = min(broker.reserved, max_async_tasks - 1)
        self._heartbeats = Heartbeats(broker.settings.task_ack_wait)
        self._settlement = Settlement(broker, self.run_task, self._heartbeats)
        self._pulls: dict[Lane, StandingPull] = {}
        self._waiting: dict[Lane, deque[Msg]] = {lane: deque() for lane in LANES}
        self._busy = 0
        """Slots whose task is at its own work; a task that is settled has left its."""
        self._running: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._stopping = False

    async def listen(self, finish_event: asyncio.Event) -> None:
        """Work until ``finish_event`` is set, then finish what runs and leave."""
        # TaskIQ's own handler does not wake the loop: it would wait for a message.
        stop_on_signals(finish_event)
        try:
            await begun(self.broker.startup(), finish_event)
        except StoppedFirst:
            return
        self._settlement.open()
        expect_failures(self.broker.consumers.values(), self.broker.get_all_tasks())
        client = self.broker.connection
        await client.subscribe(cancel_subject("*"), cb=self._cancel)
        await client.subscribe(holder_subject("*"), cb=self._answer_for)
        for lane, consumer in self.broker.consumers.items():
            self._pulls[lane] = StandingPull(
                client, consumer, self._taker(lane), self._changed.set
            )
            await self._pulls[lane].open()
        file = self.broker.settings.health_file
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._heartbeats.run)
                group.start_soon(keep_healthy, file, lambda: client.is_connected)
                group.start_soon(self._wake_when, finish_event)
                group.start_soon(self._tell_capacity)
                async with anyio.create_task_group() as beside:
                    for work in self.broker.beside:
                        beside.start_soon(work, finish_event)
                    logger.info("Worker for {} is ready", self.broker.domain)
                    await self._keep_slots_filled(finish_event)
                    await self._stop()
                group.cancel_scope.cancel()
        finally:
            for task in self._running:
                task.cancel()

    async def _cancel(self, message: Msg) -> None:
        self._settlement.cancel(message.subject.rpartition(".")[2])

    async def _answer_for(self, message: Msg) -> None:
        """Whoever has it says so; of all others nothing is heard."""
        if self._settlement.has(message.subject.rpartition(".")[2]):
            with contextlib.suppress(NatsError):  # asked again, where it matters
                await message.respond(b"")

    async def _tell_capacity(self) -> None:
        """Whoever hands tasks out need not hand out more than can be begun."""
        capacity = Capacity(
            worker_id=new_id("wrk"),
            high=self.slots,
            low=self.slots - self._reserved,
            group=self.broker.settings.compute_group,
        )
        subject = capacity_subject(self.broker.domain)
        body = msgspec.json.encode(capacity)
        gone = msgspec.json.encode(msgspec.structs.replace(capacity, high=0, low=0))
        try:
            with WORKER_SLOTS.following(self._slots):
                while True:
                    told = gone if self._stopping or self._is_leaving else body
                    # Reconnecting: told again soon.
                    with contextlib.suppress(NatsError):
                        await self.broker.connection.publish(subject, told)
                    await asyncio.sleep(_TELL_EVERY)
        finally:
            with contextlib.suppress(NatsError), anyio.CancelScope(shield=True):
                await self.broker.connection.publish(subject, gone)

    async def _wake_when(self, finish_event: asyncio.Event) -> None:
        await finish_event.wait()
        self._changed.set()

    async def _keep_slots_filled(self, finish_event: asyncio.Event) -> None:
        self._exit_at = time.monotonic() + self._exit_after
        self.broker.activity.begin()
        while not finish_event.is_set():
            self._changed.clear()
            self._start_waiting()
            if not self._is_leaving:
                await self._ask_for_more()
            elif not self._running and not self._is_owed:
                logger.info("Leaving: {}", "no work" if self._is_idle else "old enough")
                finish_event.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_IDLE_TICK):
                    await self._changed.wait()

    def _slots(self) -> dict[tuple[str, ...], float]:
        return {("busy",): self._busy, ("free",): self.slots - self._busy}

    @property
    def _is_idle(self) -> bool:
        return self.broker.activity.idle_seconds >= self._exit_when_idle

    @property
    def _is_leaving(self) -> bool:
        """By itself. It then asks for nothing more, and waits for what it has and for
        what it has asked for before; who was idle stays where something of that comes.
        """
        return self._is_idle or time.monotonic() > self._exit_at

    @property
    def _is_owed(self) -> bool:
        return any(pull.is_owed for pull in self._pulls.values())

    async def _ask_for_more(self) -> None:
        with contextlib.suppress(NatsError):  # reconnecting: asked again next time
            await self._pulls["high"].demand(self._free())
            await self._pulls["low"].demand(max(0, self._free() - self._reserved))

    def _free(self) -> int:
        """Slots, less those in use and those whose tasks pile up unsettled."""
        unsettled = len(self._running) - self._busy
        return self.slots - self._busy - max(0, unsettled - _UNSETTLED * self.slots)

    async def _stop(self) -> None:
        """No new pull; what runs is finished; what waits goes back to the stream."""
        self._stopping = True
        for pull in self._pulls.values():
            await pull.close()
        for lane in LANES:
            await self._give_back(lane)
        if self._running:
            logger.info("Finishing {} running tasks", len(self._running))
            _, left = await asyncio.wait(self._running, timeout=self.wait_tasks_timeout)
            await self._hand_over(left)

    async def _hand_over(self, running: set[asyncio.Task[None]]) -> None:
        """To be begun anew elsewhere at once, for here there is no more time."""
        if not running:
            return
        logger.warning("Handing over {} running tasks", len(running))
        self._settlement.leave()
        _, left = await asyncio.wait(running, timeout=_HANDING_OVER)
        for task in left:  # NATS does not answer, say
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_HANDING_OVER)

    def _taker(self, lane: Lane) -> Any:
        def take(message: Msg) -> None:
            self._heartbeats.start(message)
            self._waiting[lane].append(message)
            if self._stopping:
                self._spawn(self._give_back(lane))
            else:
                self._start_waiting()

        return take

    async def _give_back(self, lane: Lane) -> None:
        """To be started elsewhere at once."""
        while self._waiting[lane]:
            message = self._waiting[lane].popleft()
            self._heartbeats.stop(message)
            await message.nak()

    def _start_waiting(self) -> None:
        for lane in LANES:
            while self._waiting[lane] and self._busy < self.slots:
                self._busy += 1
                self._spawn(self._work(self._waiting[lane].popleft()))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.broker.activity.take()
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.broker.activity.leave()
        self._running.discard(task)
        self._changed.set()
        if not task.cancelled() and (error := task.exception()):
            # Left unsettled on purpose: JetStream delivers it again after ack_wait.
            logger.opt(exception=error).error("A message could not be settled")

    async def _work(self, message: Msg) -> None:
        leave = _Once(self._leave_slot)
        try:
            await self._settlement.settle(message, leave)
        except asyncio.CancelledError:
            # This process goes down, not the task.
            if not self._heartbeats.lapsed(message):
                await message.nak()
            raise
        finally:
            leave()
            self._heartbeats.stop(message)

    def _leave_slot(self) -> None:
        self._busy -= 1
        self._start_waiting()
        self._changed.set()


class _Once:
    """Calls a function the first time it is called itself."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __call__(self) -> None:
        function, self._function = self._function, None
        if function is not None:
            function()
