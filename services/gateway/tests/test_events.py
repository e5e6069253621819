"""/v1/events: all that happens in a workspace, and nothing else, each thing once."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from onemanage.contracts.base import Status, new_id
from onemanage.gateway.app import create_app
from onemanage.gateway.events import followers, following, hub
from onemanage.gateway.opening import open_gateway
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.stored_events import bounds
from onemanage.testing.fixtures import eventually

from .edge_samples import listening, settings
from .event_samples import Frame, Stream, Teller, follow, hub_of
from .psd_samples import OTHER_KEY, World


@pytest.fixture
async def port(world: World) -> AsyncIterator[int]:
    async with listening(world.app, settings()) as edge:
        yield edge.port


@pytest.fixture
def teller(nats: Client) -> Teller:
    return Teller(nats)


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process keeps the last three events, and looks through few at a time."""
    monkeypatch.setattr(hub, "RECENT", 3)
    monkeypatch.setattr(following, "_SLICE", 7)
    monkeypatch.setattr(following, "_PIECE", 4)


async def test_what_happens_in_the_workspace_is_told_in_its_place(
    port: int, teller: Teller
) -> None:
    async with follow(port) as stream:
        first = await stream.frame()
        task_id = await teller.progress()
        await teller.failed(task_id)
        progress, failed = await stream.told(), await stream.told()

    assert stream.answer.headers["content-type"].startswith("text/event-stream")
    assert stream.answer.headers["cache-control"] == "no-store"
    assert stream.answer.headers["x-accel-buffering"] == "no"
    assert first is not None and first.retry == 2000
    assert progress.data["type"] == "psd.parse_export.progress"
    assert progress.data["task_id"] == failed.data["task_id"] == task_id
    assert failed.data["error"]["code"] == "psd.damaged"
    assert "workspace_id" not in progress.data
    assert first.place < progress.place < failed.place
    assert progress.event is None, "onmessage of an EventSource would not be called"


async def test_another_workspace_s_events_never_come(port: int, teller: Teller) -> None:
    async with follow(port, OTHER_KEY) as other, follow(port) as own:
        first = await other.frame()
        await own.frame()
        mine = await teller.progress()
        theirs = await teller.progress(workspace_id="wsp_2")

        assert (await other.told()).data["task_id"] == theirs
        assert (await own.told()).data["task_id"] == mine
        await _next(own, teller)
    assert first is not None
    async with follow(port, OTHER_KEY, last_id=first.place) as other:
        assert (await other.told()).data["task_id"] == theirs


async def test_another_s_task_is_told_as_none(port: int, world: World) -> None:
    async with world.client() as client:
        body = {"before": f"doc_{'1' * 32}", "after": f"doc_{'2' * 32}"}
        made = await client.post(
            "/v1/psd/diffs", json=body, headers={"Prefer": "respond-async"}
        )
    for task_id in (made.json()["id"], new_id("tsk")):
        async with follow(port, OTHER_KEY, task_id=task_id) as stream:
            assert stream.answer.status_code == 404


async def test_who_comes_again_misses_nothing_and_hears_nothing_twice(
    port: int, teller: Teller
) -> None:
    async with follow(port) as stream:
        await stream.frame()
        await teller.progress()
        seen = await stream.told()
    missed = [await teller.progress() for _ in range(3)]
    async with follow(port, last_id=seen.place) as stream:
        later = await teller.progress()
        told = [(await stream.told()).data["task_id"] for _ in range(4)]
    async with follow(port, last_event_id=seen.place) as stream:
        by_query = (await stream.told()).data["task_id"]

    assert told == [*missed, later]
    assert by_query == missed[0]


async def test_what_was_missed_long_ago_joins_what_happens_now(
    port: int, teller: Teller, forgetful: None
) -> None:
    """Another workspace's events stand between, and more come all the while."""
    before = [await teller.progress() for _ in range(40)]
    for _ in range(40):
        await teller.progress(workspace_id="wsp_2")

    async def happen() -> list[str]:
        return [await teller.progress() for _ in range(60)]

    async with follow(port, last_id=0) as stream:
        happening = asyncio.create_task(happen())
        frames = [await stream.told() for _ in range(100)]
        now = await happening

    assert [frame.data["task_id"] for frame in frames] == before + now
    places = [frame.place for frame in frames]
    assert places == sorted(set(places))


async def test_types_are_chosen_by_patterns(port: int, teller: Teller) -> None:
    async with follow(port, type=["*.failed", "psd.render.*"]) as stream:
        await stream.frame()
        task_id = await teller.progress()
        await teller.tell(Status.ACCEPTED, task="psd.render")
        await teller.failed(task_id)
        told = [(await stream.told()).data["type"] for _ in range(2)]

    assert told == ["psd.render.accepted", "psd.parse_export.failed"]


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ({"type": ["psd.*", "picture.*"]}, "no_such_type", "/type"),
        ({"last_event_id": "be37a170"}, "bad_event_id", "/last_event_id"),
        ({"last_event_id": "²"}, "bad_event_id", "/last_event_id"),
        ({"last_event_id": "9" * 30}, "bad_event_id", "/last_event_id"),
        ({"type": "psd/**"}, "invalid_request", "/type/0"),
        ({"type": "*" * 101}, "invalid_request", "/type/0"),
    ],
)
async def test_what_cannot_be_is_refused(
    world: World, query: dict[str, str], code: str, pointer: str
) -> None:
    async with world.client() as client:
        answer = await client.get("/v1/events", params=query)

    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith(code)
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_pattern_of_nothing_but_stars_is_looked_at_in_no_time(
    port: int, teller: Teller
) -> None:
    async with follow(port, type="*a" * 49 + "*") as stream:
        assert stream.answer.status_code == 422
    async with follow(port, type="*" * 100) as stream:
        await stream.frame()
        await teller.progress()
        assert (await stream.told()).data


