"""Size, part and direction."""

import math
from dataclasses import replace
from typing import cast

import cv2
import numpy as np

from onemanage.contracts.imaging.operations.geometry import (
    Crop,
    Flip,
    Resize,
    Rotate,
    Trim,
)
from onemanage.imaging.domain.engines import premultiplied, resized, unmultiplied
from onemanage.imaging.domain.operations.blend import on_color
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.gravity import placed, window
from onemanage.imaging.domain.picture import (
    Picture,
    Pixels,
    color,
    with_alpha,
    without_idle_alpha,
)
from onemanage.imaging.errors import InvalidImage

_FLIPS = {"horizontal": 1, "vertical": 0, "both": -1}
_QUARTERS = {
    1: cv2.ROTATE_90_CLOCKWISE,
    2: cv2.ROTATE_180,
    3: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def scaled_size(operation: Resize, width: float, height: float) -> tuple[float, float]:
    """To what an image of this size is scaled, before anything is cut off or added.

    It is wanted before decoding too, with the size of the source.
    """
    wide, high = _box(operation)
    if operation.mode == "force":
        return wide or width, high or height
    factors = [wide / width] if wide else []
    factors += [high / height] if high else []
    factor = min(factors) if operation.mode in ("fit", "pad") else max(factors)
    if not operation.enlarge:
        factor = min(1.0, factor)
    return width * factor, height * factor


def crop_box(
    operation: Crop, width: float, height: float, scale: tuple[float, float]
) -> tuple[float, float]:
    """Width and height of what is cut out of an image of this size, unclipped.

    ``scale`` is that at which the image was decoded: pixels are the source's.
    """
    if operation.unit == "percent":
        return operation.width * width / 100, operation.height * height / 100
    return operation.width * scale[0], operation.height * scale[1]


def resize(picture: Picture, operation: Resize, context: Context) -> Picture:
    """To a size, or into a box by fit, fill or pad.

    Raises InvalidImage above the caps.
    """
    # Sizes are those of the source, however small it was decoded.
    exact = scaled_size(operation, *picture.source_size)
    width, height = max(1, round(exact[0])), max(1, round(exact[1]))
    context.check_area(width, height)
    box = [side or 0 for side in _box(operation)]
    if operation.mode == "pad":
        context.check_area(*box)
    shrunk = picture.scale != (1.0, 1.0)
    overhang = picture.overhang
    made = picture.mapped(lambda frame: resized(frame, width, height, shrunk, overhang))
    made = replace(made, scale=(1.0, 1.0), overhang=(0.0, 0.0, 0.0, 0.0))
    if operation.mode == "fill":
        # Where it may not be enlarged the box shrinks, and keeps its proportions.
        shrink = min(1.0, width / box[0], height / box[1])
        inner = max(1, round(box[0] * shrink)), max(1, round(box[1] * shrink))
        inner = min(inner[0], width), min(inner[1], height)
        left, top = window(made.first, *inner, operation.gravity)
        return _cut(made, left, top, *inner)
    if operation.mode == "pad":
        return _padded(made, operation, round(box[0]), round(box[1]))
    return made


def crop(picture: Picture, operation: Crop, context: Context) -> Picture:
    """The part at a place or by gravity. Raises InvalidImage where it lies outside."""
    width, height = picture.width, picture.height
    box = crop_box(operation, width, height, picture.scale)
    if operation.x is None or operation.y is None:
        across = min(width, max(1, round(box[0])))
        down = min(height, max(1, round(box[1])))
        left, top = window(picture.first, across, down, operation.gravity)
        return _cut(picture, left, top, across, down)
    if operation.unit == "percent":
        x, y = operation.x * width / 100, operation.y * height / 100
    else:
        x, y = operation.x * picture.scale[0], operation.y * picture.scale[1]
    left, top = round(x), round(y)
    right, bottom = min(width, round(x + box[0])), min(height, round(y + box[1]))
    if left >= width or top >= height:
        text = f"The part lies outside the image of {width} x {height} pixels. Move it."
        raise InvalidImage("imaging.impossible", text, context.where)
    across, down = max(1, right - left), max(1, bottom - top)
    made = _cut(picture, left, top, across, down)
    if right < round(x + box[0]) or bottom < round(y + box[1]):
        return made.warned(f"{context.where}: what lies outside the image is left out.")
    return made


def trim(picture: Picture, operation: Trim, context: Context) -> Picture:
    """Without the even edge, but for a margin."""
    boxes = [box for frame in picture.frames if (box := _content(frame, operation))]
    if not boxes:
        return picture.warned(f"{context.where}: the image is even, nothing is cut.")
    margin = operation.margin
    left = max(0, min(box[0] for box in boxes) - margin)
    top = max(0, min(box[1] for box in boxes) - margin)
    right = min(picture.width, max(box[2] for box in boxes) + margin)
    bottom = min(picture.height, max(box[3] for box in boxes) + margin)
    return _cut(picture, left, top, right - left, bottom - top)


def rotate(picture: Picture, operation: Rotate, context: Context) -> Picture:
    """Clockwise; quarters without resampling. Raises InvalidImage above the caps."""
    quarters, rest = divmod(operation.angle % 360, 90)
    if rest == 0:
        how = _QUARTERS.get(int(quarters))
        if how is None:
            return picture
        turned = picture.mapped(lambda frame: cast(Pixels, cv2.rotate(frame, how)))
        scale = picture.scale[::-1] if quarters % 2 else picture.scale
        sides = picture.overhang
        for _ in range(int(quarters)):
            sides = sides[3], sides[0], sides[1], sides[2]  # what was below is left
        return replace(turned, scale=scale, overhang=sides)
    width, height = turned_size(picture.width, picture.height, operation.angle)
    context.check_area(width, height)
    ground = color(operation.background)
    turned = picture.mapped(
        lambda frame: on_color(turned_by(frame, operation.angle), ground)
    )
    if ground[3] == 255:
        turned = turned.mapped(without_idle_alpha)
    return turned


def flip(picture: Picture, operation: Flip, context: Context) -> Picture:
    """Mirrored along one axis or both."""
    how = _FLIPS[operation.direction]
    left, top, right, bottom = picture.overhang
    if how != 0:
        left, right = right, left
    if how != 1:
        top, bottom = bottom, top
    flipped = picture.mapped(lambda frame: cast(Pixels, cv2.flip(frame, how)))
    return replace(flipped, overhang=(left, top, right, bottom))


def turned_size(width: int, height: int, angle: float) -> tuple[int, int]:
    """What an image turned by so many degrees needs; hundredths are rounded away."""
    sine, cosine = (abs(f(math.radians(angle))) for f in (math.sin, math.cos))
    across = math.ceil(round(width * cosine + height * sine, 2))
    return across, math.ceil(round(width * sine + height * cosine, 2))


def turned_by(pixels: Pixels, angle: float) -> Pixels:
    """Clockwise by any angle, RGBA, with transparent corners."""
    height, width = pixels.shape[:2]
    across, down = turned_size(width, height, angle)
    centre = (width - 1) / 2, (height - 1) / 2
    matrix = cv2.getRotationMatrix2D(centre, -angle, 1.0)
    matrix[0, 2] += (across - 1) / 2 - centre[0]
    matrix[1, 2] += (down - 1) / 2 - centre[1]
    multiplied = premultiplied(with_alpha(pixels))
    turned = cv2.warpAffine(multiplied, matrix, (across, down), flags=cv2.INTER_CUBIC)
    return unmultiplied(cast(Pixels, turned))


def _box(operation: Resize) -> tuple[float | None, float | None]:
    sides = operation.width, operation.height
    wide, high = (side and max(1.0, side * operation.dpr) for side in sides)
    return wide, high


def _cut(picture: Picture, left: int, top: int, width: int, height: int) -> Picture:
    part = slice(top, top + height), slice(left, left + width)
    over = picture.overhang
    sides = (
        over[0] if left == 0 else 0.0,
        over[1] if top == 0 else 0.0,
        over[2] if left + width == picture.width else 0.0,
        over[3] if top + height == picture.height else 0.0,
    )
    made = picture.mapped(lambda frame: np.ascontiguousarray(frame[part]))
    return replace(made, overhang=sides)


def _padded(picture: Picture, operation: Resize, wide: int, high: int) -> Picture:
    ground = color(operation.background)
    x, y = placed(wide, high, picture.width, picture.height, operation.gravity)
    left, top = round(x), round(y)
    right, bottom = wide - picture.width - left, high - picture.height - top

    def padded(frame: Pixels) -> Pixels:
        if ground[3] < 255:
            frame = with_alpha(frame)
        elif frame.shape[2] == 4:
            frame = without_idle_alpha(on_color(frame, ground))
        value = ground[: frame.shape[2]]
        return cast(
            Pixels,
            cv2.copyMakeBorder(
                frame, top, bottom, left, right, cv2.BORDER_CONSTANT, value=value
            ),
        )

    return picture.mapped(padded)


def _content(frame: Pixels, operation: Trim) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of what is not rim; None where all of it is."""
    tolerance = operation.tolerance
    is_clear = frame.shape[2] == 4 and int(frame[0, 0, 3]) <= tolerance
    if is_clear and operation.color is None:
        inside = frame[:, :, 3] > tolerance
    else:
        rim = color(operation.color) if operation.color else tuple(frame[0, 0])
        ground = np.array(rim[:3], np.uint8)
        apart = cv2.absdiff(
            frame[:, :, :3], np.broadcast_to(ground, frame.shape[:2] + (3,))
        )
        inside = apart.max(axis=2) > tolerance
        if frame.shape[2] == 4:
            inside &= frame[:, :, 3] > tolerance
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(
        inside.any(axis=0)
    )
    if not rows.size:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
