"""Layers laid over a picture, each with its size, place, mask and way of mixing.

Colours are mixed as W3C's Compositing and Blending Level 1 says: what a blend mode makes
of both counts where there is something below, the layer's own colour elsewhere; then
Porter and Duff's operator (1984) decides how much of each is left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast, get_args

import numpy as np

from onemanage.contracts.imaging.operations.layers import (
    Composite,
    Cut,
    ImageLayer,
    LayerMask,
)
from onemanage.contracts.imaging.operations.values import Blend
from onemanage.imaging.domain.arrays import Values
from onemanage.imaging.domain.engines import resized
from onemanage.imaging.domain.operations.blend import faded, lay, over
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.gravity import moved, placed
from onemanage.imaging.domain.operations.mixing import MODES
from onemanage.imaging.domain.operations.warping import (
    grown,
    rotation,
    turned_by,
    turned_within,
)
from onemanage.imaging.domain.picture import Picture, Pixels, color, with_alpha

_STRIP = 1 << 17
"""Pixels mixed at a time: sixteen times their size is needed for it."""
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Rec. 709."""

type Share = Callable[[Values], Values]
_OPERATORS: dict[str, tuple[Share, Share]] = {
    "in": (lambda below: below, lambda above: 0 * above),
    "out": (lambda below: 1 - below, lambda above: 0 * above),
    "atop": (lambda below: below, lambda above: 1 - above),
    "xor": (lambda below: 1 - below, lambda above: 1 - above),
    "below": (lambda below: 1 - below, lambda above: 1 + 0 * above),
    "destination_in": (lambda below: 0 * below, lambda above: above),
    "destination_out": (lambda below: 0 * below, lambda above: 1 - above),
}
"""How much of the layer is left, by the alpha below it, and how much of what is below, by
the layer's; over it, that is 1 and 1 - alpha."""
_EVERYWHERE = ("in", "out", "destination_in")
"""Where the layer is not, these leave nothing."""
_CUTS = (*_EVERYWHERE, "xor", "destination_out")
"""These make transparent what was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A layer where it lies: RGBA, its left and top in the picture."""

    pixels: Pixels
    left: int
    top: int

    def alpha(self, left: int, top: int, width: int, height: int) -> Values:
        """0 to 1, of this part of the picture; 0 where the layer is not."""
        made = np.zeros((height, width, 4), np.uint8)
        made[:, :, :3] = 255
        solid = self.pixels.copy()
        solid[:, :, :3] = 255
        lay(made, solid, self.left - left, self.top - top)
        return made[:, :, 3].astype(np.float32) / 255


def composite(picture: Picture, operation: Composite, context: Context) -> Picture:
    """With all layers upon it. Raises InvalidImage for one that cannot be read."""
    done: list[Laid] = []
    for number, layer in enumerate(operation.layers):
        at = context.at(f"{context.where}/layers/{number}")
        laid = _laid(picture, layer, done, at)
        done.append(laid)
        picture = upon(picture, laid, layer.blend)
    return picture


def upon(picture: Picture, laid: Laid, way: Blend | Cut) -> Picture:
    """Every frame with the layer on it."""
    if way == "normal":
        return picture.mapped(
            lambda frame: over(frame, laid.pixels, laid.left, laid.top)
        )
    return picture.mapped(lambda frame: _mixed_with(frame, laid, way))


def turned(mark: Pixels, angle: float, context: Context) -> Pixels:
    """Clockwise, whole. Raises InvalidImage above the caps."""
    if angle % 360 == 0:
        return mark
    context.check_area(*grown(rotation(angle), mark.shape[1], mark.shape[0]))
    return turned_by(mark, angle)


