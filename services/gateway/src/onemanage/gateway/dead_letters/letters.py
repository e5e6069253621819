"""Dead letters for people: look, replay, discard.

A task's letter is replayed through its row, as the next run of the failed task; a
handler's letter by a request to that handler alone. The letter is deleted last: who
dies in between leaves it to be looked at.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from loguru import logger
from nats.errors import NoRespondersError

from onemanage.contracts.base import Command
from onemanage.contracts.registry import task_named
from onemanage.gateway.dead_letters.stream import (
    DeadLetterStream,
    Filter,
    NoSuchLetter,
    StoredLetter,
)
from onemanage.gateway.tasks.command_checks import own_fields
from onemanage.gateway.tasks.store import TaskRow, TaskStore
from onemanage.platform.messaging.events import StoredEvent
from onemanage.platform.messaging.handlers import ask_handler
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.telemetry import TRACEPARENT, trace_headers

HANDLER_FAILED, HANDLER_SILENT = "handler_failed", "handler_unreachable"
_HANDLER_PATIENCE_SECONDS = 30.0


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter as it is shown."""

    id: int
    time: datetime
    reason: str
    error: str
    deliveries: int
    subject: str
    stream: str
    consumer: str
    workspace_id: str | None
    task_id: str | None
    run: int | None
    """Of the task, when the message died."""
    task_state: str | None
    task_run: int | None
    """As the row says now. A task's letter can be replayed while the row is failed, and
    at the letter's run."""


class OpenedLetter(Letter, frozen=True, kw_only=True):
    traceback: str | None
    payload: Any
    """Decoded where it is JSON, else base64."""


class LetterPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Letter]
    next_after: int | None
    """The id to go on after, which is that of the last; None on the last page."""

    @property
    def has_more(self) -> bool:
        """Whether letters follow."""
        return self.next_after is not None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of many letters."""

    replayed: int
    skipped: dict[str, int]
    """Why they cannot be replayed, and how many each."""
    failed: int
    """Whose handler failed again, or is not there."""


class NotReplayed(Exception):
    """The letter stays. ``code`` is stable; the message says why, and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def _leave_to_sweeper(_: TaskRow) -> None:
    """A gateway finds within seconds what waits in the rows."""


