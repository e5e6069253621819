"""Hues, casts, colours laid over, by known formulas."""

from typing import Any

import cv2
import numpy as np
import pytest

from onemanage.contracts.imaging.operations.values import Blend
from onemanage.imaging.domain.operations.mixing import MODES, blended
from onemanage.imaging.domain.picture import Pixels

from .samples import near, photo, treated
from .test_domain_tones import RAMP, with_holes

IDENTITY = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
BLACK_TO_WHITE = [{"color": "#000000", "at": 0}, {"color": "#ffffff", "at": 1}]
CLEAR = [{"color": "#ff000000", "at": 0}, {"color": "#00ff0000", "at": 1}]
NEUTRAL: list[dict[str, Any]] = [
    {"op": "hue", "angle": 0},
    {"op": "hue", "angle": -360},
    {"op": "sepia", "amount": 0},
    {"op": "duotone", "amount": 0},
    {"op": "color_matrix", "matrix": IDENTITY},
    {"op": "color_matrix", "matrix": [row + [0] for row in IDENTITY]},
    {"op": "color_matrix", "matrix": np.eye(4, 5).tolist()},
    {"op": "colorize", "color": "#ff0000", "opacity": 0},
    {"op": "colorize", "color": "#ff000000", "blend": "multiply"},
    {"op": "colorize", "color": "#ffffff", "opacity": 1, "blend": "multiply"},
    {"op": "colorize", "color": "#000000", "opacity": 1, "blend": "screen"},
    {"op": "gradient", "stops": CLEAR},
    {"op": "gradient", "stops": BLACK_TO_WHITE, "opacity": 0},
    {"op": "white_balance"},
    {"op": "vibrance", "amount": 0},
]


def color(pixels: Pixels) -> tuple[int, ...]:
    return tuple(int(value) for value in pixels[0, 0])


def one(*values: int) -> Pixels:
    return np.full((2, 3, len(values)), values, np.uint8)


@pytest.mark.parametrize("operation", NEUTRAL, ids=str)
def test_what_says_nothing_changes_nothing(operation: dict[str, Any]) -> None:
    for pixels in (photo(50, 40), with_holes(photo(50, 40))):
        assert np.array_equal(treated(pixels, operation), pixels)


def test_hues_turn_as_in_css() -> None:
    # Filter Effects Module Level 1: the matrix for 120 and 180 degrees, of pure red.
    for angle, expected in ((180, (-0.574, 0.426, 0.426)), (90, (0.0, 0.356, -0.574))):
        found = color(treated(one(255, 0, 0), {"op": "hue", "angle": angle}))
        assert near(found, [max(0, round(255 * value)) for value in expected], 1)
    gray = treated(RAMP, {"op": "hue", "angle": 77})
    assert near(gray, RAMP, 1)


def test_sepia_is_that_of_css() -> None:
    assert near(color(treated(one(100, 0, 0), {"op": "sepia"})), (39, 35, 27), 1)
    assert color(treated(one(255, 255, 255), {"op": "sepia"}))[2] == 239
    half = color(treated(one(100, 0, 0), {"op": "sepia", "amount": 0.5}))
    assert near(half, (70, 17, 14), 1)


def test_a_matrix_swaps_channels_and_adds_offsets() -> None:
    swap = {"op": "color_matrix", "matrix": [[0, 0, 1], [1, 0, 0], [0, 1, 0]]}
    assert color(treated(one(10, 20, 30), swap)) == (30, 10, 20)
    lift = [[1, 0, 0, 0.2], [0, 1, 0, 0], [0, 0, 1, -0.2]]
    found = color(treated(one(10, 20, 30), {"op": "color_matrix", "matrix": lift}))
    assert found == (61, 20, 0)


