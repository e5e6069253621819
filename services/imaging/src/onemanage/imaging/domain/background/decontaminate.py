"""The subject's own colours, without those of the background it stood before."""

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Pixels, Values

REACHES = (0.04, 0.004)
"""Shares of the longer side: colours from farther away, then from near by."""


def own_colors(image: Pixels, alpha: Values) -> Values:
    """H x W x 3, 0 to 1: what the subject looks like where it is not opaque.

    Forte, "Approximate fast foreground colour estimation", ICIP 2021: the colour is
    the mean of the subject's around it, and what the mixture with the background's
    mean does not explain is added.
    """
    colors: Values = np.asarray(image[..., :3], np.float32) / 255
    front = behind = colors
    over = alpha[..., None]
    for share in REACHES:
        reach = max(round(share * max(alpha.shape)), 1)
        front_mean = _mean(front, alpha, reach)
        behind_mean = _mean(behind, 1 - alpha, reach)
        rest = colors - over * front_mean - (1 - over) * behind_mean
        front = np.clip(front_mean + over * rest, 0, 1)
        behind = behind_mean
    return np.where(over >= 0.996, colors, front)


def _mean(colors: Values, weight: Values, reach: int) -> Values:
    side = (2 * reach + 1, 2 * reach + 1)
    total = cv2.blur(weight, side)
    summed = cv2.blur(colors * weight[..., None], side)
    known = np.clip(total * 1e4, 0, 1)[..., None]
    mean = summed / (total[..., None] + 1e-6)
    return np.asarray(mean * known + colors * (1 - known), np.float32)
