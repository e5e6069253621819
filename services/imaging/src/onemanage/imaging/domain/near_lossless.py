"""Pixels rounded where nobody sees it, so that a lossless file of them is smaller.

As libwebp's encoder prepares an image for its near-lossless mode (libwebp 1.6.0), which
Pillow has no option for: in several turns, each for a bit less, a pixel that differs
from a neighbour is rounded to so many bits. Even areas and the outermost pixels stay.
"""

import numpy as np

from onemanage.imaging.domain.picture import Pixels

_SMALLEST = 64
"""Pixels of both sides up to which an image, an icon, is left alone."""


def rounded(pixels: Pixels, quality: int) -> Pixels:
    """(height, width, 3 or 4) for a quality of 0, five bits, to 99, one."""
    height, width = pixels.shape[:2]
    if max(height, width) < _SMALLEST or min(height, width) < 3:
        return pixels
    made = pixels.astype(np.int16)
    for bits in range(5 - quality // 20, 0, -1):
        inner = made[1:-1, 1:-1]
        even = np.ones(inner.shape[:2], bool)
        for near in (made[:-2, 1:-1], made[2:, 1:-1], made[1:-1, :-2], made[1:-1, 2:]):
            even &= (np.abs(inner - near) < 1 << bits).all(axis=2)
        # To the nearest multiple, and of two as near to the even one.
        half = (1 << bits - 1) - 1
        biased = inner + half + ((inner >> bits) & 1)
        nearest = np.where(biased > 255, 255, biased & -(1 << bits))
        made[1:-1, 1:-1] = np.where(even[:, :, None], inner, nearest)
    return made.astype(np.uint8)
