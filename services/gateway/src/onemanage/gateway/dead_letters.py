"""Dead letters for people: look, replay, discard.

A letter's id is its sequence in the stream DLQ. A task's letter is replayed through
its row, as the next run of the failed task; a handler's letter by a request to that
handler alone. The letter is deleted last, so a crash leaves it to be looked at.
"""

import base64
import binascii
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from nats.errors import Error as NatsError

from onemanage.contracts.registry import command_spec, handle_subject
from onemanage.gateway.task_store import TaskRow, TaskStore
from onemanage.platform import topology
from onemanage.platform.commands import Envelope
from onemanage.platform.delivery import DeadLetter
from onemanage.platform.handlers import Replay, Replayed
from onemanage.platform.nats import Client

_NO_MESSAGE = 10037
_HANDLER_PATIENCE = 30.0
_IDS = ("type", "task_id", "workspace_id", "run")


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which letters: all, or those that fit what is given."""

    reason: str | None = None
    task_id: str | None = None
    subject: str = ">"
    """Of the message that died, as ``tasks.psd.>``."""

    @property
    def is_open(self) -> bool:
        return self == Filter()

    def takes(self, letter: DeadLetter) -> bool:
        return self.reason in (None, letter.reason) and self.task_id in (
            None,
            letter.task_id,
        )


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter as it is shown."""

    id: int
    time: datetime
    reason: str
    error: str
    deliveries: int
    subject: str
    consumer: str
    task_id: str | None
    run: int | None
    workspace_id: str | None
    task_state: str | None
    """As the row says now: a task that is not failed cannot be replayed any more."""


class Opened(Letter, frozen=True, kw_only=True):
    traceback: str | None
    payload: Any
    """Decoded where it is JSON, else base64."""


class Letters(msgspec.Struct, frozen=True):
    items: list[Letter]
    next_after: int | None


