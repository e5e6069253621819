"""Walks the layers and composes each in its own box."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from psd_tools import PSDImage
from psd_tools.api.layers import Artboard, Group, Layer
from psd_tools.constants import BlendMode, Knockout, Tag

from onemanage.psd.domain.boxes import (
    NOWHERE,
    Box,
    grow,
    intersect,
    is_empty,
    size_of,
    unite,
)
from onemanage.psd.domain.color import CHANNELS, Pixels
from onemanage.psd.domain.layers import is_adjustment
from onemanage.psd.domain.read import describe
from onemanage.psd.domain.render import effects, shapes, typeset
from onemanage.psd.domain.render.adjust import adjusted
from onemanage.psd.domain.render.artboards import background
from onemanage.psd.domain.render.blend import has_strength
from onemanage.psd.domain.render.canvas import Canvas, faded, times
from onemanage.psd.domain.render.masks import coverage, mask_box
from onemanage.psd.domain.render.planes import has_alpha
from onemanage.psd.domain.render.ranges import by_tone, is_restricted, left_out
from onemanage.psd.domain.render.sources import own_box, own_source
from onemanage.psd.domain.render.strokes import share_of

_EVERYWHERE: Box = (-(1 << 30), -(1 << 30), 1 << 30, 1 << 30)
_DEEPEST = 50
"""Groups within groups; Photoshop has ten. Deeper ones are not drawn."""

_TWICE = 3
"""Groups within groups that are drawn twice, by themselves and on what is below."""


@dataclass(frozen=True, slots=True)
class Made:
    """A layer by itself, and with its effects; ``strength`` is of its blend mode."""

    source: Canvas
    styled: effects.Styled
    strength: float


@dataclass
class Renderer:
    """Composes the layers of one document; may be used for several boxes of it."""

    document: PSDImage
    shown: Callable[[Layer], bool]
    warnings: list[str] = field(default_factory=list)
    _reaches: dict[int, Box] = field(default_factory=dict)
    _depth: int = 0
    _isolated: int = 0
    _twice: int = 0

    @property
    def channels(self) -> int:
        """Of colour, without alpha."""
        return CHANNELS[self.document.color_mode]

    def draw(self, canvas: Canvas, layers: Iterable[Layer]) -> None:
        """Compose siblings from the bottom up, each with those clipped to it."""
        self._draw_siblings(canvas, list(clipping_groups(layers)))

    def draw_alone(self, canvas: Canvas, layer: Layer) -> None:
        """Compose one layer, whether it is clipped to another or not."""
        self._draw_siblings(canvas, [(layer, ())])

    def _draw_siblings(
        self, canvas: Canvas, siblings: Sequence[tuple[Layer, Sequence[Layer]]]
    ) -> None:
        start = None
        if any(knockout(layer) and self.shown(layer) for layer, _ in siblings):
            start = canvas.copy()
        for layer, clipped in siblings:
            if not self.shown(layer):
                continue
            try:
                self._draw_one(canvas, layer, clipped, start)
            except (MemoryError, RecursionError):
                raise
            except Exception as error:  # psd-tools raises anything; so does numpy
                self._warn(layer, describe(error))

    def source(
        self, layer: Layer, box: Box, clipped: Sequence[Layer], ground: Canvas
    ) -> Canvas | None:
        """The layer by itself within ``box``: its masks applied, its opacity not.

        ``ground`` is what lies below: layers in a group that passes through blend
        with it, even where the group has to be had by itself.
        """
        if isinstance(layer, Group):
            found = self._group(layer, box, ground)
        else:
            found = self.own_source(layer, box)
        if found is None:
            return None
        is_stroked = shapes.has_stroke(layer)
        is_covered = is_stroked and effects.paints_within(layer)
        if is_stroked and (clipped or is_covered):
            found = shapes.unstroked(layer, found)
        if not clipped:
            return found
        whole = np.full_like(found.alpha, 255)
        base = Canvas(found.box, found.color.copy(), whole)
        self._draw_siblings(base, [(one, ()) for one in clipped])
        if is_stroked and not is_covered:
            shapes.restroke(layer, base, found.alpha)
        return Canvas(found.box, base.color, found.alpha)

    def own_source(self, layer: Layer, box: Box) -> Canvas | None:
        """What a layer that is no group has of its own; a filled template has others."""
        return own_source(layer, box)

    def own_box(self, layer: Layer) -> Box:
        """Where that is."""
        return own_box(layer)

    def reach(self, layer: Layer) -> Box:
        """Where the layer may change anything, its effects and adjustments included."""
        known = self._reaches.get(id(layer))
        if known is None:
            known = self._reaches[id(layer)] = self._reach(layer)
        return known

    def cover(self, layer: Layer) -> Box:
        """Where the layer paints by itself, its effects included."""
        return grow(self.extent(layer), effects.outside(layer))

    def extent(self, layer: Layer) -> Box:
        """Where the layer itself is: what its masks show, without its effects."""
        if isinstance(layer, Artboard):
            return layer.bbox
        if isinstance(layer, Group):
            box = self._children(layer, self.cover)
        else:
            box = NOWHERE if is_adjustment(layer) else self.own_box(layer)
        within = mask_box(layer)
        return box if within is None else intersect(box, within)

    def _reach(self, layer: Layer) -> Box:
        if is_adjustment(layer):
            return mask_box(layer) or _EVERYWHERE
        box = self.cover(layer)
        if not isinstance(layer, Group) or layer.blend_mode != BlendMode.PASS_THROUGH:
            return box
        inside = self._children(layer, self.reach)
        within = mask_box(layer)
        return unite(box, inside if within is None else intersect(inside, within))

    def _children(self, group: Group, measure: Callable[[Layer], Box]) -> Box:
        box = NOWHERE
        if self._depth >= _DEEPEST:
            self._warn(group, "it lies too deep within other groups")
            return box
        self._depth += 1
        for child in group:
            if not self.shown(child) or child.clipping:
                continue
            try:
                box = unite(box, measure(child))
            except Exception as error:  # psd-tools raises anything; so does numpy
                self._warn(child, describe(error))
        self._depth -= 1
        return box

    def _draw_one(
        self,
        canvas: Canvas,
        layer: Layer,
        clipped: Sequence[Layer],
        start: Canvas | None,
    ) -> None:
        box = intersect(canvas.box, self.reach(layer))
        if is_empty(box):
            return
        if is_adjustment(layer):
            self._adjust(canvas.window(box), layer, clipped)
            return
        if isinstance(layer, Group) and passes_through(layer, clipped):
            self._pass_through(canvas.window(box), layer)
            return
        kept = [(number, canvas.color[number].copy()) for number in left_out(layer)]
        self._draw_source(canvas, layer, clipped, start, box)
        for number, plane in kept:
            canvas.color[number] = plane

    def _draw_source(
        self,
        canvas: Canvas,
        layer: Layer,
        clipped: Sequence[Layer],
        start: Canvas | None,
        box: Box,
    ) -> None:
        ground = canvas
        if start is not None and (how := knockout(layer)):
            ground = self._ground(start, how)
        within = clipped if clips_as_group(layer) else ()
        made = self.styled(layer, within, box, ground, is_punched=ground is not canvas)
        if made is None:
            return
        source, styled, strength = made.source, made.styled, made.strength
        if is_restricted(layer):
            styled.source = by_tone(layer, styled.source, canvas)
        for painted in styled.below:
            canvas.draw_effect(painted.canvas, painted.mode)
        if clipped and not within:
            cover = faded(source.window(styled.source.box).alpha, layer.opacity / 255)
            self._draw_apart(canvas, styled.source, cover, layer.blend_mode, clipped)
        elif ground is not canvas:
            hole = source.window(styled.source.box).alpha
            canvas.punch(styled.source, layer.blend_mode, hole, ground)
        elif strength < 1:
            canvas.draw_strong(styled.source, layer.blend_mode, strength)
        else:
            canvas.draw(styled.source, layer.blend_mode, is_type=typeset.is_type(layer))
        for painted in styled.above:
            canvas.draw_effect(painted.canvas, painted.mode)

    def styled(
        self,
        layer: Layer,
        within: Sequence[Layer],
        box: Box,
        ground: Canvas,
        *,
        is_punched: bool = False,
    ) -> "Made | None":
        """The layer, with what is clipped to it, and its effects, as they go on ``box``.

        None where nothing of it is there.
        """
        extent = self.extent(layer)
        wide = intersect(grow(box, effects.margin(layer)), extent)
        source = None if is_empty(wide) else self.source(layer, wide, within, ground)
        if source is None:
            return None
        fill = _fill_opacity(layer)
        strength = 1.0
        if has_strength(layer.blend_mode) and not is_punched:
            strength, fill = fill, 1.0
        opacity = layer.opacity / 255
        styled = effects.styled(layer, source, box, extent, opacity, fill)
        return Made(source, styled, strength)

    def _draw_apart(
        self,
        canvas: Canvas,
        base: Canvas,
        cover: Pixels,
        mode: BlendMode,
        clipped: Sequence[Layer],
    ) -> None:
        """A base, and clipped layers that blend by themselves, not as its group.

        They are drawn over the base as if it were whole; by ``cover``, which has the
        base's box, the canvas becomes what that gives.
        """
        if is_empty(base.box):
            return
        below = canvas.window(base.box)
        whole = below.copy()
        whole.draw(Canvas(base.box, base.color, share_of(base.alpha, cover)), mode)
        self._draw_siblings(whole, [(one, ()) for one in clipped])
        below.blend_back(whole, cover)

    def _ground(self, start: Canvas, how: int) -> Canvas:
        """What a knockout shows: what the group began on, or the Background layer.

        A deep knockout ends at the first group that does not pass through.
        """
        if how == Knockout.DEEP and not self._isolated and len(self.document):
            bottom = self.document[0]
            if not has_alpha(bottom) and self.shown(bottom):
                found = self.own_source(bottom, start.box)
                if found is not None and found.box == start.box:
                    return found
        return start

    def _group(self, group: Group, box: Box, ground: Canvas) -> Canvas | None:
        canvas = Canvas.transparent(box, self.document.color_mode)
        if isinstance(group, Artboard):
            background(group, canvas)
        through = group.blend_mode is BlendMode.PASS_THROUGH
        twice = through and self._twice < _TWICE and not isinstance(group, Artboard)
        self._isolated += 1
        self._twice += twice
        self._enter(canvas, group)
        self._isolated -= 1
        if twice:
            both = intersect(box, ground.box)
            before = ground.window(both)
            after = before.copy()
            self._enter(after, group)
            canvas.window(both).take_from(before, after)
        self._twice -= twice
        mask = coverage(group, box)
        if mask is not None:
            canvas.alpha = times(canvas.alpha, mask)
        return canvas

    def _pass_through(self, canvas: Canvas, group: Group) -> None:
        """On the parent itself; with a mask or opacity, by so much of the way."""
        mask = coverage(group, canvas.box)
        opacity = group.opacity / 255
        if mask is None and opacity >= 1:
            self._enter(canvas, group)
            return
        changed = canvas.copy()
        self._enter(changed, group)
        if mask is None:
            mask = np.full(size_of(canvas.box), 255, np.uint8)
        canvas.blend_back(changed, faded(mask, opacity))

    def _enter(self, canvas: Canvas, group: Group) -> None:
        if self._depth >= _DEEPEST:
            self._warn(group, "it lies too deep within other groups")
            return
        self._depth += 1
        self.draw(canvas, group)
        self._depth -= 1

    def _adjust(self, canvas: Canvas, layer: Layer, clipped: Sequence[Layer]) -> None:
        if not canvas.alpha.any():
            return
        color = adjusted(layer, canvas.color)
        if color is None:
            return
        if clipped:
            base = Canvas(canvas.box, color, np.full_like(canvas.alpha, 255))
            self._draw_siblings(base, [(one, ()) for one in clipped])
            color = base.color
        mask = coverage(layer, canvas.box)
        if mask is None:
            mask = np.full_like(canvas.alpha, 255)
        cover = faded(mask, layer.opacity / 255 * _fill_opacity(layer))
        canvas.tint(color, cover, layer.blend_mode)

    def _warn(self, layer: Layer, why: str) -> None:
        text = f"Layer {layer.name!r} is not drawn: {why}"
        if text not in self.warnings:
            self.warnings.append(text)


def clipping_groups(
    layers: Iterable[Layer],
) -> Iterable[tuple[Layer, Sequence[Layer]]]:
    """Each base with the layers that are clipped to it; what has no base is left."""
    base: Layer | None = None
    clipped: list[Layer] = []
    for layer in layers:
        if layer.clipping:
            clipped.append(layer)
            continue
        if base is not None:
            yield base, clipped
        base, clipped = layer, []
    if base is not None:
        yield base, clipped


def passes_through(group: Group, clipped: Sequence[Layer]) -> bool:
    """Whether what is in the group blends with what is below the group."""
    return (
        group.blend_mode is BlendMode.PASS_THROUGH
        and not isinstance(group, Artboard)
        and not clipped
        and _fill_opacity(group) >= 1
        and not knockout(group)
        and not effects.drawn(group)
    )


def _fill_opacity(layer: Layer) -> float:
    value = layer.tagged_blocks.get_data(Tag.BLEND_FILL_OPACITY, 255)
    return min(1.0, max(0.0, float(value) / 255))


def clips_as_group(layer: Layer) -> bool:
    """'Blend Clipped Layers as Group', which is on unless the file says no."""
    return bool(layer.tagged_blocks.get_data(Tag.BLEND_CLIPPING_ELEMENTS, 1))


def knockout(layer: Layer) -> int:
    """Knockout.SHALLOW or DEEP; 0 where it is none."""
    value = layer.tagged_blocks.get_data(Tag.KNOCKOUT_SETTING, 0)
    return int(value) if value in (Knockout.SHALLOW, Knockout.DEEP) else 0
