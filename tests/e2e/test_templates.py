"""A designer's file becomes a picture with other values, on the whole system."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, ImageChops

from onemanage.contracts.base import new_id
from onemanage.local.sample_template import build_template, photo, png
from onemanage.psd.domain.typesetting.fonts import our_fonts

from .conftest import Upload

WAIT = {"Prefer": "wait=30"}
BLUE, GREEN = (30, 60, 200), (20, 160, 60)


@pytest.fixture(scope="session")
def designed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("templates") / "offer.psd"
    build_template(path)
    return path


@pytest.fixture
def template(client: httpx.Client, upload: Upload, designed: Path) -> Iterator[Any]:
    """A new one of the sample, deleted with its document at the end."""
    document = upload(designed, Prefer="wait=30").json()["result"]["id"]
    made = client.post("/v1/templates", json={"document_id": document}, headers=WAIT)
    assert made.status_code == 200, made.text
    yield made.json()["result"]
    at = f"/v1/psd/documents/{document}?cascade=true"
    gone = client.delete(at, headers=WAIT)
    assert gone.json()["result"]["counts"] == {"document": 1, "template": 1}


def test_values_make_a_picture_of_a_design_while_one_waits(
    client: httpx.Client, template: Any
) -> None:
    at = f"/v1/templates/{template['id']}"
    sent = client.post("/v1/files?name=can.png", content=png(photo(BLUE, GREEN)))
    values = {
        "title": "夏日特賣 2026",
        "price": None,
        "photo": {"file_id": sent.json()["id"]},
    }
    body = {"values": values, "width": 600}
    plain = client.post(f"{at}/renders", json={"width": 600})
    filled = client.post(f"{at}/renders", json=body)
    told = client.post(
        f"{at}/renders",
        json=body | {"format": "webp"},
        headers={"Accept": "application/json"},
    )
    kept = client.get(told.json()["url"])

    assert [slot["name"] for slot in template["slots"]] == ["photo", "title", "price"]
    assert filled.status_code == 200, filled.text
    before, after = (
        Image.open(io.BytesIO(one.content)).convert("RGB") for one in (plain, filled)
    )
    assert before.size == after.size == (600, 800)
    changed = ImageChops.difference(before, after)
    for slot in template["slots"]:
        box = tuple(round(side / 2) for side in slot["box"])
        assert changed.crop(box).getbbox() is not None, slot["name"]
    assert changed.crop((0, 680, 600, 800)).getbbox() is None  # where no slot is
    with Image.open(io.BytesIO(kept.content), formats=["WEBP"]) as opened:
        assert opened.size == (600, 800)


def test_of_two_who_change_a_template_at_once_one_does(
    client: httpx.Client, template: Any
) -> None:
    at = f"/v1/templates/{template['id']}"

    def rename(name: str) -> httpx.Response:
        change = {"changes": [{"name": "title", "rename": name}]}
        return client.patch(at, json=change, headers=WAIT)

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(rename, ("headline", "heading")))

    good = [answer for answer in answers if answer.status_code == 200]
    bad = [answer for answer in answers if answer.status_code != 200]
    assert (len(good), len(bad)) == (1, 1), [answer.text for answer in answers]
    problem = bad[0].json()
    # Or it came after the other, and found the slot renamed.
    codes = ("template.changed_meanwhile", "template.unknown_slot")
    assert problem["status"] == 422 and problem["type"].endswith(codes)
    found = client.get(at).json()
    assert found["revision"] == 2
    assert found["slots"] == good[0].json()["result"]["slots"]


def test_the_same_render_twice_at_once_is_one_picture(
    client: httpx.Client, template: Any
) -> None:
    at = f"/v1/templates/{template['id']}/renders"
    key = {"Idempotency-Key": new_id("once")}

    def render(_: int) -> httpx.Response:
        return client.post(at, json={"values": {"price": "$9"}}, headers=key)

    with ThreadPoolExecutor(2) as both:
        one, other = both.map(render, range(2))
    later = render(3)

    assert one.status_code == other.status_code == later.status_code == 200
    assert one.content == other.content == later.content
    assert later.headers["Idempotency-Replayed"] == "true"


def test_a_font_is_kept_for_its_workspace(client: httpx.Client) -> None:
    folder = next(one for one in our_fonts() if one.is_dir())
    content = next(folder.rglob("*.ttf")).read_bytes()
    first, again = (
        client.post("/v1/fonts?name=a.ttf", content=content, headers=WAIT).json()
        for _ in range(2)
    )
    font = first["result"]
    assert again["result"]["id"] == font["id"]
    shown = client.get(first["resource"]).json()
    assert shown["faces"][0]["postscript_names"] == font["faces"][0]["postscript_names"]
    gone = client.delete(first["resource"], headers=WAIT).json()
    assert gone["result"]["counts"] == {"font": 1}
    assert client.get(first["resource"]).status_code == 404
