"""PNG as it is written: every reader sees the same pixels, in few bytes."""

import io
import zlib

import cv2
import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from onemanage.imaging.domain.color import SRGB
from onemanage.imaging.domain.png_writing import png
from onemanage.imaging.domain.pngs import bodies

from . import samples


def flat(width: int, height: int) -> NDArray[np.uint8]:
    """Text and boxes, as on a screen."""
    made = np.full((height, width, 3), (250, 250, 252), np.uint8)
    made[: height // 8] = (32, 40, 60)
    for row in range(height // 6, height, 18):
        cv2.putText(made, f"row {row} of words", (9, row), 0, 0.4, (20, 20, 30), 1)
    return made


def filters(data: bytes, length: int) -> set[int]:
    rows = zlib.decompress(b"".join(bodies(data, b"IDAT")))
    return set(rows[:: length + 1])


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 97), (131, 1), (131, 197)])
@pytest.mark.parametrize("level", [0, 6, 9])
def test_three_readers_see_what_was_written(
    width: int, height: int, channels: int, level: int
) -> None:
    photo = samples.photo(width, height)
    pixels = np.dstack([photo, photo[:, :, :1]])[:, :, :channels]
    pixels = np.ascontiguousarray(pixels)
    data = png(pixels, level, None)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == ("L", "LA", "RGB", "RGBA")[channels - 1]
        assert np.array_equal(np.asarray(image).reshape(pixels.shape), pixels)
    assert np.array_equal(imagecodecs.png_decode(data).reshape(pixels.shape), pixels)
    seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if channels != 2:  # OpenCV has no gray with alpha
        order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
        read = np.asarray(seen).reshape(pixels.shape)
        assert np.array_equal(read[:, :, order], pixels)


def test_photographs_are_filtered_and_flat_colours_are_not() -> None:
    photo, screen = samples.photo(480, 320), flat(480, 320)
    assert filters(png(photo, 6, None), 480 * 3) <= {1, 2, 3}
    assert filters(png(screen, 6, None), 480 * 3) == {0}


def test_a_photograph_is_smaller_than_its_rows_unfiltered() -> None:
    photo = samples.photo(480, 320)
    plain = zlib.compress(photo.tobytes(), 6)
    assert len(png(photo, 6, None)) < 0.8 * len(plain)


def test_more_effort_makes_no_larger_file() -> None:
    screen = flat(480, 320)
    sizes = [len(png(screen, level, None)) for level in (0, 1, 6, 9)]
    assert sizes == sorted(sizes, reverse=True)


def test_the_profile_is_the_one_that_was_given() -> None:
    data = png(samples.photo(40, 30), 6, SRGB)
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["icc_profile"] == SRGB
