"""Files: dropped, sent, found again; a session that ends in mid-work."""

from pathlib import Path

import httpx
from playwright.sync_api import FilePayload, Page, Route, expect

from onemanage.local.stack import Stack

from .browser import Complaints, serious

_HOSTILE = "<img src=x onerror=alert(1)>\u202egnp.exe " + "long " * 792 + ".txt"


def test_many_files_are_sent_at_once_and_shown_as_what_they_are_called(
    page: Page, client: httpx.Client
) -> None:
    client.post("/v1/files", params={"name": _HOSTILE}, content=b"hello")
    page.goto("/console/")
    expect(page.get_by_role("cell", name="<img src=x").first).to_be_visible()
    files: list[FilePayload] = [
        {"name": f"notes-{at}.txt", "mimeType": "text/plain", "buffer": b"%d" % at}
        for at in range(5)
    ]
    page.get_by_label("Upload files").first.set_input_files(files)
    expect(page.get_by_text("All uploads have ended")).to_be_visible()
    expect(page.get_by_role("link", name="notes-4.txt")).to_be_visible()
    assert serious(page) == []

    page.get_by_role("link", name="notes-4.txt").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("application/octet-stream")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete").get_by_role(
        "button", name="Delete"
    ).click()
    expect(page.get_by_role("link", name="notes-4.txt")).to_have_count(0)


def test_a_large_file_that_was_cut_off_goes_on_where_it_was(
    page: Page, tmp_path: Path, complaints: list[Complaints], client: httpx.Client
) -> None:
    complaints[0].expected += ["ERR_FAILED", "ERR_ABORTED", "Failed to load resource"]
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.write(b"OneManage")
        file.truncate(70 * 1024**2)
    sent: list[str] = []
    page.goto("/console/")

    def two_alone(route: Route) -> None:
        """The storage takes two parts, and then the line is dead: nothing answers."""
        if len(sent) < 2:
            sent.append(route.request.url)
            route.continue_()

    page.route(lambda url: "partNumber" in url, two_alone)
    page.get_by_label("Upload files").first.set_input_files(large)
    while len(sent) < 2:
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Stop uploading").click()
    page.unroute_all(behavior="ignoreErrors")
    again: list[str] = []
    page.on(
        "request", lambda one: again.append(one.url) if one.method == "PUT" else None
    )
    page.get_by_role("button", name="Go on with").click()
    expect(page.get_by_text("All uploads have ended")).to_be_visible()

    expect(page.get_by_role("link", name="large.bin")).to_be_visible()
    assert len(again) < 5, "what had arrived was not sent again"
    (found,) = [
        one
        for one in client.get("/v1/files").json()["items"]
        if one["name"] == "large.bin"
    ]
    assert found["size"] == 70 * 1024**2


def test_a_session_that_ends_loses_nothing_that_was_typed(
    page: Page, complaints: list[Complaints], stack: Stack
) -> None:
    complaints[0].expected += ["401"]
    email, password = stack.owner
    page.goto("/console/keys")
    page.get_by_role("button", name="New key").first.click()
    page.get_by_label("Name").fill("typed before")
    page.context.clear_cookies()
    dialog = page.get_by_role("dialog", name="New API key")
    dialog.get_by_role("button", name="New key").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    again.get_by_label("E-mail address").fill(email)
    again.get_by_label("Password", exact=True).last.fill(password)
    again.get_by_role("button", name="Sign in").click()

    made = page.get_by_role("dialog", name="The key")
    expect(made.get_by_text("om_live_")).to_be_visible()
    made.get_by_role("button", name="Close").click()
    expect(page.get_by_text("typed before")).to_be_visible()
