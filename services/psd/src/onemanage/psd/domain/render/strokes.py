"""Stroke effects: a band in psd-tools' distance from the layer's edge, and its paint.

What of a band lies within the layer is part of the layer's paint; the rest is drawn
beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from psd_tools.api.layers import Layer
from psd_tools.api.protocols import PSDProtocol
from psd_tools.composite.effects import _signed_distance as signed_distance
from psd_tools.composite.effects import draw_stroke_effect_split
from psd_tools.composite.utils import has_fill, is_fill_disabled
from psd_tools.constants import BlendMode
from psd_tools.psd.descriptor import Descriptor, Double, Enumerated
from psd_tools.terminology import Enum, Key, Klass, Type

from onemanage.psd.domain.boxes import Box, grow, part, size_of
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render import fills
from onemanage.psd.domain.render.canvas import Canvas, faded, times
from onemanage.psd.domain.render.masks import path_area, user_coverage
from onemanage.psd.domain.render.planes import pasted
from onemanage.psd.domain.render.styles import Effect

SHAPE_BURST = b"shapeburst"

_SIDE = 512
"""Pixels of a tile: psd-tools takes more than 100 bytes for each."""


@dataclass
class Painted:
    """One thing to draw."""

    canvas: Canvas
    mode: BlendMode


@dataclass(frozen=True)
class Band:
    """Colour and opacity of the paint; coverage in all, and the share of the inside.

    The inside is what the edge goes around, however the layer fades there.
    """

    color: Pixels
    paint: Pixels | None
    whole: Pixels
    inside: Pixels
    box: Box

    def cover(self, own: Canvas) -> Pixels:
        """What it covers where it takes the place of the layer, and beside it."""
        place = part(own.box, self.box)
        found = self.whole.copy()
        left = times(255 - self.inside[place], own.alpha)
        found[place] = np.minimum(found[place], 255 - left)
        return found


class Stack:
    """Bands from the top down: each takes the place of those below it, as of the layer.

    So each blends with what is below the layer, and with nothing of the layer's.
    """

    def __init__(self, own: Canvas, box: Box) -> None:
        self._own = own
        self._box = box
        self._styles: set[bytes] = set()
        self._left = np.full(size_of(box), 255, np.uint8)
        self.kept = np.full(own.alpha.shape, 255, np.uint8)
        """What the bands leave of the layer, in 255ths of its own coverage."""
        self.is_sheer = False
        """Whether what is below shows through one of them."""

    @property
    def covered(self) -> Pixels:
        """What all of them cover of the box."""
        return 255 - self._left

    def add(self, band: Band, effect: Effect, opacity: float) -> Painted:
        """What there is to draw of the next one below, at an opacity."""
        style = effect.enum(Key.Style)
        cover = band.cover(self._own)
        if self._styles and style not in self._styles:  # they lie side by side
            cover = np.minimum(cover, self._left)
        else:
            cover = times(cover, self._left)
        self._styles.add(style)
        self.is_sheer |= band.paint is not None or effect.opacity < 1
        self._left -= cover
        inside = band.inside[part(self._own.box, self._box)]
        self.kept = times(self.kept, 255 - inside)
        if band.paint is not None:
            cover = times(cover, band.paint)
        canvas = Canvas(self._box, band.color, faded(cover, opacity * effect.opacity))
        return Painted(canvas, effect.mode)


def band(effect: Effect, layer: Layer, traced: Canvas, box: Box, anchor: Box) -> Band:
    """The stroke on ``box``, around ``traced``. Raises ValueError without its pattern.

    A gradient is asked at the corners of pixels, as measured on two of Photoshop's. Of
    a shape burst no file is known; it runs from the inner edge to the outer.
    """
    psd, desc = layer._psd, effect.desc
    whole, inside = _coverage(effect, traced, box, psd)
    kind = effect.enum(Key.PaintType)
    found: fills.Paint | None
    if kind == Enum.GradientFill and effect.enum(Key.Type) == SHAPE_BURST:
        found = fills.gradient_at(psd, desc, _across(effect, traced, box))
    elif kind == Enum.GradientFill:
        found = fills.painted_gradient(psd, desc, box, anchor)
    elif kind == Enum.Pattern:
        found = fills.painted_pattern(psd, desc, box, anchor)
    else:
        found = fills.painted_solid(psd, desc, box, anchor)
    if found is None:
        raise ValueError("a stroke's pattern is not in the file")
    edge = pasted(traced.alpha, traced.box, box, 0)
    share = share_of(np.minimum(inside, edge), edge)
    return Band(found[0], found[1], whole, share, box)


def make_up(found: list[Painted], source: Canvas) -> None:
    """Make up for what is drawn over them: the layer, and of them each later one.

    They lie side by side in a pixel, but one over the other leaves only 1 - alpha.
    """
    rest: Pixels | None = None
    for painted in reversed(found):
        cover = painted.canvas.alpha
        if rest is None:
            rest = np.full(cover.shape, 255, np.uint8)
            rest[part(source.box, painted.canvas.box)] -= source.alpha
        painted.canvas.alpha = share_of(cover, rest)
        rest = rest - np.minimum(cover, rest)


def share_of(cover: Pixels, whole: Pixels) -> Pixels:
    """``cover`` in 255ths of ``whole``, none where that is none."""
    share = np.divide(
        cover.astype(np.float32) * 255,
        whole,
        out=np.zeros(cover.shape, np.float32),
        where=whole > 0,
    )
    return np.minimum(share + np.float32(0.5), 255).astype(np.uint8)


def traced(layer: Layer, source: Canvas) -> Canvas:
    """What a stroke goes around: of a filled shape also where its fill fades.

    Of a shape whose fill is off, what its own stroke covers: both edges of it.
    """
    mask = layer.vector_mask
    if mask is None or mask.disabled or not layer.has_pixels():
        return source
    if not has_fill(layer) or is_fill_disabled(layer) or _is_solid(layer):
        return source
    area = path_area(layer, source.box)
    user = user_coverage(layer, source.box)
    area = area if user is None else times(area, user)
    return Canvas(source.box, source.color, np.maximum(area, source.alpha))


def _is_solid(layer: Layer) -> bool:
    fill = fills.layer_fill(layer)
    return fill is None or not (Key.Gradient in fill or Enum.Pattern in fill)


def _coverage(
    effect: Effect, layer: Canvas, box: Box, psd: PSDProtocol
) -> tuple[Pixels, Pixels]:
    """What the stroke covers of ``box``: in all, and inside of the layer's edge."""
    whole = np.zeros(size_of(box), np.uint8)
    inside = np.zeros(size_of(box), np.uint8)
    desc = cast(Descriptor, _Plain(effect.desc))
    for tile, wide, values in _edges(effect, layer, box):
        _, all_, within = draw_stroke_effect_split(wide, values, desc, psd)
        place, crop = part(tile, box), part(tile, wide)
        whole[place] = _bytes(all_[crop])
        inside[place] = _bytes(within[crop])
    return whole, inside


