"""What is kept of a template between its rows: runs of layers, and plans of siblings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from psd_tools import PSDImage
from psd_tools.api.layers import Layer

from onemanage.psd.domain.boxes import Box, area, intersect, is_empty, unite
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import Canvas

_APART = 1.5
"""Two canvases are one where the box around both is no more than so much of theirs."""

type Sibling = tuple[Layer, Sequence[Layer]]
"""A layer, and what is clipped to it."""
type Siblings = list[Sibling]


@dataclass
class Budget:
    """Bytes that what is kept may take together."""

    left: int
    used: int = 0

    def takes(self, canvases: Iterable[Canvas]) -> bool:
        """Whether there is room for these, which is gone then."""
        size = sum(one.color.nbytes + one.alpha.nbytes for one in canvases)
        if size > self.left:
            return False
        self.left -= size
        self.used += size
        return True


@dataclass
class Run:
    """Neighbours in normal mode as one canvas."""

    canvas: Canvas
    is_type: bool

    def takes(self, source: Canvas, is_type: bool) -> bool:
        """Whether drawing both as one is the same to the last level: no pixel is covered
        in part by both, so that none is rounded twice."""
        if self.is_type != is_type or _is_sparse(self.canvas.box, source.box):
            return False
        both = intersect(self.canvas.box, source.box)
        if is_empty(both):
            return True
        below, above = self.canvas.window(both).alpha, source.window(both).alpha
        return not cv2.countNonZero(cv2.bitwise_and(_partial(below), _partial(above)))

    def put(self, source: Canvas, document: PSDImage) -> None:
        """Draw it on what is there."""
        box = unite(self.canvas.box, source.box)
        if box != self.canvas.box:
            wider = Canvas.transparent(box, document.color_mode)
            within = wider.window(self.canvas.box)
            within.color[:], within.alpha[:] = self.canvas.color, self.canvas.alpha
            self.canvas = wider
        self.canvas.draw(source, is_type=self.is_type)


type Step = Run | Sibling


@dataclass
class Plan:
    """How siblings are drawn: ``below`` first, which is ``ground`` where nothing was,
    then the steps. Without steps, one after the other."""

    siblings: Siblings
    below: Siblings = field(default_factory=list)
    """What no slot touches, from the bottom up to the first that is."""
    below_steps: list[Step] | None = None
    """The same as steps, once it has to be drawn on something."""
    ground: Canvas | None = None
    steps: list[Step] | None = None


def cropped(canvas: Canvas) -> Canvas:
    """As far as it covers anything."""
    if is_empty(canvas.box):
        return canvas
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(canvas.alpha))
    x, y = canvas.box[0] + left, canvas.box[1] + top
    return canvas.window((x, y, x + width, y + height))


def _is_sparse(one: Box, other: Box) -> bool:
    """Whether a box around both would be empty for the most part."""
    return area(unite(one, other)) > _APART * (area(one) + area(other))


def _partial(alpha: Pixels) -> Pixels:
    return np.asarray(cv2.inRange(np.ascontiguousarray(alpha), 1, 254), np.uint8)
