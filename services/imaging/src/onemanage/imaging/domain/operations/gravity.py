"""Where in an image a part is taken from."""

from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.operations.values import Gravity
from onemanage.imaging.domain.picture import Pixels

_ATTENTION_SIDE = 256
"""Pixels of the longer side at which salience is looked for."""
_FACE_SIDE = 640
_SMALLEST_FACE = 24
_CASCADE = Path(cv2.__file__).parent / "data/haarcascade_frontalface_alt2.xml"
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


def window(
    pixels: Pixels, inner_width: int, inner_height: int, gravity: Gravity
) -> tuple[int, int]:
    """Left and top of the part of this size, which lies within the image."""
    height, width = pixels.shape[:2]
    if gravity == "face":
        weight = _faces(pixels)
        if weight is None:
            weight = _salience(pixels)
    elif gravity == "attention":
        weight = _salience(pixels)
    else:
        left, top = placed(width, height, inner_width, inner_height, gravity)
        return round(left), round(top)
    return _heaviest(weight, width, height, inner_width, inner_height)


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
    small = _reduced(pixels, _ATTENTION_SIDE)
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


def _faces(pixels: Pixels) -> Plane | None:
    """Weights that are high on faces; None where none is found."""
    small = _reduced(pixels, _FACE_SIDE)
    gray = cv2.cvtColor(np.ascontiguousarray(small[:, :, :3]), cv2.COLOR_RGB2GRAY)
    cascade = cv2.CascadeClassifier(str(_CASCADE))
    found = cascade.detectMultiScale(
        cv2.equalizeHist(gray),
        scaleFactor=1.1,
        minNeighbors=5,
        minSize=(_SMALLEST_FACE, _SMALLEST_FACE),
    )
    if len(found) == 0:
        return None
    weight = _middle(*gray.shape) * np.float32(1e-3)
    for left, top, across, down in found:
        # A head is taller than the box of its face, and wants air above.
        begin = max(0, top - down // 2)
        height = top + down + down // 4 - begin
        rows = np.hanning(height + 2)[1:-1, None]
        columns = np.hanning(across + 2)[None, 1:-1]
        part = weight[begin : begin + height, left : left + across]
        part += (rows * columns)[: part.shape[0]].astype(np.float32)
    return weight


def _reduced(pixels: Pixels, side: int) -> Pixels:
    factor = min(1.0, side / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * factor)), max(
        1, round(pixels.shape[0] * factor)
    )
    return cast(Pixels, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
