"""What is put behind a subject, H x W x 3, sRGB.

Slopes and blurs have nothing fine in them: they are made small and enlarged.
"""

import math

import cv2
import numpy as np

from onemanage.contracts.imaging.backgrounds import (
    BlurredOriginal,
    Fill,
    Gradient,
    Picture,
    Solid,
    StudioSweep,
)
from onemanage.imaging.domain.arrays import Pixels, Values
from onemanage.imaging.domain.background.band import SIDE

_STRIP = 64
"""Rows that are worked on at a time."""

type Size = tuple[int, int]
"""Width and height."""


class MissingPicture(Exception):
    """The fill is another picture, and none was given."""


def filled(
    fill: Fill, size: Size, image: Pixels, alpha: Values, picture: Pixels | None
) -> Pixels | None:
    """The background of this fill; None where there is to be none.

    ``image`` and ``alpha`` are the original's; ``picture`` is that of a Picture fill.
    Raises MissingPicture without it.
    """
    match fill:
        case Solid(color=color):
            return plain(color, size)
        case Gradient():
            return dithered(gradient(fill, _reduced(size)), size)
        case BlurredOriginal():
            return dithered(blurred(fill, size, image, alpha), size)
        case Picture(file_id=file_id):
            if picture is None:
                raise MissingPicture(file_id)
            whole = covered(picture[..., :3], size)
            if not fill.blur:
                return whole
            soft = _soft(np.asarray(whole, np.float32), fill.blur * max(size))
            return np.round(soft).astype(np.uint8)
        case StudioSweep():
            return dithered(sweep(fill, _reduced(size)), size)
    return None


def plain(color: str, size: Size) -> Pixels:
    """One colour, #rrggbb, everywhere."""
    made = np.empty((size[1], size[0], 3), np.uint8)
    made[:] = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return made


def _reduced(size: Size, side: int = SIDE) -> Size:
    scale = min(side / max(size), 1.0)
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def rgb(color: str) -> Values:
    """#rrggbb as three values from 0 to 1."""
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255


def to_linear(colors: Values) -> Values:
    """IEC 61966-2-1."""
    curved = ((colors + 0.055) / 1.055) ** 2.4
    return np.where(colors <= 0.04045, colors / 12.92, curved).astype(np.float32)


def to_srgb(colors: Values) -> Values:
    """Of linear light, 0 to 1, by the curve of IEC 61966-2-1."""
    curved = 1.055 * np.maximum(colors, 0) ** (1 / 2.4) - 0.055
    return np.where(colors <= 0.0031308, colors * 12.92, curved).astype(np.float32)


def dithered(colors: Values, size: Size) -> Pixels:
    """Of this size, with noise of half a level, so that a slow slope has no steps in
    8 bits. ``colors`` are of any size, 0 to 1."""
    noise = np.random.default_rng(0).random((size[1], size[0]), np.float32)
    large = np.asarray(cv2.resize(colors, size, interpolation=cv2.INTER_LINEAR))
    made = np.empty((size[1], size[0], 3), np.uint8)
    for top in range(0, size[1], _STRIP):  # what stays in the processor's own memory
        rows = slice(top, top + _STRIP)
        levels = large[rows] * np.float32(255) + noise[rows, :, None]
        made[rows] = np.clip(levels, 0, 255, out=levels)
    return made


