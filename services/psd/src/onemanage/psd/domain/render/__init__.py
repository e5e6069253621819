"""Composes the layers of a document, each in its own box only.

What is drawn, exactly or nearly, ``unsupported`` says of each layer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from psd_tools import PSDImage
from psd_tools.api.layers import Layer

from onemanage.contracts.steps import step
from onemanage.psd.domain.boxes import Box, intersect, is_empty, size_of
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.render.light import linear
from onemanage.psd.domain.render.renderer import Renderer
from onemanage.psd.domain.render.unsupported import unsupported

__all__ = [
    "Box",
    "RenderLimits",
    "Rendered",
    "covered",
    "render",
    "unsupported",
    "visible",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderLimits:
    """What rendering may take at a time."""

    tile_pixels: int = 16_000_000
    """Of the canvas: larger ones are rendered in strips of so many, at least a row."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """``planes``: uint8, (height, width, colour channels + 1).

    In the document's own colour mode and the file's own sense (CMYK inverted), 8 bits
    whatever its depth, straight alpha last. ``warnings`` name the layers that are
    missing, and why.
    """

    planes: Pixels
    box: Box
    warnings: tuple[str, ...] = ()


def visible(layer: Layer) -> bool:
    """Whether the eye beside the layer is open; the groups around it are asked too."""
    return bool(layer.visible)


@step("render")
def render(
    document: PSDImage,
    *,
    shown: Callable[[Layer], bool] = visible,
    root: Layer | None = None,
    box: Box | None = None,
    limits: RenderLimits = RenderLimits(),
) -> Rendered:
    """Compose the layers that are ``shown``; those in a group that is not, are not.

    ``root``: only this layer, group or artboard, isolated, with its masks, opacity and
    effects, whether it is shown or not, and without what is clipped to it. ``box``: only this part of the canvas, in
    pixels; by default the canvas, or what ``root`` covers, no further than a canvas
    beyond the canvas. A layer that cannot be drawn is left out and named in the
    warnings. Rows of a layer are decoded in their full stored width: whoever opens
    foreign files checks the layers' sizes before. Raises MemoryError.
    """
    renderer = Renderer(document, lambda layer: layer is root or shown(layer))
    if box is None:
        box = _covered(renderer, root)
    height, width = size_of(box)
    out = np.empty((height, width, renderer.channels + 1), np.uint8)
    if is_empty(box):
        return Rendered(out, box)
    step = max(1, limits.tile_pixels // width)
    for top in range(box[1], box[3], step):
        tile = (box[0], top, box[2], min(top + step, box[3]))
        canvas = Canvas.transparent(tile, document.color_mode)
        with linear(document.depth == 32):
            if root is None:
                renderer.draw(canvas, document)
            else:
                renderer.draw_alone(canvas, root)
        rows = slice(tile[1] - box[1], tile[3] - box[1])
        _interleave([*canvas.color, canvas.alpha], out[rows])
    return Rendered(out, box, tuple(renderer.warnings))


def covered(
    document: PSDImage,
    root: Layer | None = None,
    shown: Callable[[Layer], bool] = visible,
) -> Box:
    """The box that ``render`` would fill, without rendering anything."""
    renderer = Renderer(document, lambda layer: layer is root or shown(layer))
    return _covered(renderer, root)


def _covered(renderer: Renderer, root: Layer | None) -> Box:
    width, height = renderer.document.width, renderer.document.height
    if root is None:
        return (0, 0, width, height)
    near = (-width, -height, 2 * width, 2 * height)
    return intersect(renderer.cover(root), near)


def _interleave(planes: list[Pixels], out: Pixels) -> None:
    merged = cv2.merge(planes, out)
    if merged is not out:
        out[:] = merged
