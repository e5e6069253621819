"""What of size, part and direction makes no sense together, though each field may be so.

Each fault is a pointer within the operation, and what is wrong.
"""

import math
from collections.abc import Iterator, Sequence

from onemanage.contracts.imaging.operations.geometry import (
    Affine,
    Crop,
    CropAspect,
    Pad,
    Perspective,
    Resize,
)
from onemanage.contracts.imaging.operations.values import MAX_SIDE, Operation, Point

MAX_PIXELS = 100_000_000
"""Of an image that is made."""

LEAST_DETERMINANT = 1e-4
"""Of a matrix that still leaves something to see."""

type Faults = Iterator[tuple[str, str]]


def geometry_faults(operation: Operation) -> Faults:
    """None for what is no operation of geometry."""
    match operation:
        case Resize():
            yield from _resize(operation)
        case Crop():
            yield from _crop(operation)
        case CropAspect():
            yield from _one_place(operation)
        case Pad():
            yield from _pad(operation)
        case Affine():
            yield from _affine(operation)
        case Perspective():
            yield from _perspective(operation)


def matrix_of(affine: Affine) -> tuple[float, float, float, float]:
    """Its a, b, c and d."""
    if affine.matrix is not None:
        a, b, c, d = affine.matrix
        return a, b, c, d
    across, down = (
        math.tan(math.radians(skew)) for skew in (affine.skew_x, affine.skew_y)
    )
    return (
        affine.scale_x,
        across * affine.scale_y,
        down * affine.scale_x,
        affine.scale_y,
    )


def _resize(resize: Resize) -> Faults:
    sides = [name for name in ("width", "height") if getattr(resize, name) is not None]
    if resize.zoom is not None:
        for name in (*sides, *(["mode"] if resize.mode != "fit" else [])):
            yield f"/{name}", "Zoom is instead of a size. Leave one out."
    elif not sides and resize.min_width is None and resize.min_height is None:
        yield "/width", "Give width, height or both."
        return
    elif resize.mode in ("fill", "cover", "pad"):
        for name in ("width", "height"):
            if name not in sides:
                yield f"/{name}", f"Mode {resize.mode} needs width and height."
    yield from _modes(resize)
    yield from _one_place(resize)
    least = resize.min_width, resize.min_height
    for pair in ((resize.width, resize.height), least):
        width, height = ((side or 1) * resize.dpr for side in pair)
        if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
            text = (
                f"With dpr {resize.dpr:g} the image is over {MAX_SIDE} pixels on a side "
                f"or {MAX_PIXELS} in all."
            )
            yield "/dpr", text


def _modes(resize: Resize) -> Faults:
    """Fields that mean something in some modes alone."""
    if resize.mode not in ("fit", "cover"):
        for name in ("min_width", "min_height"):
            if getattr(resize, name) is not None:
                yield f"/{name}", f"Mode {resize.mode} has a size. Use fit or cover."
    if resize.focus is not None and resize.mode != "fill":
        yield "/focus", "Nothing is cut off in this mode. Use fill, or leave it out."
    if resize.offset is not None and resize.mode not in ("fill", "pad"):
        yield "/offset", "Nothing lies beside the image in this mode. Use fill or pad."


def _crop(crop: Crop) -> Faults:
    if (crop.x is None) != (crop.y is None):
        lacking = "x" if crop.x is None else "y"
        yield f"/{lacking}", "Give both x and y, or neither."
    if crop.unit == "percent":
        for name in ("width", "height", "x", "y"):
            if (getattr(crop, name) or 0) > 100:
                yield f"/{name}", "Must be at most 100 percent."
    yield from _one_place(crop)
    if crop.x is not None:
        for name in ("focus", "offset"):
            if getattr(crop, name) is not None:
                yield f"/{name}", "x and y say where the part lies. Leave one out."


def _one_place(operation: Resize | Crop | CropAspect) -> Faults:
    if operation.focus is not None and operation.gravity != "centre":
        yield "/focus", "Gravity says which part is kept. Leave one out."


def _pad(pad: Pad) -> Faults:
    sides = [name for name in ("top", "right", "bottom", "left") if getattr(pad, name)]
    if pad.aspect is not None:
        for name in sides:
            yield f"/{name}", "The proportions say how much is added. Leave one out."
    elif not sides:
        yield "/top", "Give top, right, bottom or left, or proportions."
    if pad.unit == "percent":
        for name in sides:
            if getattr(pad, name) > 1_000:
                yield f"/{name}", "Must be at most 1000 percent."


def _affine(affine: Affine) -> Faults:
    if affine.matrix is not None:
        plain = {"scale_x": 1, "scale_y": 1, "skew_x": 0, "skew_y": 0}
        for name, value in plain.items():
            if getattr(affine, name) != value:
                yield f"/{name}", "The matrix says all of it. Leave one out."
    a, b, c, d = matrix_of(affine)
    if abs(a * d - b * c) < LEAST_DETERMINANT:
        place = "/matrix" if affine.matrix is not None else "/scale_x"
        yield place, "This makes a line of the image. Give another scale or slant."
    if affine.canvas == "grow":
        for name in ("move_x", "move_y"):
            if getattr(affine, name):
                yield f"/{name}", "A canvas that grows moves along. Use canvas keep."


def _perspective(perspective: Perspective) -> Faults:
    if not _is_convex(perspective.corners):
        text = (
            "These four make no figure without dents. Give top left, top right, bottom "
            "right, bottom left."
        )
        yield "/corners", text


def _is_convex(corners: Sequence[Point]) -> bool:
    """Whether they go clockwise and turn at each, by a share of the whole at least."""
    ways = []
    for one, two, three in zip(
        corners,
        [*corners[1:], corners[0]],
        [*corners[2:], *corners[:2]],
        strict=True,
    ):
        across = (two.x - one.x) * (three.y - two.y)
        ways.append(across - (two.y - one.y) * (three.x - two.x))
    return min(ways) > LEAST_DETERMINANT
