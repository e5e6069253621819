"""Whether a run of a task has ended already, as EVENTS has it.

A worker may die between saying that a task is completed and acknowledging its
message. JetStream then delivers the message again, and running it would tell the
user a second time that it has started. Deduplication forgets after ten minutes; the
stream keeps events for seven days.
"""

from datetime import datetime

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from onemanage.contracts.base import TERMINAL, event_id
from onemanage.contracts.registry import CommandSpec
from onemanage.platform import topology
from onemanage.platform.nats import MSG_ID, Client

_BATCH = 1000
_PATIENCE = 5.0


async def has_ended(
    client: Client, spec: CommandSpec, task_id: str, run: int, since: datetime
) -> bool:
    """Look through the endings of this kind of task since ``since``, headers only.

    Raises nats.errors.Error or TimeoutError where JetStream cannot say.
    """
    sought = {str(event_id(task_id, status, run=run)) for status in TERMINAL}
    subscription = await client.jetstream().pull_subscribe(
        "",
        stream=topology.EVENTS,
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_TIME,
            opt_start_time=since,
            filter_subjects=[spec.event_subject(status) for status in TERMINAL],
            ack_policy=AckPolicy.NONE,
            headers_only=True,
            mem_storage=True,
            num_replicas=1,
            inactive_threshold=2 * _PATIENCE,
        ),
    )
    try:
        left = (await subscription.consumer_info()).num_pending or 0
        while left:
            messages = await subscription.fetch(min(left, _BATCH), _PATIENCE)
            if any((m.headers or {}).get(MSG_ID) in sought for m in messages):
                return True
            left = messages[-1].metadata.num_pending
        return False
    finally:
        await subscription.unsubscribe()
