"""Pictures the way up that EXIF says (CIPA DC-008, tag 274)."""

from typing import cast

import cv2

from onemanage.imaging.domain.picture import Pixels, Sides

TURNED = (5, 6, 7, 8)
"""Orientations that swap width and height."""


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turned and mirrored as it says, 1 to 8."""
    if orientation in TURNED:
        pixels = cast(Pixels, cv2.transpose(pixels))
    flips = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}
    if orientation in flips:
        pixels = cast(Pixels, cv2.flip(pixels, flips[orientation]))
    return pixels


def upright_sides(sides: Sides, orientation: int) -> Sides:
    """What is known of each side, after the picture was turned so."""
    left, top, right, bottom = sides
    if orientation in TURNED:
        left, top, right, bottom = top, left, bottom, right
    if orientation in (2, 3, 6, 7):
        left, right = right, left
    if orientation in (3, 4, 7, 8):
        top, bottom = bottom, top
    return left, top, right, bottom
