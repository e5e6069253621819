"""Sending a command: the only way anything gets onto TASKS."""

from typing import Any

import msgspec
from nats.aio.client import Client

from onemanage.contracts.base import Command, Status
from onemanage.contracts.registry import COMMANDS, CommandSpec, Lane
from onemanage.platform.events import EventPublisher, make_event
from onemanage.platform.nats import publish
from onemanage.platform.telemetry import trace_headers


class Envelope(msgspec.Struct, kw_only=True):
    """A TaskIQ message on the wire. ``args`` holds one command."""

    task_id: str
    task_name: str
    labels: dict[str, Any] = {}
    labels_types: dict[str, int] | None = None
    args: list[Any] = []
    kwargs: dict[str, Any] = {}


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
        self._events = EventPublisher(client)

    async def send(
        self, command: Command, lane: Lane = "low", patience: float = 30.0
    ) -> None:
        """Say that it is accepted, then send it; twice is once.

        Raises PublishUnconfirmed; sending the same command again is then right.
        """
        spec = _SPECS[type(command)]
        ids = command.task_id, command.workspace_id
        await self._events.publish(make_event(spec, Status.ACCEPTED, *ids))
        await publish(
            self._client,
            spec.subject(lane),
            envelope_of(command),
            msg_id=command.task_id,
            headers=trace_headers(),
            patience=patience,
        )
