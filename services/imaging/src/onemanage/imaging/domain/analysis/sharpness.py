"""Whether a picture is blurred."""

import math

import cv2
import numpy as np

from onemanage.imaging.domain.analysis.shrink import luma, shrunk
from onemanage.imaging.domain.arrays import Pixels

SIDE = 1024
"""Pixels of the longer side: as large as a screen shows it, so that a picture of many
megapixels is not called blurred for what nobody sees."""

TILES = 8
SHARP = 1000.0
"""Variance from which nothing is missing."""

FLAT = 2.0


def sharpness(image: Pixels) -> tuple[float, float]:
    """Variance of the Laplacian in the sharpest parts, and blurriness of 0 to 1.

    The 95th percentile of 8 x 8 tiles is asked: a portrait before a soft background is
    sharp. A picture in which there is nothing to see is not blurred.
    """
    gray = luma(shrunk(image, SIDE))
    # Before the Laplacian, noise of one pixel and JPEG's grain are taken out.
    curved = cv2.Laplacian(cv2.GaussianBlur(gray, (0, 0), 0.7), cv2.CV_32F)
    tiles = [
        float(tile.var())
        for band in np.array_split(curved, min(TILES, curved.shape[0]), axis=0)
        for tile in np.array_split(band, min(TILES, curved.shape[1]), axis=1)
    ]
    found = float(np.percentile(tiles, 95))
    if float(gray.std()) < FLAT:
        return round(found, 2), 0.0
    # Each level of blur divides the variance: it is read on a logarithm.
    blurred = 1 - math.log10(1 + found) / math.log10(1 + SHARP)
    return round(found, 2), round(min(max(blurred, 0.0), 1.0), 3)
