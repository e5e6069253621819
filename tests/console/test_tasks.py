"""Tasks that fail, their stories, and the letters that are left of them."""

from itertools import count
from typing import Any

import httpx
from playwright.sync_api import Page, Route, expect

from onemanage.local.stack import Stack

from .browser import serious
from .letters import TRACEBACK, leave_letter


def test_a_failed_task_tells_its_story_and_runs_again(
    page: Page, client: httpx.Client, stack: Stack
) -> None:
    task = _failed(client)
    page.goto("/console/tasks?state=failed&text=psd")
    row = page.get_by_role("row").filter(has_text=task["id"])
    expect(row).to_contain_text("Failed")
    assert serious(page) == []
    row.get_by_role("link").click()

    expect(page.get_by_role("heading", name="It failed")).to_be_visible()
    expect(page.get_by_text(task["error"]["message"]).first).to_be_visible()
    expect(page.get_by_text(task["trace_id"])).to_be_visible()
    expect(page.get_by_text("Attempt 1", exact=True)).to_be_visible()
    assert serious(page) == []

    page.get_by_role("button", name="Run it again").click()
    expect(page.get_by_text("Run 2, attempt 1")).to_be_visible()
    expect(page.get_by_text("2 runs so far")).to_be_visible()

    again = client.get(f"/v1/tasks/{task['id']}").json()
    leave_letter(stack.addresses.nats_url, again)
    page.goto("/console/dead-letters")
    row = page.get_by_role("row").filter(has_text="the disk is full")
    expect(row).to_contain_text("It raised an error")
    assert serious(page) == []
    row.get_by_role("link").first.click()
    expect(page.get_by_text(TRACEBACK)).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_text("It is replayed")).to_be_visible()
    expect(page.get_by_role("heading", name="No dead letters")).to_be_visible()

    page.goto(f"/console/tasks/{task['id']}")
    expect(page.get_by_text("3 runs so far")).to_be_visible()


def _failed(client: httpx.Client) -> dict[str, Any]:
    answer = client.post(
        "/v1/psd/documents",
        params={"name": "broken.psd"},
        content=b"8BPS is all of it",
        headers={"Prefer": "wait=20"},
    )
    assert answer.status_code == 422
    task: dict[str, Any] = client.get(f"/v1/tasks/{answer.json()['task_id']}").json()
    return task


def test_a_row_that_is_behind_what_was_told_is_read_again(
    page: Page, client: httpx.Client
) -> None:
    task, asked = _failed(client), count()

    def behind(route: Route) -> None:
        response = route.fetch()
        found = response.json()
        if next(asked) < 3:
            found |= {"state": "running", "finished_at": None, "error": None}
        route.fulfill(response=response, json=found)

    page.route(f"**/v1/tasks/{task['id']}", behind)
    page.goto(f"/console/tasks/{task['id']}")
    expect(page.get_by_role("heading", name="It failed")).to_be_visible()
