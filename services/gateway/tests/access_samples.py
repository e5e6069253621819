"""People who log in at a gateway in this process."""

import itertools
from datetime import datetime
from typing import Any

import httpx

from onemanage.contracts.previews.previews import Preview

from .psd_samples import World

PASSWORD = "correct horse battery"
_addresses = (f"198.51.{a}.{b}" for a, b in itertools.product(range(256), range(256)))


def browser(world: World, address: str | None = None) -> httpx.AsyncClient:
    """Keeps cookies. Each comes from an address of its own, where none is said."""
    client = (address or next(_addresses), 9)
    transport = httpx.ASGITransport(world.app, client=client)
    return httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30)


async def invited(world: World, email: str, role: str = "member") -> str:
    """The token that the owner's key has made."""
    async with world.client() as owner:
        answer = await owner.post(
            "/v1/invitations", json={"email": email, "role": role}
        )
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


async def joined(
    world: World, email: str, role: str = "member", token: str | None = None
) -> dict[str, Any]:
    """A person with an account: the session, its token among it."""
    body = {
        "token": token or await invited(world, email, role),
        "name": email.partition("@")[0],
        "password": PASSWORD,
    }
    async with browser(world) as client:
        answer = await client.post("/v1/invitations/accept", json=body)
    assert answer.status_code == 201, answer.text
    session: dict[str, Any] = answer.json()
    return session


async def log_in(
    client: httpx.AsyncClient, email: str, password: str = PASSWORD, **more: str
) -> httpx.Response:
    body = {"email": email, "password": password} | more
    return await client.post("/v1/sessions", json=body)


def preview_until(expires_at: datetime, preview_id: str = "prv_1") -> Preview:
    """One whose link ends then."""
    return Preview(
        preview_id=preview_id,
        document_id="doc_1",
        layer_id=None,
        name="poster",
        width=1,
        height=1,
        size=1,
        media_type="image/webp",
        sha256="",
        object_key="",
        expires_at=expires_at,
    )
