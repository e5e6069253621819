"""Images by address, on the whole system: made at once, kept, and gone when deleted."""

import asyncio
import io
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.addresses.signing import signed_path
from onemanage.local.stack import Stack
from tests.running_stack import storage_of

from .conftest import Upload

WAIT = {"Prefer": "wait=30"}
KEYS = "/v1/images/signing-keys"


def _photo(seed: int, width: int = 600, height: int = 400) -> bytes:
    chance = np.random.default_rng(seed)
    small = chance.integers(0, 255, (9, 12, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).save(
        out, "JPEG", quality=92
    )
    return out.getvalue()


def _uploaded(client: httpx.Client, content: bytes, name: str = "photo.jpg") -> str:
    answer = client.post("/v1/files", params={"name": name}, content=content)
    assert answer.is_success, answer.text
    found: str = answer.json()["id"]
    return found


def _shown(client: httpx.Client, path: str, **more: Any) -> httpx.Response:
    """As a browser would that is told to come back; a model may have to be loaded."""
    while (answer := client.get(path, **more)).status_code == 503:
        time.sleep(int(answer.headers["Retry-After"]))
    return answer


def _size(answer: httpx.Response) -> tuple[str | None, tuple[int, int]]:
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.content)) as image:
        image.load()
        return image.format, image.size


@pytest.fixture
def key(client: httpx.Client) -> Any:
    """One that signs; those before it sign no more."""
    for one in client.get(KEYS).json()["items"]:
        client.delete(f"{KEYS}/{one['id']}")
    made = client.post(KEYS, json={"name": "pages"})
    assert made.status_code == 201, made.text
    return made.json()


def _address(key: Any, rest: str) -> str:
    return signed_path(key["signs_as"], key["secret"], rest)


def test_a_photo_is_shown_as_its_address_says(
    client: httpx.Client, stack: Stack, key: Any
) -> None:
    file_id = _uploaded(client, _photo(1))
    anybody = httpx.Client(base_url=stack.base_url, timeout=60)
    with anybody:
        words = "w_300,h_300,fit_cover,g_face/q_70"
        cover = _shown(anybody, _address(key, f"0/{words}/{file_id}.webp"))
        bare = _address(key, f"0/w_120/{file_id}")
        avif = _shown(anybody, bare, headers={"Accept": "image/avif,*/*"})
        plain = _shown(anybody, bare)
        again = anybody.get(
            _address(key, f"0/w_120/{file_id}"),
            headers={"If-None-Match": plain.headers["ETag"]},
        )
    keyed = _shown(
        client, f"/v1/images/{file_id}/crop_100x80,x_5,y_5/rot_90/gray,f_png"
    )
    assert _size(cover) == ("WEBP", (300, 300))
    assert _size(avif) == ("AVIF", (120, 80))
    assert _size(plain) == ("JPEG", (120, 80))
    assert plain.headers["Vary"] == "Accept"
    assert again.status_code == 304
    assert _size(keyed) == ("PNG", (80, 100))


def test_layers_and_transformations_are_shown_by_address(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    document = upload(poster, **WAIT).json()["result"]
    file_id = _uploaded(client, _photo(2))
    recipe = {
        "operations": [{"op": "resize", "width": 200}],
        "variants": [{"name": "a"}, {"name": "b"}],
    }
    made = client.post(
        "/v1/images/transformations",
        json={"file_id": file_id, "recipe": recipe},
        headers=WAIT,
    ).json()["result"]
    layers = client.get(f"/v1/psd/documents/{document['id']}/layers").json()["items"]
    drawn = next(layer["id"] for layer in layers if layer["image"])

    composite = _shown(client, f"/v1/images/{document['id']}/w_90,f_webp")
    layer = _shown(client, f"/v1/images/{document['id']}:{drawn}/w_20,f_webp")
    variant = _shown(client, f"/v1/images/{made['id']}:b/w_50,f_webp")
    assert _size(composite)[1][0] == 90
    assert _size(layer)[0] == "WEBP"
    assert _size(variant)[1][0] == 50


def test_what_is_no_image_and_what_is_wrong_is_said_clearly(
    client: httpx.Client,
) -> None:
    text = _uploaded(client, b"no image at all, and long enough", "a.txt")
    half = _uploaded(client, _photo(3)[:9000])
    codes = {
        path: _shown(client, path).status_code
        for path in (
            f"/v1/images/{text}/w_50",
            f"/v1/images/{half}/w_50,f_jpg",
            f"/v1/images/{half}/w_0",
        )
    }
    assert list(codes.values()) == [415, 422, 422], codes
    shown = _shown(client, f"/v1/images/{text}/w_50?errors=image")
    assert (shown.status_code, shown.headers["Content-Type"]) == (415, "image/svg+xml")


def test_a_page_of_sixty_images_is_made_at_once(
    client: httpx.Client, stack: Stack, key: Any
) -> None:
    file_id = _uploaded(client, _photo(4))
    paths = [_address(key, f"0/w_{100 + n}/{file_id}.webp") for n in range(60)]

    def get(path: str) -> httpx.Response:
        with httpx.Client(base_url=stack.base_url, timeout=60) as anybody:
            return _shown(anybody, path)

    with ThreadPoolExecutor(6) as browser:
        answers = list(browser.map(get, paths))
    assert [_size(answer)[1][0] for answer in answers] == list(range(100, 160))


def test_a_worker_killed_in_the_middle_leaves_the_picture_or_one_clear_answer(
    client: httpx.Client, stack: Stack, key: Any
) -> None:
    file_id = _uploaded(client, _photo(5, 4000, 3000))
    paths = [_address(key, f"0/w_{900 + n}/{file_id}.png") for n in range(12)]

    def get(path: str) -> httpx.Response:
        with httpx.Client(base_url=stack.base_url, timeout=60) as anybody:
            return anybody.get(path)

    with ThreadPoolExecutor(6) as browser:
        asked = [browser.submit(get, path) for path in paths]
        time.sleep(0.3)
        os.kill(stack.runner.pid("imaging-worker"), signal.SIGKILL)
        answers = [one.result() for one in asked]
    for answer in answers:
        if answer.status_code == 200:
            _size(answer)
        else:
            assert answer.status_code == 503, answer.text
            assert "Retry-After" in answer.headers
    while (answer := get(paths[0])).status_code == 503:
        time.sleep(0.2)  # pytest's own timeout bounds the wait
    assert _size(answer)[1][0] == 900


def test_a_deleted_file_ends_its_addresses_and_takes_what_was_made_along(
    client: httpx.Client, stack: Stack, key: Any
) -> None:
    file_id = _uploaded(client, _photo(6))
    path = _address(key, f"0/w_64/{file_id}.webp")
    workspace = client.get("/v1/me").json()["workspace_id"]
    storage, prefix = storage_of(stack), f"images/{workspace}/{file_id}/"

    def kept() -> list[str]:
        return asyncio.run(storage.keys(prefix))

    assert _shown(client, path).status_code == 200
    while not kept():
        pass  # it is stored behind; pytest's own timeout bounds the wait
    gone = client.delete(f"/v1/files/{file_id}", params={"cascade": True}, headers=WAIT)
    assert gone.status_code == 200, gone.text
    while (answer := client.get(path)).status_code == 200:
        pass
    assert answer.status_code == 404
    while kept():
        pass