def _across(effect: Effect, layer: Canvas, box: Box) -> NDArray[np.float32]:
    """Where in the band each pixel of ``box`` is: 0 at its inner edge, 1 at its outer."""
    at = np.zeros(size_of(box), np.float32)
    size = max(effect.size, 1.0)
    inner = effect.outer_share * size - size
    for tile, wide, values in _edges(effect, layer, box):
        away = signed_distance(values[:, :, 0], size + 1.0)[part(tile, wide)]
        at[part(tile, box)] = (away - inner) / size
    return at


def _edges(
    effect: Effect, layer: Canvas, box: Box
) -> Iterator[tuple[Box, Box, NDArray[np.float32]]]:
    """Tiles of ``box`` that an edge is near: each, what is around it, and the cover."""
    for top in range(box[1], box[3], _SIDE):
        for left in range(box[0], box[2], _SIDE):
            tile = (left, top, min(left + _SIDE, box[2]), min(top + _SIDE, box[3]))
            wide = grow(tile, effect.margin)
            cover = pasted(layer.alpha, layer.box, wide, 0)
            low, high = cover.min(), cover.max()
            if low == high and low in (0, 255):
                continue
            yield tile, wide, cover.astype(np.float32)[:, :, None] * np.float32(1 / 255)


class _Plain:
    """The stroke's descriptor, but black: its paint is drawn for the whole box."""

    def __init__(self, desc: Descriptor) -> None:
        self._desc = desc
        black = Descriptor(classID=Klass.RGBColor)
        for channel in (Key.Red, Key.Green, Key.Blue):
            black[channel] = Double(0.0)
        self._plain: dict[bytes, object] = {
            Key.PaintType: Enumerated(typeID=Type.FrameFill, enum=Enum.SolidColor),
            Key.Color: black,
        }

    def get(self, key: bytes, default: object = None) -> object:
        return self._plain.get(key) or self._desc.get(key, default)


def _bytes(values: NDArray[np.float32]) -> Pixels:
    return cast(Pixels, (values[:, :, 0] * 255 + 0.5).astype(np.uint8))
