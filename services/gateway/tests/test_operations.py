"""What /readyz says of JetStream. That servers are away: tests/e2e/test_failures.py."""

from .psd_samples import World


async def test_readyz_says_that_a_stream_has_no_room(world: World) -> None:
    """How the process learns of it: tests/faults/test_older_store.py."""
    async with world.client() as client:
        ready = await client.get("/readyz")
        world.gateway.nats.refusal = "insufficient resources"
        full = await client.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert full.status_code == 503
    assert full.json()["down"] == {"nats": "NoRoom: insufficient resources"}


async def test_readyz_says_what_an_operator_is_to_set_right(world: World) -> None:
    world.gateway.dispatcher.recovery.trouble = "run onemanage-topology"
    async with world.client() as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "trouble": "run onemanage-topology"}
