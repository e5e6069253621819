"""Slants and perspective, on pixels that one can count."""

from pathlib import Path

import numpy as np
import pytest

from . import samples
from .samples import made_of, near

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "quarters", samples.quarters(), "PNG")


@pytest.fixture
def ruler(tmp_path: Path) -> Path:
    """100 x 60; red is the column, green the row."""
    return samples.saved(tmp_path / "ruler", samples.ruled(100, 60), "PNG")


def test_a_matrix_scales_mirrors_and_moves_about_the_middle(quarters: Path) -> None:
    plain = made_of(quarters, {"op": "affine"})
    assert near(plain[:, :, :3], samples.quarters(), 0)
    mirrored = made_of(quarters, {"op": "affine", "scale_x": -1})
    assert tuple(mirrored[2, 2, :3]) == GREEN
    assert (
        samples.run(quarters, [{"op": "affine", "scale_x": 2, "scale_y": 0.5}]).width
        == 80
    )
    quarter = made_of(quarters, {"op": "affine", "matrix": [0, -1, 1, 0]})
    assert quarter.shape[:2] == (40, 40) and tuple(quarter[2, 2, :3]) == BLUE
    kept = made_of(quarters, {"op": "affine", "canvas": "keep", "move_x": 20})
    assert kept[5, 10, 3] == 0 and tuple(kept[5, 30]) == (*RED, 255)
    away = made_of(quarters, {"op": "affine", "canvas": "keep", "move_x": 1e6})
    assert not away[:, :, 3].any()


def test_a_slant_leans_as_it_says_and_the_canvas_holds_it(quarters: Path) -> None:
    found = made_of(quarters, {"op": "affine", "skew_x": 45, "background": "#000000"})
    assert found.shape == (40, 80, 3)
    assert near(found[1, 5], RED, 30) and near(found[1, 75], 0, 3)
    assert near(found[38, 75], WHITE, 30) and near(found[38, 5], 0, 3)


def test_what_is_made_smaller_by_a_matrix_is_filtered(tmp_path: Path) -> None:
    pixels = np.zeros((200, 200, 3), np.uint8)
    pixels[:, ::2] = 255
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    found = made_of(path, {"op": "affine", "scale_x": 0.1, "scale_y": 0.1})
    assert found.shape[:2] == (20, 20) and near(found[5:15, 5:15, :3], 127, 12)
    corners = [{"x": x, "y": y} for x, y in ((0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1))]
    placed = made_of(path, {"op": "perspective", "mode": "place", "corners": corners})
    assert placed.shape[:2] == (20, 20) and near(placed[5:15, 5:15, :3], 127, 12)


def test_four_corners_are_straightened_and_put_back(quarters: Path) -> None:
    corners = [
        {"x": 0.1, "y": 0.2},
        {"x": 0.9, "y": 0},
        {"x": 1, "y": 1},
        {"x": 0, "y": 0.8},
    ]
    slanted = made_of(
        quarters,
        {"op": "resize", "zoom": 5, "kernel": "nearest"},
        {"op": "perspective", "mode": "place", "corners": corners},
    )
    assert slanted.shape == (200, 200, 4) and slanted[0, 0, 3] == 0
    path = samples.saved(quarters.parent / "slanted", slanted, "PNG")
    back = made_of(path, {"op": "perspective", "corners": corners})
    high, wide = back.shape[:2]
    for (y, x), color in (
        ((0.25, 0.25), RED),
        ((0.25, 0.75), GREEN),
        ((0.75, 0.25), BLUE),
        ((0.75, 0.75), WHITE),
    ):
        assert near(back[int(y * high), int(x * wide), :3], color, 3)


def test_a_part_that_stands_upright_is_cut_out_exactly(ruler: Path) -> None:
    box = [(0.2, 0.25), (0.8, 0.25), (0.8, 0.75), (0.2, 0.75)]
    corners = [{"x": x, "y": y} for x, y in box]
    found = made_of(ruler, {"op": "perspective", "corners": corners})
    assert near(found, samples.ruled(100, 60)[15:45, 20:80], 1)
