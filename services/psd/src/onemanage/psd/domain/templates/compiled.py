"""A template compiled once: what no slot touches is composed, a row costs the rest.

The canvas without anything that slots touch is rendered once. A row is a copy of it in
which the boxes that its values reach are composed anew; within them all that stays is
at hand already (filled.py). Whatever is kept takes ``memory`` bytes at most, beside the
canvas itself; what finds no room is drawn anew for each row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from psd_tools.api.layers import Group, Layer

from onemanage.contracts.psd.templates import Slot, SlotValue
from onemanage.psd.domain.boxes import (
    Box,
    area,
    grow,
    intersect,
    is_empty,
    part,
    size_of,
    unite,
)
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.export import conversion
from onemanage.psd.domain.pixels import converted
from onemanage.psd.domain.plates import spot_numbers, with_spots
from onemanage.psd.domain.read import quiet
from onemanage.psd.domain.render import effects
from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.render.light import linear
from onemanage.psd.domain.render.renderer import clipping_groups
from onemanage.psd.domain.templates.bases import Base, Bases
from onemanage.psd.domain.templates.filled import FilledRenderer, RegionRenderer
from onemanage.psd.domain.templates.kept import Budget
from onemanage.psd.domain.templates.rows import RowRejected
from onemanage.psd.domain.templates.showing import Showing
from onemanage.psd.domain.templates.subject import Subject
from onemanage.psd.domain.templates.values import Values
from onemanage.psd.domain.typesetting.fonts import FontShelf

MEMORY = 160 << 20
"""Bytes that a compiled template keeps beside its canvas."""
_TILE = 16_000_000
"""Pixels of the canvas that are rendered at a time."""
_OF_BASES = 0.3
"""Of that memory what boxes with pictures take that rows share."""
_APART = 1.25
"""Two boxes are composed as one where that is no more than so much of both."""


@dataclass(frozen=True, slots=True)
class RowImage:
    """``pixels``: (height, width, channels) of uint8 in sRGB, gray or RGB, straight
    alpha last. They are there until the next row, which is drawn in their place."""

    pixels: Pixels
    warnings: tuple[str, ...]


def compile_template(
    source: Path,
    slots: Sequence[Slot],
    fonts: Sequence[Path],
    limits: Limits = Limits(),
    name_encoding: str | None = None,
    memory: int = MEMORY,
) -> "Compiled":
    """Everything that is the same for all rows. The file may be gone afterwards.

    Raises InvalidDocument where it cannot be read.
    """
    with quiet():
        subject = Subject.opened(source, limits, name_encoding)
        return Compiled(subject, slots, FontShelf(fonts), memory)


class Compiled:
    """One document, for row after row; not for two threads at once."""

    def __init__(
        self,
        subject: Subject,
        slots: Sequence[Slot],
        shelf: FontShelf,
        memory: int = MEMORY,
    ) -> None:
        self._subject, self._document = subject, subject.document
        self._bases = Bases(int(_OF_BASES * memory))
        self._memory = memory - int(_OF_BASES * memory)
        self._to_srgb = conversion(subject.document, subject.limits.inks)
        self._is_plain = self._to_srgb.is_identity and not spot_numbers(self._document)
        self._showing = Showing()
        self._values = Values(subject, slots, shelf, self._to_srgb, _compiled_inside)
        self._leaves = self._values.leaves
        self._showing.leaves = frozenset(id(layer) for layer in self._leaves)
        self._showing.loose = _loose(subject, self._leaves)
        self._around = _styled_groups(subject, self._leaves)
        self._renderer = FilledRenderer.of(self._document, self._showing)
        self._regions: list[RegionRenderer] = []
        self._blank, self._around_blank = self._without_slots()
        self._pixels = self._blank.copy()
        self._drawn: list[Box] = []
        self.row({}, {})  # so that the regions are those of the document's own values
        self.warnings = tuple(self._renderer.warnings)
        """Of what is missing from every row, and why."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas."""
        return self._document.width, self._document.height

    def row(
        self, values: Mapping[str, SlotValue], pictures: Mapping[str, Path]
    ) -> RowImage:
        """The document with these values; a slot without one shows what it has.

        ``pictures`` are the files of slots of pictures. Raises RowRejected.
        """
        with quiet(), linear(self._document.depth == 32):
            with self._values.shown(self._showing, values, pictures) as warnings:
                return self._composed(warnings)

    def _composed(self, warnings: list[str]) -> RowImage:
        bases, others = self._shared()
        self._begin()
        boxes = joined(self._dirty(others))
        self._restore([*(base.box for base in bases), *boxes])
        found = list(warnings)
        for base in bases:
            self._pixels[part(base.box, self._canvas)] = base.pixels
            found += base.warnings
        for box in boxes:
            region = self._region(box)
            self._tell(region.composed(box), self._pixels[part(box, self._canvas)])
            found += region.warnings
        return RowImage(self._pixels, tuple(dict.fromkeys(found)))

    def _begin(self) -> None:
        self._renderer.begin()
        for region in self._regions:
            region.begin()

    def _restore(self, drawn: list[Box]) -> None:
        """What the row before has drawn and this one does not."""
        for old in self._drawn:
            if not any(intersect(old, box) == old for box in drawn):
                place = part(old, self._canvas)
                self._pixels[place] = self._blank[place]
        self._drawn = drawn

    def _shared(self) -> tuple[list[Base], list[Layer]]:
        """Boxes that other rows have, too; and the layers that they are without.

        Where a group around has effects, these follow everything within it.
        """
        shown = [leaf for leaf in self._leaves if self._showing.shows(leaf)]
        if self._around:
            return [], shown
        others = [leaf for leaf in shown if not self._showing.may_return(leaf)]
        bases = []
        with self._showing.without(others):
            self._begin()
            reaches = [
                (leaf, intersect(self._renderer.reach(leaf), self._canvas))
                for leaf in shown
                if self._showing.shows(leaf)
            ]
            for box in joined(reach for _, reach in reaches):
                within = [
                    x for x, reach in reaches if not is_empty(intersect(reach, box))
                ]
                base = self._base(box, within)
                if base is None:
                    others += within
                else:
                    bases.append(base)
        return bases, others

    def _base(self, box: Box, leaves: Sequence[Layer]) -> Base | None:
        """The box with these alone of all that slots touch; None where that is not
        likely to come again."""
        sources = self._showing.sources
        key = box, tuple((id(leaf), sources.get(id(leaf))) for leaf in leaves)
        found = self._bases.get(key)
        size = area(box) * self._blank.shape[2]
        if found is None and self._bases.comes_again(key, size):
            pixels = np.empty((*size_of(box), self._blank.shape[2]), np.uint8)
            region = self._region(box)
            self._tell(region.composed(box), pixels)
            found = Base(box, pixels, tuple(region.warnings))
            self._bases.keep(key, found)
        return found

    def _dirty(self, leaves: Iterable[Layer]) -> Iterator[Box]:
        """Where these may make the row differ from what is there without them."""
        for layer in leaves:
            yield intersect(self._renderer.reach(layer), self._canvas)
        for layer, without in zip(self._around, self._around_blank, strict=True):
            box = unite(self._renderer.reach(layer), without)
            yield intersect(box, self._canvas)

    def _region(self, box: Box) -> RegionRenderer:
        """What composes this box: one that is there, or a new one in the place of those
        that it meets."""
        for region in self._regions:
            if intersect(box, region.region) == box:
                return region
        height, width = box[3] - box[1], box[2] - box[0]
        wide = intersect(grow(box, max(height, width) // 16), self._canvas)
        kept = []
        for region in self._regions:
            if is_empty(intersect(region.region, wide)):
                kept.append(region)
            else:
                wide = unite(wide, region.region)
        left = self._memory - sum(region.budget.used for region in kept)
        region = RegionRenderer(
            self._document,
            self._showing.shows,
            showing=self._showing,
            region=wide,
            budget=Budget(max(0, left)),
        )
        self._regions = [*kept, region]
        return region

    @property
    def _canvas(self) -> Box:
        return 0, 0, self._document.width, self._document.height

    def _tell(self, canvas: Canvas, out: Pixels) -> None:
        """Put it, in sRGB and interleaved, where it is to be."""
        if self._is_plain:
            found = cv2.merge([*canvas.color, canvas.alpha], out)
        else:
            found = self._told(canvas)
        if found is not out:
            out[:] = found

    def _told(self, canvas: Canvas) -> Pixels:
        """A canvas in sRGB, interleaved."""
        planes = cv2.merge([*canvas.color, canvas.alpha])
        found = converted(cast(Pixels, planes), self._to_srgb)
        return cast(Pixels, with_spots(self._document, found, canvas.box))

    def _without_slots(self) -> tuple[Pixels, list[Box]]:
        """The canvas where nothing is that slots touch, and where the groups are then
        whose effects go around such."""
        showing = Showing(
            leaves=self._showing.leaves,
            loose=self._showing.loose,
            shown={id(layer): False for layer in self._leaves},
        )
        renderer = FilledRenderer.of(self._document, showing)
        rows = max(1, _TILE // self._document.width)
        strips = []
        with linear(self._document.depth == 32):
            for top in range(0, self._document.height, rows):
                bottom = min(top + rows, self._document.height)
                box = (0, top, self._document.width, bottom)
                canvas = Canvas.transparent(box, self._document.color_mode)
                renderer.draw(canvas, self._document)
                strips.append(self._told(canvas))
        whole = strips[0] if len(strips) == 1 else np.concatenate(strips)
        self._renderer.warnings += renderer.warnings
        return whole, [renderer.reach(layer) for layer in self._around]


def _compiled_inside(
    subject: Subject, slots: Sequence[Slot], shelf: FontShelf
) -> Compiled:
    """Of a document that a smart object embeds."""
    return Compiled(subject, slots, shelf, MEMORY // 4)


def joined(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that do not meet, around all of these."""
    apart: list[Box] = []
    for box in boxes:
        if is_empty(box):
            continue
        meets = True
        while meets:
            meets = False
            for other in apart:
                both = unite(box, other)
                is_near = area(both) <= _APART * (area(box) + area(other))
                if is_near or not is_empty(intersect(box, other)):
                    apart.remove(other)
                    box, meets = both, True
                    break
        apart.append(box)
    return apart


def _loose(subject: Subject, leaves: Sequence[Layer]) -> frozenset[int]:
    """The leaves, the groups around them, and what any of these is clipped to."""
    nodes = {id(node.layer): node for node in subject.nodes}
    found: set[int] = set()
    for leaf in leaves:
        node = nodes.get(id(leaf))
        while node is not None:
            found.add(id(node.layer))
            node = node.parent
    holders: list[Iterable[Layer]] = [subject.document]
    holders += [n.layer for n in subject.nodes if isinstance(n.layer, Group)]
    for holder in holders:
        for base, clipped in clipping_groups(holder):
            if any(id(one) in found for one in clipped):
                found.add(id(base))
    return frozenset(found)


def _styled_groups(subject: Subject, leaves: Sequence[Layer]) -> list[Layer]:
    """The groups around leaves that have effects: these follow what is in the group."""
    nodes = {id(node.layer): node for node in subject.nodes}
    found: dict[int, Layer] = {}
    for leaf in leaves:
        node = nodes[id(leaf)].parent
        while node is not None:
            if effects.drawn(node.layer):
                found[node.layer_id] = node.layer
            node = node.parent
    return list(found.values())


__all__ = ["Compiled", "RowImage", "RowRejected", "compile_template"]
