"""What the audit tells, and something for it to tell of."""

from typing import Any

from .psd_samples import KEY, World

PATH = "/v1/audit"


async def told(world: World, key: str = KEY, **wanted: Any) -> list[dict[str, Any]]:
    """The entries, the oldest first."""
    async with world.client(key) as owner:
        answer = await owner.get(PATH, params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items[::-1]


async def a_key(world: World, **body: Any) -> dict[str, Any]:
    async with world.client() as owner:
        answer = await owner.post("/v1/api-keys", json={"name": "shop"} | body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
