"""Documents: eyes, the picture, what is clicked on, the search, two versions compared."""

import base64
import io
import re
from typing import cast

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from psd_tools import PSDImage
from psd_tools.constants import BlendMode

from .browser import serious

_WIDTH, _HEIGHT = 240, 180

type Pixels = NDArray[np.uint8]


def _spot(width: int, height: int, color: tuple[int, int, int]) -> Pixels:
    """An ellipse that is whole in its middle and fades towards its edge."""
    y = np.linspace(-1, 1, height)[:, None]
    x = np.linspace(-1, 1, width)[None, :]
    alpha = np.clip(2 * (1 - np.sqrt(x * x + y * y)), 0, 1) * 255
    return np.dstack([np.full((height, width), c) for c in color] + [alpha]).astype(
        "u1"
    )


def _document(*, shade_left: int = 20) -> bytes:
    """All that a browser can draw: modes, opacity, groups of both sorts, clipping."""
    made = PSDImage.new("RGB", (_WIDTH, _HEIGHT))
    ramp = np.linspace(60, 250, _WIDTH)[None, :] * np.linspace(1, 0.6, _HEIGHT)[:, None]
    paper = np.dstack([ramp, ramp[:, ::-1], np.full_like(ramp, 140)]).astype("u1")
    made.create_pixel_layer_from_array(paper, "Paper")
    card = made.create_group(name="Card", opacity=204)
    card.blend_mode = BlendMode.NORMAL
    card.create_pixel_layer_from_array(
        _spot(90, 80, (40, 90, 200)), "Blue", left=120, top=60
    )
    stripe = card.create_pixel_layer_from_array(
        np.full((20, 100, 3), (250, 160, 90), "u1"),
        "Stripe",
        left=110,
        top=90,
        blend_mode=BlendMode.MULTIPLY,
    )
    stripe.clipping = True
    notes = made.create_group(name="Notes", opacity=153)
    notes.blend_mode = BlendMode.PASS_THROUGH
    notes.create_pixel_layer_from_array(
        _spot(60, 60, (220, 40, 120)), "Dot", left=90, blend_mode=BlendMode.SCREEN
    )
    made.create_pixel_layer_from_array(
        _spot(80, 70, (70, 160, 110)),
        "Shade",
        left=shade_left,
        top=50,
        opacity=220,
        blend_mode=BlendMode.MULTIPLY,
    )
    made.create_pixel_layer_from_array(
        _spot(70, 70, (240, 220, 40)), "Soft", 60, 100, blend_mode=BlendMode.SOFT_LIGHT
    )
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _read(client: httpx.Client, name: str, content: bytes) -> str:
    answer = client.post(
        "/v1/psd/documents",
        params={"name": name},
        content=content,
        headers={"Content-Type": "application/octet-stream", "Prefer": "wait=30"},
    )
    assert answer.json()["state"] == "completed", answer.text
    return cast(str, answer.json()["resource"].rpartition("/")[2])


@pytest.fixture(scope="module")
def document_id(client: httpx.Client) -> str:
    return _read(client, "card.psd", _document())


def _rendered(client: httpx.Client, document_id: str, hide: list[int]) -> Pixels:
    at = f"/v1/psd/documents/{document_id}/renditions"
    wait = {"Prefer": "wait=30"}
    task = client.post(at, json={"hide": hide, "rendered": True}, headers=wait).json()
    image = client.get(f"{task['resource']}/images/1".replace("//", "/"))
    return _rgb(image.content)


def _rgb(png: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def _drawn(canvas: Locator) -> Pixels:
    address: str = canvas.evaluate("canvas => canvas.toDataURL()")
    return _rgb(base64.b64decode(address.partition(",")[2]))


def _difference(one: Pixels, other: Pixels) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def test_an_eye_is_closed_at_once_and_the_pixels_are_the_servers(
    page: Page, client: httpx.Client, document_id: str
) -> None:
    layers = client.get(f"/v1/psd/documents/{document_id}/layers").json()["items"]
    ids = {layer["name"]: layer["id"] for layer in layers}
    page.goto(f"/console/documents/{document_id}")
    canvas = page.locator("canvas[data-drawn]")
    canvas.wait_for()
    assert _difference(_drawn(canvas), _rendered(client, document_id, [])) <= 2

    for name in ("Shade", "Blue"):
        before = canvas.get_attribute("data-drawn")
        row = page.get_by_role("treeitem", name=re.compile(rf"^{name}\b"))
        row.focus()
        row.press("Space")
        expect(canvas).not_to_have_attribute("data-drawn", before or "")
    hidden = [ids["Shade"], ids["Blue"]]
    assert _difference(_drawn(canvas), _rendered(client, document_id, hidden)) <= 2

    box = canvas.bounding_box()
    assert box is not None
    scale = box["width"] / _WIDTH
    details = page.get_by_role("complementary", name="Details")
    page.mouse.click(box["x"] + 120 * scale, box["y"] + 30 * scale)
    expect(details.get_by_role("heading", name="Dot")).to_be_visible()
    # Where Shade was, now that its eye is closed.
    page.mouse.click(box["x"] + 30 * scale, box["y"] + 85 * scale)
    expect(details.get_by_role("heading", name="Paper")).to_be_visible()
    assert f"layer={ids['Paper']}" in page.url

    page.goto(page.url)
    expect(details.get_by_role("heading", name="Paper")).to_be_visible()
    eye = page.get_by_role("button", name=re.compile("^Show .*Shade"))
    expect(eye).to_have_attribute("aria-pressed", "false")
    page.get_by_text("Exact", exact=True).click()
    expect(page.get_by_text("with the eyes as they are")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("as the server"))).to_be_visible()
    assert serious(page) == []


