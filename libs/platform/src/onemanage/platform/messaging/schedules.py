"""Schedules kept by the server: one message a slot, however many processes declare it.

JetStream holds the schedule itself as a message on ``sched.<name>`` and publishes its
body on the target subject when a slot comes. The body is the same each time, so what
tells the runs apart is the message's sequence in the stream: see ``run_id``.

https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-51.md
"""

from nats.aio.msg import Msg

from onemanage.contracts.base import derived_id
from onemanage.platform.messaging.nats import Client, publish


async def declare_schedule(
    client: Client, name: str, when: str, subject: str, body: bytes
) -> None:
    """Have ``body`` published on ``subject`` of TASKS. Safe to repeat and to race.

    ``when`` is a cron expression with seconds, ``@every 5m`` or ``@at <RFC 3339>``.
    The last declaration of a name holds; it replaces those before. Raises
    PublishRefused for a ``when`` or a subject that the server will not take.
    """
    await publish(
        client,
        f"sched.{name}",
        body,
        msg_id=derived_id("sch", name, when, subject, body.hex()),
        headers={
            "Nats-Schedule": when,
            "Nats-Schedule-Target": subject,
            "Nats-Rollup": "sub",
        },
    )


def run_id(name: str, message: Msg) -> str:
    """A task id of its own for each slot, the same at each delivery of its message."""
    return derived_id("tsk", "schedule", name, str(message.metadata.sequence.stream))
