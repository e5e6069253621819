"""Where the network looks: at all of the picture, then closer at each of its things."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values
from onemanage.imaging.domain.background.boxes import (
    around,
    grown,
    joined,
    place,
    shared,
)
from onemanage.imaging.domain.background.evidence import (
    edges,
    foreignness,
    outline_score,
)
from onemanage.imaging.domain.background.focus import Focus, Sharp, in_focus
from onemanage.imaging.domain.background.network import U2NetP
from onemanage.imaging.domain.background.place import Box

WHOLE_SIDE = 320
"""Pixels of the longer side at which all of the picture is looked at. In 256 a thing
that stands before a texture may be lost altogether."""

LEAST_SIDE = 192
"""The same of the shorter side of a long picture, which is stretched to it."""

CLOSE_SIDES = {1: 256, 2: 224, 3: 192, 4: 160}
"""Of a square as large as the look at each thing, by how many there are: all together
take about as long."""

LONGEST = 2.0
"""Sides of a look to each other; what is longer is squeezed."""

MISSED_SIDE, MOST_MISSED = 160, 5
"""The same for each thing that was not seen, and how many of those are looked at."""

CLOSER, WIDER = 0.12, 0.2
"""Around a thing that was seen, and one that was not, as shares of its longer side."""

SEEN = 0.3
SURE = 0.9
SMALLEST = 0.0004
"""Share of the picture below which a thing is none."""

FOREIGN = 1.6
MOST_FOREIGN = 0.3
"""Share of the picture above which the border says nothing about the background."""

LIKE = 0.03
"""What was not seen is at least this share of the largest thing that was."""

BLURRED, BESIDE = 0.3, 0.05
"""Share of an outline in focus below which it is no thing's, where things are sharp that
have together at least such a share of its area, and one of them lies beside it."""

CRISP = 0.3
"""Share of the outline of what was not seen that is in focus, from which it may be a
thing."""

SECOND_LOOK = 256, 256
"""At all of a picture of which all is sharp: there nothing else tells what was missed."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What was seen at the working size, H x W, 0 to 1: ``first`` in all of the
    picture, ``second`` closer, ``likely`` what both make together."""

    first: Values
    second: Values
    likely: Values
    strength: Values
    """How strong the edges are, as in ``evidence.edges``."""
    focus: Focus
    taken: Mask
    """What is in focus, or foreign to the border, beyond doubt: it is kept whatever
    the rest of its colours say."""

    @staticmethod
    def of(first: Values, strength: Values, focus: Focus) -> "Looks":
        """After the first one."""
        second, likely = np.zeros((2, *first.shape), np.float32)
        taken = np.zeros(first.shape, np.bool_)
        return Looks(first, second, likely, strength, focus, taken)


type Closer = Callable[[Box, int], Values]
"""What is seen in a box of the small picture, and of its size; as many pixels are looked
at as a square of this side has."""


def looked_at(image: Pixels, small: Pixels, network: U2NetP) -> Looks:
    """``small`` is ``image`` at the size that it is worked on."""
    height, width = small.shape[:2]
    focus = in_focus(small)
    first = network.saliency(small, look=_whole_look(width, height))
    looks = Looks.of(without_blurred(first, focus), edges(small), focus)

    def closer(box: Box, side: int) -> Values:
        return _closer(image, (height, width), network, box, side)

    _look_closer(looks, closer)
    foreign = foreignness(small, np.maximum(looks.first, looks.likely)) > FOREIGN
    missed = overlooked(foreign, np.maximum(looks.first, looks.likely), looks.strength)
    missed |= _unseen(focus.things, looks.likely > 0.5)
    if not focus.calm:
        again = network.saliency(small, look=SECOND_LOOK)
        missed |= _added(again > 0.5, looks.likely > SEEN)
    _look_for_missed(looks, missed, foreign, closer)
    for thing in focus.things:
        looks.taken[thing.mask & foreign & (looks.likely > 0.5)] = True
    return looks


def _look_closer(looks: Looks, closer: Closer) -> None:
    """At each thing that was seen in all of the picture."""
    first, size = looks.first, looks.first.shape[::-1]
    seen = [_with_sharp(box, looks.focus.things) for box in boxes(first > SEEN)]
    things = joined([grown(box, CLOSER, size) for box in seen], max(CLOSE_SIDES))
    for box in things:
        at = place(box)
        close = closer(box, CLOSE_SIDES[len(things)])
        one, two, weight = _weighed(looks.strength[at], first[at], close)
        looks.second[at] = np.maximum(looks.second[at], two)
        both = one * (1 - weight) + two * weight
        looks.likely[at] = np.maximum(looks.likely[at], both)


def _look_for_missed(looks: Looks, missed: Mask, foreign: Mask, closer: Closer) -> None:
    """At each thing that was not seen, and that something else speaks for."""
    for box in boxes(missed)[:MOST_MISSED]:
        box = grown(box, WIDER, missed.shape[::-1])
        at = place(box)
        if looks.focus.crisp(missed, box) < CRISP:
            continue
        close = closer(box, MISSED_SIDE)
        # The picture and the network must mean the same thing.
        if overlap(close > 0.5, missed[at]) > 0.5:
            for look in (looks.first, looks.second, looks.likely):
                look[at] = np.maximum(look[at], close)
            continue
        found = missed[at] & foreign[at]
        told = found.sum() / max(int(missed[at].sum()), 1)
        if looks.focus.calm and (told > 0.7 or looks.focus.shows(missed, box)):
            # Between the legs of a stool is ground; where its colours say nothing, none.
            found = found if told > 0.3 else missed[at]
            looks.taken[at] |= found
            for look in (looks.second, looks.likely):
                look[at][found] = 1


def _whole_look(width: int, height: int) -> tuple[int, int]:
    scale = WHOLE_SIDE / max(width, height)
    wide, high = (math.ceil(side * scale / 32) * 32 for side in (width, height))
    return max(wide, LEAST_SIDE), max(high, LEAST_SIDE)


def _closer(
    image: Pixels, size: tuple[int, int], network: U2NetP, box: Box, side: int
) -> Values:
    """The part of the full picture in ``box`` of the small one, which has this height
    and width: see ``Closer``."""
    left, top, wide, high = box
    down, across = (image.shape[i] / size[i] for i in (0, 1))
    rows = slice(int(top * down), max(round((top + high) * down), int(top * down) + 1))
    columns = slice(
        int(left * across), max(round((left + wide) * across), int(left * across) + 1)
    )
    part = np.ascontiguousarray(image[rows, columns])
    long = math.sqrt(min(max(wide / high, 1 / LONGEST), LONGEST))
    look = round(side * long / 32) * 32, round(side / long / 32) * 32
    return network.saliency(part, (wide, high), look)


def without_blurred(first: Values, focus: Focus) -> Values:
    """``first`` without what is out of focus all around, where a sharp thing lies
    beside it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (first > SEEN).astype(np.uint8)
    )
    kept = first
    for label in range(1, count):
        one = labels == label
        sharp = sum(int(thing.mask.sum()) for thing in focus.things)
        beside = any(one[thing.mask].mean() < 0.5 for thing in focus.things)
        beside &= sharp > BESIDE * int(stats[label, cv2.CC_STAT_AREA])
        if beside and focus.crisp(one) < BLURRED:
            kept = np.where(one, 0, kept)
    return np.asarray(kept, np.float32)


