"""Parts of some proportions, parts around what was found, and room at the sides."""

from typing import cast

import cv2

from onemanage.contracts.imaging.operations.geometry import CropAspect, CropTo, Pad
from onemanage.imaging.domain.background.place import bounds
from onemanage.imaging.domain.background.remove import LEAST
from onemanage.imaging.domain.engines import resized
from onemanage.imaging.domain.operations.blend import over
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.geometry import bordered, cut
from onemanage.imaging.domain.operations.gravity import placed, window
from onemanage.imaging.domain.operations.subjects import Box, face_boxes
from onemanage.imaging.domain.picture import Picture, Pixels, Sides, color, with_alpha

_BLURRED = 64
"""Pixels of the longer side at which a ground is blurred: nothing finer is left."""
_SIGMA = 2.0


def aspect_box(
    operation: CropAspect, width: float, height: float
) -> tuple[float, float]:
    """Width and height of what is cut out of an image of this size."""
    ratio = _ratio(operation.aspect)
    wide, high = min(width, height * ratio), min(height, width / ratio)
    return wide / operation.zoom, high / operation.zoom


def crop_aspect(picture: Picture, operation: CropAspect, context: Context) -> Picture:
    """The largest part of these proportions, or one closer."""
    wide, high = aspect_box(operation, *picture.source_size)
    across = min(picture.width, max(1, round(wide * picture.scale[0])))
    down = min(picture.height, max(1, round(high * picture.scale[1])))
    left, top, warnings = window(picture, (across, down), operation, context)
    return cut(picture, left, top, across, down).warned(*warnings)


def crop_to(picture: Picture, operation: CropTo, context: Context) -> Picture:
    """The part around faces or the subject; all of it where there are none."""
    found = _found(picture.first, operation, context)
    if isinstance(found, str):
        return picture.warned(f"{context.where}: {found}, nothing is cut off.")
    left, top, across, down = found
    more = operation.padding * max(across, down)
    middle = left + across / 2, top + down / 2
    across, down = (n + 2 * more for n in (across, down))
    if operation.aspect is not None:
        ratio = _ratio(operation.aspect)
        across, down = max(across, down * ratio), max(down, across / ratio)
    across, down = across / operation.zoom, down / operation.zoom
    size = picture.width, picture.height
    if operation.aspect is not None:
        shrink = min(1.0, size[0] / across, size[1] / down)
        across, down = across * shrink, down * shrink
    wide, high = (
        min(whole, max(1, round(part)))
        for whole, part in zip(size, (across, down), strict=True)
    )
    # Without proportions the room is what there is of it, on each side.
    x, y = round(middle[0] - across / 2), round(middle[1] - down / 2)
    if operation.aspect is None:
        right, bottom = min(size[0], x + wide), min(size[1], y + high)
        x, y = max(0, x), max(0, y)
        return cut(picture, x, y, max(1, right - x), max(1, bottom - y))
    x, y = min(max(0, x), size[0] - wide), min(max(0, y), size[1] - high)
    return cut(picture, x, y, wide, high)


def pad(picture: Picture, operation: Pad, context: Context) -> Picture:
    """With room at the sides. Raises InvalidImage above the caps."""
    left, top, right, bottom = sides = _sides(picture, operation)
    size = picture.width + left + right, picture.height + top + bottom
    context.check_area(*size)
    ground = color(operation.color)
    if operation.fill == "color":
        return picture.mapped(lambda frame: bordered(frame, sides, ground))
    if operation.fill == "blur":
        return picture.mapped(
            lambda frame: over(
                _blurred_cover(frame, *size), with_alpha(frame), left, top
            )
        )
    edge, mirror = cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT
    how = edge if operation.fill == "edge" else mirror
    return picture.mapped(
        lambda frame: cast(
            Pixels, cv2.copyMakeBorder(frame, top, bottom, left, right, how)
        )
    )


def _sides(picture: Picture, operation: Pad) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, in pixels."""
    width, height = picture.width, picture.height
    if operation.aspect is not None:
        ratio = _ratio(operation.aspect)
        wide, high = max(width, round(height * ratio)), max(
            height, round(width / ratio)
        )
        x, y = placed(wide, high, width, height, operation.position)
        left, top = round(x), round(y)
        return left, top, wide - width - left, high - height - top
    given: Sides = operation.left, operation.top, operation.right, operation.bottom
    if operation.unit == "percent":
        shares = width / 100, height / 100
        given = (
            given[0] * shares[0],
            given[1] * shares[1],
            given[2] * shares[0],
            given[3] * shares[1],
        )
    return round(given[0]), round(given[1]), round(given[2]), round(given[3])


def _blurred_cover(frame: Pixels, width: int, height: int) -> Pixels:
    """The image made to cover this size, cut around its middle, and blurred."""
    factor = max(width / frame.shape[1], height / frame.shape[0])
    across, down = width / factor, height / factor
    left, top = (frame.shape[1] - across) / 2, (frame.shape[0] - down) / 2
    right, bottom = max(left + 1, left + across), max(top + 1, top + down)
    part = frame[round(top) : max(round(bottom), round(top) + 1), :]
    part = part[:, round(left) : max(round(right), round(left) + 1)]
    shrink = _BLURRED / max(width, height)
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = cv2.GaussianBlur(resized(part, *size), (0, 0), _SIGMA)
    made = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return cast(Pixels, made)


def _found(pixels: Pixels, operation: CropTo, context: Context) -> Box | str:
    """What is to be in the part; or why there is nothing."""
    if operation.target == "subject":
        weights = context.subject(pixels)
        if weights is None:
            return "no network is installed that finds the subject"
        if float((weights > 0.5).mean()) < LEAST:
            return "no subject was found"
        left, top, width, height = bounds(weights > 0.5)
        across = pixels.shape[1] / weights.shape[1]
        down = pixels.shape[0] / weights.shape[0]
        return left * across, top * down, width * across, height * down
    boxes = face_boxes(pixels)
    if not boxes:
        return "no face was found"
    if operation.target == "largest_face":
        return boxes[0]
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return x, y, right - x, bottom - y


def _ratio(aspect: str) -> float:
    wide, high = aspect.split(":")
    return int(wide) / int(high)