def test_a_matrix_of_four_rows_makes_alpha_too() -> None:
    by_red = [*np.eye(3, 5).tolist(), [1, 0, 0, 0, 0]]
    operation = {"op": "color_matrix", "matrix": by_red}
    assert color(treated(one(51, 20, 30), operation)) == (51, 20, 30, 51)
    kept = [[0, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]
    operation = {"op": "color_matrix", "matrix": kept}
    assert color(treated(one(51, 20, 30), operation)) == (255, 20, 30)
    assert color(treated(one(51, 20, 30, 80), operation)) == (80, 20, 30, 80)


def test_two_colours_stand_for_dark_and_light() -> None:
    operation = {"op": "duotone", "shadows": "#102030", "highlights": "#f0e0d0"}
    found = treated(RAMP, operation)
    assert tuple(found[0, 0]) == (16, 32, 48)
    assert tuple(found[0, 255]) == (240, 224, 208)
    assert near(found[0, 128], (128, 128, 128), 1)


def test_a_colour_is_laid_over_by_its_opacity_and_alpha() -> None:
    operation = {"op": "colorize", "color": "#ff000080", "opacity": 0.5}
    assert near(color(treated(one(0, 100, 200), operation)), (64, 75, 150), 1)


def test_what_is_clear_stays_clear_under_a_colour() -> None:
    pixels = with_holes(photo(30, 20))
    for operation in (
        {"op": "colorize", "color": "#00ff00", "opacity": 1},
        {"op": "gradient", "stops": BLACK_TO_WHITE},
    ):
        found = treated(pixels, operation)
        assert np.array_equal(found[:, :, 3], pixels[:, :, 3])


def test_one_hue_for_all_keeps_lightness() -> None:
    operation = {"op": "colorize", "color": "#3060c0", "blend": "color", "opacity": 1}
    pixels = photo(60, 40) // 2 + 60
    found = treated(pixels, operation)
    weights = np.array([0.3, 0.59, 0.11])
    assert np.abs(found @ weights - pixels @ weights).max() < 1.5
    assert (found[:, :, 2] > found[:, :, 0]).all()


@pytest.mark.parametrize(
    ("mode", "below", "over", "expected"),
    [
        ("multiply", 0.5, 0.4, 0.2),
        ("screen", 0.5, 0.4, 0.7),
        ("overlay", 0.25, 0.4, 0.2),
        ("overlay", 0.75, 0.4, 0.7),
        ("darken", 0.5, 0.4, 0.4),
        ("lighten", 0.5, 0.4, 0.5),
        ("color_dodge", 0.3, 0.4, 0.5),
        ("color_dodge", 0.0, 1.0, 0.0),
        ("color_dodge", 0.1, 1.0, 1.0),
        ("color_burn", 0.8, 0.4, 0.5),
        ("color_burn", 1.0, 0.0, 1.0),
        ("color_burn", 0.9, 0.0, 0.0),
        ("hard_light", 0.5, 0.25, 0.25),
        ("hard_light", 0.5, 0.75, 0.75),
        ("soft_light", 0.5, 0.25, 0.375),
        ("soft_light", 0.64, 0.75, 0.72),
        ("soft_light", 0.16, 0.75, 0.279168),
        ("difference", 0.2, 0.9, 0.7),
        ("exclusion", 0.5, 0.4, 0.5),
        ("add", 0.5, 0.7, 1.0),
        ("normal", 0.5, 0.7, 0.7),
    ],
)
def test_gray_meets_gray_as_the_specification_has_it(
    mode: Blend, below: float, over: float, expected: float
) -> None:
    ground, top = (np.full((1, 3), value, np.float32) for value in (below, over))
    assert MODES[mode](ground, top) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("mode", MODES)
def test_a_blend_stays_within_range_and_by_nothing_is_nothing(mode: Blend) -> None:
    chance = np.random.default_rng(2)
    below, over = chance.random((2, 500, 3)).astype(np.float32)
    below[:8] = over[-8:] = np.array(
        [[r, g, b] for r in (0, 1) for g in (0, 1) for b in (0, 1)]
    )
    found = blended(below, over, 1.0, mode)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert found.min() >= -1e-4 and found.max() <= 1 + 1e-4
    assert np.array_equal(blended(below, over, 0.0, mode), below)


def test_hue_saturation_and_lightness_come_from_whom_they_should() -> None:
    below = np.array([[0.8, 0.4, 0.2]], np.float32)
    over = np.array([[0.2, 0.3, 0.6]], np.float32)

    def light(found: Any) -> float:
        return float(found[0] @ np.array([0.3, 0.59, 0.11]))

    for mode in ("hue", "saturation", "color"):
        found = MODES[mode](below, over)
        assert light(found) == pytest.approx(light(below), abs=1e-5)
    assert light(MODES["luminosity"](below, over)) == pytest.approx(light(over))
    assert np.ptp(MODES["hue"](below, over)) == pytest.approx(0.6, abs=1e-5)
    assert np.ptp(MODES["saturation"](below, over)) == pytest.approx(0.4, abs=1e-5)
    assert MODES["hue"](below, over).argmax() == 2


def test_a_gradient_runs_as_in_css() -> None:
    ground = np.full((100, 50, 3), 90, np.uint8)

    def laid(**options: Any) -> Pixels:
        made: Pixels = treated(
            ground, {"op": "gradient", "stops": BLACK_TO_WHITE, **options}
        )
        return made

    down = laid()
    assert down[0, 7, 0] <= 2 and down[-1, 7, 0] >= 253 and near(down[50, 7], 128, 2)
    assert np.array_equal(laid(angle=0), down[::-1])
    right = laid(angle=90)
    assert right[9, 0, 0] <= 3 and right[9, -1, 0] >= 252
    corner = laid(angle=-45)
    assert corner[0, 0, 0] >= 252 and corner[-1, -1, 0] <= 3
    ring = laid(shape="radial")
    assert ring[50, 25, 0] <= 4 and ring[0, 0, 0] >= 250
    assert near(ring[50, 0], ring[0, 25], 3)


def test_stops_at_one_place_make_an_edge() -> None:
    stops = [
        {"color": "#ff0000", "at": 0},
        {"color": "#ff0000", "at": 0.5},
        {"color": "#0000ff", "at": 0.5},
        {"color": "#0000ff", "at": 1},
    ]
    ground = np.zeros((40, 4, 3), np.uint8)
    found = treated(ground, {"op": "gradient", "stops": stops})
    assert near(found[:20], (255, 0, 0), 0) and near(found[20:], (0, 0, 255), 0)


def test_a_clear_stop_lends_no_colour() -> None:
    stops = [{"color": "#00ff0000", "at": 0}, {"color": "#ff0000ff", "at": 1}]
    ground = np.zeros((60, 2, 3), np.uint8)
    found = treated(ground, {"op": "gradient", "stops": stops})
    assert int(found[:, :, 1].max()) == 0
    assert near(found[30, 0, 0], 128, 4)


def test_light_is_made_warmer_and_colder_and_gray_keeps_its_luminance() -> None:
    warm = color(
        treated(one(120, 120, 120), {"op": "white_balance", "temperature": 60})
    )
    cold = color(
        treated(one(120, 120, 120), {"op": "white_balance", "temperature": -60})
    )
    assert warm[0] > warm[1] > warm[2] and cold[0] < cold[1] < cold[2]
    for found in (warm, cold):
        linear = (np.array(found) / 255) ** 2.2
        assert linear @ (0.2126, 0.7152, 0.0722) == pytest.approx(
            (120 / 255) ** 2.2, rel=0.02
        )
    pink = color(treated(one(120, 120, 120), {"op": "white_balance", "tint": 60}))
    assert pink[0] == pink[2] > pink[1]


def test_a_cast_is_taken_away() -> None:
    pixels = photo(80, 60).mean(axis=2, keepdims=True) * np.array([1.0, 0.8, 0.6])
    found = treated(pixels.astype(np.uint8), {"op": "white_balance", "auto": True})
    linear = (found / 255) ** 2.2
    means = linear.reshape(-1, 3).mean(axis=0)
    assert np.ptp(means) < 0.02 * means.mean()


def test_vibrance_moves_pale_colours_and_leaves_strong_ones() -> None:
    pale, strong = one(140, 120, 110), one(250, 10, 0)
    operation = {"op": "vibrance", "amount": 100}
    assert np.ptp(treated(pale, operation)) > 1.5 * np.ptp(pale)
    assert near(treated(strong, operation), strong, 1)
    gray = treated(pale, {"op": "vibrance", "amount": -100})
    assert np.ptp(gray) < 0.5 * np.ptp(pale)
    assert near(treated(RAMP, operation), RAMP, 0)
    weights = cv2.cvtColor(treated(pale, operation), cv2.COLOR_RGB2GRAY)
    assert near(weights, cv2.cvtColor(pale, cv2.COLOR_RGB2GRAY), 1)


def on_green(alpha: float) -> Pixels:
    """A red square on green, its edges mixed by so much."""
    made = np.full((30, 30, 3), (0, 200, 0), np.uint8)
    made[9:21, 9:21] = np.rint(
        alpha * np.array([200, 0, 50]) + (1 - alpha) * np.array([0, 200, 0])
    )
    made[10:20, 10:20] = 200, 0, 50
    return made


def test_an_even_ground_is_taken_away_and_edges_lose_its_colour() -> None:
    found = treated(on_green(0.5), {"op": "make_transparent", "softness": 180})
    assert int(found[:9, :, 3].max()) == 0
    assert near(found[12:18, 12:18], (200, 0, 50, 255), 0)
    edge = found[9, 15]
    assert 100 < edge[3] < 160 and int(edge[1]) < 30 < int(edge[0])
    plain = treated(photo(9, 9), {"op": "make_transparent", "color": "#00ff00"})
    assert near(plain[:, :, :3], photo(9, 9), 0) and int(plain[:, :, 3].min()) == 255


def test_only_what_hangs_together_with_the_rim_is_taken_away_where_asked() -> None:
    ring = on_green(1)
    ring[14:16, 14:16] = 0, 200, 0
    operation = {"op": "make_transparent", "color": "#00c800"}
    assert treated(ring, operation)[15, 15, 3] == 0
    found = treated(ring, operation | {"rim": True})
    assert found[15, 15, 3] == 255 and found[0, 0, 3] == 0
    whole = np.full((5, 5, 4), (0, 200, 0, 90), np.uint8)
    assert int(treated(whole, operation | {"rim": True})[:, :, 3].max()) == 0


def test_what_was_half_clear_is_never_made_more_solid() -> None:
    pixels = np.full((4, 4, 4), (200, 0, 50, 90), np.uint8)
    found = treated(pixels, {"op": "make_transparent", "color": "#00c800"})
    assert np.array_equal(found, pixels)
