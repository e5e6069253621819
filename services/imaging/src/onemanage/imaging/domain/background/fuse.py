"""One subject from two looks of the network and the picture's own colours."""

from dataclasses import dataclass

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values
from onemanage.imaging.domain.background.evidence import (
    edges,
    foreignness,
    outline_score,
)
from onemanage.imaging.domain.background.grabcut import refined

SURE, NOTHING = 0.9, 0.1
INNER, OUTER = 3, 10
"""Pixels inside and outside of what is certain that GrabCut may still move."""

FOREIGN = 1.4
MOST_STRAYS = 0.01
"""Share of the picture that may be foreign and no part of the subject; with more the
border says nothing about the background."""

LARGEST_GROWTH = 2.5


@dataclass(frozen=True, slots=True)
class Fused:
    """Of the working size. ``likely`` is the network's word and what was added to it,
    ``subject`` is after the colours had theirs; ``agreement`` is that of the looks and the colours, ``edge`` how well
    the outline runs along edges, both 0 to 1."""

    likely: Values
    subject: Mask
    agreement: float
    edge: float


def fuse(image: Pixels, whole: Values, close: Values) -> Fused:
    """``whole`` was seen in all of the picture, ``close`` in the part around it."""
    strength = edges(image)
    first, second, weight = _weighed(strength, whole, close)
    likely = np.asarray(first * (1 - weight) + second * weight, np.float32)
    marks = _marks(first, second, likely)
    grown = _grown(image, likely)
    marks[grown & (marks != cv2.GC_FGD)] = cv2.GC_PR_FGD
    subject = _attached(refined(image, marks, 2), likely > 0.5)
    likely[grown & subject] = 1
    # The looks may differ where colours settle it; the outcome may not.
    looks = overlap(first > 0.5, second > 0.5)
    agreement = overlap(subject, likely > 0.5) * (0.7 + 0.3 * looks)
    return Fused(likely, subject, agreement, outline_score(strength, subject))


def overlap(one: Mask, other: Mask) -> float:
    """Intersection over union; 1 where both are empty."""
    union = int((one | other).sum())
    return int((one & other).sum()) / union if union else 1.0


def _weighed(
    strength: Values, whole: Values, close: Values
) -> tuple[Values, Values, float]:
    """The looks that are to be believed, and how much the second counts.

    The closer look is finer, but it may lose the subject for one of its parts, or
    gain something beside it; then its outline leaves the edges.
    """
    edge_whole = outline_score(strength, whole > 0.5)
    edge_close = outline_score(strength, close > 0.5)
    core = whole > SURE
    kept = float((close[core] > 0.5).mean()) if core.any() else 1.0
    better = edge_close - edge_whole
    if kept < (0.25 if better > 0.1 else 0.6) or better < -0.04:
        return whole, whole, 0.5
    return whole, close, 0.85 if better > 0.04 else 0.6


def _marks(first: Values, second: Values, likely: Values) -> Pixels:
    certain = (np.minimum(first, second) > SURE).astype(np.uint8)
    empty = (np.maximum(first, second) < NOTHING).astype(np.uint8)
    marks = np.where(likely > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[cv2.distanceTransform(certain, cv2.DIST_L2, 3) > INNER] = cv2.GC_FGD
    marks[cv2.distanceTransform(empty, cv2.DIST_L2, 3) > OUTER] = cv2.GC_BGD
    return marks


def _grown(image: Pixels, likely: Values) -> Mask:
    """Parts that hang on the subject, which the network missed: stems and leaves."""
    subject = likely > 0.5
    foreign = foreignness(image, likely) > FOREIGN
    attached = _attached(foreign | subject, subject)
    added = np.asarray(attached & foreign & ~subject)
    strays = float((foreign & ~attached).mean())
    if strays > MOST_STRAYS or added.sum() > LARGEST_GROWTH * subject.sum():
        return np.zeros_like(added)
    return added


def _attached(found: Mask, to: Mask) -> Mask:
    """The connected parts of ``found`` that touch ``to``."""
    _, labels = cv2.connectedComponents(found.astype(np.uint8))
    wanted = np.zeros(int(labels.max()) + 1, np.bool_)
    wanted[np.unique(labels[to & found])] = True
    wanted[0] = False
    return np.asarray(wanted[labels])
