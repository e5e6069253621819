"""ThumbHash: a picture in about 25 bytes, as Evan Wallace's format has it (2023).

A few cosines of lightness, two colour differences and, where something is transparent,
alpha; four bits each after a header with means, scales and shape.
"""

import math

import numpy as np

from onemanage.imaging.domain.analysis.shrink import shrunk
from onemanage.imaging.domain.arrays import Pixels, Values

SIDE = 100


def thumbhash(image: Pixels) -> bytes:
    """The hash of an H x W x 3 or x 4 picture."""
    small = shrunk(image, SIDE)
    height, width = small.shape[:2]
    colors = small[..., :3].astype(np.float64) / 255
    alpha = np.ones((height, width))
    if small.shape[2] == 4:
        alpha = small[..., 3] / 255
    visible = float(alpha.sum())
    has_alpha = visible < height * width
    mean = (colors * alpha[..., None]).sum(axis=(0, 1)) / max(visible, 1e-9)
    over = colors * alpha[..., None] + mean * (1 - alpha[..., None])
    red, green, blue = over[..., 0], over[..., 1], over[..., 2]
    most, longer = (5 if has_alpha else 7), max(width, height)
    nx = max(1, _round(most * width / longer))
    ny = max(1, _round(most * height / longer))
    lightness = _channel((red + green + blue) / 3, max(3, nx), max(3, ny))
    yellow = _channel((red + green) / 2 - blue, 3, 3)
    redness = _channel(red - green, 3, 3)
    channels = [lightness, yellow, redness]
    data = _header(lightness, yellow, redness, (nx, ny), (width > height, has_alpha))
    if has_alpha:
        opacity = _channel(alpha, 5, 5)
        data.append(_round(15 * opacity[0]) | _round(15 * opacity[2]) << 4)
        channels.append(opacity)
    nibbles = [_round(15 * value) for channel in channels for value in channel[1]]
    nibbles += [0] * (len(nibbles) % 2)
    pairs = zip(nibbles[::2], nibbles[1::2], strict=True)
    return bytes(data + [low | high << 4 for low, high in pairs])


type Channel = tuple[float, list[float], float]
"""Mean; the other cosines scaled to 0 to 1; their scale."""


def _header(
    lightness: Channel,
    yellow: Channel,
    redness: Channel,
    counts: tuple[int, int],
    flags: tuple[bool, bool],
) -> list[int]:
    nx, ny = counts
    landscape, has_alpha = flags
    first = (
        _round(63 * lightness[0])
        | _round(31.5 + 31.5 * yellow[0]) << 6
        | _round(31.5 + 31.5 * redness[0]) << 12
        | _round(31 * lightness[2]) << 18
        | has_alpha << 23
    )
    second = (
        (ny if landscape else nx)
        | _round(63 * yellow[2]) << 3
        | _round(63 * redness[2]) << 9
        | landscape << 15
    )
    return [*first.to_bytes(3, "little"), *second.to_bytes(2, "little")]


def _channel(values: Values, nx: int, ny: int) -> Channel:
    height, width = values.shape
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    across = np.cos(np.pi / width * np.arange(nx)[:, None] * x)
    down = np.cos(np.pi / height * np.arange(ny)[:, None] * y)
    cosines = down @ values @ across.T / (width * height)
    # A triangle of them: those that are fast in both directions are left out.
    kept = [
        float(cosines[cy, cx])
        for cy in range(ny)
        for cx in range(nx)
        if cx * ny < nx * (ny - cy)
    ]
    mean, rest = kept[0], kept[1:]
    scale = max((abs(value) for value in rest), default=0.0)
    if scale:
        rest = [0.5 + 0.5 / scale * value for value in rest]
    return mean, rest, scale


def _round(value: float) -> int:
    """Half goes up, as in the format's own code, and not to even."""
    return math.floor(value + 0.5)
