"""Lines of glyphs as pixels: exact coverage of outlines, colours one over another."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import uharfbuzz as hb  # type: ignore[import-untyped]
from numpy.typing import NDArray

from onemanage.psd.domain.typesetting.lines import Line
from onemanage.psd.domain.typesetting.matrices import Matrix, applied, times
from onemanage.psd.domain.typesetting.shaping import FAUX_SLANT, Look
from onemanage.psd.domain.typesetting.styled import Style

type Pixels = NDArray[np.uint8]
type Reach = tuple[float, float, float, float]
"""left, top, right, bottom."""
type Colors = NDArray[np.float32]
type Box = tuple[int, int, int, int]
"""left, top, right, bottom on the canvas."""

_FAUX_BOLD = 0.03
"""Of the size, by which a stem is made wider."""
_LYING = 0.38
"""Of the size: how far to the left of a vertical line's middle a lying baseline is."""
_SPREAD = {
    "none": (0.0, 0.0),
    "sharp": (0.25, 0.25),
    "crisp": (0.25, 0.25),
    "smooth": (0.25, 0.2),
    "strong": (0.45, 0.25),
}
"""Pixels across and down by which Photoshop's letters are bolder than their outlines:
it takes four samples a pixel each way, and what touches one fills it. Fitted to stored
text."""
_SAMPLE = 0.125
"""Pixels to the right and down by which its samples are off their middles."""
_LARGEST = 1e6
"""Pixels that a letter is wide or high."""
_FINER = 8
"""Samples a pixel each way, of lines below and through text."""
_THICK, _BELOW, _THROUGH = 0.05, 0.075, 0.22
"""Of the size, where a font does not say."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A glyph where it stands: ``matrix`` takes the font's units to the canvas."""

    look: Look
    glyph: int
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Paint:
    """What letters leave: ``alpha`` (height, width), and ``color``, straight red, green
    and blue, (3,) where all of it has one, else (height, width, 3)."""

    color: Pixels
    alpha: Pixels

    def cropped(self, rows: slice, columns: slice) -> "Paint":
        """A part of it, with pixels of its own."""
        is_one = self.color.ndim == 1
        color = self.color if is_one else self.color[rows, columns].copy()
        return Paint(color, np.ascontiguousarray(self.alpha[rows, columns]))


@dataclass(frozen=True, slots=True)
class Bar:
    """A line below or through text: four corners on the canvas."""

    look: Look
    corners: NDArray[np.float64]


def strokes(lines: Iterable[Line], matrix: Matrix, is_vertical: bool) -> list[Stroke]:
    """All glyphs; ``matrix`` takes where lines stand to the canvas."""
    found = []
    for line in lines:
        for placed in line.clusters:
            look = placed.cluster.look
            for glyph in placed.cluster.glyphs:
                x, y = placed.x + glyph.x, line.baseline + glyph.y
                local = _glyph_matrix(look, x, y, is_vertical)
                stretch = look.font.stretch(placed.cluster.text)
                if stretch != 1:
                    local = times(local, (1.0, 0.0, 0.0, stretch, 0.0, 0.0))
                found.append(Stroke(look, glyph.number, times(matrix, local)))
    return found


def _glyph_matrix(look: Look, x: float, y: float, is_vertical: bool) -> Matrix:
    x_scale, y_scale = look.x_scale, look.y_scale
    slant = FAUX_SLANT * y_scale if look.style.italic else 0.0
    if not is_vertical:
        return x_scale, 0.0, slant, -y_scale, x, y - look.rise
    if look.is_sideways:
        across = -y + look.rise - _LYING * look.size
        return 0.0, x_scale, y_scale, slant, across, x
    return x_scale, 0.0, slant, -y_scale, -y + look.rise, x


def bars(lines: Iterable[Line], matrix: Matrix, is_vertical: bool) -> list[Bar]:
    """What is drawn below and through text, as far as one look of it goes."""
    found = []
    for line in lines:
        for look, start, end in _stretches(line):
            for middle, thick in _heights(look):
                y = line.baseline - look.rise - middle
                if is_vertical:  # to the left of its letters, and through their middle
                    y = line.baseline + (0.55 * look.size if middle < 0 else 0.0)
                corners = [
                    (start, y - thick / 2),
                    (end, y - thick / 2),
                    (end, y + thick / 2),
                    (start, y + thick / 2),
                ]
                if is_vertical:
                    corners = [(-across, along) for along, across in corners]
                found.append(
                    Bar(look, np.array([applied(matrix, *one) for one in corners]))
                )
    return found


