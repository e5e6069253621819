"""TaskIQ's JSON envelope, written and read by msgspec, so that Structs travel in it."""

import msgspec
from taskiq import BrokerMessage, TaskiqMessage
from taskiq.abc.formatter import TaskiqFormatter

from onemanage.platform.messaging.commands import Envelope

_decoder = msgspec.json.Decoder(Envelope)


class MsgspecFormatter(TaskiqFormatter):
    """Raises msgspec.DecodeError or ValidationError for what is no envelope."""

    def dumps(self, message: TaskiqMessage) -> BrokerMessage:
        """A task as the message that goes to the stream."""
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
        """The task in a message. Raises msgspec.DecodeError or ValidationError."""
        envelope = _decoder.decode(message)
        # msgspec has checked it; pydantic need not do so again.
        return TaskiqMessage.model_construct(**msgspec.structs.asdict(envelope))
