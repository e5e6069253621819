"""A part of the canvas that layers are composed on, 8 bits a channel, alpha straight.

The arithmetic is that of the PDF reference, 11.3: with the backdrop's alpha ab and the
source's as, the result has ar = ab + as - ab as, and the colour goes from the
backdrop's to ``(1 - ab) cs + ab B(cb, cs)`` by the share k = as / ar.
"""

from dataclasses import dataclass
from typing import Self, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from psd_tools.constants import BlendMode, ColorMode

from onemanage.psd.domain.boxes import Box, intersect, is_empty, part, size_of
from onemanage.psd.domain.color import CHANNELS, Pixels, encode_linear
from onemanage.psd.domain.render import light, typeset
from onemanage.psd.domain.render.blend import blended, dissolved, has_strength, weakened

_BLOCK = 1 << 17
"""Pixels worked on at a time, so that what lies between steps stays in the cache."""

_SPARSE = 0.08
"""Up to this share of pixels, picking them one by one is faster than all of them."""


@dataclass
class Canvas:
    """``color`` (channels, height, width) and ``alpha`` (height, width) of a box."""

    box: Box
    color: Pixels
    alpha: Pixels

    @classmethod
    def transparent(cls, box: Box, mode: ColorMode) -> Self:
        """Nothing, in white."""
        size = size_of(box)
        color = np.full((CHANNELS[mode], *size), 255, np.uint8)
        if mode is ColorMode.LAB:
            color[1:] = 128
        return cls(box, color, np.zeros(size, np.uint8))

    def window(self, box: Box) -> "Canvas":
        """The same pixels, seen through a smaller box."""
        rows, columns = part(box, self.box)
        return Canvas(box, self.color[:, rows, columns], self.alpha[rows, columns])

    def copy(self) -> "Canvas":
        """With planes of its own."""
        return Canvas(self.box, self.color.copy(), self.alpha.copy())

    def draw(
        self,
        source: "Canvas",
        mode: BlendMode = BlendMode.NORMAL,
        *,
        is_type: bool = False,
    ) -> None:
        """Compose ``source`` on this; its alpha holds every mask and opacity."""
        box = intersect(self.box, source.box)
        if is_empty(box):
            return
        below, above = self.window(box), source.window(box)
        step = max(1, _BLOCK // size_of(box)[1])
        gamma = is_type and not light.is_linear()
        for top in range(0, size_of(box)[0], step):
            rows = slice(top, top + step)
            color, alpha = below.color[:, rows], below.alpha[rows]
            new, cover = above.color[:, rows], above.alpha[rows]
            edge = typeset.edge(color, alpha, new, cover) if gamma else None
            _compose(color, alpha, new, cover, mode, (box[0], box[1] + top))
            if edge is not None:
                edge.put(color)

    def mixed(self, above: Pixels, mode: BlendMode) -> Pixels:
        """The colours ``above`` as the mode makes them here: (1 - ab) cs + ab B."""
        return _mixed(self.color, self.alpha, above, mode)

    def draw_strong(self, source: "Canvas", mode: BlendMode, strength: float) -> None:
        """Compose in a mode whose strength is the fill opacity.

        Over what is there the mode changes it by the source's whole alpha. Where
        nothing is, the source is seen at its strength, as at any fill opacity.
        """
        box = intersect(self.box, source.box)
        if is_empty(box):
            return
        below, above = self.window(box), source.window(box)
        if below.alpha.any():
            below.tint(above.color, above.alpha, mode, strength)
        below._put_behind(above.color, faded(above.alpha, strength))

    def draw_effect(self, source: "Canvas", mode: BlendMode) -> None:
        """Compose what an effect paints: in modes with a strength its alpha is one.

        Measured on a bevel whose light is in linear dodge and shade in linear burn.
        """
        if not has_strength(mode) or mode is BlendMode.HARD_MIX:
            self.draw(source, mode)
            return
        box = intersect(self.box, source.box)
        if is_empty(box):
            return
        below, above = self.window(box), source.window(box)
        if below.alpha.any():
            whole = np.full_like(above.alpha, 255)
            below.tint(weakened(mode, above.color, above.alpha), whole, mode)
        below._put_behind(above.color, above.alpha)

    def _put_behind(self, color: Pixels, alpha: Pixels) -> None:
        """Where this is not opaque, that shows through it."""
        if self.alpha.min() == 255:
            return
        behind = Canvas(self.box, color.copy(), alpha.copy())
        behind.draw(self)
        self.color[:], self.alpha[:] = behind.color, behind.alpha

    def tint(
        self,
        color: Pixels,
        cover: Pixels,
        mode: BlendMode,
        strength: float = 1.0,
    ) -> None:
        """Change the colours to ``color`` by ``cover`` and leave the alpha as it is.

        For what is drawn only where there is something: adjustments.
        """
        step = max(1, _BLOCK // max(1, color.shape[2]))
        for top in range(0, color.shape[1], step):
            rows = slice(top, top + step)
            below = self.color[:, rows]
            target = color[:, rows]
            if mode not in (BlendMode.NORMAL, BlendMode.PASS_THROUGH):
                target = blended(mode, below, target, strength)
            _towards(below, target, cover[rows])

    def punch(
        self, source: "Canvas", mode: BlendMode, hole: Pixels, ground: "Canvas"
    ) -> None:
        """Compose ``source`` on ``ground`` instead, and let that in through ``hole``.

        The hole has the source's box, and its alpha is at most the hole's.
        """
        share = np.divide(
            source.alpha.astype(np.float32) * 255,
            hole,
            out=np.zeros(hole.shape, np.float32),
            where=hole > 0,
        )
        alpha = np.minimum(share + np.float32(0.5), 255).astype(np.uint8)
        shown = ground.window(source.box).copy()
        shown.draw(Canvas(source.box, source.color, alpha), mode)
        self.window(source.box).blend_back(shown, hole)

    def take_from(self, before: "Canvas", after: "Canvas") -> None:
        """Take the colours that turn ``before`` into ``after`` at this one's alpha.

        c = c1 + (c1 - c0) (a0 / a - a0), with c0 and a0 of the backdrop.
        """
        own, under = as_share(self.alpha), as_share(before.alpha)
        gain = np.divide(under, own, out=np.zeros_like(own), where=own > 0) - under
        for target, old, new in zip(self.color, before.color, after.color, strict=True):
            if light.is_linear():
                lit = light.lit(new)
                found = encode_linear(lit + (lit - light.lit(old)) * gain)
            else:
                value = new.astype(np.float32)
                value += (value - old) * gain
                found = np.clip(value + np.float32(0.5), 0, 255).astype(np.uint8)
            target[:] = np.where(self.alpha > 0, found, target)

    def blend_back(self, changed: "Canvas", cover: Pixels) -> None:
        """Go to ``changed``, which has this one's box, by ``cover``, premultiplied."""
        share = as_share(cover)
        old = self.alpha.astype(np.float32) * (1 - share)
        new = changed.alpha.astype(np.float32) * share
        total = old + new
        k = np.divide(new, total, out=np.zeros_like(new), where=total > 0)
        for below, target in zip(self.color, changed.color, strict=True):
            if light.is_linear():
                below[:] = light.mixed(below, target, k)
            else:
                below[:] = cv2.blendLinear(target, below, k, 1 - k)
        self.alpha[:] = (total + np.float32(0.5)).astype(np.uint8)


def as_share(cover: Pixels) -> NDArray[np.float32]:
    """Of 0 to 255 the share of it, 0 to 1."""
    return cover.astype(np.float32) * np.float32(1 / 255)


def times(one: Pixels, other: Pixels) -> Pixels:
    """The product of two coverages."""
    return cast(Pixels, cv2.multiply(one, other, scale=1 / 255))


def faded(cover: Pixels, opacity: float) -> Pixels:
    """The coverage at an opacity of 0 to 1."""
    if opacity >= 1:
        return cover
    levels = np.arange(256, dtype=np.float32) * np.float32(max(0.0, opacity))
    return cast(Pixels, cv2.LUT(cover, (levels + np.float32(0.5)).astype(np.uint8)))


def _compose(
    below: Pixels,
    below_alpha: Pixels,
    above: Pixels,
    above_alpha: Pixels,
    mode: BlendMode,
    origin: tuple[int, int],
) -> None:
    """Change ``below`` and ``below_alpha`` in place."""
    if not above_alpha.any():
        return
    if mode is BlendMode.DISSOLVE:
        above_alpha = dissolved(above_alpha, origin)
    opaque = below_alpha.min() == 255
    above = _mixed(below, below_alpha, above, mode)
    if opaque:
        _towards(below, above, above_alpha)
        return
    _over(below, below_alpha, above, above_alpha)


def _mixed(
    below: Pixels, below_alpha: Pixels, above: Pixels, mode: BlendMode
) -> Pixels:
    if mode in (BlendMode.NORMAL, BlendMode.DISSOLVE, BlendMode.PASS_THROUGH):
        return above
    mixed = blended(mode, below, above)
    if below_alpha.min() < 255:
        share = as_share(below_alpha)
        for source, target in zip(above, mixed, strict=True):
            if light.is_linear():
                target[:] = light.mixed(source, target, share)
            else:
                target[:] = cv2.blendLinear(target, source, share, 1 - share)
    return mixed


def _towards(below: Pixels, above: Pixels, cover: Pixels) -> None:
    """Over an opaque backdrop: whole where whole, and the few others one by one."""
    if light.is_linear():
        share = as_share(cover)
        for old, new in zip(below, above, strict=True):
            old[:] = light.mixed(old, new, share)
        return
    partial = cv2.inRange(cover, 1, 254)
    if cv2.countNonZero(partial) <= cover.size * _SPARSE:
        _put(below, above, cover, np.asarray(partial, np.uint8))
        return
    share = as_share(cover)
    rest = 1 - share
    for old, new in zip(below, above, strict=True):
        _keep(cv2.blendLinear(new, old, share, rest, old), old)


def _put(below: Pixels, above: Pixels, cover: Pixels, partial: Pixels) -> None:
    """Whole where whole; the few pixels of ``partial``, one by one, in 16 bits."""
    full = cv2.inRange(cover, 255, 255)
    every = cv2.countNonZero(full) == cover.size
    at = np.flatnonzero(partial.view(np.bool_))
    weight = np.ravel(cover)[at].astype(np.uint16)
    rest = 255 - weight
    for old, new in zip(below, above, strict=True):
        if every:
            old[:] = new
            continue
        found = np.ascontiguousarray(old)
        mixed = np.ravel(found).take(at) * rest
        mixed += np.ravel(new).take(at) * weight
        mixed += 127
        mixed //= 255
        _keep(cv2.copyTo(new, full, found), found)
        np.ravel(found)[at] = mixed  # a view: it is contiguous
        _keep(found, old)


def _over(
    below: Pixels, below_alpha: Pixels, above: Pixels, above_alpha: Pixels
) -> None:
    if not below_alpha.any():
        below[:] = above
        below_alpha[:] = above_alpha
        return
    source = as_share(above_alpha)
    backdrop = as_share(below_alpha)
    result = source + backdrop - source * backdrop
    k = np.divide(source, result, out=np.zeros_like(source), where=result > 0)
    rest = 1 - k
    for old, new in zip(below, above, strict=True):
        if light.is_linear():
            old[:] = light.mixed(old, new, k)
        else:
            _keep(cv2.blendLinear(new, old, k, rest, old), old)
    below_alpha[:] = (result * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def _keep(found: object, target: Pixels) -> None:
    """OpenCV writes into a view where it can, and else gives a new array."""
    if found is not target:
        target[:] = cast(Pixels, found)
