"""The stream DLQ, read and emptied. A letter's id is its sequence there."""

import base64
import re
from collections.abc import AsyncIterator
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import Envelope
from onemanage.platform.messaging.delivery import DeadLetter
from onemanage.platform.messaging.nats import Client

SUBJECT_PATTERN = r"^([^\s.>]+\.)*([^\s.>]+|>)$"
_SUBJECT = re.compile(SUBJECT_PATTERN)
_LARGEST_ID = 2**63 - 1


class NoSuchLetter(Exception):
    """It was never there, has been replayed or discarded, or is older than 30 days."""

    def __init__(self, letter_id: int) -> None:
        super().__init__(f"There is no dead letter {letter_id}; list those there are.")
        self.letter_id = letter_id


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The task that a message is about, as far as the message says so."""

    task_id: str | None = None
    workspace_id: str | None = None
    run: int | None = None


class StoredLetter(msgspec.Struct, frozen=True, dict=True):
    id: int
    time: datetime
    letter: DeadLetter

    @property
    def is_task(self) -> bool:
        """Else an event that one handler could not handle."""
        return self.letter.stream == topology.TASKS

    @cached_property
    def payload(self) -> bytes:
        """The message as it was."""
        return base64.b64decode(self.letter.payload)

    @cached_property
    def envelope(self) -> Envelope | None:
        """Of a task, where it can be read."""
        if not self.is_task:
            return None
        try:
            return msgspec.json.decode(self.payload, type=Envelope)
        except (msgspec.DecodeError, ValueError):
            return None

    @cached_property
    def origin(self) -> Origin:
        """Whose task it was, as far as the message can be read."""
        known = Origin(task_id=self.letter.task_id)
        try:
            if not self.is_task:
                return msgspec.json.decode(self.payload, type=Origin)
            if self.envelope is None:
                return known
            said = {"run": 1, **self.envelope.labels, "task_id": self.envelope.task_id}
            return msgspec.convert(said, Origin)
        except (msgspec.DecodeError, ValueError):
            return known


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which letters: all, or those that fit everything given. Raises ValueError."""

    reason: str | None = None
    task_id: str | None = None
    subject: str = ">"
    """Of the message that died, with ``*`` and ``>`` as in NATS: ``tasks.psd.>``."""

    def __post_init__(self) -> None:
        if not _SUBJECT.match(self.subject):
            raise ValueError(
                f"{self.subject!r} is not a subject; write one like tasks.psd.>"
            )

    @property
    def is_open(self) -> bool:
        """Whether it lets all through."""
        return self == Filter()

    @property
    def is_subject_alone(self) -> bool:
        """Whether the server itself can filter by it."""
        return self.reason is None and self.task_id is None

    def takes(self, stored: StoredLetter) -> bool:
        """Whether the letter is among those wanted, subjects aside."""
        return self.reason in (None, stored.letter.reason) and (
            self.task_id in (None, stored.origin.task_id)
        )


class DeadLetterStream:
    """Raises JetStreamRefused, TimeoutError or a NatsError where NATS is not well."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def get(self, letter_id: int) -> StoredLetter:
        """Raises NoSuchLetter."""
        found = None
        if 1 <= letter_id <= _LARGEST_ID:
            found = await self._fetch({"seq": letter_id})
        if found is None:
            raise NoSuchLetter(letter_id)
        return found

    async def read(self, after: int, wanted: Filter) -> AsyncIterator[StoredLetter]:
        """Oldest first, up to the one that is the last now.

        So what dies while letters are replayed is not replayed in its turn.
        """
        last = await self._last()
        while after < last:
            body = {"seq": after + 1, "next_by_subj": f"dlq.{wanted.subject}"}
            found = await self._fetch(body)
            if found is None or found.id > last:
                return
            after = found.id
            if wanted.takes(found):
                yield found

    async def delete(self, letter_id: int) -> bool:
        """False where it is gone already."""
        path = f"STREAM.MSG.DELETE.{topology.DLQ}"
        try:
            await management.request(self._client, path, {"seq": letter_id})
        except management.JetStreamRefused:
            # What the server says of a missing message depends on where it misses it.
            if await self._fetch({"seq": letter_id}) is not None:
                raise
            return False
        return True

    async def delete_all(self, wanted: Filter) -> int:
        """How many there were. What arrives meanwhile stays."""
        if wanted.is_subject_alone:
            path = f"STREAM.PURGE.{topology.DLQ}"
            upto = {"filter": f"dlq.{wanted.subject}", "seq": await self._last() + 1}
            purged: int = (await management.request(self._client, path, upto))["purged"]
            return purged
        return sum([await self.delete(each.id) async for each in self.read(0, wanted)])

    async def _last(self) -> int:
        info = await management.request(self._client, f"STREAM.INFO.{topology.DLQ}")
        last: int = info["state"]["last_seq"]
        return last

    async def _fetch(self, body: dict[str, Any]) -> StoredLetter | None:
        path = f"STREAM.MSG.GET.{topology.DLQ}"
        try:
            message = (await management.request(self._client, path, body))["message"]
        except management.JetStreamRefused as refusal:
            if refusal.code == management.NO_MESSAGE:
                return None
            raise
        letter = msgspec.json.decode(base64.b64decode(message["data"]), type=DeadLetter)
        time = datetime.fromisoformat(message["time"])
        return StoredLetter(message["seq"], time, letter)
