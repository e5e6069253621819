"""Templates in the console: another text is another picture, and a table becomes many."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from onemanage.local.sample_template import build_template

from .browser import Complaints, said, serious

_WAIT = {"Prefer": "wait=30"}


def _made(client: httpx.Client, path: str, **order: Any) -> str:
    """The id of what a task has made."""
    task = client.post(path, headers=_WAIT, **order).raise_for_status().json()
    while task["state"] in ("queued", "running"):
        task = client.get(f"/v1/tasks/{task['id']}").json()
    assert task["state"] == "completed", task
    found: str = task["resource"].rpartition("/")[2]
    return found


@pytest.fixture(scope="module")
def template(client: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("design") / "offer.psd"
    build_template(path)
    document = _made(client, "/v1/psd/documents", content=path.read_bytes())
    order = {"document_id": document, "name": "Offer"}
    return _made(client, "/v1/templates", json=order)


def _pixels(page: Page) -> bytes:
    """Of the picture, once it is no longer being made."""
    expect(page.get_by_role("region", name="The picture")).to_have_attribute(
        "aria-busy", "false"
    )
    shot = page.get_by_role("img", name="The picture").screenshot()
    return Image.open(io.BytesIO(shot)).convert("RGB").tobytes()


def test_another_text_is_another_picture(
    page: Page, template: str, complaints: list[Complaints]
) -> None:
    complaints[0].expected.append("503")  # of workers that are busy
    page.goto("/console/templates")
    page.get_by_role("link", name="Offer").click()
    expect(page.get_by_role("img", name="The picture")).to_be_visible()
    page.get_by_label("Show slots").uncheck()
    before = _pixels(page)
    title = page.get_by_role("textbox", name="title")
    title.fill("夏日特饮")
    expect(
        page.get_by_role("button", name=f"As in the design: {said('title')}")
    ).to_be_visible()
    after = _pixels(page)
    assert after != before
    assert serious(page) == []
    page.get_by_role("button", name="All as in the design").click()
    expect(title).to_have_value("SUMMER")
    assert _pixels(page) == before


def test_a_merge_shows_its_pictures_and_takes_its_rejects_again(
    page: Page, client: httpx.Client, template: str
) -> None:
    table = b"sku,headline,price\n1,SUMMER,$3\n2,,$4\n3,COLD BREW,$5\n"
    plan = client.post(
        "/v1/imports/plans?name=drinks.csv",
        content=table,
        headers={"Content-Type": "text/csv", **_WAIT},
    ).json()
    _made(client, "/v1/imports", json={"plan_id": plan["id"]})
    page.goto(f"/console/templates/{template}/merge")
    page.get_by_label("Data set").select_option(label="drinks")
    page.get_by_label(f"Column for {said('title')}", exact=True).select_option(
        "headline"
    )
    page.get_by_label("Width in pixels").fill("120")
    page.get_by_label("Names of the pictures").fill("offer-{sku}")
    page.get_by_text("reject the row").click()
    expect(page.get_by_text(f"The first: {said('offer-1')}")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Make the pictures").click()
    expect(page.get_by_role("button", name="Repeat")).to_be_visible(timeout=60_000)
    pictures = page.get_by_role("button", name="Open")
    expect(pictures).to_have_count(2)
    assert serious(page) == []

    page.get_by_role("link", name="Rejects").click()
    cell = page.get_by_role("grid").locator("[aria-invalid]")
    expect(cell).to_have_count(1)
    cell.click()
    page.keyboard.press("M")
    page.get_by_label(f"Value of {said('headline')}").fill("MINT & LIME")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send 1 row again").click()
    expect(page.get_by_role("button", name=f"Open {said('offer-2')}")).to_be_visible(
        timeout=60_000
    )
