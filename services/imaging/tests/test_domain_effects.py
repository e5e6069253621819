"""Blocks, grain and neighbours, on pixels that one can count."""

from typing import Any

import cv2
import numpy as np
import pytest

from onemanage.imaging.domain.picture import Picture

from .samples import near, photo, quarters, treated
from .test_domain_tones import RAMP, with_holes

EDGES = [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
NEUTRAL: list[dict[str, Any]] = [
    {"op": "pixelate", "size": 1},
    {"op": "grain", "amount": 0},
    {"op": "convolve", "kernel": [[1]]},
    {"op": "convolve", "kernel": [[0, 0, 0], [0, 5, 0], [0, 0, 0]]},
]


@pytest.mark.parametrize("operation", NEUTRAL, ids=str)
def test_what_says_nothing_changes_nothing(operation: dict[str, Any]) -> None:
    for pixels in (photo(50, 40), with_holes(photo(50, 40))):
        assert np.array_equal(treated(pixels, operation), pixels)


def test_squares_are_the_mean_of_what_was_there() -> None:
    pixels = photo(50, 34)
    found = treated(pixels, {"op": "pixelate", "size": 16})
    assert found.shape == pixels.shape
    for top, left in ((0, 0), (16, 32), (32, 48), (32, 0)):
        there = np.s_[top : top + 16, left : left + 16]
        mean = pixels[there].reshape(-1, 3).mean(axis=0)
        assert near(found[there], np.rint(mean), 1)
        assert np.ptp(found[there].reshape(-1, 3), axis=0).max() == 0


def test_a_square_larger_than_the_picture_is_one_colour() -> None:
    found = treated(photo(9, 7), {"op": "pixelate", "size": 2000})
    assert len(np.unique(found.reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "pixelate", "size": 8},
        {"op": "median", "radius": 3},
        {"op": "convolve", "kernel": [[1] * 5] * 5},
        {"op": "blur", "sigma": 3},
        {"op": "blur", "sigma": 40},
        {"op": "denoise", "strength": 100},
        {"op": "sharpen", "sigma": 3},
    ],
    ids=str,
)
def test_what_is_transparent_lends_no_colour(operation: dict[str, Any]) -> None:
    pixels = np.zeros((60, 60, 4), np.uint8)
    pixels[:] = 0, 255, 0, 0
    pixels[:, :29] = 255, 0, 0, 255
    found = treated(pixels, operation)
    shown = found[found[:, :, 3] > 0]
    assert int(shown[:, 1].max()) <= 4 and int(shown[:, 0].min()) >= 250


def test_a_median_takes_specks_and_keeps_edges() -> None:
    pixels = quarters(40)
    specked = pixels.copy()
    specked[5, 5] = specked[30, 12] = 0, 255, 255
    found = treated(specked, {"op": "median", "radius": 1})
    inner = np.s_[2:18, 2:18]
    assert np.array_equal(found[inner], pixels[inner])
    assert np.array_equal(found[20:, 20:], pixels[20:, 20:])


def test_grain_is_as_strong_as_asked_for_and_the_same_again() -> None:
    gray = np.full((200, 200, 3), 128, np.uint8)
    operation = {"op": "grain", "amount": 12}
    found = treated(gray, operation)
    assert found.std() == pytest.approx(12, rel=0.05)
    assert float(found.mean()) == pytest.approx(128, abs=1)
    assert np.ptp(found, axis=2).max() == 0
    assert np.array_equal(found, treated(gray, operation))
    assert not np.array_equal(found, treated(gray, operation | {"seed": 1}))
    colored = treated(gray, operation | {"color": True, "size": 4})
    assert colored.std() == pytest.approx(12, rel=0.1)
    assert np.ptp(colored, axis=2).max() > 10
    apart = np.abs(np.diff(colored.astype(int), axis=1)).mean()
    assert apart < np.abs(np.diff(found.astype(int), axis=1)).mean() / 2


def test_grain_leaves_black_and_white_and_moves_from_frame_to_frame() -> None:
    ends = np.concatenate([RAMP[:, :1], RAMP[:, 255:]], axis=1)
    assert np.array_equal(treated(ends, {"op": "grain", "amount": 50}), ends)
    gray = np.full((20, 20, 3), 128, np.uint8)
    found = treated(Picture(frames=(gray, gray), durations=(1, 1)), {"op": "grain"})
    assert not np.array_equal(*found.frames)


def test_a_kernel_weighs_neighbours_as_it_is_written() -> None:
    pixels = np.zeros((5, 5, 3), np.uint8)
    pixels[2, 2] = 100
    upper_left = [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    found = treated(pixels, {"op": "convolve", "kernel": upper_left})
    assert found[3, 3, 0] == 100 and found.sum() == 300
    halved = {"op": "convolve", "kernel": upper_left, "divisor": 2, "offset": 7}
    found = treated(pixels, halved)
    assert found[3, 3, 0] == 57 and found[0, 0, 0] == 7


def test_edges_are_what_differs_from_its_neighbours() -> None:
    found = treated(quarters(40), {"op": "convolve", "kernel": EDGES})
    assert int(found[:18, :18].max()) == 0 and int(found[22:, 22:].max()) == 0
    assert int(found[18:22].max()) == 255


def test_the_rim_of_what_is_cut_out_is_no_edge() -> None:
    pixels = np.full((20, 20, 4), (200, 100, 50, 255), np.uint8)
    pixels[:, 10:] = 0, 0, 255, 0
    found = treated(pixels, {"op": "convolve", "kernel": EDGES})
    assert int(found[:, :10, :3].max()) <= 1
    assert np.array_equal(found[:, :, 3], pixels[:, :, 3])


@pytest.mark.parametrize("sigma", [15, 17, 30, 60])
def test_a_wide_blur_is_the_same_as_one_in_full_size(sigma: float) -> None:
    pixels = photo(600, 500)
    found = treated(pixels, {"op": "blur", "sigma": sigma})
    expected = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), sigma)
    inner = np.s_[120:-120, 120:-120]
    assert np.abs(found.astype(np.float32) - expected)[inner].max() <= 3
