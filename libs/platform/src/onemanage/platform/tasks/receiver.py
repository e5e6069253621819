"""TaskIQ's receiver with the guarantees that it lacks.

TaskIQ's own ``listen`` and ``callback`` acknowledge what they cannot read, what they
do not know and what has raised, and strand what arrives while they stop. Here a
message is settled in exactly one of these ways:

    carried out        completed event, then a confirmed acknowledgement
    InvalidInput       failed event, then terminated: trying again cannot help
    raised, timed out  given back with backoff; the last time a dead letter and failed
    unknown task       given back, a newer worker may know it; the last time as above
    unreadable         dead letter at once (and failed, where the task id can be read)

TaskIQ's ``run_task`` still does the running: dependencies, timeout, middlewares.
"""

import asyncio
import contextlib
import signal
from collections import deque
from concurrent.futures import Executor
from typing import Any

import anyio
import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from taskiq import TaskiqMessage
from taskiq.receiver import Receiver as TaskiqReceiver

from onemanage.contracts.base import Command, ErrorInfo
from onemanage.contracts.registry import LANES, CommandSpec, Lane, command_spec
from onemanage.platform.delivery import Heartbeats, bury, confirm, retry_later
from onemanage.platform.health import keep_healthy
from onemanage.platform.nats import PublishUnconfirmed
from onemanage.platform.pull import StandingPull
from onemanage.platform.tasks.broker import Broker
from onemanage.platform.tasks.context import InvalidInput, Progress, reporting
from onemanage.platform.tasks.lifecycle import Lifecycle
from onemanage.platform.tasks.mover import DeadLetterMover
from onemanage.platform.telemetry import traced
from onemanage.platform.topology import TASK_MAX_DELIVER

_UNKNOWN_TASK_DELAY = 5.0
_HEARTBEAT_GRACE = 15.0
_IDLE_TICK = 1.0
_NOT_CARRIED = (
    "no worker that is running can do this; hand the task id to your operator"
)