def _with_sharp(box: Box, things: list[Sharp]) -> Box:
    """``box``, and around what is sharp and lies in it for the larger part, or it in
    that."""
    found = box
    for thing in things:
        x, y = max(box[0], thing.box[0]), max(box[1], thing.box[1])
        wide = min(box[0] + box[2], thing.box[0] + thing.box[2]) - x
        high = min(box[1] + box[3], thing.box[1] + thing.box[3]) - y
        both = max(wide, 0) * max(high, 0)
        smaller = min(box[2] * box[3], thing.box[2] * thing.box[3])
        if both > 0.5 * smaller:
            found = around(found, thing.box)
    return found


def _unseen(things: list[Sharp], seen: Mask) -> Mask:
    """What is sharp and was not seen, but for what is small beside the rest."""
    found = np.zeros(seen.shape, np.bool_)
    _, _, stats, _ = cv2.connectedComponentsWithStats(seen.astype(np.uint8))
    largest = max((int(one[4]) for one in stats[1:]), default=0)
    for thing in things:
        large = thing.mask.sum() > LIKE * largest
        if large and seen[thing.mask].mean() < 0.3:
            found |= thing.mask
    return found


def _added(again: Mask, seen: Mask) -> Mask:
    """The pieces of a second look of which the first has nothing."""
    _, labels = cv2.connectedComponents(again.astype(np.uint8))
    return np.asarray(again & ~np.isin(labels, np.unique(labels[seen])))


def overlooked(foreign: Mask, first: Values, strength: Values) -> Mask:
    """Things that the network did not see and the border's colours speak for: each of
    one piece, not at the border, with edges around it."""
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
