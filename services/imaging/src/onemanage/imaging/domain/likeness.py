"""Structural similarity of two images (Wang, Bovik, Sheikh, Simoncelli 2004)."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.imaging.domain.picture import Pixels

_C1 = (0.01 * 255) ** 2
_C2 = (0.03 * 255) ** 2
_STRIP = 512
"""Rows at a time: the planes of floats are ten times the image."""
_REACH = 5
"""Of the window of 11 x 11 pixels, sigma 1.5."""

type Plane = NDArray[np.float32]


def ssim(one: Pixels, other: Pixels) -> float:
    """Mean over the luma (BT.601) of two images of one size; 1 where they are alike.

    What is transparent counts as mid gray. Windows that project are left out, except
    for images smaller than one.
    """
    height, width = one.shape[:2]
    if min(height, width) <= 2 * _REACH:
        return float(_map(luma(one), luma(other)).mean())
    total, count = 0.0, 0
    for top in range(0, height - 2 * _REACH, _STRIP):
        part = slice(top, min(height, top + _STRIP + 2 * _REACH))
        found = _map(luma(one[part]), luma(other[part]))
        inner = found[_REACH:-_REACH, _REACH:-_REACH]
        total += float(inner.sum(dtype=np.float64))
        count += inner.size
    return total / count


def luma(pixels: Pixels) -> Plane:
    """0 to 255, not rounded."""
    made = cv2.transform(
        np.ascontiguousarray(pixels[:, :, :3]).astype(np.float32),
        np.array([[0.299, 0.587, 0.114]], np.float32),
    )
    plane = cast(Plane, made.reshape(pixels.shape[:2]))
    if pixels.shape[2] == 4:
        alpha = pixels[:, :, 3].astype(np.float32) / 255
        plane = cast(Plane, plane * alpha + 128 * (1 - alpha))
    return plane


def _map(one: Plane, other: Plane) -> Plane:
    mean_one, mean_other = _mean(one), _mean(other)
    square_one, square_other = mean_one * mean_one, mean_other * mean_other
    product = mean_one * mean_other
    spread = _mean(one * one) + _mean(other * other) - square_one - square_other
    shared = _mean(one * other) - product
    upper = (2 * product + _C1) * (2 * shared + _C2)
    return cast(Plane, upper / ((square_one + square_other + _C1) * (spread + _C2)))


def _mean(plane: Plane) -> Plane:
    return cast(Plane, cv2.GaussianBlur(plane, (11, 11), 1.5))