def test_a_search_leads_to_the_layer_and_two_versions_are_compared(
    page: Page, client: httpx.Client, document_id: str
) -> None:
    _read(client, "card-2.psd", _document(shade_left=32))
    page.goto("/console/documents?q=shade")
    found = page.get_by_role("row", name=re.compile("card-2"))
    expect(found).to_be_visible()
    assert serious(page) == []
    found.get_by_role("link", name="Shade").click()
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("heading", name="Shade")).to_be_visible()

    page.get_by_role("button", name="Compare").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("row", name=re.compile("card.psd")).click()
    dialog.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/console/diffs/**")
    changed = page.get_by_role("row", name=re.compile("Shade"))
    expect(changed).to_contain_text("moved (12, 0)")
    slider = page.get_by_role("slider", name="Slider")
    slider.press("Home")
    expect(slider).to_have_value("0")
    page.get_by_text("Heat map", exact=True).click()
    expect(page.get_by_role("img", name="Heat map")).to_be_visible()
    assert serious(page) == []


_BLUE, _RED = (30, 70, 210), (200, 60, 40)


def _large_document() -> bytes:
    """10 MP: more than a browser is sent as one picture."""
    made = PSDImage.new("RGB", (4000, 2600))
    made.create_pixel_layer_from_array(np.full((2600, 4000, 3), _RED, "u1"), "Paper")
    square = np.full((800, 800, 3), _BLUE, "u1")
    made.create_pixel_layer_from_array(square, "Square", left=2400, top=600)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _has_color_at(page: Page, x: int, y: int, color: tuple[int, int, int]) -> None:
    """At a pixel of the large document, wherever that is on the screen."""
    for _ in range(100):
        box = page.locator("canvas[data-under]").bounding_box()
        assert box is not None
        scale = box["width"] / 4000
        left, top = box["x"] + x * scale, box["y"] + y * scale
        clip = {"x": left, "y": top, "width": 4.0, "height": 4.0}
        shot = page.screenshot(clip=clip)  # type: ignore[arg-type]  # a plain dict is one
        if np.abs(_rgb(shot)[2, 2].astype(int) - color).max() <= 6:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{x}, {y} is not {color}")


def test_a_large_document_comes_in_tiles_and_its_eyes_and_layers_work(
    page: Page, client: httpx.Client
) -> None:
    document_id = _read(client, "wall.psd", _large_document())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/console/documents/{document_id}?way=exact")
    expect(page.get_by_text("It comes in tiles, pixel by pixel")).to_be_visible()
    picture = page.get_by_role("img", name=re.compile("as the server"))
    expect(picture).to_be_visible()
    _has_color_at(page, 2800, 1000, _BLUE)
    page.get_by_role("button", name="Zoom in").click()
    _has_color_at(page, 2500, 1000, _BLUE)
    _has_color_at(page, 2300, 1000, _RED)
    assert serious(page) == []

    box = page.locator("canvas[data-under]").bounding_box()
    assert box is not None
    scale = box["width"] / 4000
    page.mouse.click(box["x"] + 2500 * scale, box["y"] + 1000 * scale)
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("heading", name="Square")).to_be_visible()
    row = page.get_by_role("treeitem", name=re.compile(r"^Square\b"))
    row.focus()
    row.press("Space")
    expect(page.get_by_text("with the eyes as they are. At")).to_be_visible()
    _has_color_at(page, 2500, 1000, _RED)

    page.get_by_text("Fast", exact=True).click()
    expect(page.get_by_text("Drawn in this browser, as the server")).to_be_visible()
    row.press("Space")
    _has_color_at(page, 2500, 1000, _BLUE)
    assert any("/v1/tiles/" in url for url in asked)
    assert not any(url.endswith("/composite") for url in asked)