def _stretches(line: Line) -> Iterator[tuple[Look, float, float]]:
    last: tuple[Look, float, float] | None = None
    for placed in line.clusters:
        look = placed.cluster.look
        end = placed.x + placed.advance
        if last and last[0] == look:
            last = look, last[1], end
            continue
        if last:
            yield last
        last = look, placed.x, end
    if last:
        yield last


def _heights(look: Look) -> Iterator[tuple[float, float]]:
    font, upem = look.font.hb_font, look.font.upem

    def metric(tag: hb.OTMetricsTag, share: float) -> float:
        found = font.get_metric_position(tag)
        return look.size * (found / upem if found else share)

    tags = hb.OTMetricsTag
    if look.style.underline:
        thick = abs(metric(tags.UNDERLINE_SIZE, _THICK))
        yield metric(tags.UNDERLINE_OFFSET, -_BELOW) - thick / 2, thick
    if look.style.strikethrough:
        thick = abs(metric(tags.STRIKEOUT_SIZE, _THICK))
        yield metric(tags.STRIKEOUT_OFFSET, _THROUGH + _THICK) - thick / 2, thick


def reach(stroke: Stroke) -> Reach | None:
    """Where it may leave ink; None where it has none, or is larger than anybody draws."""
    font = stroke.look.font
    extents = font.hb_font.get_glyph_extents(stroke.glyph)
    if extents is None or not extents.width or not extents.height:
        return None
    grown = 0.1 * font.upem  # as much bolder as it may be drawn
    left, top = extents.x_bearing - grown, extents.y_bearing + grown
    right = extents.x_bearing + extents.width + grown
    bottom = extents.y_bearing + extents.height - grown
    corners = [
        applied(stroke.matrix, x, y) for x in (left, right) for y in (top, bottom)
    ]
    found = _around(corners)
    is_sane = found[2] - found[0] < _LARGEST and found[3] - found[1] < _LARGEST
    return found if is_sane else None


def is_within(found: Reach, within: Box) -> bool:
    """Whether any of it is seen there."""
    left, top, right, bottom = within
    return found[2] > left and found[0] < right and found[3] > top and found[1] < bottom


