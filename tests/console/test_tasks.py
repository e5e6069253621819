"""Tasks that fail, their stories, and the letters that are left of them."""

import base64
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Page, expect

from onemanage.contracts.psd.documents import ParseExport
from onemanage.local.stack import Stack
from onemanage.platform.messaging.commands import envelope_of
from onemanage.platform.messaging.delivery import DeadLetter, publish_dead_letter
from onemanage.platform.messaging.nats import connect

from .browser import serious

TRACEBACK = "Traceback: <script>document.title = 'run'</script>"


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
    with start_blocking_portal() as portal:
        portal.call(_dead, stack, again)
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


async def _dead(stack: Stack, task: dict[str, Any]) -> None:
    """Leave a letter of the task, as a worker would whose disk is full."""
    subject = "tasks.psd.high"
    command = ParseExport(
        task_id=task["id"],
        workspace_id="wsp_unknown",
        run=task["run"],
        document_id="doc_" + "0" * 32,
        file_id="fil_" + "0" * 32,
        file_key="nothing",
        file_name="broken.psd",
    )
    client = await connect(stack.addresses.nats_url, "test")
    try:
        letter = DeadLetter(
            reason="raised",
            error="the disk is full",
            traceback=TRACEBACK,
            stream="TASKS",
            sequence=1,
            subject=subject,
            consumer="worker_psd_high",
            deliveries=3,
            task_id=task["id"],
            payload=base64.b64encode(envelope_of(command)).decode(),
        )
        await publish_dead_letter(client, letter)
    finally:
        await client.close()
