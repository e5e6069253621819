"""Pictures made smaller: by every way there is, the same pixels."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from onemanage.imaging.domain.engines import resized
from onemanage.imaging.domain.lanczos import lanczos, whole

from . import samples


def by_pillow(
    pixels: NDArray[np.uint8], size: tuple[int, int], box: tuple[float, ...]
) -> NDArray[np.int16]:
    left, top, right, bottom = box
    image = Image.fromarray(np.ascontiguousarray(pixels[:, :, :3]))
    how = Image.Resampling.LANCZOS
    return np.asarray(image.resize(size, how, (left, top, right, bottom)), np.int16)


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(500, 375, (400, 300)), (251, 127, (101, 53)), (1021, 67, (83, 61))]
    + [(64, 64, (16, 16)), (409, 371, (409, 17))],
)
def test_smaller_pictures_are_those_of_lanczos(
    width: int, height: int, size: tuple[int, int]
) -> None:
    pixels = samples.photo(width, height)
    made = lanczos(pixels, size, (width, height))
    assert made is not None
    apart = np.abs(made - by_pillow(pixels, size, (0, 0, width, height)))
    assert made.shape == (size[1], size[0], 3)
    assert apart[4:-4, 4:-4].max() <= 2
    assert apart.mean() < 0.6


@pytest.mark.parametrize(
    "overhang",
    [(0, 0, 0.875, 0.25), (0.875, 0, 0, 0.5), (0, 0.625, 0.25, 0), (0.125, 0.75, 0, 0)],
)
def test_what_a_decoder_has_padded_is_left_out_at_its_side(
    overhang: tuple[float, float, float, float],
) -> None:
    pixels = samples.photo(251, 183)
    made = resized(pixels, 100, 73, overhang=overhang)
    left, top, right, bottom = overhang
    wanted = by_pillow(pixels, (100, 73), (left, top, 251 - right, 183 - bottom))
    assert np.abs(made - wanted)[4:-4, 4:-4].mean() < 0.7


def test_channels_do_not_mix() -> None:
    pixels = samples.photo(120, 90)
    four = np.dstack([pixels, 255 - pixels[:, :, 0]])
    made = lanczos(four, (60, 45), (120, 90))
    assert made is not None
    for number in range(3):
        alone = lanczos(pixels[:, :, number, None], (60, 45), (120, 90))
        assert alone is not None
        assert np.array_equal(made[:, :, number], alone.reshape(45, 60))
    apart = made[:, :, 3].astype(int) - (255 - made[:, :, 0].astype(int))
    assert np.abs(apart).max() <= 1


@pytest.mark.parametrize(
    ("shape", "size"),
    [((1, 1), (1, 1)), ((1, 65_535), (400, 1)), ((65_535, 3), (1, 1000))]
    + [((40, 65_535), (3001, 17)), ((7, 11), (5, 3)), ((2000, 20), (16, 31))],
)
def test_every_shape_becomes_what_is_asked(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    pixels = np.full((*shape, 3), (200, 30, 90), np.uint8)
    made = resized(pixels, *size)
    assert made.shape == (size[1], size[0], 3)
    assert np.abs(made.astype(int) - (200, 30, 90)).max() <= 1


@pytest.mark.parametrize("count", [16, 99, 400, 1201])
@pytest.mark.parametrize("ratio", [1.0, 1.003, 1.2503125, 2.718, 17.77])
def test_parts_of_pixels_become_whole_ones_of_nearly_the_same_ratio(
    count: int, ratio: float
) -> None:
    found = whole(count * ratio, count)
    if found is None:  # the next whole ratio is too far away
        assert ratio == 1.003
        return
    pixels, made = found
    assert made >= count
    assert pixels >= count * ratio - 1 / 8
    assert count * abs(pixels / made - ratio) <= 1 / 8  # at the far end


@pytest.mark.parametrize(
    ("shape", "size"),
    [((40, 65_535), (3001, 17)), ((375, 500), (8, 6)), ((100, 100), (200, 200))],
)
def test_what_is_too_long_or_too_short_or_grows_goes_the_other_way(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    pixels = np.zeros((*shape, 3), np.uint8)
    assert lanczos(pixels, size, (shape[1], shape[0])) is None
