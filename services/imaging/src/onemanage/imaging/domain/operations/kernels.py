"""Resizing by a kernel that was asked for by its name.

Each kernel is widened by as much as the image becomes smaller, and its weights add up to
one, at the edges too. Nearest, box, bilinear, Hamming, bicubic (Keys 1981, a = -0.5) and
Lanczos of three lobes are Pillow's; Mitchell and Netravali (1988, B = C = 1/3) and
Lanczos of two lobes are not to be had there.
"""

import math
from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onemanage.imaging.domain.engines import premultiplied, unmultiplied
from onemanage.imaging.domain.picture import Pixels

type Plane = NDArray[np.float32]

_STRIP = 64
"""Rows made at a time."""
_PILLOW = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos3": Image.Resampling.LANCZOS,
}


def resampled(pixels: Pixels, width: int, height: int, kernel: str) -> Pixels:
    """Of this size. Alpha is multiplied in while pixels are mixed; nearest mixes none."""
    if (height, width) == pixels.shape[:2]:
        return pixels
    if pixels.shape[2] == 3 or kernel == "nearest":
        return _sized(pixels, width, height, kernel)
    return unmultiplied(_sized(premultiplied(pixels), width, height, kernel))


def _sized(pixels: Pixels, width: int, height: int, kernel: str) -> Pixels:
    if kernel not in _PILLOW:
        return _weighted(pixels, width, height, *_OWN[kernel])
    # RGBX: of RGBA Pillow would multiply alpha in once more.
    mode = "RGBX" if pixels.shape[2] == 4 else "RGB"
    size = pixels.shape[1], pixels.shape[0]
    data = np.ascontiguousarray(pixels)
    image = Image.frombuffer(mode, size, data, "raw", mode, 0, 1)
    return np.asarray(image.resize((width, height), _PILLOW[kernel]))


def _weighted(
    pixels: Pixels,
    width: int,
    height: int,
    reach: float,
    kernel: Callable[[Plane], Plane],
) -> Pixels:
    rows, down = _taps(pixels.shape[0], height, reach, kernel)
    columns, across = _taps(pixels.shape[1], width, reach, kernel)
    made = np.empty((height, width, pixels.shape[2]), np.uint8)
    for top in range(0, height, _STRIP):
        part = slice(top, top + _STRIP)
        strip = _mixed(pixels, rows[part], down[part])
        turned = strip.transpose(1, 0, 2)
        strip = _mixed(turned, columns, across).transpose(1, 0, 2)
        made[part] = np.clip(np.rint(strip), 0, 255).astype(np.uint8)
    return made


def _mixed(pixels: Pixels | Plane, places: NDArray[np.intp], by: Plane) -> Plane:
    made = np.zeros((len(places), *pixels.shape[1:]), np.float32)
    for tap in range(places.shape[1]):
        made += pixels[places[:, tap]] * by[:, tap, None, None]
    return made


def _taps(
    source: int, target: int, reach: float, kernel: Callable[[Plane], Plane]
) -> tuple[NDArray[np.intp], Plane]:
    """Of each target pixel the source pixels that it is mixed of, and their weights."""
    scale = source / target
    wide = max(1.0, scale)
    centres = (np.arange(target) + 0.5) * scale
    count = min(source, math.ceil(reach * wide) * 2 + 1)
    first = np.floor(centres - reach * wide).astype(np.intp)
    first = np.clip(first, 0, source - count)
    places = first[:, None] + np.arange(count)
    away = ((places + 0.5 - centres[:, None]) / wide).astype(np.float32)
    weights = kernel(np.abs(away))
    return places, cast(Plane, weights / weights.sum(axis=1, keepdims=True))


def _lanczos2(away: Plane) -> Plane:
    made = np.sinc(away) * np.sinc(away / 2)
    return cast(Plane, np.where(away < 2, made, 0).astype(np.float32))


def _mitchell(away: Plane) -> Plane:
    near = (7 * away**3 - 12 * away**2 + 16 / 3) / 6
    far = (-7 / 3 * away**3 + 12 * away**2 - 20 * away + 32 / 3) / 6
    made = np.where(away < 1, near, np.where(away < 2, far, 0))
    return cast(Plane, made.astype(np.float32))


_OWN = {"lanczos2": (2.0, _lanczos2), "mitchell": (2.0, _mitchell)}
