"""Connections that want harm, byte by byte, on a gateway that listens."""

import asyncio

import pytest
import uvloop

from onemanage.gateway.app import create_app
from onemanage.gateway.http.connections import Connections
from onemanage.testing.fixtures import eventually

from .edge_samples import HOST, Line, listening, settings

HEALTHZ = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"


async def is_closed(line: Line) -> bool:
    return await line.rest() == b""


async def test_these_tests_run_on_the_loop_of_the_gateway() -> None:
    assert isinstance(asyncio.get_running_loop(), uvloop.Loop)


async def test_half_a_head_is_told_that_it_is_too_slow() -> None:
    given = settings(header_seconds=0.3)
    async with listening(create_app(given), given) as edge:
        line = await edge.connect()
        await line.send(b"GET /healthz HTTP/1.1\r\nHost: t")
        answer = await line.answer()
        assert (answer.status, answer.code) == (408, "headers_too_slow")
        assert answer.headers["x-request-id"]
        assert await is_closed(line)


async def test_a_head_that_drips_is_not_given_more_time_by_each_drop() -> None:
    given = settings(header_seconds=0.5)
    async with listening(create_app(given), given) as edge:
        line = await edge.connect()
        answer = asyncio.ensure_future(line.answer())
        await line.send(HEALTHZ[:-2])
        while not answer.done():
            await line.send(b"a: b\r\n")
            await asyncio.wait({answer}, timeout=0.1)
        assert answer.result().code == "headers_too_slow"


@pytest.mark.parametrize("first", [b"", b"\r\n", HEALTHZ])
async def test_silence_is_closed_without_a_word(first: bytes) -> None:
    given = settings(header_seconds=0.3, keep_alive_seconds=1)
    async with listening(create_app(given), given) as edge:
        line = await edge.connect()
        await line.send(first)
        if first == HEALTHZ:
            assert (await line.answer()).status == 200
            assert await is_closed(line)
        else:
            assert (await line.rest()).count(b"HTTP/1.1") <= 1
        await eventually(lambda: not edge.connections)


async def test_after_an_answer_the_next_head_has_its_time_too() -> None:
    given = settings(header_seconds=0.4, keep_alive_seconds=60)
    async with listening(create_app(given), given) as edge:
        line = await edge.connect()
        for _ in range(3):
            await line.send(HEALTHZ)
            assert (await line.answer()).status == 200
        await line.send(HEALTHZ[:20])
        assert (await line.answer()).code == "headers_too_slow"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 5000,
        b"GET /healthz HTTP/1.1\r\nA: " + b"x" * 5000,
        b"GET /healthz HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"A: " + b"x" * 5000 + b"\r\n\r\n",
        b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["address", "header", "many", "whole head", "whole address"],
)
async def test_a_head_over_the_limit_is_refused_whole_or_not(head: bytes) -> None:
    given = settings(max_header_bytes=4096)
    async with listening(create_app(given), given) as edge:
        line = await edge.connect()
        await line.send(head)
        answer = await line.answer()
        assert (answer.status, answer.code) == (431, "headers_too_large")
        assert await is_closed(line)


async def test_what_is_no_http_is_told_so_as_a_problem() -> None:
    given = settings()
    async with listening(create_app(given), given) as edge:
        answer = await edge.ask(b"HELLO\r\n\r\n")
        assert (answer.status, answer.code) == (400, "bad_http")
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_upgrade_leads_nowhere_around_the_limits() -> None:
    given = settings(header_seconds=0.3, keep_alive_seconds=60)
    async with listening(create_app(given), given) as edge:
        line = await edge.connect()
        offer = b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        await line.send(HEALTHZ[:-2] + offer)
        assert (await line.answer()).status == 200
        await line.send(HEALTHZ[:20])
        await eventually(lambda: not edge.connections)


async def test_requests_sent_ahead_of_their_answers_are_few() -> None:
    given = settings()
    async with listening(create_app(given), given) as edge:
        line = await edge.connect()
        await line.send(HEALTHZ * 8)
        for _ in range(8):
            assert (await line.answer()).status == 200
        many = await edge.connect()
        await many.send(HEALTHZ * 2000)
        assert (await many.rest()).count(b"HTTP/1.1") < 100


async def test_when_all_places_are_taken_the_longest_idle_gives_way() -> None:
    given = settings(max_connections=3, header_seconds=60)
    async with listening(create_app(given), given) as edge:
        idle = [await edge.connect() for _ in range(3)]
        await eventually(lambda: edge.connections == 3)
        assert (await edge.ask(HEALTHZ)).status == 200
        assert await is_closed(idle[0])
        await idle[2].send(HEALTHZ)
        assert (await idle[2].answer()).status == 200


async def test_one_address_cannot_take_all_places() -> None:
    given = settings(max_connections_per_address=2, trusted_proxies="")
    async with listening(create_app(given), given) as edge:
        first = await edge.connect()
        await edge.connect()
        await eventually(lambda: edge.connections == 2)
        answer = await edge.ask()
        assert (answer.status, answer.code) == (429, "too_many_connections")
        first.close()
        await eventually(lambda: edge.connections < 2)
        assert (await edge.ask(HEALTHZ)).status == 200


class Nobody:
    def abort(self) -> None:
        raise AssertionError("there is room")


def test_an_ipv6_network_counts_as_one_address_and_a_proxy_as_none() -> None:
    given = settings(max_connections_per_address=1, trusted_proxies="10.0.0.0/8")
    found = Connections(given)

    assert found.admit(Nobody(), "2001:db8::1") is None
    assert found.admit(Nobody(), "2001:db8::2:1") == "address"
    assert found.admit(Nobody(), "2001:db8:0:1::1") is None
    assert found.admit(Nobody(), "::ffff:192.0.2.1") is None
    assert found.admit(Nobody(), "192.0.2.1") == "address"
    assert [found.admit(Nobody(), "10.1.2.3") for _ in range(9)] == [None] * 9


def test_all_who_send_for_nobody_share_one_pace() -> None:
    found = Connections(settings())
    size = 256 * 1024
    pauses = [found.drained(size, now=100.0) for _ in range(256)]

    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == pytest.approx(1.0)
    assert found.drained(size, now=200.0) == 0
