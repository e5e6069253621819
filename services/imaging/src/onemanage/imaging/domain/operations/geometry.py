"""Size, part and direction."""

from dataclasses import replace
from typing import cast

import cv2
import msgspec
import numpy as np

from onemanage.contracts.imaging.operations.geometry import (
    Crop,
    Flip,
    Resize,
    Rotate,
    Trim,
)
from onemanage.contracts.imaging.operations.values import Offset
from onemanage.imaging.domain.engines import resized
from onemanage.imaging.domain.operations.blend import on_color
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.gravity import moved, placed, window
from onemanage.imaging.domain.operations.kernels import resampled
from onemanage.imaging.domain.operations.warping import (
    grounded,
    grown,
    rotation,
    turned_by,
)
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
    if operation.zoom is not None:
        return width * operation.zoom, height * operation.zoom
    factors = [wide / width] if wide else []
    factors += [high / height] if high else []
    is_least = operation.mode in ("fit", "pad")
    factor = (min if is_least else max)(factors, default=1.0)
    if not operation.enlarge:
        factor = min(1.0, factor)
    least = operation.min_width, operation.min_height
    for side, has in zip(least, (width, height), strict=True):
        if side is not None:
            factor = max(factor, side * operation.dpr / has)
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

    def scaled(frame: Pixels) -> Pixels:
        if operation.kernel != "auto":  # then it was decoded as it is
            return resampled(frame, width, height, operation.kernel)
        return resized(frame, width, height, shrunk, overhang)

    made = picture.mapped(scaled)
    made = replace(made, scale=(1.0, 1.0), overhang=(0.0, 0.0, 0.0, 0.0))
    if operation.mode == "fill":
        # Where it may not be enlarged the box shrinks, and keeps its proportions.
        shrink = min(1.0, width / box[0], height / box[1])
        inner = max(1, round(box[0] * shrink)), max(1, round(box[1] * shrink))
        inner = min(inner[0], width), min(inner[1], height)
        operation = _with_device_pixels(operation)
        left, top, warnings = window(made, inner, operation, context, picture)
        return cut(made, left, top, *inner).warned(*warnings)
    if operation.mode == "pad":
        return _padded(
            made, _with_device_pixels(operation), round(box[0]), round(box[1])
        )
    return made


def crop(picture: Picture, operation: Crop, context: Context) -> Picture:
    """The part at a place or by gravity. Raises InvalidImage where it lies outside."""
    width, height = picture.width, picture.height
    box = crop_box(operation, width, height, picture.scale)
    if operation.x is None or operation.y is None:
        across = min(width, max(1, round(box[0])))
        down = min(height, max(1, round(box[1])))
        left, top, warnings = window(picture, (across, down), operation, context)
        return cut(picture, left, top, across, down).warned(*warnings)
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
    made = cut(picture, left, top, across, down)
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
    if operation.equal_horizontal:
        left = min(left, picture.width - right)
        right = picture.width - left
    if operation.equal_vertical:
        top = min(top, picture.height - bottom)
        bottom = picture.height - top
    return cut(picture, left, top, right - left, bottom - top)


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
        turned = turned.with_gain(lambda gain: gain.turned(int(quarters)))
        return replace(turned, scale=scale, overhang=sides)
    matrix = rotation(operation.angle)
    context.check_area(*grown(matrix, picture.width, picture.height))
    turned = picture.mapped(lambda frame: turned_by(frame, operation.angle))
    return grounded(turned, operation.background)


def flip(picture: Picture, operation: Flip, context: Context) -> Picture:
    """Mirrored along one axis or both."""
    how = _FLIPS[operation.direction]
    left, top, right, bottom = picture.overhang
    if how != 0:
        left, right = right, left
    if how != 1:
        top, bottom = bottom, top
    flipped = picture.mapped(lambda frame: cast(Pixels, cv2.flip(frame, how)))
    flipped = flipped.with_gain(lambda gain: gain.flipped(how))
    return replace(flipped, overhang=(left, top, right, bottom))


def cut(picture: Picture, left: int, top: int, width: int, height: int) -> Picture:
    """The part at this place, which lies within the picture."""
    part = slice(top, top + height), slice(left, left + width)
    over = picture.overhang
    sides = (
        over[0] if left == 0 else 0.0,
        over[1] if top == 0 else 0.0,
        over[2] if left + width == picture.width else 0.0,
        over[3] if top + height == picture.height else 0.0,
    )
    made = picture.mapped(lambda frame: np.ascontiguousarray(frame[part]))
    wide = picture.width - over[0] - over[2]
    high = picture.height - over[1] - over[3]
    share = (
        (left - over[0]) / wide,
        (top - over[1]) / high,
        (left + width - over[0]) / wide,
        (top + height - over[1]) / high,
    )
    made = made.with_gain(lambda gain: gain.cut(share))
    return replace(made, overhang=sides)


def _box(operation: Resize) -> tuple[float | None, float | None]:
    sides = operation.width, operation.height
    wide, high = (side and max(1.0, side * operation.dpr) for side in sides)
    return wide, high


def _with_device_pixels(operation: Resize) -> Resize:
    """Its offset, where it counts pixels, as the box does."""
    offset = operation.offset
    if offset is None or offset.unit == "percent":
        return operation
    x, y = offset.x * operation.dpr, offset.y * operation.dpr
    return msgspec.structs.replace(operation, offset=Offset(x=x, y=y))


def _padded(picture: Picture, operation: Resize, wide: int, high: int) -> Picture:
    size = wide, high
    x, y = placed(*size, picture.width, picture.height, operation.gravity)
    more = moved(operation.offset, operation.gravity, size)
    left = min(max(0, round(x + more[0])), wide - picture.width)
    top = min(max(0, round(y + more[1])), high - picture.height)
    sides = left, top, wide - picture.width - left, high - picture.height - top
    ground = color(operation.background)
    return picture.mapped(lambda frame: bordered(frame, sides, ground))


def bordered(
    frame: Pixels, sides: tuple[int, int, int, int], ground: tuple[int, int, int, int]
) -> Pixels:
    """With one colour around it, and below it: left, top, right and bottom."""
    if ground[3] < 255:
        frame = with_alpha(frame)
    elif frame.shape[2] == 4:
        frame = without_idle_alpha(on_color(frame, ground))
    left, top, right, bottom = sides
    value = ground[: frame.shape[2]]
    how = cv2.BORDER_CONSTANT
    made = cv2.copyMakeBorder(frame, top, bottom, left, right, how, value=value)
    return cast(Pixels, made)


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
