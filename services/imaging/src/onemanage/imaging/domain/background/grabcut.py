"""Subject and background told apart by their colours, without a network.

GrabCut: Rother, Kolmogorov and Blake, SIGGRAPH 2004, as OpenCV has it. What it starts
from without a network is how unlike the border of the picture each pixel is.
"""

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values

SIDE = 320
"""Longest side, pixels, at which colours are modelled."""

ROUNDS = 3

NOWHERE = (0, 0, 0, 0)
"""No rectangle: the marks say where to look."""


def scaled(image: Pixels, side: int) -> Pixels:
    """Smaller so that no side is over ``side``; never larger."""
    height, width = image.shape[:2]
    factor = min(side / max(height, width), 1.0)
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def refined(image: Pixels, marks: Pixels, rounds: int = ROUNDS) -> Mask:
    """The subject by GrabCut, from ``marks`` of cv2's four classes.

    Where a class has too few pixels for a model there is nothing to refine: the marks'
    own subject is given back.
    """
    subject = (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)
    if min(int(subject.sum()), int((~subject).sum())) < 32:
        return np.asarray(subject)
    found = marks.copy()
    cv2.setRNGSeed(1)  # its k-means starts from chance; the same picture, the same mask
    models = np.zeros((2, 1, 65))
    cv2.grabCut(
        image, found, NOWHERE, models[0], models[1], rounds, cv2.GC_INIT_WITH_MASK
    )
    return np.asarray((found == cv2.GC_FGD) | (found == cv2.GC_PR_FGD))


def border_saliency(image: Pixels) -> Values:
    """How unlike the picture's border each pixel is, in Lab, 0 to 1."""
    lab = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), np.float32)
    height, width = lab.shape[:2]
    band = max(min(height, width) // 25, 1)
    edge = np.concatenate(
        [
            lab[:band].reshape(-1, 3),
            lab[-band:].reshape(-1, 3),
            lab[:, :band].reshape(-1, 3),
            lab[:, -band:].reshape(-1, 3),
        ]
    )
    cv2.setRNGSeed(1)
    count = min(6, len(edge))
    ending = (cv2.TERM_CRITERIA_MAX_ITER, 8, 1.0)
    _, _, centers = cv2.kmeans(
        np.ascontiguousarray(edge),
        count,
        np.zeros((len(edge), 1), np.int32),
        ending,
        1,
        cv2.KMEANS_PP_CENTERS,
    )
    away = np.stack([np.linalg.norm(lab - center, axis=2) for center in centers])
    near = away.min(axis=0)
    return np.asarray(near / max(float(np.percentile(near, 99)), 12.0)).clip(0, 1)


def subject_by_color(image: Pixels) -> Mask:
    """The subject from the border's colours, first coarse, then finer."""
    found: Mask | None = None
    for side in (120, SIDE):
        small = scaled(image, side)
        marks = _first_marks(small) if found is None else _marks(found, small.shape)
        found = refined(small, marks)
    assert found is not None
    return found


def _first_marks(image: Pixels) -> Pixels:
    height, width = image.shape[:2]
    unlike = border_saliency(image)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    central = np.exp(-(x**2 + y**2) * 0.9)
    score = unlike * (0.5 + 0.5 * central)
    level, _ = cv2.threshold(np.asarray(score * 255, np.uint8), 0, 255, cv2.THRESH_OTSU)
    marks = np.where(score * 255 > level, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    band = max(min(height, width) // 50, 1)
    marks[:band], marks[-band:] = cv2.GC_BGD, cv2.GC_BGD
    marks[:, :band], marks[:, -band:] = cv2.GC_BGD, cv2.GC_BGD
    return marks.astype(np.uint8)


def _marks(found: Mask, shape: tuple[int, ...]) -> Pixels:
    """Sure far from the outline of ``found``, open near it."""
    size = (shape[1], shape[0])
    large = cv2.resize(found.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    reach = max(max(size) // 40, 2)
    inside = cv2.distanceTransform(large, cv2.DIST_L2, 3)
    outside = cv2.distanceTransform(1 - large, cv2.DIST_L2, 3)
    marks = np.where(large > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    marks[inside > reach] = cv2.GC_FGD
    marks[outside > reach * 2] = cv2.GC_BGD
    return marks.astype(np.uint8)