def inked(reaches: Sequence[Reach], drawn: Sequence[Bar], within: Box) -> Box | None:
    """The pixels that they reach, of those within."""
    found = [*reaches, *(_around(bar.corners.tolist()) for bar in drawn)]
    if not found:
        return None
    low_x, low_y, high_x, high_y = zip(*found, strict=True)
    left = max(math.floor(min(low_x)) - 1, within[0])
    top = max(math.floor(min(low_y)) - 1, within[1])
    right = min(math.ceil(max(high_x)) + 1, within[2])
    bottom = min(math.ceil(max(high_y)) + 1, within[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _around(corners: Sequence[Sequence[float]]) -> Reach:
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def painted(
    found: Sequence[Stroke], drawn: Sequence[Bar], box: Box, anti_alias: str
) -> Paint:
    """Colours and coverage of the box."""
    spread = _SPREAD.get(anti_alias, _SPREAD["smooth"])
    groups = list(_groups(found))
    if len(groups) == 1 and not drawn and anti_alias != "none":
        style = groups[0][0].look.style
        if style.opacity >= 1:  # as most texts are: nothing is mixed
            return Paint(_plain(style.color), _cover(groups[0], box, spread))
    left, top, right, bottom = box
    color: Colors = np.zeros((bottom - top, right - left, 3), np.float32)
    alpha: Colors = np.zeros((bottom - top, right - left, 1), np.float32)
    for style, part, cover in _layers(groups, drawn, box, spread):
        if anti_alias == "none":
            cover = np.where(cover >= 128, 255, 0).astype(np.uint8)
        at = slice(part[1] - top, part[3] - top), slice(part[0] - left, part[2] - left)
        share = cover[..., None].astype(np.float32) * (style.opacity / 255)
        color[at] += (np.array(style.color, np.float32) - color[at]) * share
        alpha[at] += (1 - alpha[at]) * share
    styles = {x.look.style for x in found} | {x.look.style for x in drawn}
    return _straight(color, alpha, styles)


def _plain(color: tuple[int, int, int] | None) -> Pixels:
    return np.array(color or (0, 0, 0), np.uint8)


def _straight(color: Colors, alpha: Colors, styles: set[Style]) -> Paint:
    """From premultiplied colours."""
    cover = np.rint(alpha[..., 0] * 255).astype(np.uint8)
    colors = {style.color for style in styles if style.color is not None}
    if len(colors) == 1:  # what is transparent has it too, for who scales it later
        return Paint(_plain(colors.pop()), cover)
    color = np.where(alpha > 0, color / np.maximum(alpha, np.float32(1e-6)), 0)
    return Paint(np.clip(np.rint(color), 0, 255).astype(np.uint8), cover)


def _layers(
    groups: Sequence[list[Stroke]],
    drawn: Sequence[Bar],
    box: Box,
    spread: tuple[float, float],
) -> Iterator[tuple[Style, Box, Pixels]]:
    """Coverage of what has one colour, one after the other, each where it is: a text may
    change its colour with every letter."""
    for group in groups:
        reaches = [found for found in map(reach, group) if found is not None]
        if part := inked(reaches, [], box):
            yield group[0].look.style, part, _cover(group, part, spread)
    for bar in drawn:
        part = inked([], [bar], box)
        if part and bar.look.style.color is not None:
            yield bar.look.style, part, _filled(bar.corners, part)


def _groups(found: Sequence[Stroke]) -> Iterator[list[Stroke]]:
    group: list[Stroke] = []
    for stroke in found:
        style = stroke.look.style
        if style.color is None:
            continue
        if group:
            last = group[-1].look.style
            if (last.color, last.opacity) != (style.color, style.opacity):
                yield group
                group = []
        group.append(stroke)
    if group:
        yield group


def _cover(group: Sequence[Stroke], box: Box, spread: tuple[float, float]) -> Pixels:
    left, top, right, bottom = box
    raster = hb.RasterDraw()
    raster.extents = hb.RasterExtents(left, top, right - left, bottom - top, 0)
    for stroke in group:
        font = stroke.look.font.hb_font
        *linear, x, y = stroke.matrix
        raster.transform = (*linear, x + _SAMPLE, y + _SAMPLE)
        font.synthetic_bold = _boldness(stroke, spread)
        raster.draw_glyph(font, stroke.glyph)
        font.synthetic_bold = (0.0, 0.0, True)
    image = raster.render()
    height, width = bottom - top, right - left
    if image is None:
        return np.zeros((height, width), np.uint8)
    stride = image.extents.stride
    rows = np.frombuffer(image.buffer, np.uint8).reshape(height, stride)
    return rows[:, :width]


def _boldness(stroke: Stroke, spread: tuple[float, float]) -> tuple[float, float, bool]:
    """Shares of the em across and up, and that the glyph is not made wider by them."""
    faux = _FAUX_BOLD if stroke.look.style.bold else 0.0
    xx, xy, yx, yy, _, _ = stroke.matrix
    upem = stroke.look.font.upem
    across, up = math.hypot(xx, xy) * upem, math.hypot(yx, yy) * upem
    if not across or not up:
        return 0.0, 0.0, True
    return min(faux + spread[0] / across, 0.1), min(faux + spread[1] / up, 0.1), True


def _filled(corners: NDArray[np.float64], box: Box) -> Pixels:
    """Coverage of a quadrangle, from finer samples of the part that it reaches."""
    left, top, right, bottom = box
    cover = np.zeros((bottom - top, right - left), np.uint8)
    low = np.maximum(np.floor(corners.min(axis=0)) - 1, (left, top)).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0)) + 1, (right, bottom)).astype(int)
    width, height = (int(x) for x in high - low)
    if width <= 0 or height <= 0:
        return cover
    row = np.zeros((height * _FINER, width * _FINER), np.uint8)
    fine = np.rint((corners - low) * _FINER * 16 - 8).astype(np.int32)
    cv2.fillConvexPoly(row, fine, (255,), lineType=cv2.LINE_8, shift=4)
    x, y = low[0] - left, low[1] - top
    cover[y : y + height, x : x + width] = cv2.resize(
        row, (width, height), interpolation=cv2.INTER_AREA
    )
    return cover
