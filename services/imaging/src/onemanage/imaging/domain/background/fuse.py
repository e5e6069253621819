"""One subject from two looks of the network and the picture's own colours."""

from dataclasses import dataclass

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values
from onemanage.imaging.domain.background.evidence import (
    foreignness,
    out_of_focus,
    outline_score,
)
from onemanage.imaging.domain.background.grabcut import refined
from onemanage.imaging.domain.background.looks import SEEN, Looks, overlap

SURE, NOTHING = 0.9, 0.1
INNER, OUTER = 3, 10
"""Pixels inside and outside of what is certain that GrabCut may still move."""

FOREIGN = 1.4
MOST_STRAYS = 0.01
"""Share of the picture that may be foreign and no part of the subject; with more the
border says nothing about the background."""

LARGEST_GROWTH = 2.5

TELLING, MOST_TELLING = 0.6, 0.85
"""Share of the sure subject that has other colours than the border, from which those
are asked about what is unsure, and with which they are believed."""

MOST_VARIED = 0.02
"""Share of the background that has other colours than the border, from which the border
is asked less; at twice of it not at all."""

TURNS = 2.5
"""By how much (in logits) a colour of the border speaks against a pixel, and one that
does not occur there for it."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What speaks against a cut, each 0 to 1; shares of the subject where nothing else
    is said."""

    unsettled: float
    """What GrabCut took or left against ``likely``: the union without the intersection,
    of the union."""
    edgeless: float
    """Of its outline, where the picture has no edge."""
    blurred: float
    """Of its outline, what is much softer than the rest."""
    unsure: float
    """Where the looks are not sure."""
    guessed: float
    """Kept for its focus or its colours alone."""
    stray: float
    """Foreign to the border, and left out."""
    sharp: float
    """In focus, and left out."""
    cut: float
    """Of the picture's border but for its foot, what is the subject."""


@dataclass(frozen=True, slots=True)
class Fused:
    """Of the working size.

    ``likely`` is the network's word, and the border's colours', ``subject`` is after
    GrabCut.
    """

    likely: Values
    subject: Mask
    doubts: Doubts


def fuse(image: Pixels, looks: Looks) -> Fused:
    """Of the size that was worked on."""
    first, second = looks.first, looks.second
    foreign = foreignness(image, looks.likely)
    likely = _informed(looks.likely, np.minimum(first, second) > SURE, foreign)
    marks = _marks(first, second, likely)
    grown = _grown(foreign > FOREIGN, likely > 0.5)
    marks[grown & (marks != cv2.GC_FGD)] = cv2.GC_PR_FGD
    taken = cv2.erode(looks.taken.astype(np.uint8), np.ones((5, 5), np.uint8))
    marks[taken > 0] = cv2.GC_FGD
    subject = _attached(refined(image, marks, 2), likely > 0.5)
    likely[grown & subject] = 1
    return Fused(likely, subject, _doubts(looks, likely, subject, foreign > FOREIGN))


def _doubts(looks: Looks, likely: Values, subject: Mask, foreign: Mask) -> Doubts:
    near = cv2.dilate(subject.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    left_out = (
        one.mask for one in looks.focus.things if subject[one.mask].mean() < 0.3
    )
    sides = np.concatenate([subject[0], subject[:, 0], subject[:, -1]])
    area = max(int(subject.sum()), 1)

    def share(count: int) -> float:
        return min(count / area, 1.0)

    return Doubts(
        unsettled=1 - overlap(subject, likely > 0.5),
        edgeless=1 - outline_score(looks.strength, subject),
        blurred=out_of_focus(looks.focus.sharpness, subject),
        unsure=share(int(((likely > NOTHING) & (likely < SURE)).sum())),
        guessed=share(int((looks.taken & (looks.first < SEEN)).sum())),
        stray=share(int((_opened(foreign) & ~near).sum())),
        sharp=share(sum(int(mask.sum()) for mask in left_out)),
        cut=float(sides.mean()),
    )


def _informed(likely: Values, sure: Mask, foreign: Values) -> Values:
    """``likely`` moved by the border's colours where the network is not sure.

    A flag behind somebody has the colours that it has at the border; his clothes do
    not. Where what is sure has them too, they say nothing.
    """
    ground = likely < NOTHING
    if min(int(sure.sum()), int(ground.sum())) < 32:
        return likely.copy()
    apart = float((foreign[sure] > 1).mean())
    varied = float((_opened(foreign > 1) & ground).sum() / ground.sum())
    weight = np.clip((apart - TELLING) / (MOST_TELLING - TELLING), 0, 1) * TURNS
    weight *= np.clip(2 - varied / MOST_VARIED, 0, 1)
    held = np.clip(likely, 0.02, 0.98)
    logit = np.log(held / (1 - held)) + weight * np.clip(2 * foreign - 2, -1, 1)
    moved = 1 / (1 + np.exp(-logit))
    return np.where((likely > NOTHING) & (likely < 0.97), moved, likely)


def _marks(first: Values, second: Values, likely: Values) -> Pixels:
    certain = (np.minimum(first, second) > SURE).astype(np.uint8)
    empty = (np.maximum(first, second) < NOTHING).astype(np.uint8)
    marks = np.where(likely > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[cv2.distanceTransform(certain, cv2.DIST_L2, 3) > INNER] = cv2.GC_FGD
    marks[cv2.distanceTransform(empty, cv2.DIST_L2, 3) > OUTER] = cv2.GC_BGD
    return marks


def _grown(foreign: Mask, subject: Mask) -> Mask:
    """Parts that hang on the subject, which the network missed: stems and leaves."""
    attached = _attached(_inner(foreign) | subject, subject)
    added = np.asarray(attached & foreign & ~subject)
    strays = float((_opened(foreign) & ~attached).mean())
    if strays > MOST_STRAYS or added.sum() > LARGEST_GROWTH * subject.sum():
        return np.zeros_like(added)
    return added


def _opened(found: Mask) -> Mask:
    """Without lines: a soft edge between two colours of the background is one."""
    square = np.ones((3, 3), np.uint8)
    return cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, square) > 0


def _inner(found: Mask) -> Mask:
    """Without the parts that reach the border of the picture: a flag behind somebody
    touches him, but no stem ends there."""
    _, labels = cv2.connectedComponents(found.astype(np.uint8))
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    return np.asarray(found & ~np.isin(labels, np.unique(np.concatenate(sides))))


def _attached(found: Mask, to: Mask) -> Mask:
    """The connected parts of ``found`` that touch ``to``."""
    _, labels = cv2.connectedComponents(found.astype(np.uint8))
    wanted = np.zeros(int(labels.max()) + 1, np.bool_)
    wanted[np.unique(labels[to & found])] = True
    wanted[0] = False
    return np.asarray(wanted[labels])
