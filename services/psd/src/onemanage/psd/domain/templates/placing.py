"""A picture on the canvas: fitted into its content's frame, then warped once.

Pixels are (height, width, 4) of uint8, straight alpha last. Everything is resampled with
its colour premultiplied, so that what is transparent bleeds into nothing. Coordinates
count from the corner of the first pixel, so that pixel centres lie at halves.
"""

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.psd.domain.boxes import Box, intersect, is_empty, size_of
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.templates.corners import Corners

type Matrix = NDArray[np.float64]

_NEAR = 1e-3
"""Pixels within which a place counts as whole."""
_SHARES = {"left": 0.0, "top": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0}
_SHARES["bottom"] = 1.0


@dataclass(frozen=True)
class Placed:
    """``rgba`` covers ``box`` of the canvas."""

    box: Box
    rgba: Pixels


def placed(
    picture: Pixels,
    corners: Corners,
    *,
    fit: str,
    align: str | None,
    clip: bool,
    within: Box,
) -> Placed | None:
    """The picture where ``corners`` say, as far as it lies in ``within``; None: nowhere.

    ``fit``: fit shows all of it, fill leaves nothing of the frame free, as_is keeps its
    pixels those of the content, conform stretches it.
    """
    height, width = picture.shape[:2]
    frame = _frame((width, height), (corners.width, corners.height), fit, align)
    whole = corners.matrix @ frame
    if not clip and not _lies_before(whole, width, height):
        clip = True  # a part of it would lie beyond the horizon
    edge = _project(whole, width, height)
    if clip:
        box = intersect(_around(corners.quad), _around(edge))
    else:
        box = _around(edge)
    box = intersect(box, within)
    if is_empty(box):
        return None
    scale = _scale(whole, width, height)
    is_larger = max(scale) > 1 + _NEAR
    small, matrix = _reduced(picture, whole, scale)
    rgba = _warped(small, matrix, box, is_larger=is_larger)
    if is_larger:  # its edge would be as soft as a pixel of it is large
        _cut(rgba, _cover(whole, width, height, box))
    if clip and not _is_inside(edge, corners.quad):
        content = corners.matrix, corners.width, corners.height
        _cut(rgba, _cover(*content, box))
    return Placed(box, rgba)


def _cut(rgba: Pixels, cover: Pixels) -> None:
    alpha = cv2.extractChannel(rgba, 3)
    cv2.insertChannel(cv2.multiply(alpha, cover, scale=1 / 255), rgba, 3)


def _frame(
    picture: tuple[float, float],
    content: tuple[float, float],
    fit: str,
    align: str | None,
) -> Matrix:
    """From the picture's pixels to the content's, (3, 3)."""
    ratios = content[0] / picture[0], content[1] / picture[1]
    match fit:
        case "conform":
            across, down = ratios
        case "fit":
            across = down = min(ratios)
        case "as_is":
            across = down = 1.0
        case _:
            across = down = max(ratios)
    words = (align or "center middle").split()
    shares = {word: _SHARES[word] for word in words if word in _SHARES}
    right = next(
        (s for w, s in shares.items() if w in ("left", "center", "right")), 0.5
    )
    below = next(
        (s for w, s in shares.items() if w in ("top", "middle", "bottom")), 0.5
    )
    left = (content[0] - picture[0] * across) * right
    top = (content[1] - picture[1] * down) * below
    return np.array([[across, 0, left], [0, down, top], [0, 0, 1]], np.float64)


def _project(matrix: Matrix, width: float, height: float) -> Matrix:
    points = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    return cast(Matrix, cv2.perspectiveTransform(points, matrix)[0])


def _lies_before(matrix: Matrix, width: float, height: float) -> bool:
    points = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]])
    return bool((points @ matrix[2] > 1e-6).all())


def _around(points: Matrix) -> Box:
    low, high = points.min(axis=0), points.max(axis=0)
    return (
        math.floor(low[0] + _NEAR),
        math.floor(low[1] + _NEAR),
        math.ceil(high[0] - _NEAR),
        math.ceil(high[1] - _NEAR),
    )


def _is_inside(points: Matrix, quad: Matrix) -> bool:
    """Whether all points are within the quad, or on it."""
    hull = quad.astype(np.float32)
    return all(
        cv2.pointPolygonTest(hull, (float(x), float(y)), True) >= -10 * _NEAR
        for x, y in points
    )


def _scale(matrix: Matrix, width: float, height: float) -> tuple[float, float]:
    """How large a pixel of the picture is on the canvas, where it is largest."""
    edge = _project(matrix, width, height)
    across = max(_length(edge[0], edge[1]), _length(edge[3], edge[2])) / width
    down = max(_length(edge[0], edge[3]), _length(edge[1], edge[2])) / height
    return across, down


