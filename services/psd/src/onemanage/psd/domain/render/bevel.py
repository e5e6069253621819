"""Bevel and emboss: the layer as a relief, lit from the side.

The smooth technique, its sizes and its light were fitted on merged images that
Photoshop wrote (inner bevel, emboss and pillow emboss, within the rounding of 8 bits).
The two chisels, contours of the relief and stroke emboss are as described by Adobe and
unproven; textures are not drawn.
"""

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from psd_tools.api._descriptor import get_blend_mode
from psd_tools.api.protocols import PSDProtocol
from psd_tools.constants import BlendMode
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Key

from onemanage.psd.domain.boxes import Box, grow, part
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import Canvas, as_share, times
from onemanage.psd.domain.render.contours import contour
from onemanage.psd.domain.render.planes import pasted
from onemanage.psd.domain.render.shadows import box_blurred, spread
from onemanage.psd.domain.render.styles import Effect

type Values = NDArray[np.float32]
type Shades = tuple[Pixels, Pixels]
"""Coverage of the highlight and of the shadow."""

OUTER, INNER, EMBOSS, PILLOW, STROKE = (
    b"OtrB",
    b"InrB",
    b"Embs",
    b"PlEb",
    b"strokeEmboss",
)
_HALVED = (EMBOSS, PILLOW, STROKE)
"""Half of the size lies on each side of the edge, rounded up."""

_SMOOTH, _CHISEL_HARD, _CHISEL_SOFT = b"SfBL", b"PrBL", b"Slmt"


@dataclass(frozen=True)
class Side:
    """The keys of the highlight, or of the shadow."""

    keys: tuple[bytes, bytes, bytes]

    def is_stated(self, effect: Effect) -> bool:
        """Whether it has a colour."""
        return self.keys[1] in effect.desc

    def mode(self, effect: Effect) -> BlendMode:
        """How it is blended."""
        return get_blend_mode(effect.desc, self.keys[0], BlendMode.NORMAL)

    def color(self, effect: Effect) -> Descriptor:
        """As the descriptor of a fill."""
        desc = Descriptor(classID=b"solidColorLayer")
        desc[Key.Color] = effect.desc[self.keys[1]]
        return desc

    def opacity(self, effect: Effect) -> float:
        """0 to 1."""
        return min(1.0, max(0.0, effect.number(self.keys[2], 75.0) / 100))


SIDES = (Side((b"hglM", b"hglC", b"hglO")), Side((b"sdwM", b"sdwC", b"sdwO")))


def is_inside(effect: Effect) -> bool:
    """Whether it paints on the layer."""
    return effect.enum(b"bvlS") != OUTER


def is_of_stroke(effect: Effect) -> bool:
    """Whether the relief is that of the layer's strokes, and on them alone."""
    return effect.enum(b"bvlS") == STROKE


def is_outside(effect: Effect) -> bool:
    """Whether it paints around the layer."""
    return effect.enum(b"bvlS") in (OUTER, EMBOSS, PILLOW)


def width(effect: Effect) -> int:
    """Pixels that the slope is wide on the layer's side of the edge."""
    if effect.enum(b"bvlS") in _HALVED:
        return max(1, math.ceil(effect.size / 2))
    return max(1, round(effect.size))


def reach(effect: Effect) -> int:
    """How far around a pixel it looks."""
    return width(effect) + effect.soften + 3


def shading(effect: Effect, layer: Canvas, box: Box, psd: PSDProtocol) -> Shades:
    """Of the layer itself, on ``box``, as if all of it were relief.

    A slope is as light as its normal looks to the light (Lambert), measured from what
    is flat: all of the way up to white, or down to black.
    """
    wide = grow(box, reach(effect))
    cover = pasted(layer.alpha, layer.box, wide, 0)
    return _shaded(effect, _relief(effect, cover), part(box, wide), psd)


