"""TaskIQ's JSON envelope, written and read by msgspec, so that Structs travel in it."""

from typing import Any

import msgspec
from taskiq import BrokerMessage, TaskiqMessage
from taskiq.abc.formatter import TaskiqFormatter


class Envelope(msgspec.Struct, kw_only=True):
    """A TaskIQ message on the wire. ``args`` holds one command."""

    task_id: str
    task_name: str
    labels: dict[str, Any] = {}
    labels_types: dict[str, int] | None = None
    args: list[Any] = []
    kwargs: dict[str, Any] = {}


_decoder = msgspec.json.Decoder(Envelope)


class MsgspecFormatter(TaskiqFormatter):
    """Raises msgspec.DecodeError or ValidationError for what is no envelope."""

    def dumps(self, message: TaskiqMessage) -> BrokerMessage:
        envelope = Envelope(
            task_id=message.task_id,
            task_name=message.task_name,
            labels=message.labels,
            labels_types=message.labels_types,
            args=message.args,
            kwargs=message.kwargs,
        )
        return BrokerMessage(
            task_id=message.task_id,
            task_name=message.task_name,
            message=msgspec.json.encode(envelope),
            labels=message.labels,
        )

    def loads(self, message: bytes) -> TaskiqMessage:
        envelope = _decoder.decode(message)
        return TaskiqMessage(**msgspec.structs.asdict(envelope))
