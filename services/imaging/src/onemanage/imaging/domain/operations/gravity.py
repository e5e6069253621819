"""Where in an image a part is taken from."""

from typing import Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.operations.values import Gravity, Offset, Point
from onemanage.imaging.domain.background.remove import LEAST
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.subjects import face_boxes, reduced
from onemanage.imaging.domain.picture import Picture, Pixels

_ATTENTION_SIDE = 256
"""Pixels of the longer side at which salience is looked for."""
_CENTRE_WEIGHT = 0.15
"""How much more the middle counts than the corners, where all else is equal."""

type Plane = NDArray[np.float32]


def placed(
    width: float, height: float, inner_width: float, inner_height: float, gravity: str
) -> tuple[float, float]:
    """Left and top of the inner box, by compass; what is no compass is the centre."""
    across = 0.0 if "west" in gravity else 1.0 if "east" in gravity else 0.5
    down = 0.0 if "north" in gravity else 1.0 if "south" in gravity else 0.5
    return (width - inner_width) * across, (height - inner_height) * down


class Placing(Protocol):
    """An operation that keeps a part of an image."""

    @property
    def gravity(self) -> Gravity:
        """Which."""

    @property
    def focus(self) -> Point | None:
        """Instead of gravity."""

    @property
    def offset(self) -> Offset | None:
        """From there."""


def window(
    picture: Picture,
    inner: tuple[int, int],
    operation: Placing,
    context: Context,
    seen: Picture | None = None,
) -> tuple[int, int, tuple[str, ...]]:
    """Left and top of the part of this width and height, which lies within the picture,
    and warnings.

    ``seen`` is the same picture as it was before it was made smaller.
    """
    size = picture.width, picture.height
    gravity = operation.gravity
    warnings: tuple[str, ...] = ()
    if operation.focus is not None:
        middle = operation.focus.x * size[0], operation.focus.y * size[1]
        left, top = middle[0] - inner[0] / 2, middle[1] - inner[1] / 2
    elif gravity in ("face", "largest_face", "attention", "subject"):
        weight = None
        if gravity == "subject":
            weight, warnings = _subject((seen or picture).first, context)
        elif gravity != "attention":
            weight = _faces(picture.first, gravity == "largest_face")
        if weight is None:
            weight = _salience(picture.first)
        left, top = _heaviest(weight, *size, *inner)
    else:
        left, top = placed(*size, *inner, gravity)
    x, y = moved(operation.offset, gravity, size, picture.scale)
    return (
        _within(left + x, size[0], inner[0]),
        _within(top + y, size[1], inner[1]),
        warnings,
    )


def moved(
    offset: Offset | None,
    gravity: str,
    size: tuple[float, float],
    scale: tuple[float, float] = (1.0, 1.0),
) -> tuple[float, float]:
    """Pixels to the right and down. From the edges that a gravity names an offset leads
    inwards; ``size`` is what it is percent of, ``scale`` that of its pixels."""
    if offset is None:
        return 0.0, 0.0
    is_share = offset.unit == "percent"
    across, down = (n / 100 for n in size) if is_share else scale
    x, y = offset.x * across, offset.y * down
    return -x if "east" in gravity else x, -y if "south" in gravity else y


def _within(at: float, size: int, inner: int) -> int:
    return min(max(0, round(at)), size - inner)


def _subject(pixels: Pixels, context: Context) -> tuple[Plane | None, tuple[str, ...]]:
    found = context.subject(pixels)
    if found is None:
        text = "no network is installed that finds the subject; attention decides."
        return None, (f"{context.where}: {text}",)
    if float((found > 0.5).mean()) < LEAST:
        text = "no subject was found; attention decides."
        return None, (f"{context.where}: {text}",)
    return np.where(found > 0.3, found, np.float32(0)), ()


def _heaviest(
    weight: Plane, width: int, height: int, inner_width: int, inner_height: int
) -> tuple[int, int]:
    """The window with the most weight in it, of all positions."""
    rows, columns = weight.shape
    across = max(1, min(columns, round(inner_width * columns / width)))
    down = max(1, min(rows, round(inner_height * rows / height)))
    total = cv2.integral(weight)
    sums = total[down:, across:] - total[:-down, across:]
    sums = sums - total[down:, :-across] + total[:-down, :-across]
    # Positions that are as good as the best: their middle, not the first of them.
    best = np.argwhere(sums >= sums.max() * (1 - 1e-4))
    top, left = best[len(best) // 2] if len(best) == 1 else best.mean(axis=0)
    x = round(float(left) * width / columns)
    y = round(float(top) * height / rows)
    return min(max(0, x), width - inner_width), min(max(0, y), height - inner_height)


def _salience(pixels: Pixels) -> Plane:
    """Weights by detail, saturation and skin, a little more in the middle."""
    small = reduced(pixels, _ATTENTION_SIDE)
    alpha = small[:, :, 3].astype(np.float32) / 255 if small.shape[2] == 4 else 1.0
    rgb = np.ascontiguousarray(small[:, :, :3])
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = cv2.GaussianBlur(np.abs(cv2.Laplacian(gray, cv2.CV_32F)), (0, 0), 2)
    hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV).astype(np.float32) / 255
    lit = np.clip(hsv[:, :, 2] * 4 - 0.4, 0, 1)
    # Colour that stands out from what the image has everywhere else
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    apart = np.linalg.norm(lab - np.median(lab, axis=(0, 1)), axis=2) / 128
    weight = detail / (float(detail.max()) or 1.0) + 0.3 * hsv[:, :, 1] * lit
    weight = weight + 0.6 * apart + 0.8 * _skin(rgb) * lit
    return cast(Plane, (weight * alpha * _middle(*gray.shape)).astype(np.float32))


def _skin(rgb: Pixels) -> Plane:
    """Likeness to skin of any lightness: near its line of chroma in YCrCb."""
    chroma = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    red = (chroma[:, :, 1] - 153) / 14
    blue = (chroma[:, :, 2] - 106) / 14
    return cast(Plane, np.exp(-(red * red + blue * blue)))


def _middle(rows: int, columns: int) -> Plane:
    down = np.abs(np.linspace(-1, 1, rows, dtype=np.float32))[:, None]
    across = np.abs(np.linspace(-1, 1, columns, dtype=np.float32))[None, :]
    made: Plane = 1 - np.float32(_CENTRE_WEIGHT) * np.maximum(down, across)
    return made


def _faces(pixels: Pixels, largest: bool) -> Plane | None:
    """Weights that are high on faces; None where none is found."""
    boxes = face_boxes(pixels)[: 1 if largest else None]
    if not boxes:
        return None
    small = reduced(pixels, _ATTENTION_SIDE)
    scale = small.shape[1] / pixels.shape[1]
    weight = _middle(*small.shape[:2]) * np.float32(1e-3)
    for box in boxes:
        left, top, across, down = (max(0, round(n * scale)) for n in box)
        across, down = max(1, across), max(1, down)
        # A head is taller than the box of its face, and wants air above.
        begin = max(0, top - down // 2)
        height = top + down + down // 4 - begin
        rows = np.hanning(height + 2)[1:-1, None]
        columns = np.hanning(across + 2)[None, 1:-1]
        part = weight[begin : begin + height, left : left + across]
        part += (rows * columns)[: part.shape[0], : part.shape[1]].astype(np.float32)
    return weight