class DeadLetters:
    """Works with NATS and the gateway's rows alone.

    ``on_requeued`` is given each row that waits for its turn again.
    """

    def __init__(
        self,
        client: Client,
        tasks: TaskStore,
        on_requeued: Callable[[TaskRow], None] = _leave_to_sweeper,
    ) -> None:
        self._client, self._tasks, self._on_requeued = client, tasks, on_requeued
        self._stream = DeadLetterStream(client)

    async def page(self, limit: int, after: int, wanted: Filter) -> LetterPage:
        """Oldest first, those that came after letter ``after``."""
        found: list[StoredLetter] = []
        next_after = None
        async for stored in self._stream.read(after, wanted):
            if len(found) == limit:
                next_after = found[-1].id
                break
            found.append(stored)
        return LetterPage(items=await self._shown(found), next_after=next_after)

    async def get(self, letter_id: int) -> OpenedLetter:
        """Raises NoSuchLetter."""
        stored = await self._stream.get(letter_id)
        [shown] = await self._shown([stored])
        try:
            payload = msgspec.json.decode(stored.payload)
        except (msgspec.DecodeError, ValueError):
            payload = stored.letter.payload
        return OpenedLetter(
            **msgspec.structs.asdict(shown),
            traceback=stored.letter.traceback,
            payload=payload,
        )

    async def replay(self, letter_id: int) -> None:
        """Raises NoSuchLetter or NotReplayed."""
        await self._replay(await self._stream.get(letter_id))

    async def replay_all(self, wanted: Filter) -> Outcome:
        """Oldest first. What cannot be replayed is counted, and stays."""
        replayed, failed = 0, 0
        skipped: Counter[str] = Counter()
        silent: set[str] = set()
        async for stored in self._stream.read(0, wanted):
            consumer = stored.letter.consumer
            if consumer in silent:
                failed += 1  # asking again could take half a minute, for each
                continue
            try:
                await self._replay(stored)
                replayed += 1
            except NotReplayed as error:
                if error.code == HANDLER_SILENT:
                    silent.add(consumer)
                if error.code in (HANDLER_FAILED, HANDLER_SILENT):
                    failed += 1
                else:
                    skipped[error.code] += 1
        return Outcome(replayed=replayed, skipped=dict(skipped), failed=failed)

    async def discard(self, letter_id: int) -> None:
        """Its task or event stays as it is. Raises NoSuchLetter."""
        stored = await self._stream.get(letter_id)
        if not await self._stream.delete(letter_id):
            raise NoSuchLetter(letter_id)
        logger.bind(task_id=stored.origin.task_id).info(
            "Dead letter {} discarded", letter_id
        )

    async def discard_all(self, wanted: Filter) -> int:
        """How many."""
        discarded = await self._stream.delete_all(wanted)
        logger.info("{} dead letters discarded: {}", discarded, wanted)
        return discarded

    async def _replay(self, stored: StoredLetter) -> None:
        origin = stored.origin
        with logger.contextualize(
            task_id=origin.task_id, workspace_id=origin.workspace_id
        ):
            if stored.is_task:
                self._on_requeued(await self._requeue(stored))
            else:
                await self._hand_over(stored)
            await self._stream.delete(stored.id)
            logger.info("Dead letter {} replayed", stored.id)

    async def _requeue(self, stored: StoredLetter) -> TaskRow:
        task_id, command, fields = _order_in(stored)
        row = await self._tasks.requeue(
            task_id,
            fields,
            stored.letter.subject,
            run=command.run,
            traceparent=trace_headers().get(TRACEPARENT),
        )
        if row is None:
            rows = await self._tasks.of_any_workspace([task_id])
            raise _not_failed(task_id, command.run, rows.get(task_id))
        return row

    async def _hand_over(self, stored: StoredLetter) -> None:
        handler = stored.letter.consumer.removeprefix("consumer_")
        said = StoredEvent(stored.letter.subject, stored.payload)
        try:
            answer = await ask_handler(
                self._client, handler, said, _HANDLER_PATIENCE_SECONDS
            )
        except NoRespondersError:
            text = (
                f"No process runs {handler}. Start its service and replay the letter, "
                "or discard it if there is no such handler any more."
            )
            raise NotReplayed(HANDLER_SILENT, text) from None
        except TimeoutError:
            text = (
                f"{handler} has not answered within "
                f"{_HANDLER_PATIENCE_SECONDS:g} s and may "
                "still be at work. Look at its logs, then replay or discard the letter."
            )
            raise NotReplayed(HANDLER_SILENT, text) from None
        if answer.error is not None:
            text = f"{handler} failed again: {answer.error}. The letter is kept."
            raise NotReplayed(HANDLER_FAILED, text)

    async def _shown(self, found: list[StoredLetter]) -> list[Letter]:
        ids = {each.origin.task_id for each in found if each.origin.task_id}
        rows = await self._tasks.of_any_workspace(list(ids)) if ids else {}
        return [_shown(each, rows.get(each.origin.task_id or "")) for each in found]


def _shown(stored: StoredLetter, row: TaskRow | None) -> Letter:
    letter, origin = stored.letter, stored.origin
    return Letter(
        id=stored.id,
        time=stored.time,
        reason=letter.reason,
        error=letter.error,
        deliveries=letter.deliveries,
        subject=letter.subject,
        stream=letter.stream,
        consumer=letter.consumer,
        workspace_id=row.workspace_id if row else origin.workspace_id,
        task_id=origin.task_id,
        run=origin.run,
        task_state=row.state if row else None,
        task_run=row.run if row else None,
    )


def _order_in(stored: StoredLetter) -> tuple[str, Command, dict[str, Any]]:
    """Task id, command, and the fields of it that a row keeps. Raises NotReplayed.

    What cannot be read is not queued: the relay could never send it.
    """
    envelope = stored.envelope
    spec = task_named(envelope.task_name) if envelope else None
    if envelope is None or spec is None or not envelope.args:
        why = "this release does not know its task"
    else:
        try:
            command = msgspec.convert(envelope.args[0], spec.command)
        except msgspec.ValidationError as error:
            why = str(error)
        else:
            return envelope.task_id, command, own_fields(envelope.args[0])
    text = f"Its message cannot be carried out: {why}. Discard the letter."
    raise NotReplayed("letter_unreadable", text)


def _not_failed(task_id: str, run: int, row: TaskRow | None) -> NotReplayed:
    if row is None:
        text = f"There is no task {task_id} to run again. Discard the letter."
        return NotReplayed("task_missing", text)
    if row.run > run:
        text = (
            f"Its task has been run again since: run {row.run} is {row.state}, the "
            f"letter is of run {run}. Discard the letter."
        )
    elif row.state in ("completed", "cancelled"):
        text = f"Its task is {row.state} and is not run again. Discard the letter."
    else:
        text = (
            f"Its task is {row.state}: it is not known yet that run {run} has failed. "
            "Replay the letter once it is."
        )
    return NotReplayed("task_not_failed", text)
