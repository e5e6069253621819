"""Receivers that hang, redirect, flood, cannot be trusted, or stand where none may."""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from onemanage.contracts.base import ErrorInfo, Event, Status
from onemanage.gateway.webhooks.sending import PAUSES, pause_after
from onemanage.testing.certificates import signed_by_itself
from onemanage.testing.fixtures import eventually

from .psd_samples import World
from .webhook_samples import (
    Answer,
    Receiver,
    attempted,
    deliveries_of,
    ended,
    event_of,
    hangs,
    made,
    receiving,
    says,
    sending,
)


async def _tried(world: World, answer: Answer, **settings: Any) -> dict[str, Any]:
    """What the log shows after one attempt at a receiver that answers so."""
    async with receiving(answer) as receiver:
        webhook = await made(world, receiver.url)
        async with sending(world, **settings) as sender:
            await sender.record(event_of())
            await eventually(lambda: attempted(world, webhook))
    (delivery,) = await deliveries_of(world, webhook)
    return delivery


async def test_a_redirect_is_a_failure_and_is_not_followed(world: World) -> None:
    async with receiving() as other:
        moved = says(f"307 Temporary Redirect\r\nLocation: {other.url}")
        delivery = await _tried(world, moved)

    assert (delivery["state"], delivery["status"]) == ("pending", 307)
    assert "redirect" in delivery["error"]
    assert other.sent == []


async def test_a_receiver_that_hangs_is_let_go(world: World) -> None:
    delivery = await _tried(world, hangs, webhook_seconds=0.3)

    assert (delivery["state"], delivery["status"]) == ("pending", None)
    assert delivery["error"] == "There was no answer within 0.3 seconds."
    assert delivery["next_attempt_at"] is not None


async def test_of_an_answer_without_end_the_beginning_is_kept(world: World) -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    delivery = await _tried(world, flood)

    assert delivery["state"] == "delivered"
    assert delivery["answer"] == "x" * 2000


async def test_what_is_no_http_is_a_failure(world: World) -> None:
    async def babble(writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        await writer.drain()

    delivery = await _tried(world, babble)

    assert delivery["state"] == "pending"
    assert delivery["error"].startswith("The connection failed: ")


async def test_where_nobody_listens_the_event_waits(world: World) -> None:
    async with receiving() as receiver:
        url = receiver.url
    webhook = await made(world, url)
    async with sending(world) as sender:
        await sender.record(event_of())
        await eventually(lambda: attempted(world, webhook))

    (delivery,) = await deliveries_of(world, webhook)
    assert delivery["error"].startswith("The connection failed: ")


async def test_a_certificate_that_nobody_vouches_for_is_a_failure(
    world: World, tmp_path: Path
) -> None:
    receiver, context = Receiver(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed_by_itself(tmp_path))
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", ssl=context)
    port = server.sockets[0].getsockname()[1]
    webhook = await made(world, f"https://127.0.0.1:{port}/")
    async with sending(world) as sender:
        await sender.record(event_of())
        await eventually(lambda: attempted(world, webhook))
    server.close()

    (delivery,) = await deliveries_of(world, webhook)
    assert "certificate verify failed" in delivery["error"]
    assert receiver.sent == []


async def test_a_name_that_leads_to_a_private_network_is_not_connected_to(
    world: World,
) -> None:
    """It was allowed, or led elsewhere, when the webhook was made."""
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        webhook = await made(world, receiver.url)
        await world.gateway.store._pool.execute("UPDATE webhooks SET url = $1", url)
        async with sending(world, webhook_allowed_networks="") as sender:
            await sender.record(event_of())
            await eventually(lambda: attempted(world, webhook))

    (delivery,) = await deliveries_of(world, webhook)
    assert "not public" in delivery["error"]
    assert receiver.sent == []


async def test_networks_of_our_own_servers_are_never_connected_to(world: World) -> None:
    async with receiving() as receiver:
        webhook = await made(world, receiver.url)
        async with sending(world, own_networks="127.0.0.0/24") as sender:
            await sender.record(event_of())
            await eventually(lambda: attempted(world, webhook))

    (delivery,) = await deliveries_of(world, webhook)
    assert "not public" in delivery["error"]
    assert receiver.sent == []


async def test_receivers_that_hang_hold_up_no_others(world: World) -> None:
    async with receiving(hangs) as slow, receiving() as quick:
        hanging = [await made(world, slow.url, "*.failed") for _ in range(15)]
        webhook = await made(world, quick.url, "*.completed")
        async with sending(world, webhook_seconds=100) as sender:
            for _ in range(6):
                await sender.record(_failed())
            await eventually(lambda: len(slow.sent) == 4 * len(hanging))
            for _ in range(20):
                await sender.record(event_of())
            await eventually(lambda: ended(world, webhook))
            assert len(slow.sent) == 4 * len(hanging)  # of each, four at once


async def test_a_webhook_that_failed_is_tried_by_one_event_at_once(
    world: World,
) -> None:
    async with receiving(hangs) as slow:
        webhook = await made(world, slow.url)
        await world.gateway.store._pool.execute(
            "UPDATE webhooks SET failing_since = now(), last_failed_at = now()"
        )
        patient = sending(world, webhook_seconds=100)
        async with patient as sender, receiving() as quick:
            for _ in range(6):
                await sender.record(event_of())
            await eventually(lambda: slow.sent)
            other = await made(world, quick.url)
            await sender.record(event_of())
            await eventually(lambda: ended(world, other))
            assert len(slow.sent) == 1
    assert len(await deliveries_of(world, webhook)) == 7


def _failed() -> Event:
    error = ErrorInfo(code="psd.damaged", message="It is damaged.")
    return event_of(status=Status.FAILED, error=error)


def test_an_event_is_tried_ten_times_in_three_days_and_three_and_a_half_hours() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 10)]

    assert pause_after(10) is None
    assert (
        sum(PAUSES) == timedelta(days=3, hours=3, minutes=35, seconds=5).total_seconds()
    )
    for pause, least in zip(pauses, PAUSES, strict=True):
        assert pause is not None and least <= pause <= 1.1 * least


async def test_logs_hold_no_address(world: World, logged: list[str]) -> None:
    await _tried(world, says("500 Oops"))

    assert any("is not delivered" in line for line in logged)
    assert not any("/hook" in line for line in logged)


@pytest.fixture
def logged() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, level="TRACE")
    yield lines
    logger.remove(sink)