def gradient(fill: Gradient, size: Size) -> Values:
    """(height, width, 3) of sRGB from 0 to 1, mixed in linear light."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x + 0.5 - width / 2, y + 0.5 - height / 2
    if fill.shape == "radial":
        at = np.hypot(x, y) / (math.hypot(width, height) / 2)
    else:
        turn = math.radians(fill.angle)
        right, down = math.sin(turn), -math.cos(turn)
        # From corner to corner, as CSS has it.
        length = abs(width * right) + abs(height * down)
        at = (x * right + y * down) / length + 0.5
    stops = np.linspace(0, 1, len(fill.colors))
    light = to_linear(np.stack([rgb(color) for color in fill.colors]))
    channels = [np.interp(at, stops, light[:, channel]) for channel in range(3)]
    return to_srgb(np.dstack(channels).astype(np.float32))


def covered[Array: (Pixels, Values)](colors: Array, size: Size) -> Array:
    """Scaled to cover ``size`` and cut around the middle."""
    height, width = colors.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    w, h = min(round(size[0] / scale), width), min(round(size[1] / scale), height)
    left, top = (width - w) // 2, (height - h) // 2
    part = colors[top : top + max(h, 1), left : left + max(w, 1)]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    large = cv2.resize(np.ascontiguousarray(part), size, interpolation=how)
    return np.asarray(large, colors.dtype)


def blurred(fill: BlurredOriginal, size: Size, image: Pixels, alpha: Values) -> Values:
    """The original out of focus; where the subject was, what is around it."""
    height, width = alpha.shape
    sigma = max(fill.radius * max(height, width), 0.5)
    step = max(sigma / 6, max(height, width) / 1600, 1.0)
    small = (max(round(width / step), 1), max(round(height / step), 1))
    colors = cv2.resize(image[..., :3], small, interpolation=cv2.INTER_AREA)
    # A margin around the subject, whose edges shine into their neighbours.
    cover = cv2.dilate(
        cv2.resize(alpha, small, interpolation=cv2.INTER_AREA), np.ones((5, 5))
    )
    light = to_linear(np.asarray(colors, np.float32) / 255)
    soft = _holes_filled(light, np.clip(1 - 1.5 * cover, 0, 1), sigma / step)
    curved = to_srgb(np.clip(soft, 0, 1) * (1 - fill.dim) ** 2.2)
    return covered(curved, _reduced(size, max(small)))


def _holes_filled(colors: Values, weight: Values, sigma: float) -> Values:
    """Blurred by ``sigma``, by more where too little within reach counts."""
    found = np.zeros_like(colors)
    missing = np.ones(weight.shape, np.float32)
    reach = sigma
    while True:
        total = _soft(weight, reach)
        mean = _soft(colors * weight[..., None], reach) / (total[..., None] + 1e-6)
        enough = np.clip(total * 4 - 0.2, 0, 1) * missing
        last = reach > 2 * max(weight.shape)
        share = missing if last else enough
        found += share[..., None] * mean
        missing = missing - share
        if last or float(missing.max()) < 0.004:
            return found
        reach *= 2


def _soft(values: Values, sigma: float) -> Values:
    """A Gaussian blur; of a wide one the picture is made smaller before."""
    step = max(sigma / 8, 1.0)
    height, width = values.shape[:2]
    size = (max(round(width / step), 1), max(round(height / step), 1))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(
        small, (0, 0), sigma / step, borderType=cv2.BORDER_REPLICATE
    )
    large = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def sweep(fill: StudioSweep, size: Size) -> Values:
    """A wall that falls off into the corners, and a table that is lit from above."""
    width, height = size
    down = (np.arange(height, dtype=np.float32) + 0.5)[:, None] / height
    across = (np.arange(width, dtype=np.float32) + 0.5)[None] / width
    at = np.clip((down - fill.horizon) / fill.softness + 0.5, 0, 1)
    table = at * at * (3 - 2 * at)
    away = ((across - 0.5) / 0.75) ** 2 + ((down - 0.38) / 0.7) ** 2
    wall = 1 - 0.5 * fill.light * np.clip(away, 0, 1.6)
    # The paper turns away from the lamp where it curves.
    curve = 1 - 0.05 * np.exp(-(((down - fill.horizon) / (0.4 * fill.softness)) ** 2))
    front = 1 - 0.12 * fill.light * ((across - 0.5) / 0.5) ** 2
    bright = (wall * (1 - table) + front * table) * curve
    light = to_linear(rgb(fill.color)) * bright[..., None]
    return to_srgb(light.astype(np.float32))
