"""A layer with its effects: what is painted below it, in it and above it."""

from dataclasses import dataclass, field

import numpy as np
from psd_tools.api.layers import Layer
from psd_tools.composite.utils import has_fill
from psd_tools.constants import BlendMode, Tag
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Key

from onemanage.psd.domain.boxes import Box, grow, intersect, is_empty, part, size_of
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render import fills, shadows, styles
from onemanage.psd.domain.render.canvas import Canvas, faded, times
from onemanage.psd.domain.render.masks import path_area, path_box, user_coverage
from onemanage.psd.domain.render.planes import pasted
from onemanage.psd.domain.render.strokes import stroke
from onemanage.psd.domain.render.styles import Effect

_INNER = (
    styles.PATTERN_OVERLAY,
    styles.GRADIENT_OVERLAY,
    styles.COLOR_OVERLAY,
    styles.INNER_GLOW,
    styles.INNER_SHADOW,
)
"""Within the layer, from the bottom up."""

_STROKE_PAINT = {
    b"GrFl": fills.painted_gradient,
    b"Ptrn": fills.painted_pattern,
}

_OUTER = (styles.DROP_SHADOW, styles.OUTER_GLOW)
_DRAWN = (*_INNER, *_OUTER, styles.STROKE)


@dataclass
class Painted:
    canvas: Canvas
    mode: BlendMode


@dataclass
class Styled:
    """To be drawn in this order: below, source with the layer's mode, above."""

    source: Canvas
    below: list[Painted] = field(default_factory=list)
    above: list[Painted] = field(default_factory=list)


def drawn(layer: Layer) -> list[Effect]:
    """The layer's effects that this renderer draws, in their order."""
    return [effect for effect in styles.effects(layer) if effect.kind in _DRAWN]


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
        beside = [
            self._stroke(effect, own, inner, result)
            for effect in self._of(styles.STROKE)
        ]
        result.source.color = inner.color
        result.source.alpha = times(result.source.alpha, inner.alpha)
        if self._as_group:
            result.source.alpha = faded(result.source.alpha, self.fill)
        for painted in beside:
            self._beside(painted, result)
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
        box = own.box
        if is_empty(box):
            return
        painted = self._paint(effect, box)
        if painted is None:
            return
        color, cover = painted
        if self._is_merged(effect):
            cover = faded(cover, effect.opacity)
            inner.draw(Canvas(box, color, cover), effect.mode)
            return
        cover = faded(times(cover, own.alpha), effect.opacity * self.opacity)
        result.above.append(Painted(Canvas(box, color, cover), effect.mode))

    @property
    def _as_group(self) -> bool:
        """'Blend Interior Effects as Group': the fill opacity fades them too."""
        return bool(self.layer.tagged_blocks.get_data(Tag.BLEND_INTERIOR_ELEMENTS, 0))

    def _is_merged(self, effect: Effect) -> bool:
        """Whether the effect belongs to the paint that the layer's mode applies to."""
        if self._as_group:
            return True
        if self.layer.blend_mode not in (BlendMode.NORMAL, BlendMode.PASS_THROUGH):
            return False
        return self.fill >= 1 or effect.mode is BlendMode.NORMAL

    def _paint(self, effect: Effect, box: Box) -> tuple[Pixels, Pixels] | None:
        psd = self.layer._psd
        if effect.kind == styles.INNER_SHADOW:
            shift = effect.shift(psd)
            cover = shadows.inner_shadow(effect, self.source, box, shift)
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
        box = path_box(self.layer) or self.extent
        if not effect.flag(Key.Alignment, True):
            box = (0, 0, psd.width, psd.height)
        offset = effect.desc.get(Key.Offset)
        if not isinstance(offset, Descriptor):
            return box
        height, width = size_of(box)
        right = round(float(offset.get(Key.Horizontal, 0.0)) / 100 * width)
        down = round(float(offset.get(Key.Vertical, 0.0)) / 100 * height)
        return box[0] + right, box[1] + down, box[2] + right, box[3] + down

    def _stroke_anchor(self, effect: Effect) -> Box:
        """A gradient spans what the stroke reaches: of pixels, one less than its size."""
        anchor = self._anchor(effect)
        if effect.enum(Key.PaintType) != b"GrFl" or not effect.flag(
            Key.Alignment, True
        ):
            return anchor
        reach = max(0, effect.outside - 2)  # beside the size is what is antialiased
        return grow(anchor, reach if path_box(self.layer) else max(0, reach - 1))

    def _glowing(self, effect: Effect, cover: Pixels) -> tuple[Pixels, Pixels]:
        """The colour of a shadow or glow, and its coverage; a gradient has both."""
        psd = self.layer._psd
        box = (0, 0, cover.shape[1], cover.shape[0])
        if Key.Color in effect.desc or Key.Gradient not in effect.desc:
            return fills.solid(psd, effect.desc, box), cover
        color, alpha = fills.gradient_table(psd, effect.desc)
        return np.ascontiguousarray(color[:, cover]), alpha[cover]

    def _stroke(
        self, effect: Effect, own: Canvas, inner: Canvas, result: Styled
    ) -> Painted:
        """Paint the inner part of the band and return the outer."""
        psd = self.layer._psd
        traced = Canvas(self.source.box, self.source.color, self._traced())
        whole, inside = stroke(effect, traced, self.box, psd)
        anchor = self._stroke_anchor(effect)
        draw = _STROKE_PAINT.get(effect.enum(Key.PaintType), fills.painted_solid)
        found = draw(psd, effect.desc, self.box, anchor)
        if found is None:
            raise ValueError("a stroke's pattern is not in the file")
        color, shape = found
        if shape is not None:
            whole, inside = times(whole, shape), times(inside, shape)
        place = part(own.box, self.box)
        overlap = np.minimum(inside[place], own.alpha)
        if overlap.size and overlap.any():
            share = np.divide(
                overlap.astype(np.float32) * 255,
                own.alpha,
                out=np.zeros(overlap.shape, np.float32),
                where=own.alpha > 0,
            )
            cover = faded((share + np.float32(0.5)).astype(np.uint8), effect.opacity)
            strip = np.ascontiguousarray(color[:, place[0], place[1]])
            inner.draw(Canvas(own.box, strip, cover), effect.mode)
        beside = whole.copy()
        beside[place] = np.minimum(whole[place] - overlap, 255 - own.alpha)
        cover = faded(beside, effect.opacity * self.opacity)
        return Painted(Canvas(self.box, color, cover), effect.mode)

    def _traced(self) -> Pixels:
        """What a stroke goes around: of a shape the path, however its fill fades."""
        layer, alpha = self.layer, self.source.alpha
        mask = layer.vector_mask
        if mask is None or mask.disabled or not layer.has_pixels():
            return alpha
        if not has_fill(layer):
            return alpha
        area = path_area(layer, self.source.box)
        user = user_coverage(layer, self.source.box)
        return np.where(area == 255, area if user is None else user, alpha)

    def _beside(self, painted: Painted, result: Styled) -> None:
        """The layer, drawn over it, will leave 1 - alpha of the band: make up for it."""
        cover = painted.canvas.alpha
        if not cover.any():
            return
        source = result.source
        rest = np.full(cover.shape, 255, np.float32)
        rest[part(source.box, self.box)] -= source.alpha
        share = np.divide(
            cover.astype(np.float32) * 255,
            rest,
            out=np.zeros_like(rest),
            where=rest > 0,
        )
        painted.canvas.alpha = np.minimum(share + np.float32(0.5), 255).astype(np.uint8)
        result.below.append(painted)
