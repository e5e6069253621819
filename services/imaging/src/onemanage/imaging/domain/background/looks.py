"""Where the network looks: at all of the picture, then closer at each of its things."""

from dataclasses import dataclass

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values
from onemanage.imaging.domain.background.evidence import (
    edges,
    foreignness,
    outline_score,
)
from onemanage.imaging.domain.background.network import U2NetP
from onemanage.imaging.domain.background.place import Box

WHOLE_SIDE = 320
"""Pixels at which all of the picture is looked at. In 256 a thing that stands before a
texture may be lost altogether."""

CLOSE_SIDES = {1: 256, 2: 224, 3: 192, 4: 160}
"""The same for each thing, by how many there are: all together take about as long."""

MISSED_SIDE, MOST_MISSED = 128, 3
"""The same for each thing that was not seen, and how many of those are looked at."""

CLOSER, WIDER = 0.12, 0.25
"""Around a thing that was seen, and one that was not, as shares of its longer side."""

SEEN = 0.3
SURE = 0.9
SMALLEST = 0.0004
"""Share of the picture below which a thing is none."""

FOREIGN = 1.6
MOST_FOREIGN = 0.3
"""Share of the picture above which the border says nothing about the background."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What was seen at the working size, H x W, 0 to 1: ``first`` in all of the
    picture, ``second`` closer, ``likely`` what both make together."""

    first: Values
    second: Values
    likely: Values
    strength: Values
    """How strong the edges are, as in ``evidence.edges``."""


def looked_at(image: Pixels, small: Pixels, network: U2NetP) -> Looks:
    """``small`` is ``image`` at the size that it is worked on."""
    strength = edges(small)
    first = network.saliency(small, side=WHOLE_SIDE)
    second, likely = np.zeros_like(first), np.zeros_like(first)
    things = joined(boxes(first > SEEN), first.shape)
    side = CLOSE_SIDES.get(len(things), min(CLOSE_SIDES.values()))
    for box in things:
        place = _place(box)
        seen = _closer(image, small, network, box, side)
        one, two, weight = _weighed(strength[place], first[place], seen)
        second[place] = np.maximum(second[place], two)
        both = one * (1 - weight) + two * weight
        likely[place] = np.maximum(likely[place], both)
    missed = overlooked(small, np.maximum(first, likely), strength)
    for box in boxes(missed)[:MOST_MISSED]:
        box = grown_box(box, WIDER, (first.shape[1], first.shape[0]))
        place = _place(box)
        seen = _closer(image, small, network, box, MISSED_SIDE)
        # The border's colours and the network must mean the same thing.
        if overlap(seen > 0.5, missed[place]) > 0.5:
            for look in (first, second, likely):
                look[place] = np.maximum(look[place], seen)
    return Looks(first, second, likely, strength)


def _place(box: Box) -> tuple[slice, slice]:
    left, top, width, height = box
    return slice(top, top + height), slice(left, left + width)


def _closer(
    image: Pixels, small: Pixels, network: U2NetP, box: Box, side: int
) -> Values:
    """The part of the full picture in ``box`` of the small one, which it has the size
    of."""
    left, top, wide, high = box
    down, across = (image.shape[i] / small.shape[i] for i in (0, 1))
    rows = slice(int(top * down), max(round((top + high) * down), int(top * down) + 1))
    columns = slice(
        int(left * across), max(round((left + wide) * across), int(left * across) + 1)
    )
    part = np.ascontiguousarray(image[rows, columns])
    return network.saliency(part, (wide, high), side)


def overlooked(small: Pixels, first: Values, strength: Values) -> Mask:
    """Things that the network did not see and the border's colours speak for: each of
    one piece, not at the border, with edges around it."""
    foreign = foreignness(small, first) > FOREIGN
    none = np.zeros(first.shape, np.bool_)
    if foreign.mean() > MOST_FOREIGN:
        return none
    near = cv2.dilate((first > SEEN).astype(np.uint8), np.ones((9, 9), np.uint8))
    opened = cv2.morphologyEx(
        foreign.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    for label in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[label])
        at_border = left <= 1 or top <= 1
        at_border |= left + width >= first.shape[1] - 1
        at_border |= top + height >= first.shape[0] - 1
        if area < SMALLEST * first.size or at_border:
            continue
        one = labels == label
        if near[one].mean() < 0.4 and outline_score(strength, one) > 0.35:
            none |= one
    return none


def boxes(mask: Mask) -> list[Box]:
    """Those of its pieces that are not too small; of the largest in any case."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    found = sorted((list(map(int, one)) for one in stats[1:]), key=lambda one: -one[4])
    kept = [one for one in found if one[4] > SMALLEST * mask.size] or found[:1]
    return [(one[0], one[1], one[2], one[3]) for one in kept]


def joined(parts: list[Box], shape: tuple[int, ...]) -> list[Box]:
    """Grown by CLOSER, and one where they meet; never more than there are sides for."""
    size = shape[1], shape[0]
    found = [grown_box(box, CLOSER, size) for box in parts]
    while len(found) > 1:
        gaps = [
            (_gap(found[i], found[j]), i, j)
            for i in range(len(found))
            for j in range(i + 1, len(found))
        ]
        gap, i, j = min(gaps)
        if gap > 0 and len(found) <= max(CLOSE_SIDES):
            break
        one, other = found[i], found[j]
        rest = [box for k, box in enumerate(found) if k not in (i, j)]
        found = [*rest, _around(one, other)]
    return found


def grown_box(box: Box, share: float, size: tuple[int, int]) -> Box:
    """``box`` with a share of its longer side around it, within width and height."""
    left, top, width, height = box
    more = int(share * max(width, height))
    x, y = max(left - more, 0), max(top - more, 0)
    right = min(left + width + more, size[0])
    bottom = min(top + height + more, size[1])
    return x, y, right - x, bottom - y


def _gap(one: Box, other: Box) -> int:
    """Pixels between two boxes, at most 0 where they meet."""
    across = max(one[0], other[0]) - min(one[0] + one[2], other[0] + other[2])
    down = max(one[1], other[1]) - min(one[1] + one[3], other[1] + other[3])
    return max(across, down)


def _around(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    bottom = max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top


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
    return whole, close, 0.9 if better > 0.04 else 0.75
