"""Declaring and binding against a real JetStream."""

import asyncio
import contextlib
import json
from typing import Any

import msgspec
import pytest

from onemanage.contracts.registry import ConsumerSpec
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.topology import TopologyDrift, TopologyMissing
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import ACK_WAIT, working

WORKER = topology.worker_consumer("psd", "low", ACK_WAIT)


async def stream_config(client: Client, name: str) -> dict[str, Any]:
    answer = await management.request(client, f"STREAM.INFO.{name}")
    config: dict[str, Any] = answer["config"]
    return config


async def consumer_config(client: Client, consumer: topology.Consumer) -> Any:
    path = f"CONSUMER.INFO.{consumer.stream}.{consumer.durable}"
    return (await management.request(client, path))["config"]


async def everything(client: Client) -> str:
    """Every stream and consumer as the server has them, as one text."""
    streams = [await stream_config(client, s["name"]) for s in topology.streams(1)]
    consumers = [
        await consumer_config(client, consumer)
        for consumer in topology.consumers(ACK_WAIT)
    ]
    return json.dumps([streams, consumers], sort_keys=True)


async def change_stream(client: Client, name: str, **changes: Any) -> None:
    config = await stream_config(client, name) | changes
    await management.request(client, f"STREAM.UPDATE.{name}", config)


async def replace_consumer(client: Client, **changes: Any) -> None:
    path = f"{WORKER.stream}.{WORKER.durable}"
    await management.request(client, f"CONSUMER.DELETE.{path}")
    config = WORKER.config | changes
    create = f"CONSUMER.CREATE.{path}.{config['filter_subject']}"
    body = {"stream_name": WORKER.stream, "config": config, "action": "create"}
    await management.request(client, create, body)


async def create_consumer(client: Client, consumer: topology.Consumer) -> None:
    """In place of the one of this name, if there is one."""
    path = f"{consumer.stream}.{consumer.durable}"
    with contextlib.suppress(management.JetStreamRefused):
        await management.request(client, f"CONSUMER.DELETE.{path}")
    body = {
        "stream_name": consumer.stream,
        "config": consumer.config,
        "action": "create",
    }
    await management.request(client, consumer.create, body)


async def delete_everything(client: Client) -> None:
    for stream in topology.streams(1):
        await management.request(client, f"STREAM.DELETE.{stream['name']}")


async def test_declaring_twice_changes_nothing(nats: Client) -> None:
    before = await everything(nats)
    await topology.declare(nats, ack_wait=ACK_WAIT)
    assert await everything(nats) == before


async def test_replicas_that_declare_at_once_agree(nats: Client) -> None:
    before = await everything(nats)
    await delete_everything(nats)
    await asyncio.gather(*(topology.declare(nats, ack_wait=ACK_WAIT) for _ in range(4)))
    assert await everything(nats) == before


async def test_a_worker_that_starts_leaves_every_config_as_it_was(
    nats: Client, process_settings: ProcessSettings
) -> None:
    before = await everything(nats)
    async with working(process_settings):
        await asyncio.sleep(0.2)
        assert await everything(nats) == before
    assert await everything(nats) == before


async def test_ages_and_windows_are_updated_and_messages_stay(nats: Client) -> None:
    await change_stream(nats, topology.EVENTS, max_age=3600 * 10**9)
    await nats.jetstream().publish("events.psd.parse_export.accepted", b"{}")
    await topology.declare(nats, ack_wait=ACK_WAIT)
    config = await stream_config(nats, topology.EVENTS)
    assert config["max_age"] == 7 * 86_400 * 10**9
    info = await management.request(nats, f"STREAM.INFO.{topology.EVENTS}")
    assert info["state"]["messages"] == 1


async def test_waits_of_consumers_are_updated_and_nothing_else_is_reset(
    nats: Client,
) -> None:
    before = await consumer_config(nats, WORKER)
    await topology.declare(nats, ack_wait=7.0)
    assert await consumer_config(nats, WORKER) == before | {"ack_wait": 7 * 10**9}


async def test_subjects_may_become_wider(nats: Client) -> None:
    await change_stream(nats, topology.TASKS, subjects=["tasks.>"])
    await topology.declare(nats, ack_wait=ACK_WAIT)
    config = await stream_config(nats, topology.TASKS)
    assert config["subjects"] == ["tasks.>", "sched.>"]


async def test_subjects_never_become_narrower(nats: Client) -> None:
    await change_stream(nats, topology.DLQ, subjects=["dlq.>", "graveyard.>"])
    with pytest.raises(TopologyDrift, match="DLQ: subjects is .*graveyard"):
        await topology.declare(nats, ack_wait=ACK_WAIT)


