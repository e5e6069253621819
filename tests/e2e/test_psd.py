"""What designers want of their documents, on the whole system."""

import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from psd_tools import PSDImage

from .conftest import Upload


def _parsed(upload: Upload, path: Path) -> str:
    answer = upload(path, Prefer="wait=30")
    assert answer.status_code == 200
    found: str = answer.json()["result"]["id"]
    return found


def _rendered(client: httpx.Client, document: str, spec: dict[str, Any]) -> Any:
    path = f"/v1/psd/documents/{document}/renditions"
    answer = client.post(path, json=spec, headers={"Prefer": "wait=30"})
    assert answer.status_code == 200, answer.text
    return client.get(answer.json()["resource"]).json()


def test_layers_come_out_in_the_formats_and_sizes_that_are_asked_for(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    document = _parsed(upload, poster)
    spec = {
        "of": "layers",
        "layers": {"names": ["Can*"]},
        "format": "webp",
        "scales": [0.5, 1],
    }
    rendition = _rendered(client, document, spec)

    assert len(rendition["images"]) == 2 * len(
        {image["layer_id"] for image in rendition["images"]}
    )
    for image in rendition["images"]:
        answer = client.get(image["url"])
        with Image.open(io.BytesIO(answer.content), formats=["WEBP"]) as opened:
            assert opened.size == (image["width"], image["height"])
            assert opened.mode == "RGBA"


def test_a_whole_document_is_drawn_with_a_layer_hidden(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    document = _parsed(upload, poster)
    layers = client.get(f"/v1/psd/documents/{document}/layers").json()["items"]
    can = next(layer for layer in layers if layer["name"] == "Can")
    (whole,) = _rendered(client, document, {"rendered": True})["images"]
    (without,) = _rendered(client, document, {"hide": [can["id"]]})["images"]

    one, other = (
        Image.open(io.BytesIO(client.get(image["url"]).content)).convert("RGB")
        for image in (whole, without)
    )
    center = can["left"] + can["width"] // 2, can["top"] + can["height"] // 2
    assert one.size == other.size
    assert one.getpixel(center) != other.getpixel(center)
    assert one.getpixel((2, 2)) == other.getpixel((2, 2))


def test_archives_are_whole_and_hold_every_image_under_its_name(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    document = _parsed(upload, poster)
    rendition = _rendered(client, document, {"of": "layers", "format": "jpeg"})
    path = f"/v1/psd/renditions/{rendition['id']}/archive"
    with zipfile.ZipFile(io.BytesIO(client.get(path).content)) as archive:
        assert archive.testzip() is None
        names = {image["name"] for image in rendition["images"]}
        assert set(archive.namelist()) == names | {"rendition.json"}

    path = f"/v1/psd/documents/{document}/archive"
    with zipfile.ZipFile(io.BytesIO(client.get(path).content)) as archive:
        assert archive.testzip() is None
        assert {"composite.png", "manifest.json"} <= set(archive.namelist())


def test_layers_of_all_documents_are_found(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    document = _parsed(upload, poster)
    found = client.get(f"/v1/psd/search?q=can&document_id={document}").json()["items"]
    assert found[0]["layer"]["name"] == "Can"
    layer_id = found[0]["layer"]["id"]
    layer = client.get(f"/v1/psd/documents/{document}/layers/{layer_id}").json()
    assert layer["details"]["fill_opacity"] == 1.0


def test_two_versions_are_compared(
    client: httpx.Client, upload: Upload, poster: Path, tmp_path: Path
) -> None:
    changed = PSDImage.open(poster)
    can = next(layer for layer in changed.descendants() if layer.name == "Can")
    can.opacity, can.name = 128, "Tin"
    path = tmp_path / "changed.psd"
    with path.open("wb") as file:
        changed._record.write(file)
    both = {"before": _parsed(upload, poster), "after": _parsed(upload, path)}

    answer = client.post("/v1/psd/diffs", json=both, headers={"Prefer": "wait=30"})
    assert answer.status_code == 200, answer.text
    diff = client.get(answer.json()["resource"]).json()

    assert (diff["added"], diff["removed"], diff["changed"]) == (0, 0, 1)
    (layer,) = diff["layers"]
    assert layer["name"] == "Tin"
    assert {"renamed", "opacity"} <= set(layer["changes"])
    image = client.get(f"{answer.json()['resource']}/image")
    with Image.open(io.BytesIO(image.content), formats=["PNG"]) as opened:
        assert opened.size == (1200, 1600)


def test_names_without_a_unicode_form_are_read_in_the_encoding_that_is_chosen(
    client: httpx.Client, tmp_path: Path
) -> None:
    """By who names an uploaded file, and by who sends one; renditions follow."""
    document = PSDImage.new("RGB", (8, 8))
    layer = document.create_pixel_layer(Image.new("RGB", (8, 8)), name="x")
    layer._record.name = "Größe".encode("cp1252").decode("mac_roman")
    layer.tagged_blocks.pop(b"luni", None)
    with (tmp_path / "old.psd").open("wb") as file:
        document._record.write(file)
    sent = (tmp_path / "old.psd").read_bytes()
    headers = {"Prefer": "wait=30", "Content-Type": "application/octet-stream"}
    at = "/v1/psd/documents"

    guessed = client.post(at, content=sent, headers=headers).json()["result"]
    chosen = client.post(
        at, params={"name_encoding": "mac-greek"}, content=sent, headers=headers
    ).json()["result"]
    named = client.post(
        at,
        json={"file_id": chosen["file_id"], "name_encoding": "cp1251"},
        headers={"Prefer": "wait=30"},
    ).json()["result"]
    refused = client.post(at, json={"file_id": "fil_1", "name_encoding": "klingon"})

    names = [
        client.get(f"{at}/{one['id']}/layers").json()["items"][0]["name"]
        for one in (guessed, chosen, named)
    ]
    raw = "Größe".encode("cp1252")
    assert names == ["Größe", raw.decode("mac_greek"), raw.decode("cp1251")]
    assert [x["name_encoding"] for x in (guessed, chosen, named)] == [
        "cp1252",
        "mac-greek",
        "cp1251",
    ]
    assert "read as cp1252" in guessed["warnings"][0]
    assert refused.status_code == 422
    spec = {"of": "layers", "layers": {"names": [names[2]]}}
    (image,) = _rendered(client, named["id"], spec)["images"]
    assert image["name"].startswith(names[2])
