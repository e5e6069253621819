"""A layer with its effects: what is painted below it, in it and above it."""

import math
from dataclasses import dataclass, field

import numpy as np
from psd_tools.api.layers import Layer
from psd_tools.constants import BlendMode, Tag
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Key

from onemanage.psd.domain.boxes import Box, grow, intersect, is_empty, part, size_of
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render import (
    bevel,
    fills,
    shadows,
    shapes,
    strokes,
    styles,
)
from onemanage.psd.domain.render.canvas import Canvas, faded, times
from onemanage.psd.domain.render.masks import path_box
from onemanage.psd.domain.render.planes import pasted
from onemanage.psd.domain.render.satin import satin
from onemanage.psd.domain.render.strokes import Painted
from onemanage.psd.domain.render.styles import Effect

_INNER = (
    styles.PATTERN_OVERLAY,
    styles.GRADIENT_OVERLAY,
    styles.COLOR_OVERLAY,
    styles.SATIN,
    styles.INNER_GLOW,
    styles.INNER_SHADOW,
)
"""Within the layer, from the bottom up."""

_OUTER = (styles.DROP_SHADOW, styles.OUTER_GLOW)
_DRAWN = (*_INNER, *_OUTER, styles.STROKE, styles.BEVEL)


@dataclass
class Styled:
    """To be drawn in this order: below, source with the layer's mode, above."""

    source: Canvas
    below: list[Painted] = field(default_factory=list)
    above: list[Painted] = field(default_factory=list)


def drawn(layer: Layer) -> list[Effect]:
    """The layer's effects that this renderer draws, in their order."""
    return [effect for effect in styles.effects(layer) if effect.kind in _DRAWN]


def paints_within(layer: Layer) -> bool:
    """Whether anything of them lies between a shape's fill and its own stroke."""
    return any(effect.kind in _INNER for effect in styles.effects(layer))


def margin(layer: Layer) -> int:
    """How far around a pixel of the layer its effects look and paint."""
    return max((effect.margin for effect in drawn(layer)), default=0)


def outside(layer: Layer) -> int:
    """How far beyond the layer its effects paint."""
    return max((effect.outside for effect in drawn(layer)), default=0)


def styled(
    layer: Layer, source: Canvas, box: Box, extent: Box, opacity: float, fill: float
) -> Styled:
    """``source`` as it goes on ``box``; it reaches further, for what is near counts.

    Effects keep what the fill opacity takes from the layer's own paint. Where the
    layer's own mode lets the ground through, those within it are drawn above it,
    with their own modes; else they become part of it.
    """
    found = drawn(layer)
    if not found:
        inside = source.window(intersect(source.box, box))
        alpha = faded(inside.alpha, opacity * fill)
        return Styled(Canvas(inside.box, inside.color, alpha))
    return _Style(layer, source, box, extent, opacity, fill, found).run()