async def test_who_was_away_for_too_long_is_told_so_and_goes_on(
    port: int, teller: Teller, nats: Client, forgetful: None
) -> None:
    for _ in range(12):
        await teller.progress()
    _, last = await bounds(nats)
    first = last - 5
    await management.request(nats, f"STREAM.PURGE.{topology.EVENTS}", {"seq": first})
    async with follow(port, last_id=first - 2) as stream:
        reset = await stream.told()
        now = await _next(stream, teller)
    async with follow(port, last_id=first - 1) as stream:
        kept = await stream.told()

    assert (reset.event, reset.data["code"]) == ("reset", "too_old")
    assert last <= reset.place < now.place
    assert kept.event is None and kept.place >= first


async def test_an_id_that_was_never_given_is_told_so(port: int, teller: Teller) -> None:
    async with follow(port, last_id=10**17) as stream:
        reset = await stream.told()
        now = await _next(stream, teller)

    assert (reset.event, reset.data["code"]) == ("reset", "not_known")
    assert now.event is None


async def test_who_follows_while_an_older_store_is_put_back_is_told_so(
    port: int, teller: Teller, nats: Client
) -> None:
    async with follow(port) as stream:
        await stream.frame()
        for _ in range(3):
            await teller.progress()
            await stream.told()
        await management.request(nats, f"STREAM.DELETE.{topology.EVENTS}")
        await topology.declare(nats)
        reset = await stream.told()
        now = await _next(stream, teller)

    assert (reset.event, reset.data["code"]) == ("reset", "put_back")
    assert reset.place < now.place <= 2, "places count anew"


async def test_who_does_not_read_is_let_go_with_a_reason(
    port: int, teller: Teller, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they have not read, they find when they come again."""
    monkeypatch.setattr(followers, "MOST_WAITING", 1 << 16)
    async with follow(port) as stream:
        await stream.frame()
        made = [await teller.failed(new_id("tsk"), size=900_000) for _ in range(40)]
        await eventually(lambda: all(f.is_ended for f in hub_of(world)._all))
        *read, last = await stream.rest()
    async with follow(port, last_id=read[-1].place) as stream:
        again = await stream.told()

    assert (last.event, last.data["code"]) == ("closing", "too_slow")
    assert 0 < len(read) < len(made)
    told = [each.data["task_id"] for each in (*read, again)]
    assert told == made[: len(told)]


async def test_a_revoked_key_s_streams_end_and_others_go_on(
    port: int, world: World, teller: Teller
) -> None:
    async with world.client() as owner:
        made = (await owner.post("/v1/api-keys", json={"name": "leaked"})).json()
        async with follow(port, made["key"]) as leaked, follow(port) as other:
            await leaked.frame(), await other.frame()
            await owner.delete(f"/v1/api-keys/{made['id']}")
            (last,) = await leaked.rest()
            await teller.progress()

            assert (await other.told()).event is None
    assert (last.event, last.data["code"]) == ("closing", "not_allowed")


async def test_a_process_that_stops_lets_go_and_another_goes_on(
    port: int, world: World, teller: Teller
) -> None:
    async with follow(port) as stream:
        place = (await _next(stream, teller)).place
        world.gateway.let_go()
        (last,) = await stream.rest()
    async with follow(port) as late:
        (at_once,) = await late.rest()
    missed = await teller.progress()
    async with open_gateway(world.settings) as gateway:
        app = create_app(world.settings)
        app.state.gateway = gateway
        async with listening(app, settings()) as edge:
            async with follow(edge.port, last_id=place) as again:
                told = [(await again.told()), await _next(again, teller)]

    assert last.event == at_once.event == "closing"
    assert last.data["code"] == at_once.data["code"] == "stopping"
    assert last.id is None, "the client comes again with the id it has"
    assert told[0].data["task_id"] == missed
    assert told[0].place < told[1].place


async def test_a_quiet_stream_is_kept_alive_and_its_place_moves_on(
    port: int, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "HEARTBEAT_SECONDS", 0.02)
    async with follow(port) as stream:
        first = await stream.frame()
        assert first is not None
        await teller.progress(workspace_id="wsp_2")
        beat: Frame | None = first
        while beat is not None and beat.place == first.place:
            beat = await stream.frame()

    assert beat is not None
    assert beat.comment and beat.data is None
    assert beat.place > first.place


async def test_a_workspace_has_so_many_streams_and_another_its_own(
    world: World,
) -> None:
    app = world.behind(world.settings)
    app.state.gateway.events._most = 1
    async with listening(app, settings()) as edge:
        async with follow(edge.port) as first:
            await first.frame()
            async with follow(edge.port) as second:
                problem = msgspec.json.decode(await second.answer.aread())
            async with follow(edge.port, OTHER_KEY) as other:
                assert other.answer.status_code == 200
        await eventually(lambda: not hub_of(world)._all)
        async with follow(edge.port) as again:
            assert again.answer.status_code == 200

    assert second.answer.status_code == 429
    assert problem["type"].endswith("too_many_streams")
    assert second.answer.headers["Retry-After"]


async def _next(stream: Stream, teller: Teller) -> Frame:
    await teller.progress()
    return await stream.told()
