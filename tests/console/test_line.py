"""The line and the server go away and come back, while somebody is at work."""

import os
import signal

import httpx
from playwright.sync_api import Page, expect

from onemanage.local.stack import Stack

from .browser import Complaints


def test_without_a_line_it_is_said_and_what_was_typed_is_sent_later(
    page: Page, complaints: list[Complaints]
) -> None:
    complaints[0].expected += ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED"]
    page.goto("/console/keys")
    page.get_by_role("button", name="New key").first.click()
    page.get_by_label("Name").fill("typed on a train")
    page.context.set_offline(True)
    said = page.get_by_text("You are offline.")
    expect(said).to_be_visible()
    dialog = page.get_by_role("dialog", name="New API key")
    dialog.get_by_role("button", name="New key").click()
    page.context.set_offline(False)
    expect(page.get_by_role("dialog", name="The key")).to_be_visible()
    expect(said).to_have_count(0)


def test_a_server_that_is_started_anew_is_waited_for(
    page: Page, stack: Stack, complaints: list[Complaints]
) -> None:
    complaints[0].expected += ["ERR_", "502", "503"]
    page.goto("/console/tasks")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    os.kill(stack.runner.pid("gateway"), signal.SIGKILL)
    away = page.get_by_text("The server does not answer.")
    expect(away).to_be_visible()
    # A page that is opened meanwhile, and has to be fetched first, comes by itself.
    page.get_by_role("link", name="API keys").click()
    expect(page.get_by_role("button", name="New key").first).to_be_visible()
    page.get_by_role("link", name="Tasks").click()
    expect(away).to_have_count(0)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    own = {"Authorization": f"Bearer {stack.owner_api_key}"}
    asked = httpx.post(
        f"{stack.base_url}/v1/psd/documents",
        params={"name": "after.psd"},
        content=b"8BPS is all of it",
        headers=own | {"Prefer": "respond-async"},
        timeout=60,
    )
    row = page.get_by_role("row").filter(has_text=asked.json()["id"])
    expect(row).to_contain_text("Failed")
