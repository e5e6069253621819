"""Tones by known formulas, on levels that one can count."""

from typing import Any

import cv2
import numpy as np
import pytest

from onemanage.imaging.domain.picture import Picture, Pixels

from .samples import near, photo, treated

RAMP: Pixels = np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (2, 1, 3))
NEUTRAL: list[dict[str, Any]] = [
    {"op": "gamma", "value": 1},
    {"op": "curves"},
    {"op": "curves", "master": [{"x": 0, "y": 0}, {"x": 255, "y": 255}]},
    {"op": "curves", "red": [{"x": x, "y": x} for x in (0, 30, 200, 255)]},
    {"op": "shadows_highlights"},
    {"op": "posterize", "levels": 256},
    {"op": "vignette", "amount": 0},
    {"op": "vignette", "radius": 1},
]


def levels(found: Pixels) -> list[int]:
    """What became of each level of the ramp."""
    assert np.array_equal(found[0], found[1])
    return [int(value) for value in found[0, :, 0]]


def with_holes(pixels: Pixels) -> Pixels:
    """Its left half transparent, over the loudest of colours, its right half not."""
    made = np.dstack([pixels, np.full(pixels.shape[:2], 200, np.uint8)])
    made[:, : made.shape[1] // 2] = 255, 0, 255, 0
    return made


@pytest.mark.parametrize("operation", NEUTRAL, ids=str)
def test_what_says_nothing_changes_nothing(operation: dict[str, Any]) -> None:
    for pixels in (photo(50, 40), with_holes(photo(50, 40))):
        assert np.array_equal(treated(pixels, operation), pixels)


def test_gamma_is_a_power_that_keeps_both_ends() -> None:
    found = levels(treated(RAMP, {"op": "gamma", "value": 2}))
    assert found == [round(255 * (v / 255) ** 0.5) for v in range(256)]
    dark = levels(treated(RAMP, {"op": "gamma", "value": 0.5}))
    assert (dark[0], dark[128], dark[255]) == (0, 64, 255)


def test_a_curve_goes_through_its_points_and_never_beyond_them() -> None:
    points = [(0, 20), (40, 30), (60, 200), (180, 210), (220, 250)]
    master = [{"x": x, "y": y} for x, y in points]
    found = levels(treated(RAMP, {"op": "curves", "master": master}))
    for x, y in points:
        assert found[x] == y
    assert found == sorted(found)
    assert set(found[220:]) == {250}


def test_a_curve_that_turns_back_is_level_where_it_turns() -> None:
    bump = [{"x": 0, "y": 0}, {"x": 100, "y": 180}, {"x": 255, "y": 0}]
    found = levels(treated(RAMP, {"op": "curves", "master": bump}))
    assert max(found) == found[100] == 180
    assert found[:101] == sorted(found[:101])
    assert found[100:] == sorted(found[100:], reverse=True)


def test_channels_go_through_their_own_curve_before_that_of_all() -> None:
    up = [{"x": 0, "y": 128}, {"x": 255, "y": 255}]
    half = [{"x": 0, "y": 0}, {"x": 255, "y": 127}]
    found = treated(RAMP, {"op": "curves", "red": up, "master": half})
    assert tuple(found[0, 0]) == (64, 0, 0)
    assert tuple(found[0, 255]) == (127, 127, 127)


def test_equalising_makes_levels_equally_frequent() -> None:
    pixels = np.repeat(np.array([[100, 110, 120, 130]], np.uint8), 4, axis=0)
    gray = np.dstack([pixels] * 3)
    found = treated(gray, {"op": "equalize"})
    assert [int(v) for v in found[0, :, 0]] == [0, 85, 170, 255]
    each = treated(photo(90, 80) // 3 + 60, {"op": "equalize", "per_channel": True})
    for channel in range(3):
        assert abs(float(each[:, :, channel].mean()) - 127) < 8


def test_lightness_is_equalised_without_a_change_of_gray() -> None:
    found = treated(RAMP // 2, {"op": "equalize"})
    assert np.ptp(found, axis=2).max() <= 1


def test_an_even_picture_stays_as_it_is() -> None:
    even = np.full((9, 9, 3), 77, np.uint8)
    for operation in ({"op": "equalize"}, {"op": "equalize", "per_channel": True}):
        assert np.array_equal(treated(even, operation), even)


STATISTICS: list[dict[str, Any]] = [
    {"op": "equalize"},
    {"op": "equalize", "per_channel": True},
    {"op": "clahe", "tiles": 3},
    {"op": "threshold"},
    {"op": "auto_levels", "per_channel": True},
    {"op": "white_balance", "auto": True},
    {"op": "shadows_highlights", "shadows": 70},
]


@pytest.mark.parametrize("operation", STATISTICS, ids=str)
def test_what_cannot_be_seen_does_not_count(operation: dict[str, Any]) -> None:
    first = with_holes(photo(60, 40))
    second = first.copy()
    second[:, :30, :3] = 3, 250, 9
    one, other = treated(first, operation), treated(second, operation)
    assert np.array_equal(one[:, 30:], other[:, 30:])
    assert np.array_equal(one[:, :, 3], first[:, :, 3])


@pytest.mark.parametrize("operation", STATISTICS[:-1], ids=str)
def test_frames_of_an_animation_are_all_treated_by_the_same_numbers(
    operation: dict[str, Any],
) -> None:
    """The part that stands still does so whatever happens beside it."""
    first = photo(60, 40)
    second = first.copy()
    second[:, 30:] //= 3
    found = treated(Picture(frames=(first, second), durations=(40, 40)), operation)
    assert len(found.frames) == 2 and found.durations == (40, 40)
    assert np.array_equal(found.frames[0][:, :30], found.frames[1][:, :30])
    assert not np.array_equal(found.frames[0], first)


def test_local_contrast_is_that_of_opencv_where_all_is_seen() -> None:
    # OpenCV shares out whole counts: of small tiles the darkest levels get too many.
    pixels = (photo(1600, 1200) // 4 + 90).astype(np.uint8)
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    other = cv2.createCLAHE(clipLimit=3, tileGridSize=(4, 4))
    lab[:, :, 0] = other.apply(lab[:, :, 0])
    expected = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).astype(int)
    found = treated(pixels, {"op": "clahe", "limit": 3, "tiles": 4})
    assert np.abs(found.astype(int) - expected).mean() < 2
    assert found.std() > pixels.std() * 1.3


def test_a_higher_limit_gives_more_local_contrast() -> None:
    pixels = (photo(120, 90) // 4 + 90).astype(np.uint8)
    deviations = [
        float(treated(pixels, {"op": "clahe", "limit": limit}).std())
        for limit in (1, 2, 8)
    ]
    assert deviations == sorted(deviations)
    assert near(treated(pixels, {"op": "clahe", "limit": 1}).mean(), pixels.mean(), 25)


def test_shadows_are_lit_and_highlights_taken_back() -> None:
    pixels = np.zeros((60, 90, 3), np.uint8)
    pixels[:, :45], pixels[:, 45:] = (40, 20, 20), (220, 220, 200)
    lit = treated(pixels, {"op": "shadows_highlights", "shadows": 100, "radius": 0.5})
    assert lit[30, 5, 0] > 80 and near(lit[30, 85], pixels[30, 85], 12)
    # Red stays twice as strong.
    assert abs(int(lit[30, 5, 0]) - 2 * int(lit[30, 5, 1])) <= 1
    back = treated(
        pixels, {"op": "shadows_highlights", "highlights": 100, "radius": 0.5}
    )
    assert back[30, 85, 0] < 190 and near(back[30, 5], pixels[30, 5], 3)


def test_a_threshold_parts_dark_from_light() -> None:
    assert (
        levels(treated(RAMP, {"op": "threshold", "level": 100}))
        == [0] * 100 + [255] * 156
    )
    pixels = np.full((10, 10, 3), 60, np.uint8)
    pixels[3:] = 160
    pixels[0] = 70
    found = treated(pixels, {"op": "threshold"})
    assert int(found[:3].max()) == 0 and int(found[3:].min()) == 255


def test_the_level_found_is_that_of_opencv() -> None:
    pixels = photo(120, 90, seed=7)
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    _, expected = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    found = treated(pixels, {"op": "threshold"})
    assert np.array_equal(found[:, :, 0], expected)


def test_opposites_are_turned_back_by_a_second_time() -> None:
    pixels = with_holes(photo(20, 10))
    once = treated(pixels, {"op": "negate"})
    assert np.array_equal(once[:, :, :3], 255 - pixels[:, :, :3])
    assert np.array_equal(once[:, :, 3], pixels[:, :, 3])
    assert np.array_equal(treated(once, {"op": "negate"}), pixels)


def test_what_is_light_is_solarised() -> None:
    found = levels(treated(RAMP, {"op": "solarize", "level": 100}))
    assert found == [v if v < 100 else 255 - v for v in range(256)]


def test_posters_have_so_many_levels() -> None:
    found = levels(treated(RAMP, {"op": "posterize", "levels": 4}))
    assert found == [0] * 64 + [85] * 64 + [170] * 64 + [255] * 64
    assert sorted(set(levels(treated(RAMP, {"op": "posterize", "levels": 2})))) == [
        0,
        255,
    ]


def test_a_vignette_leaves_the_middle_and_darkens_corners_alike() -> None:
    white = np.full((60, 90, 3), 255, np.uint8)
    found = treated(white, {"op": "vignette", "amount": 1, "radius": 0.3})
    assert near(found[25:35, 38:52], 255, 0)
    corners = [found[y, x, 0] for y in (0, -1) for x in (0, -1)]
    assert len(set(map(int, corners))) == 1 and corners[0] < 12
    assert np.array_equal(found, found[::-1, ::-1])
    row = found[30, 45:, 0].astype(int)
    assert (np.diff(row) <= 0).all()
    red = treated(white, {"op": "vignette", "amount": 1, "color": "#ff0000"})
    assert red[0, 0, 0] == 255 and red[0, 0, 1] < 12
