"""Several things in a picture, and what is out of focus behind them."""

import cv2
import numpy as np
import pytest

from onemanage.imaging.domain.arrays import Pixels, Values
from onemanage.imaging.domain.background.boxes import grown, joined, shared
from onemanage.imaging.domain.background.focus import in_focus
from onemanage.imaging.domain.background.network import U2NetP, installed_weights
from onemanage.imaging.domain.background.remove import remove_background

SIZE = 544, 408
COLORS = ((40, 90, 170), (40, 40, 60), (60, 140, 60), (200, 160, 40), (90, 50, 120))


def network() -> U2NetP:
    weights = installed_weights()
    assert weights is not None, "scripts/weights.sh installs them"
    return U2NetP(weights)


def blurred_ground() -> Pixels:
    """Large circles of many colours, far out of focus."""
    chance = np.random.default_rng(4)
    ground = np.full((SIZE[1], SIZE[0], 3), (120, 130, 120), np.uint8)
    for _ in range(40):
        at = int(chance.integers(0, SIZE[0])), int(chance.integers(0, SIZE[1]))
        tone = [int(value) for value in chance.integers(40, 220, 3)]
        cv2.circle(ground, at, int(chance.integers(15, 60)), tone, -1)
    return np.asarray(cv2.GaussianBlur(ground, (0, 0), 6), np.uint8)


def bottles(ground: Pixels, count: int) -> tuple[Pixels, Values]:
    """A row of them before it, with labels, and the true alpha."""
    image = ground.copy()
    alpha = np.zeros(ground.shape[:2], np.uint8)
    for number in range(count):
        x = round((number + 0.5) / count * SIZE[0])
        y = 210 + 25 * (number % 2)
        for canvas, tone in ((image, COLORS[number]), (alpha, (255,))):
            cv2.rectangle(canvas, (x - 20, y - 40), (x + 20, y + 60), tone, -1)
            cv2.rectangle(canvas, (x - 8, y - 75), (x + 8, y - 40), tone, -1)
        cv2.rectangle(image, (x - 14, y - 10), (x + 14, y + 30), (235, 230, 220), -1)
        cv2.rectangle(image, (x - 8, y), (x + 8, y + 6), (40, 40, 40), -1)
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.6), np.uint8)
    return soft, np.asarray(alpha / 255, np.float32)


def overlap(one: Values, other: Values) -> float:
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / (a | b).sum())


def test_both_things_are_kept_whatever_is_blurred_behind_them() -> None:
    image, alpha = bottles(blurred_ground(), 2)
    found = remove_background(image, network())
    assert overlap(found.alpha, alpha) > 0.9


def test_something_large_and_out_of_focus_is_not_taken_for_the_thing_before_it() -> (
    None
):
    ground = np.full((SIZE[1], SIZE[0], 3), (150, 110, 80), np.uint8)
    cv2.circle(ground, (290, 190), 150, (245, 240, 235), -1)
    cv2.circle(ground, (290, 190), 110, (160, 40, 30), -1)
    image, alpha = bottles(np.asarray(cv2.GaussianBlur(ground, (0, 0), 5)), 4)
    found = remove_background(image, network())
    assert overlap(found.alpha, alpha) > 0.8


def test_sharp_things_are_told_from_a_blurred_ground() -> None:
    image, alpha = bottles(blurred_ground(), 3)
    found = in_focus(image)
    assert found.calm and len(found.things) == 3
    filled = np.zeros(alpha.shape, np.float32)
    for thing in found.things:
        filled[thing.mask] = 1
    assert overlap(filled, alpha) > 0.75


def test_where_the_ground_is_sharp_too_focus_says_nothing() -> None:
    ground = np.random.default_rng(1).integers(0, 255, (51, 68, 3), np.uint8)
    large = cv2.resize(ground, SIZE, interpolation=cv2.INTER_NEAREST)
    image, _ = bottles(np.asarray(large, np.uint8), 3)
    found = in_focus(image)
    assert not found.calm and not found.things


def test_a_thing_cut_by_the_border_is_none_of_those_in_focus() -> None:
    image, _ = bottles(blurred_ground(), 3)
    found = in_focus(np.ascontiguousarray(image[:, 90:]))
    assert len(found.things) == 2


def test_boxes_that_meet_become_one_and_then_the_nearest_ones() -> None:
    boxes = [(0, 0, 10, 10), (8, 0, 10, 10), (40, 0, 10, 10), (55, 0, 10, 10)]
    assert joined(boxes[:3], 4) == [(40, 0, 10, 10), (0, 0, 18, 10)]
    assert (40, 0, 25, 10) in joined(boxes, 2)
    assert grown((2, 2, 10, 20), 0.5, (100, 25)) == (0, 0, 22, 25)
    assert shared((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert shared((0, 0, 1, 1), (5, 5, 1, 1)) == 0
