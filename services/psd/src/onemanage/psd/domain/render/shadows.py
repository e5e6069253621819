"""Coverage of shadows and glows: the layer's own, spread, blurred and moved."""

import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.psd.domain.boxes import Box, grow
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.render.planes import pasted
from onemanage.psd.domain.render.styles import Effect


def shadow(effect: Effect, layer: Canvas, box: Box, shift: tuple[int, int]) -> Pixels:
    """What a drop shadow covers of ``box``, the layer itself not left out."""
    moved = _moved(box, shift)
    wide = grow(moved, _reach(effect))
    cover = pasted(layer.alpha, layer.box, wide, 0)
    return _contoured(effect, _bytes(_blurred(effect, cover, wide, moved)))


def inner_shadow(
    effect: Effect, layer: Canvas, box: Box, shift: tuple[int, int]
) -> Pixels:
    """What lies outside of the layer, seen from within; to be cut by the layer."""
    moved = _moved(box, shift)
    wide = grow(moved, _reach(effect))
    cover = 255 - pasted(layer.alpha, layer.box, wide, 0)
    return _contoured(effect, _bytes(_blurred(effect, cover, wide, moved)))


def glow(effect: Effect, layer: Canvas, box: Box) -> Pixels:
    """An outer glow's strength on ``box``, the layer itself not left out."""
    wide = grow(box, _reach(effect))
    cover = pasted(layer.alpha, layer.box, wide, 0)
    strength = _blurred(effect, cover, wide, box) / np.float32(effect.range)
    return _contoured(effect, _bytes(np.clip(strength, 0, 1)))


def inner_glow(effect: Effect, layer: Canvas, box: Box) -> Pixels:
    """An inner glow's strength, from the edge or from the centre."""
    wide = grow(box, _reach(effect))
    cover = 255 - pasted(layer.alpha, layer.box, wide, 0)
    strength = _blurred(effect, cover, wide, box)
    strength = np.clip(strength / np.float32(effect.range), 0, 1)
    if effect.enum(b"glwS") == b"SrcC":
        strength = 1 - strength
    return _contoured(effect, _bytes(strength))


def _moved(box: Box, shift: tuple[int, int]) -> Box:
    """Where that comes from which the shift brings into ``box``."""
    right, down = shift
    return box[0] - right, box[1] - down, box[2] - right, box[3] - down


def _reach(effect: Effect) -> int:
    return math.ceil(1.4 * effect.size) + 3


def _blurred(effect: Effect, cover: Pixels, wide: Box, box: Box) -> NDArray[np.float32]:
    """Spread by the choked part of the size, blurred by the rest; 0 to 1 on ``box``.

    The blur is two box filters as wide as that rest, as measured on Photoshop's.
    """
    spread = effect.size * effect.choke
    if spread > 0:
        cover = _spread(cover, spread)
    values = cover.astype(np.float32) * np.float32(1 / 255)
    width = round(effect.size - spread)
    if width > 1:  # twice, an even one a half to the left and a half to the right
        for anchor in (width // 2, (width - 1) // 2):
            values = cast(
                NDArray[np.float32],
                cv2.blur(
                    values,
                    (width, width),
                    anchor=(anchor, anchor),
                    borderType=cv2.BORDER_REPLICATE,
                ),
            )
    top, left = box[1] - wide[1], box[0] - wide[0]
    return values[top : top + box[3] - box[1], left : left + box[2] - box[0]]


def _spread(cover: Pixels, by: float) -> Pixels:
    """Everything within ``by`` pixels of the coverage is covered."""
    away = cv2.distanceTransform(
        (cover < 128).astype(np.uint8),
        cv2.DIST_L2,
        cv2.DIST_MASK_PRECISE,
    )
    ring = np.clip(np.float32(by) + 1 - away, 0, 1) * 255
    return np.maximum(cover, cast(Pixels, (ring + 0.5).astype(np.uint8)))


def _contoured(effect: Effect, cover: Pixels) -> Pixels:
    """Through the effect's contour, straight from point to point."""
    contour = effect.contour
    if contour is None:
        return cover
    table = np.interp(np.arange(256), *contour)
    return cast(Pixels, cv2.LUT(cover, np.clip(table, 0, 255).astype(np.uint8)))


def _bytes(values: NDArray[np.float32]) -> Pixels:
    return cast(Pixels, (values * np.float32(255) + np.float32(0.5)).astype(np.uint8))
