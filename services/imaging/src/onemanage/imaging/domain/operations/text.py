"""Text set in lines upon a picture."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from onemanage.contracts.imaging.operations.fonts import TextFont
from onemanage.contracts.imaging.operations.text import TextBlock, TextPanel
from onemanage.imaging.domain.fonts import Fonts, has_weights, own_face
from onemanage.imaging.domain.lines import (
    LARGEST,
    Lines,
    Piece,
    Style,
    fitting,
    pieces_of,
    set_in_lines,
)
from onemanage.imaging.domain.operations.blend import faded, lay, over
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.gravity import moved, placed
from onemanage.imaging.domain.operations.warping import (
    rotation,
    turned_within,
)
from onemanage.imaging.domain.picture import Picture, Pixels, color
from onemanage.imaging.errors import InvalidImage

type Coverage = NDArray[np.uint8]
"""(height, width): how much of each pixel is covered."""


def text(picture: Picture, operation: TextBlock, context: Context) -> Picture:
    """With the text on every frame. Raises InvalidImage for one that cannot be written."""
    fonts, warnings = fonts_of(operation.font, operation.text, context)
    style = _style(operation, fonts)
    with pointed(context):
        made, width = _set(picture, operation, style)
        height = len(made.lines) * style.line_height * made.size
        padding = operation.panel.padding if operation.panel else 0.0
        extent = width + 2 * padding, height + 2 * padding
        middle = _middle(picture, operation, extent)
        pieces = list(pieces_of(made, style, width))
        part = _seen(picture, operation, made.size, extent, middle)
        canvas = _drawn(operation, pieces, extent, part)
    warnings = (*warnings, *_warnings(operation, made, context))
    mark, left, top = _placed(picture, operation, canvas, part, extent, middle)
    return picture.mapped(lambda frame: over(frame, mark, left, top)).warned(*warnings)


def fonts_of(
    font: TextFont | None, written: str, context: Context
) -> tuple[Fonts, tuple[str, ...]]:
    """What a text is written in, and what is not as it was asked for.

    Raises InvalidImage where the font is none, or is not given.
    """
    if font is None:
        return Fonts(), ()
    weight = Fonts() if font.weight is None else Fonts(weight=font.weight)
    if font.file_id is None:
        return weight, ()
    where = f"{context.where}/font/file_id"
    path = context.file(font.file_id, "font/file_id")
    try:
        own = own_face(path, font.face, font.weight, font.file_id)
    except InvalidImage as error:
        raise InvalidImage(error.code, error.message, where) from error
    warnings = []
    if font.weight is not None and not has_weights(own):
        warnings.append(
            f"{context.where}/font: the font has one weight, and that it is."
        )
    fonts = Fonts(own=own, weight=weight.weight)
    if lacking := fonts.lacking(written):
        listed = " ".join(lacking[:10]) + (" …" if len(lacking) > 10 else "")
        warnings.append(
            f"{context.where}/font: the font lacks {listed}; an installed one has them."
        )
    return fonts, tuple(warnings)


@contextmanager
def pointed(context: Context) -> Iterator[None]:
    """Refusals point at the text; a font that cannot be drawn is refused as well."""
    try:
        yield
    except InvalidImage as error:
        raise InvalidImage(error.code, error.message, f"{context.where}/text") from None
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        said = "The font cannot draw this text. Take another one."
        where = f"{context.where}/font"
        raise InvalidImage("imaging.bad_font", said, where) from error


def _style(operation: TextBlock, fonts: Fonts) -> Style:
    return Style(
        fonts=fonts,
        spacing=operation.letter_spacing,
        line_height=operation.line_height,
        align=operation.align,
        max_lines=operation.max_lines,
        ellipsis=operation.ellipsis,
    )


def _set(picture: Picture, operation: TextBlock, style: Style) -> tuple[Lines, float]:
    """The lines, and how wide the box is that they stand in."""
    padding = operation.panel.padding if operation.panel else 0.0
    rim = 2 * (operation.margin + padding)
    width, height = operation.width, operation.height
    if operation.unit == "percent":
        width = width and width * picture.width / 100
        height = height and height * picture.height / 100
    wide = min(width or picture.width - rim, float(picture.width))
    high = min(height or picture.height - rim, float(picture.height))
    wide, high = max(1.0, wide), max(1.0, high)
    written = operation.text
    if operation.size is None:
        most = min(LARGEST, high / operation.line_height)
        made = fitting(written, style, max(4.0, most), wide, high)
    elif operation.shrink:
        made = fitting(written, style, operation.size, wide, high)
    else:
        made = set_in_lines(written, style, operation.size, wide, high)
    if width is None and operation.align != "justify":
        wide = min(wide, max(line.width for line in made.lines))
    return made, max(1.0, wide)


def _warnings(operation: TextBlock, made: Lines, context: Context) -> Iterator[str]:
    where = context.where
    if made.left_out:
        yield f"{where}: {made.left_out} lines that do not go in are left out."
    if operation.shrink and operation.size is not None and made.size < operation.size:
        yield f"{where}: the text is made smaller, {made.size:.1f} pixels, to go in."


@dataclass(frozen=True, slots=True)
class _Part:
    """Of the room around a text, counted from the left and top of its panel or lines."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, one pixel at least."""
        return max(1, self.right - self.left), max(1, self.bottom - self.top)


