"""Backgrounds and analyses on real PostgreSQL and S3, with the real child."""

import io
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.backgrounds import BackgroundSpec
from onemanage.contracts.imaging.images import (
    AnalyzeImage,
    GenerateBackground,
    NamedFile,
)
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.service import ImagingService
from onemanage.imaging.store import Store
from onemanage.platform.process.sealing import seal
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput

from .conftest import SEALING_KEY, WORKSPACE, serving, silent
from .samples import photo, quarters, saved


def _ball() -> Pixels:
    """Something round before an even wall, lit from the left."""
    made = np.full((240, 320, 3), (214, 220, 226), np.uint8)
    cv2.circle(made, (160, 120), 70, (176, 32, 40), -1, cv2.LINE_AA)
    cv2.circle(made, (138, 96), 22, (222, 92, 96), -1, cv2.LINE_AA)
    return made


@pytest.fixture
async def source(storage: Storage, tmp_path: Path) -> str:
    data = saved(tmp_path / "ball", _ball(), "PNG").read_bytes()
    await storage.put_bytes("files/ball", data, "image/png")
    return "files/ball"


def _command(key: str, spec: dict[str, Any], **rest: Any) -> GenerateBackground:
    given: dict[str, Any] = {
        "task_id": "tsk_1",
        "workspace_id": WORKSPACE,
        "background_id": "bgd_1",
        "file_id": "fil_1",
        "file_key": key,
        "file_name": "ball.png",
        "spec": msgspec.convert(spec, BackgroundSpec),
    }
    return GenerateBackground(**given | rest)


async def _image(storage: Storage, key: str) -> Image.Image:
    with Image.open(io.BytesIO(await storage.get_bytes(key))) as image:
        image.load()
    return image


async def test_a_subject_is_cut_out_with_its_mask(
    service: ImagingService, store: Store, storage: Storage, source: str
) -> None:
    made = await service.generate_background(_command(source, {}), silent)

    assert [image.name for image in made.images] == ["image", "mask"]
    whole, mask = [await _image(storage, one.object_key) for one in made.images]
    assert (whole.mode, whole.size) == ("RGBA", (320, 240))
    assert mask.size == (320, 240)
    assert whole.getpixel((2, 2))[3] == 0  # type: ignore[index]  # it is RGBA
    assert whole.getpixel((160, 120))[3] > 250  # type: ignore[index]  # it is RGBA
    assert made.removal.method in ("network", "color")
    assert abs(made.removal.left - 90) < 8 and abs(made.removal.width - 140) < 16
    assert await store.background(WORKSPACE, "bgd_1") == made
    assert await store.background("wsp_2", "bgd_1") is None


async def test_a_subject_stands_on_another_ground_without_its_mask(
    service: ImagingService, storage: Storage, source: str
) -> None:
    spec = {
        "fill": {"type": "solid", "color": "#00ff00"},
        "placement": {"width": 200, "height": 200, "margin": 0.1},
        "with_mask": False,
        "output": {"format": "png"},
    }
    made = await service.generate_background(_command(source, spec), silent)

    (image,) = made.images
    opened = await _image(storage, image.object_key)
    assert (opened.mode, opened.size) == ("RGB", (200, 200))
    assert opened.getpixel((5, 5)) == (0, 255, 0)


async def test_without_a_wish_an_opaque_background_is_a_jpeg(
    service: ImagingService, source: str
) -> None:
    made = await service.generate_background(
        _command(source, {"fill": {"type": "sweep"}, "shadow": {}}), silent
    )

    assert [one.media_type for one in made.images] == ["image/jpeg", "image/png"]


async def test_another_picture_is_fetched_for_the_background(
    service: ImagingService, storage: Storage, source: str, tmp_path: Path
) -> None:
    behind = saved(tmp_path / "behind", quarters(64), "PNG").read_bytes()
    await storage.put_bytes("files/behind", behind, "image/png")
    spec = {
        "fill": {"type": "picture", "file_id": "fil_2"},
        "output": {"format": "png"},
    }
    named = NamedFile(file_id="fil_2", file_key="files/behind")

    made = await service.generate_background(
        _command(source, spec, picture=named), silent
    )

    opened = await _image(storage, made.images[0].object_key)
    red, green, blue = opened.convert("RGB").getpixel((4, 4))  # type: ignore[misc]  # RGB
    assert red > 200 and green < 60 and blue < 60


async def test_what_an_address_has_is_cut_out_and_its_query_stays_secret(
    service: ImagingService, store: Store, tmp_path: Path
) -> None:
    data = saved(tmp_path / "ball", _ball(), "PNG").read_bytes()
    async with serving(data) as (url, asked):
        sealed = seal(SEALING_KEY, f"{url}?sig=5ecret", WORKSPACE)
        command = _command("", {}, file_id="", url=url, sealed_url=sealed)
        made = await service.generate_background(command, silent)

    assert (made.file_id, made.source) == ("", url)
    assert b"GET /p.jpg?sig=5ecret " in asked[0] and len(asked) == 1
    assert await store.background(WORKSPACE, "bgd_1") == made
    assert b"5ecret" not in msgspec.json.encode(made)


async def test_what_a_document_has_says_what_it_was_made_of(
    service: ImagingService, source: str
) -> None:
    made = await service.generate_background(
        _command(source, {}, source="doc_1:12"), silent
    )

    assert (made.file_id, made.source) == ("fil_1", "doc_1:12")
    with pytest.raises(InvalidInput, match="doc_1:12") as refused:
        await service.generate_background(
            _command("artifacts/gone", {}, source="doc_1:12"), silent
        )
    assert refused.value.code == "file.missing"


async def test_a_picture_that_is_no_picture_is_refused(
    service: ImagingService, storage: Storage
) -> None:
    await storage.put_bytes("files/text", b"no image", "text/plain")

    with pytest.raises(InvalidInput) as refused:
        await service.generate_background(_command("files/text", {}), silent)

    assert refused.value.code == "imaging.unsupported"
    assert await storage.keys("artifacts/") == []


def _look(file_key: str, file_id: str = "fil_1") -> AnalyzeImage:
    return AnalyzeImage(
        task_id="tsk_1",
        workspace_id=WORKSPACE,
        file_id=file_id,
        file_key=file_key,
        file_name="ball.png",
    )


async def test_an_image_is_looked_at_and_remembered(
    service: ImagingService, store: Store, source: str
) -> None:
    asset = await service.analyze(_look(source))

    seen = asset.analysis
    assert (seen.width, seen.height, seen.format) == (320, 240, "png")
    assert seen.media_type == "image/png"
    assert seen.palette and seen.thumbhash and seen.blurhash
    assert await store.asset(WORKSPACE, "fil_1") == asset
    assert await store.asset("wsp_2", "fil_1") is None


async def test_a_large_photograph_is_told_in_its_own_size(
    service: ImagingService, storage: Storage, tmp_path: Path
) -> None:
    data = saved(tmp_path / "large", photo(4000, 3000), "JPEG").read_bytes()
    await storage.put_bytes("files/large", data, "image/jpeg")

    seen = (await service.analyze(_look("files/large"))).analysis

    assert (seen.width, seen.height, seen.size) == (4000, 3000, len(data))