async def test_another_retention_is_drift_and_is_named(nats: Client) -> None:
    await change_stream(nats, topology.EVENTS, retention="interest")
    before = await everything(nats)
    with pytest.raises(
        TopologyDrift, match="EVENTS: retention is 'interest', declared 'limits'"
    ):
        await topology.declare(nats, ack_wait=ACK_WAIT)
    assert await everything(nats) == before


async def test_another_filter_is_drift_for_the_command_and_the_worker(
    nats: Client, process_settings: ProcessSettings
) -> None:
    await replace_consumer(nats, filter_subject="tasks.nobody.low")
    said = "worker_psd_low: filter_subject is 'tasks.nobody.low'"
    with pytest.raises(TopologyDrift, match=said):
        await topology.declare(nats, ack_wait=ACK_WAIT)
    with pytest.raises(TopologyDrift, match=said):
        await topology.bind(nats, WORKER)


async def test_another_delivery_policy_is_drift(nats: Client) -> None:
    await replace_consumer(nats, replay_policy="original")
    with pytest.raises(TopologyDrift, match="replay_policy is 'original'"):
        await topology.declare(nats, ack_wait=ACK_WAIT)


async def test_a_worker_with_another_ack_wait_does_not_bind(nats: Client) -> None:
    other = topology.worker_consumer("psd", "low", 30.0)
    with pytest.raises(TopologyDrift, match="ack_wait"):
        await topology.bind(nats, other)


async def test_binding_names_what_is_missing_and_what_to_do(nats: Client) -> None:
    missing = topology.worker_consumer("nobody", "low", ACK_WAIT)
    with pytest.raises(TopologyMissing, match="worker_nobody_low.*onemanage-topology"):
        await topology.bind(nats, missing)
    await delete_everything(nats)
    with pytest.raises(TopologyMissing, match="worker_psd_low"):
        await topology.bind(nats, WORKER)


async def test_a_handler_s_consumer_hears_more_once_a_task_is_added(
    nats: Client,
) -> None:
    """The handler of the release before, which hears less, may go on beside it."""
    now = next(c for c in topology.consumers(ACK_WAIT) if len(c.subjects) > 2)
    before = msgspec.structs.replace(now, subjects=now.subjects[:2])
    await create_consumer(nats, before)
    assert (await consumer_config(nats, now))["filter_subjects"] == [*before.subjects]

    await topology.declare(nats, ack_wait=ACK_WAIT)

    assert (await consumer_config(nats, now))["filter_subjects"] == [*now.subjects]
    await topology.bind(nats, now)
    await topology.bind(nats, before)


async def test_a_handler_s_consumer_that_hears_too_little_is_not_bound(
    nats: Client,
) -> None:
    now = next(c for c in topology.consumers(ACK_WAIT) if len(c.subjects) > 2)
    await create_consumer(nats, msgspec.structs.replace(now, subjects=now.subjects[:2]))

    with pytest.raises(TopologyDrift, match="filter_subjects"):
        await topology.bind(nats, now)


async def test_a_consumer_of_an_earlier_release_goes_when_nobody_pulls_from_it(
    nats: Client,
) -> None:
    spec = ConsumerSpec("on_something_of_the_past", "psd", ("events.psd.old.failed",))
    retired = topology.handler_consumer(spec, ACK_WAIT)
    await create_consumer(nats, retired)
    pull = f"$JS.API.CONSUMER.MSG.NEXT.{retired.stream}.{retired.durable}"
    pulled = await nats.subscribe(inbox := nats.new_inbox())
    await nats.publish(pull, b'{"batch":1}', reply=inbox)
    await nats.flush()

    await topology.declare(nats, ack_wait=ACK_WAIT)
    assert await consumer_config(nats, retired)

    await pulled.unsubscribe()
    await nats.flush()
    await topology.declare(nats, ack_wait=ACK_WAIT)
    with pytest.raises(management.JetStreamRefused, match="not found"):
        await consumer_config(nats, retired)


async def test_binding_declares_nothing(nats: Client) -> None:
    before = await everything(nats)
    for consumer in topology.consumers(ACK_WAIT):
        await topology.bind(nats, consumer)
    assert await everything(nats) == before


def test_silence_means_the_servers_default_on_either_side() -> None:
    assert topology.differences({"max_msgs": -1, "metadata": {"a": "b"}}, {}) == {}
    assert topology.differences({}, {"storage": "file"}) == {}
    found = topology.differences({}, {"storage": "memory"})
    assert found == {"storage": ("file", "memory")}