def _seen(
    picture: Picture,
    operation: TextBlock,
    size: float,
    extent: tuple[float, float],
    middle: tuple[float, float],
) -> _Part:
    """What of the text, its outline and its shadow the picture can show."""
    spill = operation.outline + size / 2
    shadow = operation.shadow
    if shadow is not None:
        spill += max(abs(shadow.dx), abs(shadow.dy)) + 3 * shadow.blur
    corners = np.array(
        [(x, y) for x in (0, picture.width) for y in (0, picture.height)], np.float64
    )
    # Turned back to where the text stands upright
    upright = (corners - middle) @ rotation(operation.angle) + _centre(extent)
    begin, end = upright.min(axis=0) - 2, upright.max(axis=0) + 2
    return _Part(
        math.floor(max(-spill, begin[0])),
        math.floor(max(-spill, begin[1])),
        math.ceil(min(extent[0] + spill, end[0])),
        math.ceil(min(extent[1] + spill, end[1])),
    )


def _centre(extent: tuple[float, float]) -> tuple[float, float]:
    return math.ceil(extent[0]) / 2, math.ceil(extent[1]) / 2


def _placed(
    picture: Picture,
    operation: TextBlock,
    canvas: Pixels,
    part: _Part,
    extent: tuple[float, float],
    middle: tuple[float, float],
) -> tuple[Pixels, int, int]:
    """The part as it is laid on the picture, and its left and top there."""
    mark, centre = faded(canvas, operation.opacity), _centre(extent)
    if operation.angle % 360 == 0:
        left, top = round(middle[0] - centre[0]), round(middle[1] - centre[1])
        return mark, left + part.left, top + part.top
    width, height = part.size
    away = part.left + width / 2 - centre[0], part.top + height / 2 - centre[1]
    across, down = np.array(middle) + rotation(operation.angle) @ away
    size = picture.width, picture.height
    return turned_within(mark, operation.angle, (float(across), float(down)), size)


def _drawn(
    operation: TextBlock, pieces: list[Piece], extent: tuple[float, float], part: _Part
) -> Pixels:
    """RGBA of this part."""
    room, shadow = part.size, operation.shadow
    rims = -part.left, -part.top
    canvas = np.zeros((room[1], room[0], 4), np.uint8)
    padding = 0.0
    if operation.panel is not None:
        lay(canvas, _panel(operation.panel, extent, rims, room), 0, 0)
        padding = operation.panel.padding
    origin = rims[0] + padding, rims[1] + padding
    letters = _coverage(pieces, origin, room, 0)
    outline = operation.outline
    outlined = _coverage(pieces, origin, room, outline) if outline else letters
    if shadow is not None:
        cast_shadow = _blurred(outlined, shadow.blur)
        ink = faded(_inked(cast_shadow, shadow.color), shadow.opacity)
        lay(canvas, ink, shadow.dx, shadow.dy)
    if outline:
        lay(canvas, _inked(outlined, operation.outline_color), 0, 0)
    lay(canvas, _inked(letters, operation.color), 0, 0)
    return canvas


def _blurred(coverage: Coverage, sigma: float) -> Coverage:
    if not sigma:
        return coverage
    return cast(Coverage, cv2.GaussianBlur(coverage, (0, 0), sigma))


def _panel(
    panel: TextPanel,
    extent: tuple[float, float],
    rims: tuple[int, int],
    room: tuple[int, int],
) -> Pixels:
    """By how far a pixel lies from the outline of a box with round corners."""
    radius = min(panel.radius, min(extent) / 2)
    within = []
    for rim, long, far in zip(rims, extent, room, strict=True):
        away = np.abs(np.arange(far, dtype=np.float32) + 0.5 - rim - long / 2)
        within.append(away - np.float32(long / 2 - radius))
    across, down = within
    made = np.empty((room[1], room[0]), np.uint8)
    for row, y in enumerate(down):
        outside = np.hypot(np.maximum(across, 0), max(y, 0))
        inside = np.minimum(np.maximum(across, y), 0)
        share = np.clip(radius + 0.5 - outside - inside, 0, 1)
        made[row] = np.rint(share * 255).astype(np.uint8)
    return _inked(made, panel.color)


def _coverage(
    pieces: list[Piece],
    origin: tuple[float, float],
    size: tuple[int, int],
    outline: int,
) -> Coverage:
    image = Image.new("L", size)
    draw = ImageDraw.Draw(image)
    for piece in pieces:
        place = origin[0] + piece.x, origin[1] + piece.y
        draw.text(
            place,
            piece.text,
            fill=255,
            font=piece.font,
            anchor="ls",
            direction="rtl" if piece.is_rtl else "ltr",
            stroke_width=outline,
        )
    return np.asarray(image)


def _inked(coverage: Coverage, ink: str) -> Pixels:
    made = np.empty((*coverage.shape, 4), np.uint8)
    made[:] = color(ink)
    made[:, :, 3] = np.rint(coverage * (made[0, 0, 3] / 255)).astype(np.uint8)
    return made


def _middle(
    picture: Picture, operation: TextBlock, extent: tuple[float, float]
) -> tuple[float, float]:
    """Where in the picture the middle of the text comes to lie."""
    width, height = extent
    if operation.angle % 360:
        across, down = np.abs(rotation(operation.angle)) @ extent
        width, height = float(across), float(down)
    size = picture.width, picture.height
    # The margin gives way before the text does.
    margins = [
        min(operation.margin, max(0.0, (whole - part) / 2))
        for whole, part in zip(size, (width, height), strict=True)
    ]
    inner = size[0] - 2 * margins[0], size[1] - 2 * margins[1]
    x, y = placed(*inner, width, height, operation.position)
    more = moved(operation.offset, operation.position, size)
    across = margins[0] + x + width / 2 + more[0]
    return across, margins[1] + y + height / 2 + more[1]
