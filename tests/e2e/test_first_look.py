"""What the console has to show on a first start."""

import httpx

from onemanage.local.first_look import NAME, send_sample
from onemanage.local.stack import Stack


async def test_a_first_start_that_is_cut_short_sends_the_sample_once(
    stack: Stack,
) -> None:
    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    async with httpx.AsyncClient(base_url=stack.base_url, headers=headers) as client:

        async def samples() -> list[str]:
            found = (await client.get("/v1/files")).raise_for_status().json()["items"]
            return [file["id"] for file in found if file["name"] == NAME]

        await send_sample(stack)
        sent = await samples()
        await send_sample(stack)

        assert sent and await samples() == sent
