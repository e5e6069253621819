"""The subject's own colours, without those of the background it stood before."""

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Pixels, Values
from onemanage.imaging.domain.background.band import SIDE, Band

REACHES = (0.04, 0.004)
"""Shares of the longer side: colours from farther away, then from near by."""

OPAQUE = 0.996


def own_colors(image: Pixels, alpha: Values) -> Pixels:
    """H x W x 3: what the subject looks like where it is not opaque.

    Forte, "Approximate fast foreground colour estimation", ICIP 2021: the colour is
    the mean of the subject's around it, and what the mixture with the background's
    mean does not explain is added. Means are found at a size of at most ``band.SIDE``
    and meet the picture's own pixels where they are mixed; elsewhere those stay.
    """
    height, width = alpha.shape
    scale = min(SIDE / max(height, width), 1.0)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    made = np.array(image[..., :3])
    small = np.asarray(cv2.resize(made, size, interpolation=cv2.INTER_AREA))
    cover = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    front_mean, behind_mean = _means(
        np.asarray(small, np.float32) / 255, np.asarray(cover, np.float32)
    )
    band = Band.of((alpha > 0) & (alpha < OPAQUE), alpha.shape)
    front, behind = band.read(front_mean), band.read(behind_mean)
    over = alpha[band.rows, band.columns][:, None]
    seen = np.asarray(made[band.rows, band.columns], np.float32) / 255
    rest = seen - over * front - (1 - over) * behind
    own = np.clip(front + over * rest, 0, 1)
    made[band.rows, band.columns] = np.round(own * 255).astype(np.uint8)
    return made


def _means(colors: Values, alpha: Values) -> tuple[Values, Values]:
    """Of subject and background near each pixel, H x W x 3 each."""
    front = behind = colors
    over = alpha[..., None]
    front_mean = behind_mean = colors
    for share in REACHES:
        reach = max(round(share * max(alpha.shape)), 1)
        front_mean = _mean(front, alpha, reach)
        behind_mean = _mean(behind, 1 - alpha, reach)
        rest = colors - over * front_mean - (1 - over) * behind_mean
        front = np.clip(front_mean + over * rest, 0, 1)
        behind = behind_mean
    return front_mean, behind_mean


def _mean(colors: Values, weight: Values, reach: int) -> Values:
    side = (2 * reach + 1, 2 * reach + 1)
    total = cv2.blur(weight, side)
    summed = cv2.blur(colors * weight[..., None], side)
    known = np.clip(total * 1e4, 0, 1)[..., None]
    mean = summed / (total[..., None] + 1e-6)
    return np.asarray(mean * known + colors * (1 - known), np.float32)