def _length(one: Matrix, other: Matrix) -> float:
    return float(np.linalg.norm(other - one))


def _reduced(
    picture: Pixels, matrix: Matrix, scale: tuple[float, float]
) -> tuple[Pixels, Matrix]:
    """The picture premultiplied, and made smaller by areas first where it is to be: a
    warp looks at four pixels only. Widths and heights become whole pixels."""
    height, width = picture.shape[:2]
    new_width = max(1, round(width * min(1.0, scale[0])))
    new_height = max(1, round(height * min(1.0, scale[1])))
    picture = premultiplied(picture)
    if (new_width, new_height) == (width, height):
        return picture, matrix
    smaller = cv2.resize(picture, (new_width, new_height), interpolation=cv2.INTER_AREA)
    back = np.diag([width / new_width, height / new_height, 1.0])
    return cast(Pixels, smaller), matrix @ back


def _warped(
    picture: Pixels, matrix: Matrix, box: Box, *, is_larger: bool = False
) -> Pixels:
    """Straight again. ``picture`` is premultiplied; around it is nothing, or of what is
    made larger, its edge goes on."""
    shift = _whole_shift(matrix)
    if shift is not None:
        rows, columns = size_of(box)
        out = np.zeros((rows, columns, 4), np.uint8)
        left, top = shift[0] - box[0], shift[1] - box[1]
        y0, y1 = max(0, top), min(rows, top + picture.shape[0])
        x0, x1 = max(0, left), min(columns, left + picture.shape[1])
        if y0 < y1 and x0 < x1:
            out[y0:y1, x0:x1] = picture[y0 - top : y1 - top, x0 - left : x1 - left]
        return straight(out)
    found = cv2.warpPerspective(
        picture,
        _centred(matrix, box),
        size_of(box)[::-1],
        flags=cv2.INTER_CUBIC if is_larger else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if is_larger else cv2.BORDER_CONSTANT,
    )
    return straight(cast(Pixels, found))


def _centred(matrix: Matrix, box: Box) -> Matrix:
    """Between the centres of pixels, as OpenCV counts, and from the box's corner."""
    to_box = np.array([[1, 0, -box[0]], [0, 1, -box[1]], [0, 0, 1]], np.float64)
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], np.float64)
    return np.linalg.inv(half) @ to_box @ matrix @ half


def _whole_shift(matrix: Matrix) -> tuple[int, int] | None:
    """Where the matrix moves by whole pixels and does nothing else."""
    if np.abs(matrix[2, :2]).max() > 1e-9:
        return None
    found = matrix / matrix[2, 2]
    if np.abs(found[:2, :2] - np.eye(2)).max() > 1e-5:
        return None
    left, top = round(found[0, 2]), round(found[1, 2])
    is_whole = abs(found[0, 2] - left) < _NEAR and abs(found[1, 2] - top) < _NEAR
    return (left, top) if is_whole else None


def _cover(matrix: Matrix, width: float, height: float, box: Box) -> Pixels:
    """Of each pixel of ``box`` the share that a rectangle covers where it is taken."""
    scale = _scale(matrix, width, height)
    columns, rows = (
        max(1, round(a * b)) for a, b in zip((width, height), scale, strict=True)
    )
    back = np.diag([width / columns, height / rows, 1.0])
    found = cv2.warpPerspective(
        np.full((rows, columns), 255, np.uint8),
        _centred(matrix @ back, box),
        size_of(box)[::-1],
        flags=cv2.INTER_LINEAR,
    )
    return cast(Pixels, found)


def premultiplied(picture: Pixels) -> Pixels:
    """Colours times alpha; what is opaque is left as it is."""
    alpha = picture[:, :, 3]
    if alpha.min() == 255:
        return picture
    share = alpha.astype(np.uint16)[:, :, None]
    out = picture.copy()
    out[:, :, :3] = (picture[:, :, :3] * share + 127) // 255
    return out


def straight(picture: Pixels) -> Pixels:
    """Colours by alpha again, of what is neither clear nor opaque; in place."""
    partial = cv2.inRange(np.ascontiguousarray(picture[:, :, 3]), 1, 254)
    if cv2.countNonZero(partial):
        at = cv2.findNonZero(partial)[:, 0]
        values = picture[at[:, 1], at[:, 0]].astype(np.uint32)
        alpha = values[:, 3:]
        values[:, :3] = np.minimum((values[:, :3] * 255 + alpha // 2) // alpha, 255)
        picture[at[:, 1], at[:, 0]] = values
    return picture
