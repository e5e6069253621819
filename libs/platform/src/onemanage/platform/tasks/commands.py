"""Sending a command: the only way anything gets onto TASKS."""

import msgspec
from nats.aio.client import Client

from onemanage.contracts.base import Command
from onemanage.contracts.registry import COMMANDS, CommandSpec, Lane
from onemanage.platform.nats import publish
from onemanage.platform.tasks.formatter import Envelope
from onemanage.platform.telemetry import trace_headers

_SPECS: dict[type[Command], CommandSpec] = {spec.type: spec for spec in COMMANDS}


def envelope_of(command: Command) -> bytes:
    """The command in TaskIQ's envelope, as any TaskIQ worker would read it."""
    spec = _SPECS[type(command)]
    envelope = Envelope(
        task_id=command.task_id,
        task_name=spec.name,
        labels={"workspace_id": command.workspace_id},
        args=[command],
    )
    return msgspec.json.encode(envelope)


class CommandPublisher:
    """Publishes commands with their task id as the message id, confirmed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def send(
        self, command: Command, lane: Lane = "low", patience: float = 30.0
    ) -> None:
        """Raises PublishUnconfirmed; sending the same command again is then right."""
        await publish(
            self._client,
            _SPECS[type(command)].subject(lane),
            envelope_of(command),
            msg_id=command.task_id,
            headers=trace_headers(),
            patience=patience,
        )
