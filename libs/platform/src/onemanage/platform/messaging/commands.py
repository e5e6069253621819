"""Sending a command, the only way anything gets onto TASKS; and asking for one.

The gateway sends, when it is the workspace's turn. Services ask.
"""

from datetime import datetime
from typing import Any

import msgspec

from onemanage.contracts.base import Command, Status
from onemanage.contracts.registry import Lane, task_of
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.events import EventPublisher, make_event, make_request
from onemanage.platform.messaging.nats import Client, MessageTooLarge, publish
from onemanage.platform.process.telemetry import trace_headers

MAX_COMMAND = topology.MAX_MESSAGE - (16 << 10)
"""Bytes of an envelope; the rest of a message is left to its headers."""


class Envelope(msgspec.Struct, kw_only=True):
    """A TaskIQ message on the wire. ``args`` holds one command."""

    task_id: str
    task_name: str
    labels: dict[str, Any] = {}
    labels_types: dict[str, int] | None = None
    args: list[Any] = []
    kwargs: dict[str, Any] = {}


def message_id(task_id: str, run: int) -> str:
    """The ``Nats-Msg-Id`` of a run's command: what is sent twice is stored once."""
    return task_id if run == 1 else f"{task_id}:{run}"


def envelope_of(command: Command, resent_since: datetime | None = None) -> bytes:
    """The command in TaskIQ's envelope, as any TaskIQ worker would read it."""
    spec = task_of(command)
    labels: dict[str, Any] = {"workspace_id": command.workspace_id, "run": command.run}
    if resent_since is not None:
        labels["resent_since"] = resent_since
    envelope = Envelope(
        task_id=command.task_id, task_name=spec.name, labels=labels, args=[command]
    )
    return msgspec.json.encode(envelope)


class CommandPublisher:
    """Publishes commands under the id of their task and run, confirmed."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._events = EventPublisher(client)

    async def send(
        self,
        command: Command,
        lane: Lane = "low",
        patience: float = 30.0,
        resent_since: datetime | None = None,
    ) -> int:
        """Say that it is accepted, then send it; twice is once. Where it lies in TASKS.

        JetStream knows a repetition for ten minutes. Who sends again later than that
        says since when it may have been stored, and the worker makes sure that the
        run has not ended yet.

        Raises PublishUnconfirmed; sending the same command again is then right. Raises
        MessageTooLarge, before anything is said, for what can never be sent.
        """
        spec = task_of(command)
        msg_id = message_id(command.task_id, command.run)
        body = envelope_of(command, resent_since)
        if len(body) > MAX_COMMAND:
            reason = f"{len(body)} bytes, of {MAX_COMMAND} that a command may have"
            raise MessageTooLarge(spec.subject(lane), msg_id, reason)
        task_id, workspace_id = command.task_id, command.workspace_id
        accepted = make_event(
            spec, Status.ACCEPTED, task_id, workspace_id, run=command.run
        )
        await self._events.publish(accepted, patience)
        receipt = await publish(
            self._client,
            spec.subject(lane),
            body,
            msg_id=msg_id,
            headers=trace_headers(),
            patience=patience,
        )
        return receipt.sequence


class TaskRequests:
    """How a service has a task carried out that follows from a fact.

    It waits its turn at the gateway as what users have asked for does, and behind
    that: nothing that happens by itself stands before what somebody wants.
    """

    def __init__(self, client: Client) -> None:
        self._events = EventPublisher(client)

    async def request(self, command: Command) -> None:
        """Ask for it; twice is once, where its id follows from the same fact.

        Raises PublishUnconfirmed; asking again is then right.
        """
        await self._events.publish(make_request(command))