@dataclass
class _Style:
    layer: Layer
    source: Canvas
    box: Box
    extent: Box
    opacity: float
    fill: float
    effects: list[Effect]

    def run(self) -> Styled:
        inside = intersect(self.source.box, self.box)
        if is_empty(inside):
            inside = (self.box[0], self.box[1], self.box[0], self.box[1])
        own = self.source.window(inside)
        result = Styled(Canvas(inside, own.color, faded(own.alpha, self.opacity)))
        inner = Canvas(
            inside, own.color.copy(), np.full(size_of(inside), 255, np.uint8)
        )
        if not self._as_group:
            inner.alpha = faded(inner.alpha, self.fill)
        for kind in _OUTER:
            for effect in self._of(kind):
                self._below(effect, result)
        for kind in _INNER:
            for effect in self._of(kind):
                self._within(effect, own, inner, result)
        if paints_within(self.layer) and shapes.has_stroke(self.layer):
            shapes.restroke(self.layer, inner, own.alpha, self.fill)
        stack = strokes.Stack(own, self.box)
        bands = self._strokes(stack, own, inner, result)
        bevels = [
            painted
            for effect in self._of(styles.BEVEL)
            for painted in self._bevel(effect, stack, own, inner, result)
        ]
        result.source.color = inner.color
        result.source.alpha = times(result.source.alpha, inner.alpha)
        if self._as_group:
            result.source.alpha = faded(result.source.alpha, self.fill)
        if stack.is_sheer:
            for painted in result.below:
                shadow = painted.canvas
                shadow.alpha = times(shadow.alpha, 255 - stack.covered)
        strokes.make_up(bands, result.source)
        for painted in bevels:
            strokes.make_up([painted], result.source)
        result.below += bands + bevels
        return result

    def _of(self, kind: bytes) -> list[Effect]:
        """From the bottom up: the file has the topmost first."""
        return [effect for effect in reversed(self.effects) if effect.kind == kind]

    def _below(self, effect: Effect, result: Styled) -> None:
        if effect.kind == styles.DROP_SHADOW:
            shift = effect.shift(self.layer._psd)
            cover = shadows.shadow(effect, self.source, self.box, shift)
        else:
            cover = shadows.glow(effect, self.source, self.box)
        color, cover = self._glowing(effect, cover)
        if effect.kind == styles.OUTER_GLOW or effect.flag(b"layerConceals", True):
            own = pasted(self.source.alpha, self.source.box, self.box, 0)
            if self.fill < 1 or self.layer.blend_mode is not BlendMode.NORMAL:
                cover = times(cover, 255 - own)
        cover = faded(cover, effect.opacity * self.opacity)
        result.below.append(Painted(Canvas(self.box, color, cover), effect.mode))

    def _within(
        self, effect: Effect, own: Canvas, inner: Canvas, result: Styled
    ) -> None:
        if is_empty(own.box):
            return
        painted = self._paint(effect, own.box)
        if painted is not None:
            canvas = Canvas(own.box, painted[0], faded(painted[1], effect.opacity))
            self._put_within(Painted(canvas, effect.mode), own, inner, result)

    def _put_within(
        self, painted: Painted, own: Canvas, inner: Canvas, result: Styled
    ) -> None:
        """Cut by the layer, whose box it has."""
        if self._is_merged(painted.mode):
            inner.draw_effect(painted.canvas, painted.mode)
            return
        cover = faded(times(painted.canvas.alpha, own.alpha), self.opacity)
        canvas = Canvas(own.box, painted.canvas.color, cover)
        result.above.append(Painted(canvas, painted.mode))

    @property
    def _as_group(self) -> bool:
        """'Blend Interior Effects as Group': the fill opacity fades them too."""
        return bool(self.layer.tagged_blocks.get_data(Tag.BLEND_INTERIOR_ELEMENTS, 0))

    def _is_merged(self, mode: BlendMode) -> bool:
        """Whether the effect belongs to the paint that the layer's mode applies to."""
        if self._as_group:
            return True
        if self.layer.blend_mode not in (BlendMode.NORMAL, BlendMode.PASS_THROUGH):
            return False
        return self.fill >= 1 or mode is BlendMode.NORMAL

    def _paint(self, effect: Effect, box: Box) -> tuple[Pixels, Pixels] | None:
        psd = self.layer._psd
        if effect.kind == styles.INNER_SHADOW:
            shift = effect.shift(psd)
            cover = shadows.inner_shadow(effect, self.source, box, shift)
            return fills.solid(psd, effect.desc, box), cover
        if effect.kind == styles.SATIN:
            cover = satin(effect, self.source, box, effect.shift(psd))
            return fills.solid(psd, effect.desc, box), cover
        if effect.kind == styles.INNER_GLOW:
            return self._glowing(effect, shadows.inner_glow(effect, self.source, box))
        found = fills.painted(psd, effect.desc, box, self._anchor(effect))
        if found is None:
            return None
        color, shape = found
        return color, np.full(size_of(box), 255, np.uint8) if shape is None else shape

    def _anchor(self, effect: Effect) -> Box:
        """What a gradient spans, or where a pattern begins."""
        psd = self.layer._psd
        paint = effect.enum(Key.PaintType)
        if effect.kind == styles.PATTERN_OVERLAY or paint == b"Ptrn":
            left, top = 0.0, 0.0
            if effect.flag(Key.Alignment, True):
                point = self.layer.tagged_blocks.get_data(Tag.REFERENCE_POINT)
                left, top = (point[0], point[1]) if point else self.extent[:2]
            phase = effect.desc.get(b"phase")
            if isinstance(phase, Descriptor):
                left += float(phase.get(Key.Horizontal, 0.0))
                top += float(phase.get(Key.Vertical, 0.0))
            return round(left), round(top), round(left) + 1, round(top) + 1
        path = path_box(self.layer)
        box = path or self.extent
        if effect.kind == styles.STROKE:  # what it reaches; of pixels, one less
            reach = math.ceil(effect.size * effect.outer_share)
            box = grow(box, reach if path else max(0, reach - 1))
        if not effect.flag(Key.Alignment, True):
            box = (0, 0, psd.width, psd.height)
        offset = effect.desc.get(Key.Offset)
        if not isinstance(offset, Descriptor):
            return box
        height, width = size_of(box)
        right = round(float(offset.get(Key.Horizontal, 0.0)) / 100 * width)
        down = round(float(offset.get(Key.Vertical, 0.0)) / 100 * height)
        return box[0] + right, box[1] + down, box[2] + right, box[3] + down

    def _glowing(self, effect: Effect, cover: Pixels) -> tuple[Pixels, Pixels]:
        """The colour of a shadow or glow, and its coverage; a gradient has both."""
        psd = self.layer._psd
        box = (0, 0, cover.shape[1], cover.shape[0])
        if Key.Color in effect.desc or Key.Gradient not in effect.desc:
            return fills.solid(psd, effect.desc, box), cover
        color, alpha = fills.gradient_table(psd, effect.desc)
        return np.ascontiguousarray(color[:, cover]), alpha[cover]

    def _strokes(
        self, stack: strokes.Stack, own: Canvas, inner: Canvas, result: Styled
    ) -> list[Painted]:
        """The strokes, from the bottom up; the layer gives way to them."""
        found = self._of(styles.STROKE)
        if not found:
            return []
        traced = strokes.traced(self.layer, self.source)
        beside = []
        for effect in reversed(found):
            anchor = self._anchor(effect)
            band = strokes.band(effect, self.layer, traced, self.box, anchor)
            beside.append(stack.add(band, effect, self.opacity))
        inner.alpha = times(inner.alpha, stack.kept)
        for painted in result.above:
            painted.canvas.alpha = times(painted.canvas.alpha, stack.kept)
        return beside[::-1]

    def _bevel(
        self,
        effect: Effect,
        stack: strokes.Stack,
        own: Canvas,
        inner: Canvas,
        result: Styled,
    ) -> list[Painted]:
        """Put its light and shade on the layer, and return what lies beside it.

        Beside it are what is around, and the strokes, which take its place.
        """
        psd, place = self.layer._psd, part(own.box, self.box)
        rest = np.full(size_of(self.box), 255, np.uint8)
        rest[place] -= own.alpha
        relief, is_inside = self.source, bevel.is_inside(effect)
        if bevel.is_of_stroke(effect):
            rest, is_inside = stack.covered, False
            relief = Canvas(self.box, inner.color, rest)
        elif not bevel.is_outside(effect):
            rest = np.zeros_like(rest)
        shades = bevel.shading(effect, relief, self.box, psd)
        around = bevel.shading_around(effect, relief, self.box, psd, shades)
        beside = []
        for side, within, without in zip(bevel.SIDES, shades, around, strict=True):
            if not side.is_stated(effect):
                continue
            mode, opacity = side.mode(effect), side.opacity(effect)
            color = fills.solid(psd, side.color(effect), self.box)
            cover = times(without, rest)
            if is_inside and not is_empty(own.box):
                canvas = Canvas(self.box, color, faded(within, opacity))
                painted = Painted(canvas.window(own.box), mode)
                self._put_within(painted, own, inner, result)
                if self._is_merged(mode):
                    taken = times(own.alpha, 255 - stack.kept)
                    cover[place] += times(within[place], taken)
            cover = faded(cover, opacity * self.opacity)
            beside.append(Painted(Canvas(self.box, color, cover), mode))
        return beside
