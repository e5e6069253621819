"""Images turned, slanted and put in perspective."""

import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.geometry_checks import matrix_of
from onemanage.contracts.imaging.operations.geometry import Affine, Perspective
from onemanage.imaging.domain.engines import premultiplied, resized, unmultiplied
from onemanage.imaging.domain.operations.blend import on_color
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.picture import (
    Picture,
    Pixels,
    color,
    with_alpha,
    without_idle_alpha,
)

type Matrix = NDArray[np.float64]
"""2 x 2: where a pixel comes to lie, from the middle, x to the right and y down."""
type Corners = NDArray[np.float32]
"""4 x 2: x and y of pixels, counted from the middle of the first."""


def affine(picture: Picture, operation: Affine, context: Context) -> Picture:
    """By a matrix. Raises InvalidImage above the caps."""
    a, b, c, d = matrix_of(operation)
    matrix = np.array([[a, b], [c, d]])
    size = picture.width, picture.height
    if operation.canvas == "grow":
        size = grown(matrix, *size)
        context.check_area(*size)
    move = operation.move_x, operation.move_y
    made = picture.mapped(lambda frame: warped(frame, matrix, size, move))
    return grounded(made, operation.background)


def perspective(picture: Picture, operation: Perspective, context: Context) -> Picture:
    """By four corners. Raises InvalidImage above the caps."""
    corners = np.array(
        [
            (corner.x * picture.width, corner.y * picture.height)
            for corner in operation.corners
        ],
        np.float32,
    )
    if operation.mode == "straighten":
        width, height = _straight_size(corners)
        context.check_area(width, height)
        target = _box(width, height)
        return picture.mapped(
            lambda frame: _projected(frame, corners, target, (width, height), False)
        )
    corners = corners - corners.min(axis=0)
    right, bottom = (max(1, math.ceil(round(float(n), 2))) for n in corners.max(axis=0))

    def placed(frame: Pixels) -> Pixels:
        small = _reduced(frame, right / picture.width, bottom / picture.height)
        source = _box(small.shape[1], small.shape[0])
        return _projected(small, source, corners, (right, bottom), True)

    return grounded(picture.mapped(placed), operation.background)


def grounded(picture: Picture, background: str) -> Picture:
    """With a colour below what is transparent."""
    ground = color(background)
    made = picture.mapped(lambda frame: on_color(frame, ground))
    return made.mapped(without_idle_alpha) if ground[3] == 255 else made


def rotation(angle: float) -> Matrix:
    """By so many degrees clockwise."""
    sine, cosine = (f(math.radians(angle)) for f in (math.sin, math.cos))
    return np.array([[cosine, -sine], [sine, cosine]])


def grown(matrix: Matrix, width: int, height: int) -> tuple[int, int]:
    """Width and height that hold all of an image of this size; hundredths of a pixel are
    rounded away."""
    reach = np.abs(matrix) @ (width, height)
    across, down = (max(1, math.ceil(round(float(n), 2))) for n in reach)
    return across, down


def turned_by(pixels: Pixels, angle: float) -> Pixels:
    """Clockwise by any angle, RGBA, with transparent corners."""
    matrix = rotation(angle)
    size = grown(matrix, pixels.shape[1], pixels.shape[0])
    return warped(pixels, matrix, size, (0.0, 0.0), reduces=False)


def turned_within(
    pixels: Pixels, angle: float, middle: tuple[float, float], size: tuple[int, int]
) -> tuple[Pixels, int, int]:
    """As `turned_by`, its middle at this place of a picture of some size: what is seen
    of it, and where that lies. A long strip that is turned needs much room, and little
    of it is seen."""
    matrix = rotation(angle)
    whole = grown(matrix, pixels.shape[1], pixels.shape[0])
    begin = [max(0, math.floor(middle[n] - whole[n] / 2)) for n in (0, 1)]
    end = [min(size[n], math.ceil(middle[n] + whole[n] / 2)) for n in (0, 1)]
    part = end[0] - begin[0], end[1] - begin[1]
    if min(part) <= 0:
        return np.zeros((1, 1, 4), np.uint8), 0, 0
    across, down = (middle[n] - (begin[n] + end[n]) / 2 for n in (0, 1))
    made = warped(pixels, matrix, part, (across, down), reduces=False)
    return made, begin[0], begin[1]


def warped(
    pixels: Pixels,
    matrix: Matrix,
    size: tuple[int, int],
    move: tuple[float, float],
    reduces: bool = True,
) -> Pixels:
    """RGBA of this width and height, middle upon middle but for ``move``.

    What becomes smaller is made so first, with a filter; cubic interpolation has none.
    """
    height, width = pixels.shape[:2]
    if reduces:
        across, down = np.hypot(matrix[0], matrix[1])
        pixels = _reduced(pixels, float(across), float(down))
    stretch = width / pixels.shape[1], height / pixels.shape[0]
    linear = matrix * stretch
    centre = (pixels.shape[1] - 1) / 2, (pixels.shape[0] - 1) / 2
    goal = (size[0] - 1) / 2 + move[0], (size[1] - 1) / 2 + move[1]
    whole = np.column_stack([linear, np.array(goal) - linear @ np.array(centre)])
    multiplied = premultiplied(with_alpha(pixels))
    made = cv2.warpAffine(multiplied, whole, size, flags=cv2.INTER_CUBIC)
    return unmultiplied(_bounded(cast(Pixels, made)))


def _reduced(pixels: Pixels, across: float, down: float) -> Pixels:
    """Smaller by these factors where they are below 1."""
    height, width = pixels.shape[:2]
    size = (
        max(1, round(n * min(1.0, f))) for n, f in ((width, across), (height, down))
    )
    return resized(pixels, *size)


def _projected(
    pixels: Pixels,
    source: Corners,
    target: Corners,
    size: tuple[int, int],
    is_clear_outside: bool,
) -> Pixels:
    # Corners are of the outlines, places of the middles of pixels.
    matrix = cv2.getPerspectiveTransform(
        source - np.float32(0.5), target - np.float32(0.5)
    )
    if is_clear_outside:
        pixels = with_alpha(pixels)
    border = cv2.BORDER_CONSTANT if is_clear_outside else cv2.BORDER_REPLICATE
    is_mixed = pixels.shape[2] == 4
    made = cv2.warpPerspective(
        premultiplied(pixels) if is_mixed else pixels,
        matrix,
        size,
        flags=cv2.INTER_CUBIC,
        borderMode=border,
    )
    whole = cast(Pixels, made)
    return unmultiplied(_bounded(whole)) if is_mixed else whole


def _bounded(pixels: Pixels) -> Pixels:
    """Cubic interpolation overshoots: no colour is more than its alpha."""
    np.minimum(pixels[:, :, :3], pixels[:, :, 3:], out=pixels[:, :, :3])
    return pixels


def _straight_size(corners: Corners) -> tuple[int, int]:
    one, two, three, four = corners
    sides = [
        float(np.linalg.norm(end - begin))
        for begin, end in ((one, two), (four, three), (one, four), (two, three))
    ]
    width, height = max(sides[:2]), max(sides[2:])
    return max(1, round(width)), max(1, round(height))


def _box(width: int, height: int) -> Corners:
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
