"""Coverage of shadows and glows: the layer's own, spread, blurred and moved."""

import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.psd.domain.boxes import Box, grow
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import Canvas, as_share
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

    Both are whole pixels, and a half goes to the spread; the blur is two box filters.
    Measured on Photoshop's: the rest is what 8 bits round.
    """
    size = round(effect.size)
    solid = min(size, math.floor(effect.size * effect.choke + 0.5))
    if effect.is_precise:
        values = _ramped(cover, solid, size)
    else:
        values = box_blurred(spread(cover, solid), size - solid)
    top, left = box[1] - wide[1], box[0] - wide[0]
    return values[top : top + box[3] - box[1], left : left + box[2] - box[0]]


def box_blurred(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """Two box filters as wide as that, as measured on Photoshop's effects."""
    if width < 2:
        return values
    for anchor in (width // 2, (width - 1) // 2):  # an even one half to each side
        blurred = cv2.blur(
            values,
            (width, width),
            anchor=(anchor, anchor),
            borderType=cv2.BORDER_REPLICATE,
        )
        values = cast(NDArray[np.float32], blurred)
    return values


def _ramped(cover: Pixels, solid: int, size: int) -> NDArray[np.float32]:
    """Of the precise technique: even steps outwards, from a half at the edge.

    A half is what a blur leaves there, so that the range means the same. Unproven.
    """
    away = cv2.distanceTransform(
        (cover < 128).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )
    wide = np.float32(max(1, size - solid))
    ramp = np.clip((np.float32(size + 0.5) - away) / (2 * wide), 0, 0.5)
    return np.where(cover == 255, np.float32(1), ramp)


_SHADES = 4
"""So many kinds of partly covered pixels are told apart."""


def spread(cover: Pixels, by: int) -> NDArray[np.float32]:
    """Everything within ``by`` pixels of the coverage's edge is covered, 0 to 1.

    A partly covered pixel says how far from its centre the edge is.
    """
    found = as_share(cover)
    if by < 1:
        return found
    step = 256 // _SHADES
    least = [(max(1, k * step), (k + 0.5) / _SHADES) for k in range(_SHADES)]
    for low, share in [*least, (255, 1.0)]:
        if low < 255 and not cv2.inRange(cover, low, min(254, low + step - 1)).any():
            continue
        mask = (cover < low).astype(np.uint8)
        if mask.all():
            continue
        away = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        found = np.maximum(found, np.clip(np.float32(by + share) - away, 0, 1))
    return found


def _contoured(effect: Effect, cover: Pixels) -> Pixels:
    """Through the effect's contour."""
    table = effect.contour
    if table is None:
        return cover
    return cast(Pixels, cv2.LUT(cover, (table + 0.5).astype(np.uint8)))


def _bytes(values: NDArray[np.float32]) -> Pixels:
    return cast(Pixels, (values * np.float32(255) + np.float32(0.5)).astype(np.uint8))
