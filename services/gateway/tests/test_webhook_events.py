"""Which events are recorded for which webhooks, and for how long."""

import re
from datetime import timedelta
from pathlib import Path

from onemanage.contracts.base import (
    ErrorInfo,
    Event,
    Progress,
    Status,
    new_id,
    utc_now,
)
from onemanage.contracts.previews.previews import PUBLISH, PublishPreviews
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.gateway.webhooks.events import NAMES
from onemanage.platform.messaging.events import make_request
from onemanage.testing.fixtures import eventually

from .psd_samples import World
from .webhook_samples import (
    deliveries_of,
    ended,
    event_of,
    made,
    receiving,
    recorder,
    sending,
)

HEARD = {
    "*": {"accepted", "started", "completed", "failed"},
    "*.failed": {"failed"},
    "preview.publish.*": {"accepted", "started", "completed", "failed"},
    "preview.*.completed": {"completed"},
    "*.progress": {"progress"},
    "preview.publish.progress": {"progress"},
    "psd.*": set(),
}


async def test_a_webhook_is_sent_what_it_asks_for_and_progress_by_name_alone(
    world: World,
) -> None:
    failure = ErrorInfo(code="psd.damaged", message="It is damaged.")
    progress = Progress(step="images", done=1, total=2)
    events: dict[str, Event] = {
        "accepted": event_of(status=Status.ACCEPTED),
        "started": event_of(status=Status.STARTED),
        "progress": event_of(status=Status.PROGRESS, progress=progress),
        "completed": event_of(),
        "failed": event_of(status=Status.FAILED, error=failure),
    }
    webhooks = {one: await made(world, "http://127.0.0.1:9/", one) for one in HEARD}
    record = recorder(world.gateway.store._pool).record
    for event in events.values():
        await record(event)
    await record(event_of(workspace_id="wsp_2"))
    await record(_request())

    for pattern, webhook in webhooks.items():
        found = await deliveries_of(world, webhook)
        statuses = {one["type"].rpartition(".")[2] for one in found}
        assert statuses == HEARD[pattern], pattern


def _request() -> Event:
    """By a service, of the gateway."""
    command = PublishPreviews(
        task_id=new_id("tsk"),
        workspace_id=OWNER_WORKSPACE,
        document_id="doc_1",
        manifest_key="a",
    )
    assert PUBLISH.requester is not None
    return make_request(command)


def test_the_documentation_names_every_event() -> None:
    page = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text("utf-8")
    told = set(re.findall(r"`([a-z_.]+)`", page))

    for name in NAMES:
        task, _, status = name.rpartition(".")
        assert name in told or {task, f".{status}"} <= told, name


async def test_what_happened_before_a_webhook_was_made_is_not_sent(
    world: World,
) -> None:
    webhook = await made(world, "http://127.0.0.1:9/")
    old = event_of(timestamp=utc_now() - timedelta(hours=1))
    await recorder(world.gateway.store._pool).record(old)

    assert await deliveries_of(world, webhook) == []


async def test_what_was_sent_is_forgotten_by_its_age_and_what_waits_is_not(
    world: World,
) -> None:
    async with receiving() as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        await sender.record(event_of())
        await eventually(lambda: ended(world, webhook))
    await recorder(world.gateway.store._pool).record(event_of())
    deliveries, pool = world.gateway.webhooks.deliveries, world.gateway.store._pool

    assert await deliveries.sweep(3600) == 0
    await pool.execute(
        "UPDATE webhook_deliveries SET created_at = now() - interval '2 hours'"
    )
    assert await deliveries.sweep(3600) == 1
    (left,) = await deliveries_of(world, webhook)
    assert left["state"] == "pending"
    await pool.execute("UPDATE webhooks SET disabled_at = now()")
    assert await deliveries.sweep(3600) == 1
