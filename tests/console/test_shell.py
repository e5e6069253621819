"""Signing in, the frame of all pages, and what every page holds to."""

import httpx
from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Browser, Page, expect

from onemanage.local.links import sign_in_link
from onemanage.local.stack import Stack

from .browser import serious


def test_a_link_signs_in_once_and_shows_the_tasks(
    stack: Stack, browser: Browser, page: Page, client: httpx.Client
) -> None:
    client.post("/v1/files", params={"name": "notes.txt"}, content=b"hello")
    with start_blocking_portal() as portal:
        link = portal.call(sign_in_link, stack)
    fresh = browser.new_context(locale="en-GB")
    first = fresh.new_page()
    first.goto(link)
    expect(first.get_by_role("heading", name="Files")).to_be_visible()
    assert "code" not in first.url
    fresh.clear_cookies()
    second = fresh.new_page()
    second.goto(link)
    expect(second.get_by_text("This sign-in link was used before")).to_be_visible()
    fresh.close()

    page.goto("/console/tasks")
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()
    assert serious(page) == []
