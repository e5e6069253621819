"""What becomes of one delivered task. A message is settled in exactly one of these ways:

    carried out        completed event, then a confirmed acknowledgement
    cancelled          cancelled event, then terminated
    InvalidInput       failed event, then terminated: trying again cannot help
    raised, timed out  given back with backoff; the last time a dead letter and failed
    unknown task       given back, a newer worker may know it; the last time as above
    unreadable         dead letter at once (and failed, where the task id can be read)
    begun three times  a dead letter and failed: its worker was lost each time
    ended before       acknowledged: whoever had it died after saying how it ended
    ended otherwise    acknowledged; the handlers of that end are given it once more
    taken meanwhile    left alone: this worker stood still, and another one has it
    handed over        said to be no attempt, then given back: this worker must go
    interrupted        given back at once: this worker goes down

An attempt that finds a server away (outage.py) waits for it and goes on.

The dead letter comes before the failed event and that before the termination, so that
dying in between repeats a step and loses none. What was begun before may have taken
its worker down: such tasks run one at a time, so that they cannot take each other along.

TaskIQ's ``run_task`` still does the running: dependencies, timeout, middlewares.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from taskiq import TaskiqMessage, TaskiqResult

from onemanage.contracts.base import Command, ErrorInfo, Status
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.registry import AnyTask, task_named
from onemanage.platform.messaging.delivery import (
    Acknowledgements,
    Heartbeats,
    delivery_of,
    retry_later,
    waited,
    write_dead_letter,
)
from onemanage.platform.messaging.history import Histories, History, progress_told
from onemanage.platform.messaging.nats import PublishRefused, PublishUnconfirmed
from onemanage.platform.messaging.outage import is_outage, pauses
from onemanage.platform.process.attempts import note_attempt
from onemanage.platform.process.figures import (
    TASK_ATTEMPTS,
    TASK_HAND_OVERS,
    TASK_QUEUE_SECONDS,
    TASK_REDELIVERIES,
    TASK_RETRIES,
    TASK_RUN_SECONDS,
)
from onemanage.platform.process.telemetry import note_failure, traced
from onemanage.platform.tasks.broker import Broker
from onemanage.platform.tasks.context import Progress, reporting
from onemanage.platform.tasks.ended_otherwise import take_away
from onemanage.platform.tasks.lifecycle import CRASHED, OUTAGE, Lifecycle, run_of
from onemanage.platform.tasks.outcomes import ATTEMPTS, count_end, explained, fitting
from onemanage.platform.tasks.run import (
    STOPS,
    Run,
    TaskCancelled,
    TaskTaken,
    TaskTimeout,
    WorkerLeaves,
)

type RunTask = Callable[
    [Callable[..., Any], TaskiqMessage], Awaitable[TaskiqResult[Any]]
]

_UNKNOWN_TASK_DELAY = 5.0
_UNKNOWN_TASK_TRIES = 12
"""A minute for the newer workers of a rolling deploy."""
_HEARTBEAT_GRACE = 15.0
_ANNOUNCING = 5.0
_NOT_CARRIED = (
    "no worker that is running can do this; hand the task id to your operator"
)
_TOO_LARGE = (
    "what it made is more than its event can carry; hand the task id to your operator"
)


class _Attempt(msgspec.Struct, frozen=True):
    """A task about to be tried."""

    start: int
    """How manieth time it is begun, from 1."""
    number: int
    """Of the attempts, from 1: what was handed over is none."""
    message: Msg
    envelope: TaskiqMessage
    command: Command
    lifecycle: Lifecycle


class Settlement:
    """Runs tasks and settles their messages; ``cancel`` reaches those that run here."""

    def __init__(
        self, broker: Broker, run_task: RunTask, heartbeats: Heartbeats
    ) -> None:
        self._broker, self._run_task, self._heartbeats = broker, run_task, heartbeats
        self._runs: dict[tuple[str, int], Run] = {}
        self._group = broker.settings.compute_group
        self._suspects = asyncio.Lock()
        self._acknowledgements: Acknowledgements
        self._histories: Histories

    def open(self) -> None:
        """Once the broker is connected."""
        self._acknowledgements = Acknowledgements(self._broker.connection)
        self._histories = Histories(self._broker.connection)

    def cancel(self, task_id: str) -> None:
        """Stop the task if it is here, and say that it was cancelled."""
        for (running, _), run in self._runs.items():
            if running == task_id:
                run.stop(TaskCancelled())

    def leave(self) -> None:
        """This worker must go: stop all that runs, to be begun elsewhere."""
        for run in self._runs.values():
            run.stop(WorkerLeaves())

    def has(self, task_id: str) -> bool:
        """Whether it is at work here, or being settled."""
        return any(running == task_id for running, _ in self._runs)

    async def settle(self, message: Msg, ran: Callable[[], None]) -> None:
        """``ran`` is called when the task's own work is done, before it is settled."""
        try:
            envelope = self._broker.formatter.loads(message.data)
        except (msgspec.DecodeError, ValueError) as error:
            with traced(message.headers):
                await self._dead_letter(message, "invalid", error)
            return
        name = f"task {envelope.task_name}"
        workspace_id = str(envelope.labels.get("workspace_id", ""))
        bound = {"task_id": envelope.task_id, "workspace_id": workspace_id}
        with traced(message.headers, name, "consumer", **bound):
            await self._settle_task(message, envelope, ran)

    async def _settle_task(
        self, message: Msg, envelope: TaskiqMessage, ran: Callable[[], None]
    ) -> None:
        spec = task_named(envelope.task_name)
        if spec is None or self._broker.find_task(envelope.task_name) is None:
            await self._settle_unknown(message, envelope)
            return
        lifecycle = Lifecycle(spec, envelope, self._broker.events)
        try:
            command = msgspec.convert(envelope.args[0], spec.command)
        except (msgspec.ValidationError, IndexError) as error:
            info = ErrorInfo(code="task.invalid_command", message=str(error))
            await self._dead_letter(message, "invalid", error, lifecycle, info)
            return
        key = lifecycle.task_id, lifecycle.run
        if key in self._runs:
            logger.warning("Delivered again while it runs here: the first goes on")
            return
        run = self._runs[key] = Run()
        try:
            past = await self._history(message, envelope, lifecycle)
            if past.ended:
                logger.info("{} had ended already", spec.name)
                await self._acknowledgements.confirm(message)
                return
            if past.attempts >= ATTEMPTS:
                await self._dead_letter(
                    message, "crashed", CRASHED.message, lifecycle, CRASHED
                )
                return
            numbers = past.starts + 1, past.attempts + 1
            attempt = _Attempt(*numbers, message, envelope, command, lifecycle)
            async with self._suspects if past.attempts else contextlib.nullcontext():
                self._heartbeats.start(message, spec.timeout + _HEARTBEAT_GRACE)
                await self._carry_out(attempt, run, ran)
        finally:
            del self._runs[key]

    async def _history(
        self, message: Msg, envelope: TaskiqMessage, lifecycle: Lifecycle
    ) -> History:
        resent = envelope.labels.get("resent_since")
        _, deliveries = delivery_of(message)
        if deliveries == 1 and not resent:
            return History()
        if deliveries > 1:
            TASK_REDELIVERIES.add(lifecycle.spec.name)
        since = message.metadata.timestamp
        if resent:
            since = min(since, datetime.fromisoformat(resent))
        of = lifecycle.spec, lifecycle.task_id, lifecycle.run
        past = await self._histories.of(*of, since)
        if past.ended or past.starts or deliveries == 1:
            return past
        # The first start is not waited for: what it killed at once has not said it, and
        # what stands still may yet say it. Said here, it counts, and comes only once.
        await lifecycle.started(1, 1, self._group)
        return History(starts=1, attempts=1)

    async def _carry_out(
        self, attempt: _Attempt, run: Run, ran: Callable[[], None]
    ) -> None:
        message, lifecycle = attempt.message, attempt.lifecycle
        name, begun = lifecycle.spec.name, time.monotonic()
        logger.info("{} started, attempt {}", name, attempt.number)
        TASK_ATTEMPTS.add(name)
        if attempt.start == 1:
            TASK_QUEUE_SECONDS.observe(waited(message), name)
        # Its bytes are written now, before any other event of this run; that the server
        # has it is known while the task runs. A repeated start must be counted, though.
        announcing = asyncio.Task(
            self._announce(attempt, run),
            loop=asyncio.get_running_loop(),
            eager_start=True,
        )
        try:
            if attempt.start > 1:
                await announcing
            result = await self._run(attempt, run, announcing)
            ran()
            TASK_RUN_SECONDS.observe(time.monotonic() - begun, name)
            if result.error is None:
                await self._complete(attempt, result)
                return
            await asyncio.wait({announcing}, timeout=_ANNOUNCING)
            await self._settle_failure(attempt, result.error)
        finally:
            announcing.cancel()
            try:
                await announcing
            except (asyncio.CancelledError, PublishUnconfirmed, NatsError) as error:
                logger.debug("A start was not told, or not looked after: {!r}", error)

    async def _complete(self, attempt: _Attempt, result: TaskiqResult[Any]) -> None:
        message, lifecycle = attempt.message, attempt.lifecycle
        self._heartbeats.start(message, OUTAGE + _HEARTBEAT_GRACE)
        try:
            before = await lifecycle.completed(result.return_value)
        except PublishRefused as error:
            info = ErrorInfo(code="task.result_too_large", message=_TOO_LARGE)
            await self._dead_letter(message, "raised", error, lifecycle, info)
            return
        count_end(lifecycle, "completed")
        await take_away(self._broker.connection, before)
        await self._acknowledgements.confirm(message)
        logger.info("{} completed in {} s", lifecycle.spec.name, result.execution_time)

    async def _announce(self, attempt: _Attempt, run: Run) -> None:
        lifecycle = attempt.lifecycle
        if not await lifecycle.started(attempt.start, attempt.number, self._group):
            # Another worker has it: this one stood still, or the server has died and
            # forgotten whom it had given the task to.
            run.stop(TaskTaken())
            return
        if attempt.start == 1:
            return
        # The end may have been on its way while the past was looked through.
        of, stored = lifecycle, attempt.message.metadata.timestamp
        past = await self._histories.of(of.spec, of.task_id, of.run, stored)
        if past.ended or past.starts > attempt.start:
            run.stop(TaskTaken())

    async def _run(
        self, attempt: _Attempt, run: Run, announcing: asyncio.Task[None]
    ) -> TaskiqResult[Any]:
        message, spec = attempt.message, attempt.lifecycle.spec
        task = self._broker.find_task(spec.name)
        assert task is not None  # looked up by _settle_task, and never unregistered
        function = task.original_func
        resent = "resent_since" in attempt.envelope.labels

        async def stoppable(*args: Any, **named: Any) -> Any:
            note_attempt(is_first=attempt.start == 1 and not resent)
            for pause in chain(pauses(OUTAGE), (None,)):
                try:
                    done = await run.call(spec.timeout, function(*args, **named))
                    return fitting(done, spec.result)
                except Exception as error:
                    is_over = isinstance(error, STOPS) or not is_outage(error)
                    if pause is None or is_over:
                        raise
                    logger.warning("{} waits for a server: {!r}", spec.name, error)
                note_attempt(is_first=False)
                limit = pause + spec.timeout + _HEARTBEAT_GRACE
                self._heartbeats.start(message, limit)
                await run.call(limit, asyncio.sleep(pause))

        async def may_tell() -> bool:
            await asyncio.wait({announcing}, timeout=_ANNOUNCING)
            told = announcing.done() and not announcing.cancelled()
            told = told and announcing.exception() is None
            return told and not self._heartbeats.lapsed(message)

        attempt.envelope.args = [attempt.command]
        told = await self._progress_told(attempt)
        events = self._broker.events
        async with reporting(Progress(spec, attempt.command, events, may_tell, told)):
            return await self._run_task(stoppable, attempt.envelope)

    async def _progress_told(self, attempt: _Attempt) -> int:
        if attempt.start == 1:
            return -1
        lifecycle, since = attempt.lifecycle, attempt.message.metadata.timestamp
        of = lifecycle.spec, lifecycle.task_id, lifecycle.run
        return await progress_told(self._broker.connection, *of, since)

    async def _settle_failure(self, attempt: _Attempt, error: BaseException) -> None:
        message, lifecycle = attempt.message, attempt.lifecycle
        if isinstance(error, asyncio.CancelledError):
            logger.warning("{} was interrupted", lifecycle.spec.name)
            raise error  # the receiver hands it over
        if isinstance(error, TaskTaken) or self._heartbeats.lapsed(message):
            logger.warning("Failed here, but another worker has it by now: {!r}", error)
            return
        if isinstance(error, WorkerLeaves):
            return await self._give_back(attempt)
        if isinstance(error, TaskCancelled):
            await take_away(self._broker.connection, await lifecycle.cancelled())
            await message.term()
            count_end(lifecycle, "cancelled")
            logger.info("{} cancelled", lifecycle.spec.name)
            return
        if isinstance(error, InvalidInput):
            logger.info("{} refused its input: {}", lifecycle.spec.name, error)
            info = ErrorInfo(code=error.code, message=error.message, where=error.where)
            await take_away(self._broker.connection, await lifecycle.failed(info))
            await message.term()
            count_end(lifecycle, "refused")
            return
        if attempt.number < ATTEMPTS:
            logger.opt(exception=error).warning(
                "{} failed, to be retried", lifecycle.spec.name
            )
            TASK_RETRIES.add(lifecycle.spec.name)
            note_failure(f"to be retried: {error!r}")
            await retry_later(message, attempt.number)
            return
        reason = "timeout" if isinstance(error, TaskTimeout) else "raised"
        info = explained(lifecycle.spec, error)
        await self._dead_letter(message, reason, error, lifecycle, info)

    async def _give_back(self, attempt: _Attempt) -> None:
        """To be begun elsewhere at once. What dies in between comes there later."""
        message, lifecycle = attempt.message, attempt.lifecycle
        name = lifecycle.spec.name
        try:
            await lifecycle.handed_over(attempt.start, attempt.number, self._group)
        except (PublishUnconfirmed, NatsError) as error:
            logger.warning("{} is given back, and costs an attempt: {!r}", name, error)
        TASK_HAND_OVERS.add(name)
        await message.nak()

    async def _settle_unknown(self, message: Msg, envelope: TaskiqMessage) -> None:
        error = f"task {envelope.task_name!r} is not known to this worker"
        if delivery_of(message)[1] < _UNKNOWN_TASK_TRIES:
            logger.warning("{}, left for a newer one", error)
            await message.nak(delay=_UNKNOWN_TASK_DELAY)
            return
        info = ErrorInfo(code="task.unknown", message=_NOT_CARRIED)
        if spec := task_named(envelope.task_name):
            lifecycle = Lifecycle(spec, envelope, self._broker.events)
            await self._dead_letter(message, "unknown", error, lifecycle, info)
            return
        name, task_id, labels = envelope.task_name, envelope.task_id, envelope.labels
        client, events = self._broker.connection, self._broker.events
        await write_dead_letter(client, message, "unknown", error, task_id)
        workspace_id = str(labels.get("workspace_id", ""))
        await events.publish_failed(name, task_id, workspace_id, run_of(labels), info)
        await message.term()

    async def _dead_letter(
        self,
        message: Msg,
        reason: str,
        error: BaseException | str,
        lifecycle: Lifecycle | None = None,
        info: ErrorInfo | None = None,
    ) -> None:
        task_id = lifecycle.task_id if lifecycle else None
        client = self._broker.connection
        await write_dead_letter(client, message, reason, error, task_id)
        if lifecycle is not None and info is not None:
            await take_away(self._broker.connection, await lifecycle.failed(info))
            count_end(lifecycle, "dead_letter")
        await message.term()
