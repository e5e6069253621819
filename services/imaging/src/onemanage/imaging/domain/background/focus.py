"""What is in focus: sharp outlines tell where things stand before a plain or blurred
ground, whatever their colours are."""

from dataclasses import dataclass

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values, dot
from onemanage.imaging.domain.background.boxes import place, shared
from onemanage.imaging.domain.background.evidence import border_band, outline
from onemanage.imaging.domain.background.place import Box

SHARP = 0.2
"""Steepness of an edge for the colours on its sides, from which it is in focus. A step
as sharp as the working size allows has 0.3, one blurred by two pixels 0.18."""

LEAST_STEP = 22.0
"""Levels of Lab between both sides below which an edge says nothing."""

REACH = 4
"""Pixels by which a gap in an outline is closed."""

NEAR = 9
"""Pixels around an outline in which its edge lies."""

MOST = 0.5
"""Share of the picture above which nearly everything is sharp, which says nothing."""

CALM = 0.05
"""Share of the border that may be in focus before a calm ground."""

MANY = 16
"""Sharp things, from which they are the ground's own texture."""

LEAST = 0.001
"""Share of the picture below which something sharp is a speck."""


@dataclass(frozen=True, slots=True)
class Sharp:
    """A thing whose outline is in focus."""

    box: Box
    mask: Mask
    """Of the whole picture: its outline filled, roughly."""


@dataclass(frozen=True, slots=True)
class Focus:
    sharpness: Values
    """How steep the picture is near each pixel for how far apart its colours are."""
    edges: Mask
    """Where the picture is in focus."""
    contrast: Mask
    """Where it might be: colours differ nearby."""
    things: list[Sharp]
    """None of them reaches the border; none where the ground is sharp too."""
    calm: bool
    """Little of the border is sharp: what is sharp farther in stands before it."""

    def crisp(self, mask: Mask, box: Box | None = None) -> float:
        """The share of an outline in focus, of that which could be; within ``box``."""
        at = place(box) if box else (slice(None), slice(None))
        line = outline(mask)[at] & self.contrast[at]
        if not line.any():
            return 0.0
        edges = self.edges[at].astype(np.uint8)
        near = cv2.dilate(edges, np.ones((NEAR, NEAR), np.uint8)) > 0
        return float(near[line].mean())

    def shows(self, mask: Mask, box: Box) -> bool:
        """Whether what is set in this box is a thing that is in focus, and beyond
        doubt one of few."""
        if len(self.things) > MANY:
            return False
        within = (thing for thing in self.things if shared(thing.box, box) > 0.3)
        return any(mask[thing.mask].mean() > 0.8 for thing in within)


def in_focus(image: Pixels) -> Focus:
    """Of a picture of the working size.

    An edge is as sharp as its steepest place is steep, for the colours on its sides.
    """
    lab = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), np.float32)
    soft = np.asarray(cv2.GaussianBlur(lab, (0, 0), 0.8), np.float32)
    across: Values = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 1, 0), np.float32)
    down: Values = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 0, 1), np.float32)
    steep = np.sqrt(np.add(dot(across, across), dot(down, down))) / 8
    steep = np.asarray(cv2.dilate(steep, np.ones((5, 5), np.uint8)), np.float32)
    around = np.ones((17, 17), np.uint8)
    apart = np.subtract(cv2.dilate(soft, around), cv2.erode(soft, around))
    step = np.sqrt(dot(apart, apart))
    sharpness = steep / (step + 8)
    edges = (sharpness > SHARP) & (steep > SHARP * LEAST_STEP)
    side = 2 * REACH + 1
    closed = cv2.morphologyEx(
        edges.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)
    )
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(closed), outlines, -1, 1, cv2.FILLED)
    # What was widened to find the steepest place is taken off again, and lines.
    filled = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    filled = cv2.erode(filled, np.ones((3, 3), np.uint8))
    calm = filled.mean() < MOST and edges[border_band(edges.shape)].mean() < CALM
    things = _things(np.asarray(filled, np.uint8)) if calm else []
    return Focus(sharpness, edges, step > LEAST_STEP, things, bool(calm))


def _things(filled: Pixels) -> list[Sharp]:
    """From the largest."""
    near = cv2.dilate(filled, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near)
    height, width = filled.shape
    found = []
    for label in np.argsort(-stats[1:, cv2.CC_STAT_AREA]) + 1:
        left, top, wide, high, area = (int(value) for value in stats[label])
        if area < LEAST * filled.size:
            break
        inside = left > 3 and top > 3
        if inside and left + wide < width - 3 and top + high < height - 3:
            mask = (labels == label) & (filled > 0)
            found.append(Sharp((left, top, wide, high), np.asarray(mask)))
    return found
