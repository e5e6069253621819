"""So many requests a second, of a key and of a workspace."""

import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.limits.limits import Limits
from onemanage.gateway.limits.rates import Rates
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.testing.fixtures import eventually

from .limits_samples import client_of, code_of, limited
from .psd_samples import World
from .test_admission import refused

LIMITS = f"/v1/workspaces/{OWNER_WORKSPACE}/limits"


async def another_key(world: World) -> str:
    async with world.client() as owner:
        made = await owner.post("/v1/api-keys", json={"name": "another"})
    key: str = made.json()["key"]
    return key


async def test_two_keys_of_a_workspace_share_what_it_may(world: World) -> None:
    app = limited(world, Limits(requests_per_second=0.3))
    async with client_of(app) as one, client_of(app, await another_key(world)) as other:
        found = [
            (await each.get("/v1/tasks")).status_code for each in (one, other, one)
        ]
        refusals = [await each.get("/v1/tasks") for each in (one, other)]

    assert found == [200, 200, 200]
    for answer in refusals:
        assert (answer.status_code, code_of(answer)) == (429, "rate_limited")
        assert answer.json()["policy"] == "workspace"


async def test_a_key_that_sends_too_much_keeps_no_other_away(world: World) -> None:
    app = limited(world, Limits(key_requests_per_second=0.1, requests_per_second=100))
    async with client_of(app) as one, client_of(app, await another_key(world)) as other:
        assert (await one.get("/v1/tasks")).status_code == 200
        refusal = await one.get("/v1/tasks")
        assert (await other.get("/v1/tasks")).status_code == 200

    assert refusal.json()["policy"] == "key"
    assert refusal.headers["Retry-After"] == "10"
    assert refusal.headers["RateLimit"] == '"key";r=0;t=10, "workspace";r=999;t=1'


async def test_a_request_too_many_is_refused_before_its_body_is_read(
    world: World,
) -> None:
    app = limited(world, Limits(requests_per_second=0.1))
    async with client_of(app) as client:
        assert (await client.get("/v1/tasks")).status_code == 200
        key = client.headers["Authorization"].removeprefix("Bearer ")
    for path in ("/v1/files", "/v1/psd/documents", "/v1/imports"):
        assert await refused(app, "POST", path, key) == 429


async def test_every_answer_to_a_key_tells_how_much_is_left(world: World) -> None:
    app = limited(world, Limits(key_requests_per_second=2, requests_per_second=3))
    async with client_of(app) as client:
        answers = [
            await client.get("/v1/tasks"),
            await client.get("/v1/nowhere"),
            await client.post("/v1/files", headers={"Content-Encoding": "gzip"}),
        ]
    for left, answer in zip((19, 18, 17), answers, strict=True):
        policy = '"key";q=20;w=10, "workspace";q=30;w=10'
        assert answer.headers["RateLimit-Policy"] == policy, answer.text
        assert answer.headers["RateLimit"].startswith(f'"key";r={left};t=')
    assert [answer.status_code for answer in answers] == [200, 404, 415]


async def test_who_has_no_key_is_told_of_no_limit(world: World) -> None:
    async with client_of(limited(world, Limits(requests_per_second=1)), "x") as client:
        assert "RateLimit" not in (await client.get("/v1/tasks")).headers
        assert "RateLimit" not in (await client.get("/healthz")).headers


async def test_without_a_limit_nothing_is_told_and_nothing_refused(
    world: World,
) -> None:
    async with client_of(limited(world, Limits())) as client:
        answers = [await client.get("/v1/me") for _ in range(50)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers


async def test_each_of_several_processes_has_its_share(world: World) -> None:
    app = limited(world, Limits(requests_per_second=0.6), replicas=2)
    async with client_of(app) as client:
        found = [(await client.get("/v1/me")).status_code for _ in range(4)]
    assert found == [200, 200, 200, 429]


async def test_a_limit_of_the_workspace_s_own_is_in_force_within_two_seconds(
    world: World,
) -> None:
    async with world.client() as client:
        await client.get("/v1/me")  # it is remembered from here on
        made = await client.put(LIMITS, json={"key_requests_per_second": 7.5})
        assert made.json()["own"] == ["key_requests_per_second"]

        async def told() -> bool:
            answer = await client.get("/v1/me")
            return answer.headers["RateLimit-Policy"].startswith('"key";q=75;w=10')

        await eventually(told)


async def test_a_bucket_fills_again_and_holds_no_more_than_it_may(
    world: World,
) -> None:
    now = 0.0
    caller = await world.gateway.callers.caller(world.settings.owner_api_key or "")
    rates = Rates(burst_seconds=1, clock=lambda: now)

    def let_through() -> int:
        turns = [rates.take(caller) for _ in range(150)]
        return sum(turn.refusal is None for turn in turns)

    assert caller.limits.key_requests_per_second == 100
    assert let_through() == 100
    now = 0.5
    assert let_through() == 50
    now = 3600
    assert let_through() == 100


async def test_an_operator_sets_limits_and_takes_them_back(world: World) -> None:
    async with world.client() as owner:
        given = {"stored_bytes": 1000, "requests_per_second": None}
        made = (await owner.put(LIMITS, json=given)).json()
        assert (made["stored_bytes"], made["requests_per_second"]) == (1000, None)
        assert made["key_requests_per_second"] == 100  # the installation's
        assert made["own"] == ["requests_per_second", "stored_bytes"]
        assert (await owner.get(LIMITS)).json() == made
        again = (await owner.put(LIMITS, json={})).json()
    assert (again["own"], again["stored_bytes"]) == ([], None)
    assert again["requests_per_second"] == 300


async def test_limits_of_no_workspace_and_of_another_are_not_there(
    world: World,
) -> None:
    nowhere = f"/v1/workspaces/{new_id('wsp')}/limits"
    async with world.client() as owner, world.stranger() as stranger:
        assert (await owner.put(nowhere, json={})).status_code == 404
        assert (await owner.get(nowhere)).status_code == 404
        assert (await stranger.get(LIMITS)).status_code == 404
        refusal = await stranger.put(LIMITS, json={})
    assert (refusal.status_code, code_of(refusal)) == (403, "admin_only")


@pytest.mark.parametrize(
    "wrong",
    [
        {"uploads": -1},
        {"requests_per_second": 0},
        {"stored_bytes": 1.5},
        {"tasks_waiting": 2**60},
        {"anything": 1},
    ],
)
async def test_limits_that_cannot_be_are_refused(
    world: World, wrong: dict[str, float]
) -> None:
    async with world.client() as owner:
        answer = await owner.put(LIMITS, json=wrong)
    assert (answer.status_code, code_of(answer)) == (422, "invalid_request")
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(wrong))}"