def shading_around(
    effect: Effect, layer: Canvas, box: Box, psd: PSDProtocol, within: Shades
) -> Shades:
    """Around a layer that has the shades ``within``; only a pillow has others there.

    The layer sinks where it rises, no further than half of the size, rounded down.
    """
    if effect.enum(b"bvlS") != PILLOW:
        return within
    wide = grow(box, reach(effect))
    cover = pasted(layer.alpha, layer.box, wide, 0)
    light, dark = _shaded(effect, -_relief(effect, cover), part(box, wide), psd)
    limit = _bytes(spread(cover, int(effect.size // 2))[part(box, wide)])
    return times(light, limit), times(dark, limit)


def _shaded(
    effect: Effect, height: Values, crop: tuple[slice, slice], psd: PSDProtocol
) -> Shades:
    light = _glossed(effect, _lit(effect, height, psd))
    light = box_blurred(light, effect.soften)[crop]
    return _bytes(np.maximum(light, 0)), _bytes(np.maximum(-light, 0))


def _relief(effect: Effect, cover: Pixels) -> Values:
    """Heights in pixels. At a depth of 100 % a slope rises as far as it is wide."""
    by = width(effect)
    technique = effect.enum(b"bvlT")
    if technique in (_CHISEL_HARD, _CHISEL_SOFT):
        height = _chiseled(effect, cover, by)
        if technique == _CHISEL_SOFT:
            height = box_blurred(height, max(2, by // 3))
    else:
        height = box_blurred(as_share(cover), by)
    if effect.flag(b"useShape", False):
        height = _shaped(effect, height)
    depth = by * min(10.0, max(0.0, effect.number(b"srgR", 100.0) / 100))
    return height * np.float32(-depth if effect.enum(b"bvlD") == b"Out " else depth)


def _chiseled(effect: Effect, cover: Pixels, by: int) -> Values:
    """Heights of 0 to 1 that rise evenly with the distance from the edge."""
    away = _distance(cover >= 128) - _distance(cover < 128)
    style = effect.enum(b"bvlS")
    low = 0 if style in (INNER, STROKE) else by
    top = 0 if style == OUTER else by
    height = np.clip((away + low) / (low + top), 0, 1) * ((low + top) / by)
    return cast(Values, height.astype(np.float32))


def _distance(mask: NDArray[np.bool_]) -> Values:
    found = cv2.distanceTransform(
        mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )
    return cast(Values, np.maximum(found - np.float32(0.5), 0))


def _shaped(effect: Effect, height: Values) -> Values:
    """Through the contour of the relief, as far as its range goes."""
    table = contour(effect.desc.get(b"MpgS"))
    share = min(1.0, max(0.01, effect.number(b"Inpr", 100.0) / 100))
    height = np.clip(height / np.float32(share), 0, 1)
    if table is None:
        return height
    levels = np.arange(256) / 255
    return np.interp(height, levels, table / 255).astype(np.float32)


def _lit(effect: Effect, height: Values, psd: PSDProtocol) -> Values:
    """-1 to 1: how much darker or lighter than what is flat."""
    angle, altitude = (math.radians(value) for value in effect.light(psd))
    right = math.cos(altitude) * math.cos(angle)
    down = -math.cos(altitude) * math.sin(angle)
    flat = math.sin(altitude)
    along = np.zeros_like(height)
    across = np.zeros_like(height)
    across[:, 1:-1] = (height[:, 2:] - height[:, :-2]) / 2
    along[1:-1] = (height[2:] - height[:-2]) / 2
    found = np.float32(flat) - across * np.float32(right) - along * np.float32(down)
    found /= np.sqrt(1 + across * across + along * along)
    found = np.maximum(found, 0) - np.float32(flat)
    lighter, darker = np.float32(max(1 - flat, 1e-6)), np.float32(max(flat, 1e-6))
    return cast(Values, np.where(found > 0, found / lighter, found / darker))


def _glossed(effect: Effect, light: Values) -> Values:
    """Through the gloss contour, whose middle is what is flat."""
    table = contour(effect.desc.get(b"TrnS"))
    if table is None:
        return light
    levels = np.arange(256) / 127.5 - 1
    return np.interp(light, levels, table / 127.5 - 1).astype(np.float32)


def _bytes(values: Values) -> Pixels:
    return cast(
        Pixels, (np.minimum(values, 1) * 255 + np.float32(0.5)).astype(np.uint8)
    )
