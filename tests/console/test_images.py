"""Recipes that are built by hand, and files whose names and contents are hostile."""

import re
from io import BytesIO

import httpx
from PIL import Image
from playwright.sync_api import Page, expect

from .browser import Complaints, serious

HOSTILE = "<img src=x onerror=alert(1)>\u202egnp.exe " + "long " * 792
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">'
    b"<script>document.title = 'run'</script><rect width='40' height='30'/></svg>"
)
HTML = b"<!doctype html><script>document.title = 'run'</script><p>plain</p>"


def test_a_recipe_that_is_changed_changes_the_picture(
    page: Page, client: httpx.Client, complaints: list[Complaints]
) -> None:
    complaints[0].expected.append("404")  # of a preset's name that is free
    complaints[0].expected.append("503")  # of workers that are busy: it asks again
    source = _uploaded(client, "harbour.png", _picture(400, 300))
    page.goto(f"/console/images?source={source}")
    size = page.get_by_test_id("size")
    expect(size).to_have_text("400 × 300")

    steps = page.get_by_role("region", name="Steps", exact=True)
    steps.get_by_label("Width", exact=True).fill("200")
    expect(size).to_have_text("200 × 150")
    steps.get_by_label("Add a step…").select_option("rotate")
    expect(size).to_have_text("150 × 200")
    steps.get_by_role("button", name=re.compile("Move .Rotate. up")).press("Enter")
    page.get_by_label("Format", exact=True).select_option("jpeg")
    expect(size).to_have_text("200 × 267")
    address = page.get_by_role("region", name="Address", exact=True).locator("code")
    expect(address).to_have_text(f"/v1/images/{source}/op:rotate,angle:90/w_200/f_jpeg")
    assert serious(page) == []

    page.get_by_role("button", name="Make 1 file").click()
    expect(page.get_by_role("link", name="All as a zip")).to_be_visible()
    page.get_by_role("button", name="Save as preset").click()
    page.get_by_label("Name", exact=True).last.fill("upright")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(f"{_origin(page)}/console/images?preset=upright")
    page.goto("/console/images/presets")
    expect(page.get_by_role("link", name="upright")).to_be_visible()
    assert serious(page) == []


def test_a_file_is_shown_and_never_run(
    page: Page, client: httpx.Client, complaints: list[Complaints]
) -> None:
    complaints[0].expected.append("503")  # of workers that are busy: it asks again
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    picture = _uploaded(client, HOSTILE, _picture(320, 200))
    name = client.get(f"/v1/files/{picture}").json()["name"]
    page.goto(f"/console/files/{picture}")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(name)
    expect(page.get_by_role("list", name="Colours")).to_be_visible()
    expect(page.get_by_text("pictures were looked at")).to_be_visible()
    assert serious(page) == []

    page.goto(f"/console/files/{_uploaded(client, 'drawing.svg', SVG)}")
    expect(page.get_by_alt_text("drawing.svg")).to_be_visible()
    page.goto(f"/console/files/{_uploaded(client, 'page.html', HTML)}")
    expect(page.get_by_text(HTML.decode())).to_be_visible()
    assert page.title().startswith("page.html")
    assert dialogs == []


def _picture(width: int, height: int) -> bytes:
    out = BytesIO()
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.paste((200, 40, 40), (width // 4, height // 4, width // 2, height // 2))
    image.save(out, "PNG")
    return out.getvalue()


def _uploaded(client: httpx.Client, name: str, content: bytes) -> str:
    answer = client.post("/v1/files", params={"name": name}, content=content)
    return str(answer.raise_for_status().json()["id"])


def _origin(page: Page) -> str:
    return str(page.evaluate("location.origin"))
