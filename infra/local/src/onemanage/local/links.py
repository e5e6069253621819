"""Addresses that sign a browser in, once: no password and no key stands in them."""

import os
from pathlib import Path

import httpx

from onemanage.local.addresses import FILE_NAME, load_credentials
from onemanage.local.stack import OWNER_EMAIL, Stack


class NotStarted(Exception):
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        super().__init__(
            f"{data_dir} has no API key yet. Start OneManage on it first: make up"
        )


class NoLink(Exception):
    def __init__(self, base_url: str, reason: str) -> None:
        self.base_url = base_url
        super().__init__(
            f"{base_url} gives no link: {reason}. Is it running, and was it started by"
            " make up, on this data directory and port?"
        )


async def sign_in_link(stack: Stack) -> str:
    """One for the owner of a running stack, good for a quarter of an hour.

    Raises NoLink.
    """
    return await _link(stack.base_url, *stack.owner)


async def link_to(data_dir: Path, port: int) -> str:
    """The same of what runs on a data directory. Raises NoLink, NotStarted."""
    if not (data_dir / FILE_NAME).exists():
        raise NotStarted(data_dir)
    email = os.environ.get("OWNER_EMAIL") or OWNER_EMAIL
    own = load_credentials(data_dir).owner_password
    password = os.environ.get("OWNER_PASSWORD") or own
    return await _link(f"http://127.0.0.1:{port}", email, password)


async def _link(base_url: str, email: str, password: str) -> str:
    try:
        async with httpx.AsyncClient(base_url=base_url, timeout=30) as client:
            body = {"email": email, "password": password}
            session = (await client.post("/v1/sessions", json=body)).raise_for_status()
            client.cookies.clear()
            own = {"Authorization": f"Bearer {session.json()['token']}"}
            made = await client.post("/v1/sign-in-codes", headers=own)
            code = made.raise_for_status().json()["code"]
            await client.delete(session.headers["location"], headers=own)
    except httpx.HTTPError as error:
        raise NoLink(base_url, str(error)) from error
    return f"{base_url}/console/#code={code}"