def tiles(picture: Picture, mark: Pixels, gap: int) -> Laid:
    """The mark all over a picture of this size, every other row by half a step."""
    height, width = mark.shape[:2]
    step_x, step_y = width + gap, height + gap
    # A column that is clear stands for all that lie between two marks.
    wider = cast(Pixels, np.pad(mark, ((0, 0), (0, 1), (0, 0))))
    across = np.arange(picture.width) - gap // 2
    bands = [
        np.take(wider, np.minimum((across - shift) % step_x, width), axis=1)
        for shift in (0, step_x // 2)
    ]
    made = np.zeros((picture.height, picture.width, 4), np.uint8)
    for row in range(picture.height):
        number, inner = divmod((row - gap // 2) % (2 * step_y), step_y)
        if inner < height:
            made[row] = bands[number][inner]
    return Laid(pixels=made, left=0, top=0)


def fitted(pixels: Pixels, width: float, height: float, fit: str) -> Pixels:
    """Into a box: as large as goes in, cut around its middle to fill it, or stretched."""
    has = pixels.shape[1], pixels.shape[0]
    factors = width / has[0], height / has[1]
    if fit == "force":
        return resized(pixels, max(1, round(width)), max(1, round(height)))
    factor = min(factors) if fit == "fit" else max(factors)
    size = max(1, round(has[0] * factor)), max(1, round(has[1] * factor))
    if fit == "fit":
        return resized(pixels, *size)
    # What is cut off is not scaled: it may be a thousand times what is kept.
    across, down = min(has[0], width / factor), min(has[1], height / factor)
    left, top = round((has[0] - across) / 2), round((has[1] - down) / 2)
    right, bottom = left + max(1, round(across)), top + max(1, round(down))
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    return resized(part, max(1, round(width)), max(1, round(height)))


def _laid(
    picture: Picture, layer: ImageLayer, done: Sequence[Laid], context: Context
) -> Laid:
    mark = _sized(picture, layer, context)
    by_image = layer.mask is not None and layer.mask.layer is None
    if layer.mask is not None and by_image:
        mark = _masked(mark, _shown(layer.mask, mark, context), layer.mask.invert)
    mark = faded(mark, layer.opacity)
    if layer.tiled:
        return tiles(picture, turned(mark, layer.angle, context), round(layer.gap))
    size = picture.width, picture.height
    width, height = grown(rotation(layer.angle), mark.shape[1], mark.shape[0])
    x, y = placed(*size, width, height, layer.position)
    more = moved(layer.offset, layer.position, size)
    left, top = round(x + more[0]), round(y + more[1])
    if layer.angle % 360:
        middle = left + width / 2, top + height / 2
        mark, left, top = turned_within(mark, layer.angle, middle, size)
    if layer.mask is not None and layer.mask.layer is not None:
        shown = done[layer.mask.layer].alpha(left, top, *mark.shape[1::-1])
        mark = _masked(mark, shown, layer.mask.invert)
    return Laid(pixels=mark, left=left, top=top)


def _sized(picture: Picture, layer: ImageLayer, context: Context) -> Pixels:
    """RGBA, as large as it is wanted. Raises InvalidImage above the caps."""
    wide, high = layer.width, layer.height
    if layer.unit == "percent":
        wide = wide and wide * picture.width / 100
        high = high and high * picture.height / 100
    if layer.color is not None:
        wide = max(1, round(wide or picture.width))
        high = max(1, round(high or picture.height))
        context.check_area(wide, high)
        made = np.empty((high, wide, 4), np.uint8)
        made[:] = color(layer.color)
        return made
    name, field = (layer.file_id, "file_id") if layer.file_id else (layer.url, "url")
    mark = with_alpha(context.watermark(name or "", field).first)
    height, width = mark.shape[:2]
    if layer.scale is not None:
        wide = picture.width * layer.scale
    if wide is None and high is None:
        return mark
    wide = wide or width * (high or height) / height
    high = high or height * wide / width
    context.check_area(wide, high)
    return fitted(mark, wide, high, layer.fit)


def _shown(mask: LayerMask, mark: Pixels, context: Context) -> Values:
    """0 to 1, of the mark's size."""
    at = context.at(f"{context.where}/mask")
    name, field = (mask.file_id, "file_id") if mask.file_id else (mask.url, "url")
    found = at.watermark(name or "", field).first
    found = with_alpha(resized(found, mark.shape[1], mark.shape[0]))
    alpha = found[:, :, 3].astype(np.float32) / 255
    if mask.by == "alpha":
        return alpha
    luma = found[:, :, :3].astype(np.float32) @ _LUMA / 255
    return np.asarray(luma * alpha, np.float32)


def _masked(mark: Pixels, shown: Values, invert: bool) -> Pixels:
    made = mark.copy()
    share = 1 - shown if invert else shown
    made[:, :, 3] = np.rint(made[:, :, 3] * share).astype(np.uint8)
    return made


def _mixed_with(frame: Pixels, laid: Laid, way: Blend | Cut) -> Pixels:
    """The whole frame where the way reaches beyond the layer, else its part."""
    made = (with_alpha(frame) if way in _CUTS else frame).copy()
    top, left = max(0, laid.top), max(0, laid.left)
    bottom = min(made.shape[0], laid.top + laid.pixels.shape[0])
    right = min(made.shape[1], laid.left + laid.pixels.shape[1])
    if way in _EVERYWHERE:
        kept = made[top:bottom, left:right].copy()
        made[:] = 0
        if top < bottom and left < right:
            made[top:bottom, left:right] = kept
    if top >= bottom or left >= right:
        return made
    step = max(1, _STRIP // (right - left))
    for row in range(top, bottom, step):
        last = min(row + step, bottom)
        part = made[row:last, left:right]
        layer = laid.pixels[row - laid.top : last - laid.top]
        part[:] = _mixed(part, layer[:, left - laid.left : right - laid.left], way)
    return made


def _mixed(under: Pixels, top: Pixels, way: Blend | Cut) -> Pixels:
    source = top[:, :, :3].astype(np.float32) / 255
    above = top[:, :, 3:].astype(np.float32) / 255
    ground = under[:, :, :3].astype(np.float32) / 255
    is_clear = under.shape[2] == 4
    below = np.float32(1) + 0 * above
    if is_clear:
        below = under[:, :, 3:].astype(np.float32) / 255
    if way in _OPERATORS:
        of_top, of_ground = _OPERATORS[way]
        mine, rest = above * of_top(below), below * of_ground(above)
    else:
        mode = cast(Blend, way)
        source = source + (MODES[mode](ground, source) - source) * below
        mine, rest = above, below * (1 - above)
    alpha = mine + rest
    colors = (source * mine + ground * rest) / np.maximum(alpha, 1e-6)
    colors = np.where(alpha > 0, colors, 0)
    made = np.dstack([colors, alpha]) if is_clear else colors
    return cast(Pixels, np.rint(np.clip(made, 0, 1) * 255).astype(np.uint8))


assert set(get_args(Cut.__value__)) == set(_OPERATORS)