class Receiver(TaskiqReceiver):
    """Pulls both lanes into ``max_async_tasks`` slots and settles every message."""

    broker: Broker

    def __init__(
        self,
        broker: Broker,
        executor: Executor | None = None,
        *,
        max_async_tasks: int,
        **kwargs: Any,
    ) -> None:
        # Arguments are converted here, by msgspec; TaskIQ would pass on a raw dict.
        kwargs["validate_params"] = False
        super().__init__(broker, executor, max_async_tasks=max_async_tasks, **kwargs)
        self.slots = max_async_tasks
        self._reserved = min(broker.reserved, max_async_tasks - 1)
        self._heartbeats = Heartbeats(broker.settings.task_ack_wait)
        self._pulls: dict[Lane, StandingPull] = {}
        self._waiting: dict[Lane, deque[Msg]] = {lane: deque() for lane in LANES}
        self._running: dict[asyncio.Task[None], Lane] = {}
        self._changed = asyncio.Event()
        self._stopping = False

    async def listen(self, finish_event: asyncio.Event) -> None:
        """Work until ``finish_event`` is set, then finish what runs and leave."""
        _stop_on_signals(finish_event)
        await self.broker.startup()
        client = self.broker.client
        mover = DeadLetterMover(client, self.broker.settings.task_ack_wait)
        for lane, consumer in self.broker.consumers.items():
            self._pulls[lane] = StandingPull(client, consumer, self._taker(lane))
            await self._pulls[lane].open()
        file = self.broker.settings.health_file
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._heartbeats.run)
                group.start_soon(mover.run)
                group.start_soon(keep_healthy, file, lambda: client.is_connected)
                group.start_soon(self._wake_when, finish_event)
                logger.info("Worker for {} is ready", self.broker.domain)
                await self._keep_slots_filled(finish_event)
                await self._stop()
                group.cancel_scope.cancel()
        finally:
            for task in self._running:
                task.cancel()

    async def _wake_when(self, finish_event: asyncio.Event) -> None:
        await finish_event.wait()
        self._changed.set()

    async def _keep_slots_filled(self, finish_event: asyncio.Event) -> None:
        connected = True
        while not finish_event.is_set():
            self._changed.clear()
            is_connected = self.broker.client.is_connected
            if is_connected and not connected:
                for pull in self._pulls.values():
                    await pull.renew()
            connected = is_connected
            self._start_waiting()
            with contextlib.suppress(NatsError):  # reconnecting: asked again next time
                free = self.slots - len(self._running)
                await self._pulls["high"].demand(free)
                await self._pulls["low"].demand(max(0, free - self._reserved))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_IDLE_TICK):
                    await self._changed.wait()

    async def _stop(self) -> None:
        """No new pull; what runs is finished; what waits goes back to the stream."""
        self._stopping = True
        for pull in self._pulls.values():
            await pull.close()
        for lane in LANES:
            await self._give_back(lane)
        if self._running:
            logger.info("Finishing {} running tasks", len(self._running))
            await asyncio.wait(self._running, timeout=self.wait_tasks_timeout)

    def _taker(self, lane: Lane) -> Any:
        def take(message: Msg) -> None:
            self._heartbeats.start(message)
            self._waiting[lane].append(message)
            if self._stopping:
                self._spawn(self._give_back(lane), lane)
            else:
                self._start_waiting()

        return take

    async def _give_back(self, lane: Lane) -> None:
        while self._waiting[lane]:
            message = self._waiting[lane].popleft()
            self._heartbeats.stop(message)
            await message.nak()

    def _start_waiting(self) -> None:
        for lane in LANES:
            while self._waiting[lane] and len(self._running) < self.slots:
                self._spawn(self._work(self._waiting[lane].popleft()), lane)

    def _spawn(self, work: Any, lane: Lane) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._running[task] = lane
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._changed.set()
        if not task.cancelled() and (error := task.exception()):
            # Left unsettled on purpose: JetStream delivers it again after ack_wait.
            logger.opt(exception=error).error("A message could not be settled")

    async def _work(self, message: Msg) -> None:
        try:
            await self._settle(message)
        finally:
            self._heartbeats.stop(message)

    async def _settle(self, message: Msg) -> None:
        with traced(message.headers):
            try:
                envelope = self.broker.formatter.loads(message.data)
            except (msgspec.DecodeError, ValueError) as error:
                await bury(self.broker.client, message, "invalid", error)
                return
            bound = {
                "task_id": envelope.task_id,
                "workspace_id": str(envelope.labels.get("workspace_id", "")),
            }
            with logger.contextualize(**bound):
                await self._settle_task(message, envelope)

    async def _settle_task(self, message: Msg, envelope: TaskiqMessage) -> None:
        spec = command_spec(envelope.task_name)
        task = self.broker.find_task(envelope.task_name)
        if spec is None or task is None:
            await self._settle_unknown(message, envelope)
            return
        lifecycle = Lifecycle(spec, envelope, self.broker.events)
        try:
            command = msgspec.convert(envelope.args[0], spec.type)
        except (msgspec.ValidationError, IndexError) as error:
            info = ErrorInfo(code="task.invalid_command", message=str(error))
            await lifecycle.failed(info)
            await bury(self.broker.client, message, "invalid", error, envelope.task_id)
            return
        self._heartbeats.start(message, spec.timeout + _HEARTBEAT_GRACE)
        await self._run(message, envelope, command, lifecycle)

    async def _settle_unknown(self, message: Msg, envelope: TaskiqMessage) -> None:
        error = f"task {envelope.task_name!r} is not known to this worker"
        if message.metadata.num_delivered < TASK_MAX_DELIVER:
            logger.warning("{}, left for a newer one", error)
            await retry_later(message, _UNKNOWN_TASK_DELAY)
            return
        if spec := command_spec(envelope.task_name):
            lifecycle = Lifecycle(spec, envelope, self.broker.events)
            await lifecycle.failed(ErrorInfo(code="task.unknown", message=_NOT_CARRIED))
        await bury(self.broker.client, message, "unknown", error, envelope.task_id)

    async def _run(
        self,
        message: Msg,
        envelope: TaskiqMessage,
        command: Command,
        lifecycle: Lifecycle,
    ) -> None:
        attempt = message.metadata.num_delivered
        spec = lifecycle.spec
        await lifecycle.started(attempt)
        logger.info("{} started, attempt {}", spec.name, attempt)
        envelope.args = [command]
        envelope.labels["timeout"] = spec.timeout
        task = self.broker.find_task(spec.name)
        assert task is not None  # looked up by _settle_task, and never unregistered
        progress = Progress(
            spec, command.task_id, command.workspace_id, self.broker.events
        )
        with reporting(progress):
            result = await self.run_task(task.original_func, envelope)
        if result.error is None:
            await lifecycle.completed(result.return_value)
            await confirm(message)
            logger.info("{} completed in {} s", spec.name, result.execution_time)
            return
        await self._settle_failure(message, lifecycle, result.error)

    async def _settle_failure(
        self, message: Msg, lifecycle: Lifecycle, error: BaseException
    ) -> None:
        if isinstance(error, InvalidInput):
            logger.info("{} refused its input: {}", lifecycle.spec.name, error)
            await lifecycle.failed(
                ErrorInfo(code=error.code, message=error.message, where=error.where)
            )
            await message.term()
            return
        if message.metadata.num_delivered < TASK_MAX_DELIVER:
            logger.opt(exception=error).warning(
                "{} failed, to be retried", lifecycle.spec.name
            )
            await retry_later(message)
            return
        await lifecycle.failed(_explain(lifecycle.spec, error))
        reason = "timeout" if isinstance(error, TimeoutError) else "raised"
        await bury(self.broker.client, message, reason, error, lifecycle.task_id)


def _explain(spec: CommandSpec, error: BaseException) -> ErrorInfo:
    """What the user is told; the traceback stays in the dead letter."""
    if isinstance(error, TimeoutError):
        text = f"it took longer than {spec.timeout:g} s, {TASK_MAX_DELIVER} times"
        return ErrorInfo(code="task.timeout", message=text, retryable=True)
    if isinstance(error, PublishUnconfirmed):
        text = "the message broker was out of reach; try again later"
        return ErrorInfo(code="task.unavailable", message=text, retryable=True)
    text = (
        f"it failed {TASK_MAX_DELIVER} times for a reason on our side "
        f"({type(error).__name__}); try again, or hand the task id to your operator"
    )
    return ErrorInfo(code="task.failed", message=text, retryable=True)


def _stop_on_signals(finish_event: asyncio.Event) -> None:
    # The loop's own handler wakes it; TaskIQ's waits for the next message.
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError, RuntimeError):  # not in the main thread
            loop.add_signal_handler(number, finish_event.set)
