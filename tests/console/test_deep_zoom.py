"""A picture of 48 megapixels, looked at in a browser."""

import io

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Page, Request, expect

from .browser import serious

WIDTH, HEIGHT = 8000, 6000
MOST_REQUESTS = 6


def _picture() -> bytes:
    """Red grows to the right and green downwards, so a colour tells its place."""
    pixels = np.zeros((HEIGHT // 20, WIDTH // 20, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, WIDTH // 20)[None, :]
    pixels[..., 1] = np.linspace(0, 255, HEIGHT // 20)[:, None]
    out = io.BytesIO()
    Image.fromarray(pixels).resize((WIDTH, HEIGHT)).save(out, "JPEG", quality=80)
    return out.getvalue()


def test_48_megapixels_are_shown_by_few_requests_and_zoomed_into(
    page: Page, client: httpx.Client
) -> None:
    sent = client.post("/v1/files", params={"name": "wall.jpg"}, content=_picture())
    source = sent.json()["id"]
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/v1/tiles/" in request.url and "info.json" not in request.url:
            asked.append(request.url)

    page.on("request", note)
    page.goto(f"/console/zoom/{source}?name=wall.jpg")
    canvas = page.get_by_role("application", name="wall.jpg")
    expect(canvas).to_be_visible(timeout=60_000)  # 258 tiles are cut first
    expect(page.get_by_label("Size")).not_to_be_empty()
    page.wait_for_load_state("networkidle")

    assert 0 < len(asked) + 1 <= MOST_REQUESTS  # and info.json once the tiles are made
    assert serious(page) == []
    _shows_its_place(page)

    page.get_by_role("button", name="100%").click()
    expect(page.get_by_label("Size")).to_have_text("100%")
    page.wait_for_load_state("networkidle")
    _shows_its_place(page)
    canvas.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Pixel 4,000, 3,000")).to_be_visible()

    page.get_by_role("link", name="Tasks").first.click()
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()


def _shows_its_place(page: Page) -> None:
    """The middle of the picture is in the middle of the viewer."""
    box = page.get_by_role("application").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    clip = {"x": middle[0], "y": middle[1], "width": 4.0, "height": 4.0}

    def near() -> bool:
        shot = page.screenshot(clip=clip)  # type: ignore[arg-type]  # a plain dict is one
        color = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))[2, 2]
        return bool(np.abs(color.astype(int) - (127, 127, 0)).max() <= 6)

    for _ in range(50):
        if near():
            return
        page.wait_for_timeout(100)
    raise AssertionError("the middle of the picture is elsewhere")
