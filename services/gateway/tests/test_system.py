"""How the installation stands, for those who run it."""

from .access_samples import joined
from .psd_samples import World


async def test_an_operator_is_told_of_servers_workers_and_what_waits(
    world: World,
) -> None:
    async with world.client() as owner:
        told = (await owner.get("/v1/system")).json()

    assert {one["name"]: one["down"] for one in told["servers"]} == {
        "nats": None,
        "postgresql": None,
        "storage": None,
    }
    assert {"psd", "imaging", "preview"} <= {one["name"] for one in told["services"]}
    assert {one["name"] for one in told["streams"]} == {"TASKS", "EVENTS", "DLQ"}
    assert told["handlers"]
    assert all(one["behind"] >= 0 for one in told["handlers"])


async def test_nobody_else_is(world: World) -> None:
    ada = await joined(world, "ada@example.com", "owner")
    async with world.client(ada["token"]) as client:
        refused = await client.get("/v1/system")
    assert (refused.status_code, refused.json()["title"]) == (403, "admin only")
