"""Events that do not arrive at once, or are wanted again."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from onemanage.contracts.base import utc_now
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.testing.fixtures import eventually

from .psd_samples import SEALING_KEY, World
from .webhook_samples import (
    PATH,
    attempted,
    deliveries_of,
    ended,
    event_of,
    made,
    make_due,
    receiving,
    says,
    sending,
    shown,
)


async def test_each_attempt_has_the_same_id_and_a_signature_of_its_own_moment(
    world: World,
) -> None:
    async with receiving(says("503 Busy", b"come back\0")) as receiver:
        webhook = await made(world, receiver.url)
        async with sending(world) as sender:
            await sender.record(event_of())
            for count in (1, 2, 3):
                await eventually(lambda: attempted(world, webhook, count))
                await make_due(world)
            (delivery,) = await deliveries_of(world, webhook)

    assert len(set(receiver.ids())) == 1 and len(receiver.sent) >= 3
    for sent in receiver.sent:
        Webhook(webhook["secret"]).verify(sent.body, sent.headers)
    assert (delivery["status"], delivery["answer"]) == (503, "come back\ufffd")
    assert delivery["error"] == "The receiver answered 503."
    assert (await shown(world, webhook))["failing_since"] is not None


async def test_a_success_ends_a_failure(world: World) -> None:
    async with receiving(says("500 Oops")) as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        await sender.record(event_of())
        await eventually(lambda: attempted(world, webhook))
        receiver.answer = says("200 OK")
        await make_due(world)
        await eventually(lambda: ended(world, webhook))

    assert (await shown(world, webhook))["failing_since"] is None


async def test_gone_switches_a_webhook_off_until_it_is_switched_on(
    world: World,
) -> None:
    async with receiving(says("410 Gone")) as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        await sender.record(event_of())
        await eventually(lambda: ended(world, webhook))
        off = await shown(world, webhook)
        await sender.record(event_of())  # nothing is recorded for what is off
        async with world.client() as owner:
            await owner.patch(f"{PATH}/{webhook['id']}", json={"enabled": True})
        receiver.answer = says("200 OK")
        await sender.record(event_of())
        await eventually(lambda: ended(world, webhook))

    assert off["disabled_at"] and off["disabled_reason"] == "gone"
    states = [one["state"] for one in await deliveries_of(world, webhook)]
    assert states == ["delivered", "failed"]


async def test_what_waits_for_a_webhook_that_is_off_is_sent_when_it_is_on(
    world: World,
) -> None:
    async with receiving(says("500 Oops")) as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        path = f"{PATH}/{webhook['id']}"
        await sender.record(event_of())
        await eventually(lambda: attempted(world, webhook))
        receiver.answer = says("200 OK")
        async with world.client() as owner:
            await owner.patch(path, json={"enabled": False})
            await make_due(world)
            seen = len(receiver.sent)
            other = await made(world, receiver.url)
            await owner.post(f"{PATH}/{other['id']}/test")
            await eventually(lambda: ended(world, other))
            assert len(receiver.sent) == seen + 1
            await owner.patch(path, json={"enabled": True})
        await eventually(lambda: ended(world, webhook))


async def test_nothing_leaves_a_suspended_workspace_until_it_is_resumed(
    world: World,
) -> None:
    suspend = "UPDATE workspaces SET suspended_at = $2 WHERE id = $1"
    pool = world.gateway.store._pool
    async with receiving(says("200 OK")) as receiver, sending(world) as sender:
        await made(world, f"{receiver.url}/ours")
        async with world.stranger() as stranger:
            body = {"url": f"{receiver.url}/theirs", "events": ["*"]}
            assert (await stranger.post(PATH, json=body)).status_code == 201
        await pool.execute(suspend, OWNER_WORKSPACE, utc_now())
        await sender.record(event_of())
        await sender.record(event_of(workspace_id="wsp_2"))
        await eventually(lambda: receiver.sent)
        before = [one.target for one in receiver.sent]
        await pool.execute(suspend, OWNER_WORKSPACE, None)
        await eventually(lambda: len(receiver.sent) == 2)

    assert before == ["/hook/theirs"]
    assert receiver.sent[1].target == "/hook/ours"


@pytest.mark.parametrize(("days", "is_off"), [(4.9, False), (5.1, True)])
async def test_a_webhook_that_fails_for_five_days_is_switched_off(
    world: World, days: float, is_off: bool
) -> None:
    async with receiving(says("500 Oops")) as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        await world.gateway.store._pool.execute(
            "UPDATE webhooks SET failing_since = $1, last_failed_at = now()",
            utc_now() - timedelta(days=days),
        )
        await sender.record(event_of())
        await eventually(lambda: attempted(world, webhook))

    found = await shown(world, webhook)
    assert (found["disabled_at"] is not None) == is_off
    assert found["disabled_reason"] == ("failing" if is_off else None)


async def test_a_failure_after_days_without_any_event_is_the_first(
    world: World,
) -> None:
    async with receiving(says("500 Oops")) as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        long_ago = utc_now() - timedelta(days=30)
        await world.gateway.store._pool.execute(
            "UPDATE webhooks SET failing_since = $1, last_failed_at = $1", long_ago
        )
        await sender.record(event_of())
        await eventually(lambda: attempted(world, webhook))

    found = await shown(world, webhook)
    assert found["disabled_at"] is None
    assert found["failing_since"] > str(utc_now() - timedelta(days=1))


async def test_two_secrets_sign_while_one_is_changed(world: World) -> None:
    async with receiving() as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        async with world.client() as owner:
            path = f"{PATH}/{webhook['id']}/rotate"
            new = (await owner.post(path)).json()
            await sender.record(event_of())
            await eventually(lambda: receiver.sent)
            newest = (await owner.post(path)).json()
            await sender.record(event_of())
            await eventually(lambda: len(receiver.sent) == 2)
        await world.gateway.store._pool.execute(
            "UPDATE webhooks SET previous_secret_until = now()"
        )
        await sender.record(event_of())
        await eventually(lambda: len(receiver.sent) == 3)

    secrets = webhook["secret"], new["secret"], newest["secret"]
    signed_by = [
        [_verifies(secret, sent) for secret in secrets] for sent in receiver.sent
    ]
    assert signed_by == [
        [True, True, False],
        [False, True, True],
        [False, False, True],
    ]


def _verifies(secret: str, sent: Any) -> bool:
    try:
        Webhook(secret).verify(sent.body, sent.headers)
    except WebhookVerificationError:
        return False
    return True


async def test_a_secret_that_can_no_longer_be_opened_is_told_and_can_be_changed(
    world: World,
) -> None:
    other = base64.b64encode(bytes(range(32))).decode()
    async with receiving() as receiver:
        webhook = await made(world, receiver.url)
        async with sending(world, webhook_sealing_key=other) as sender:
            await sender.record(event_of())
            await eventually(lambda: attempted(world, webhook))
        (delivery,) = await deliveries_of(world, webhook)
        assert "rotate its secret" in delivery["error"] and receiver.sent == []
        async with sending(world, webhook_sealing_key=f"{other},{SEALING_KEY}"):
            await make_due(world)
            await eventually(lambda: ended(world, webhook))

    assert _verifies(webhook["secret"], receiver.sent[0])


async def test_a_test_event_arrives_and_is_sent_again_by_hand(world: World) -> None:
    async with receiving(says("200 OK", b"fine")) as receiver, sending(world):
        webhook = await made(world, receiver.url, "psd.*")
        async with world.client() as owner:
            told = await owner.post(f"{PATH}/{webhook['id']}/test")
            await eventually(lambda: ended(world, webhook))
            again = await owner.post(f"{told.headers['location']}/redeliver")
            await eventually(lambda: len(receiver.sent) == 2)
            await eventually(lambda: ended(world, webhook))
            found = (await owner.get(told.headers["location"])).json()

    assert (told.status_code, again.status_code) == (202, 202)
    assert receiver.ids() == [told.json()["event_id"]] * 2
    body = Webhook(webhook["secret"]).verify(
        receiver.sent[1].body, receiver.sent[1].headers
    )
    assert body["type"] == "webhook.test"
    assert body["data"] == {"webhook_id": webhook["id"]}
    assert (found["state"], found["answer"]) == ("delivered", "fine")
