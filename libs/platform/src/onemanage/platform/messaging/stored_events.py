"""Looking up what EVENTS holds, by a consumer that is nobody else's and soon gone.

Its filter stands in the subject of the request, so that the server can tell whether a
service may read those events (permissions.py); and it pushes, so that no one needs to
be let pull from consumers whose names are not known beforehand.
"""

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client

_PATIENCE = 5.0


async def events_since(
    client: Client, subject: str, since: datetime, *, headers_only: bool = False
) -> list[Msg]:
    """Those on ``subject`` (one ``*`` at its end may stand for every status).

    Raises nats.errors.Error or TimeoutError where JetStream cannot say.
    """
    start = {
        "deliver_policy": "by_start_time",
        "opt_start_time": since.astimezone(UTC).isoformat(),
    }
    return await _read(client, subject, start | {"headers_only": headers_only})


async def event_at(client: Client, subject: str, sequence: int) -> Msg | None:
    """The event on ``subject`` that has this place in the stream. Raises as above."""
    start = {"deliver_policy": "by_start_sequence", "opt_start_seq": sequence}
    for message in await _read(client, subject, start, at_most=1):
        if message.metadata.sequence.stream == sequence:
            return message
    return None


async def _read(
    client: Client, subject: str, start: dict[str, Any], at_most: int = 0
) -> list[Msg]:
    name = f"look_up_{secrets.token_hex(8)}"
    inbox = client.new_inbox()
    config = {
        "name": name,
        "deliver_subject": inbox,
        "filter_subject": subject,
        "ack_policy": "none",
        "replay_policy": "instant",
        "mem_storage": True,
        "num_replicas": 1,
        "inactive_threshold": int(2 * _PATIENCE * 10**9),
        **start,
    }
    subscription = await client.subscribe(inbox)
    try:
        if at_most:
            await subscription.unsubscribe(limit=at_most)
        path = f"CONSUMER.CREATE.{topology.EVENTS}.{name}.{subject}"
        body = {"stream_name": topology.EVENTS, "config": config, "action": "create"}
        try:
            created = await topology.request(client, path, body)
        except topology.JetStreamRefused as refusal:  # there is no leader, say
            raise NatsError(str(refusal)) from refusal
        left = created["num_pending"] + created["delivered"]["consumer_seq"]
        found: list[Msg] = []
        while left and not (at_most and len(found) == at_most):
            found.append(await subscription.next_msg(_PATIENCE))
            left = found[-1].metadata.num_pending
        return found
    finally:
        with suppress(NatsError):  # the server's limit or a lost line has ended it
            await subscription.unsubscribe()
