"""Encoders: alpha, colours, size and profile in every format."""

import io
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from onemanage.psd.domain.encode import CannotEncode, flattened, scaled, write_image
from onemanage.psd.domain.formats import ENDINGS

LOSSY = ("jpeg", "avif", "webp")
WITH_ALPHA = ("png", "webp", "avif", "tiff")

OF_BYTES = tuple(format for format in ENDINGS if format != "exr")

each_format = pytest.mark.parametrize("format", OF_BYTES)
each_with_alpha = pytest.mark.parametrize("format", WITH_ALPHA)


def smooth(channels: int = 4) -> NDArray[np.uint8]:
    """A soft ramp, as a lossy format keeps nearly; alpha from clear to opaque."""
    across = np.linspace(40, 200, 64)[None, :].repeat(48, 0)
    down = np.linspace(60, 180, 48)[:, None].repeat(64, 1)
    planes = [across, down, 255 - across, np.linspace(0, 255, 64)[None].repeat(48, 0)]
    chosen = {1: [0], 2: [0, 3], 3: [0, 1, 2], 4: [0, 1, 2, 3]}[channels]
    return np.stack([planes[at] for at in chosen], axis=2).astype(np.uint8)


def written(folder: Path, pixels: NDArray[np.uint8], **options: Any) -> Image.Image:
    found = write_image(folder, "x", pixels, **options)
    data = (folder / "x").read_bytes()
    assert (len(data), sha256(data).hexdigest(), crc32(data)) == (
        found.size,
        found.sha256,
        found.crc32,
    )
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        assert opened.size == (found.width, found.height)
        return opened


@each_format
def test_colours_are_those_of_the_png(tmp_path: Path, format: str) -> None:
    image = written(tmp_path, smooth(3), format=format, quality=95)

    difference = np.asarray(image.convert("RGB"), np.int16) - smooth(3)
    assert np.abs(difference).mean() <= (1.5 if format in LOSSY else 0)
    assert np.abs(difference).max() <= (6 if format in LOSSY else 0)


@each_with_alpha
@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_is_kept_where_the_format_has_it(
    tmp_path: Path, format: str, channels: int
) -> None:
    image = written(tmp_path, smooth(channels), format=format, quality=95)

    alpha = np.asarray(image.convert("RGBA"), np.int16)[:, :, 3]
    assert np.abs(alpha - smooth(channels)[:, :, -1]).max() <= 2


@each_format
@pytest.mark.parametrize("channels", [1, 3])
def test_every_format_says_that_it_is_srgb(
    tmp_path: Path, format: str, channels: int
) -> None:
    image = written(tmp_path, smooth(channels), format=format)

    if format == "png":
        assert image.info["srgb"] == 1
        return
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert image.mode == "RGB"


@each_format
def test_the_same_pixels_give_the_same_bytes(tmp_path: Path, format: str) -> None:
    one = write_image(tmp_path, "1", smooth(), format=format)
    two = write_image(tmp_path, "2", smooth(), format=format)

    assert one.sha256 == two.sha256


def test_lossless_webp_loses_nothing(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (30, 20, 3), np.uint8)
    image = written(tmp_path, noise, format="webp", lossless=True)

    assert np.array_equal(np.asarray(image), noise)


def test_lower_quality_is_smaller(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    for format in LOSSY:
        low = write_image(tmp_path, "low", noise, format=format, quality=10)
        high = write_image(tmp_path, "high", noise, format=format, quality=95)
        assert low.size < high.size


def test_a_jpeg_is_on_white_where_nothing_else_is_said(tmp_path: Path) -> None:
    clear = np.zeros((16, 16, 4), np.uint8)
    white = written(tmp_path, clear, format="jpeg")
    blue = written(tmp_path, clear, format="jpeg", background="#0000ff")

    assert white.getpixel((8, 8)) == (255, 255, 255)
    assert np.abs(np.array(blue.getpixel((8, 8))) - (0, 0, 255)).max() <= 2


def test_a_background_takes_the_place_of_alpha(tmp_path: Path) -> None:
    half = np.full((4, 4, 4), (255, 0, 0, 128), np.uint8)
    image = written(tmp_path, half, format="png", background="#0000ff")

    assert image.mode == "RGB"
    assert image.getpixel((0, 0)) == (128, 0, 127)


def test_gray_on_a_colour_becomes_rgb_and_on_gray_stays() -> None:
    half = np.full((2, 2, 2), (200, 128), np.uint8)

    assert flattened(half, "#ff0000").shape == (2, 2, 3)
    assert flattened(half, "#ffffff").shape == (2, 2, 1)
    assert flattened(half, "#000000")[0, 0, 0] == 100


def test_a_format_without_room_says_so(tmp_path: Path) -> None:
    wide = np.zeros((1, 16_384, 3), np.uint8)
    with pytest.raises(CannotEncode, match="WEBP has at most 16383"):
        write_image(tmp_path, "x", wide, format="webp")


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(32, 24), (128, 96), (64, 10), (1, 1), (100, 12)])
def test_a_scaled_image_has_the_size_that_was_asked_for(
    channels: int, size: tuple[int, int]
) -> None:
    width, height = size

    assert scaled(smooth(channels), width, height).shape == (height, width, channels)


def test_nothing_bleeds_out_of_what_is_transparent() -> None:
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, :, :] = (0, 255, 0, 0)
    pixels[:, 3:5] = (200, 10, 10, 255)
    for size in ((4, 4), (3, 3), (24, 24)):
        found = scaled(pixels, *size)
        seen = found[found[:, :, 3] > 8]
        assert len(seen)
        assert np.abs(seen[:, :3].astype(int) - (200, 10, 10)).max() <= 2


def test_colours_of_faint_pixels_survive_scaling() -> None:
    faint = np.full((8, 8, 4), (200, 100, 50, 3), np.uint8)

    assert scaled(faint, 4, 4)[1, 1].tolist() == [200, 100, 50, 3]


@pytest.mark.parametrize("size", [(20, 15), (90, 70)])
def test_one_faint_pixel_changes_nothing_far_from_it(size: tuple[int, int]) -> None:
    opaque = smooth(4)
    opaque[:, :, 3] = 255
    with_one = opaque.copy()
    with_one[0, 0, 3] = 254

    found, other = scaled(opaque, *size), scaled(with_one, *size)

    assert (found[:, :, 3] == 255).all()
    far = found[5:, 5:].astype(int) - other[5:, 5:]
    assert np.abs(far).max() <= 1