class NotReplayed(Exception):
    """``code`` is stable; the message says why, and what can be done."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class NoSuchLetter(Exception):
    def __init__(self, letter_id: int) -> None:
        super().__init__(f"There is no dead letter {letter_id}.")
        self.letter_id = letter_id


class _Stored(msgspec.Struct, frozen=True):
    id: int
    time: datetime
    letter: DeadLetter

    @property
    def payload(self) -> bytes:
        return base64.b64decode(self.letter.payload)

    @property
    def envelope(self) -> Envelope | None:
        if self.letter.stream != topology.TASKS:
            return None
        try:
            return msgspec.json.decode(self.payload, type=Envelope)
        except (msgspec.DecodeError, ValueError):
            return None


class DeadLetters:
    """Works with NATS and the gateway's rows alone."""

    def __init__(self, client: Client, tasks: TaskStore) -> None:
        self._client, self._tasks = client, tasks

    async def page(self, limit: int, after: int, wanted: Filter) -> Letters:
        """Oldest first, those that came after letter ``after``."""
        found: list[_Stored] = []
        async for stored in self._read(after + 1, wanted):
            if len(found) == limit:
                return Letters(await self._shown(found), found[-1].id)
            found.append(stored)
        return Letters(await self._shown(found), None)

    async def get(self, letter_id: int) -> Opened:
        """Raises NoSuchLetter."""
        stored = await self._get(letter_id)
        [shown] = await self._shown([stored])
        try:
            payload = msgspec.json.decode(stored.payload)
        except (msgspec.DecodeError, ValueError):
            payload = stored.letter.payload
        return Opened(
            **msgspec.structs.asdict(shown),
            traceback=stored.letter.traceback,
            payload=payload,
        )

    async def replay(self, letter_id: int) -> TaskRow | None:
        """The task's row, which waits for its turn, or None after a handler's letter.

        Raises NoSuchLetter or NotReplayed.
        """
        stored = await self._get(letter_id)
        row = None
        if stored.letter.stream == topology.TASKS:
            row = await self._requeue(stored)
        else:
            await self._hand_over(stored)
        with suppress(NoSuchLetter):  # discarded meanwhile, which is where it goes
            await self.discard(letter_id)
        return row

    async def replay_all(self, wanted: Filter) -> tuple[list[TaskRow], Counter[str]]:
        """Rows that wait for their turn; and how many were replayed, or why not."""
        rows: list[TaskRow] = []
        told: Counter[str] = Counter()
        async for stored in self._read(1, wanted):
            try:
                row = await self.replay(stored.id)
            except NotReplayed as error:
                told[error.code] += 1
            except NoSuchLetter:
                continue  # somebody else was a moment quicker
            else:
                told["replayed"] += 1
                rows += [row] if row else []
        return rows, told

    async def discard(self, letter_id: int) -> None:
        """Raises NoSuchLetter."""
        path = f"STREAM.MSG.DELETE.{topology.DLQ}"
        try:
            await topology.request(self._client, path, {"seq": letter_id})
        except topology.JetStreamRefused:
            await self._get(letter_id)  # says so where it is gone
            raise

    async def discard_all(self, wanted: Filter) -> int:
        discarded = 0
        async for stored in self._read(1, wanted):
            try:
                await self.discard(stored.id)
            except NoSuchLetter:
                continue  # somebody else was a moment quicker
            discarded += 1
        return discarded

    async def _requeue(self, stored: _Stored) -> TaskRow:
        envelope = stored.envelope
        spec = command_spec(envelope.task_name) if envelope else None
        command = envelope.args[0] if envelope and envelope.args else None
        if envelope is None or spec is None or not isinstance(command, dict):
            text = "Nothing of it can be carried out: it is no task known here. "
            raise NotReplayed("unreadable", text + "Discard it.")
        task_id = envelope.task_id
        row = await self._tasks.requeue(
            task_id,
            {name: value for name, value in command.items() if name not in _IDS},
            stored.letter.subject,
            run=command.get("run", 1),
        )
        if row is not None:
            return row
        found = (await self._tasks.of_any_workspace([task_id])).get(task_id)
        if found is None:
            text = f"Its task {task_id} has no row. Discard it."
            raise NotReplayed("no_task", text)
        text = (
            f"Its task is {found.state}, at run {found.run}; only a run that failed "
            "is replayed, and once. Discard the letter."
        )
        raise NotReplayed("not_failed", text)

    async def _hand_over(self, stored: _Stored) -> None:
        handler = stored.letter.consumer.removeprefix("consumer_")
        question = Replay(stored.letter.subject, stored.payload)
        try:
            reply = await self._client.ask(
                handle_subject(handler),
                msgspec.json.encode(question),
                timeout=_HANDLER_PATIENCE,
            )
        except (TimeoutError, NatsError):
            text = f"No process runs {handler} now; start one, and replay it then."
            raise NotReplayed("unanswered", text) from None
        answer = msgspec.json.decode(reply.data, type=Replayed)
        if answer.error is not None:
            text = f"{handler} failed again: {answer.error}"
            raise NotReplayed("failed_again", text)

    async def _read(self, sequence: int, wanted: Filter) -> AsyncIterator[_Stored]:
        last = await self._last_sequence()
        while sequence <= last:
            body = {"seq": sequence, "next_by_subj": f"dlq.{wanted.subject}"}
            stored = await self._fetch(body)
            if stored is None:
                return
            sequence = stored.id + 1
            if wanted.takes(stored.letter):
                yield stored

    async def _last_sequence(self) -> int:
        """What arrives while letters are replayed is not replayed in its turn."""
        info = await topology.request(self._client, f"STREAM.INFO.{topology.DLQ}")
        last: int = info["state"]["last_seq"]
        return last

    async def _get(self, letter_id: int) -> _Stored:
        stored = await self._fetch({"seq": letter_id})
        if stored is None:
            raise NoSuchLetter(letter_id)
        return stored

    async def _fetch(self, body: dict[str, Any]) -> _Stored | None:
        path = f"STREAM.MSG.GET.{topology.DLQ}"
        try:
            message = (await topology.request(self._client, path, body))["message"]
        except topology.JetStreamRefused as refusal:
            if refusal.code == _NO_MESSAGE:
                return None
            raise
        data = base64.b64decode(message.get("data", ""))
        letter = msgspec.json.decode(data, type=DeadLetter)
        return _Stored(message["seq"], datetime.fromisoformat(message["time"]), letter)

    async def _shown(self, found: list[_Stored]) -> list[Letter]:
        ids = [stored.letter.task_id for stored in found if stored.letter.task_id]
        rows = await self._tasks.of_any_workspace(ids) if ids else {}
        return [_shown(stored, rows) for stored in found]


def _shown(stored: _Stored, rows: dict[str, TaskRow]) -> Letter:
    letter, ids = stored.letter, _ids(stored)
    row = rows.get(letter.task_id or "")
    return Letter(
        id=stored.id,
        time=stored.time,
        reason=letter.reason,
        error=letter.error,
        deliveries=letter.deliveries,
        subject=letter.subject,
        consumer=letter.consumer,
        task_id=letter.task_id,
        run=ids.run,
        workspace_id=row.workspace_id if row else ids.workspace_id,
        task_state=row.state if row else None,
    )


class _Ids(msgspec.Struct):
    """What a command's labels and an event both say."""

    run: int | None = None
    workspace_id: str | None = None


def _ids(stored: _Stored) -> _Ids:
    envelope = stored.envelope
    try:
        if envelope is not None:
            return msgspec.convert(envelope.labels, _Ids)
        return msgspec.json.decode(stored.payload, type=_Ids)
    except (msgspec.DecodeError, binascii.Error, ValueError):
        return _Ids()
