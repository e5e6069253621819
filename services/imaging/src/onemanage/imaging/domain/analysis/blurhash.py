"""BlurHash: a picture in about 30 characters, as Wolt's format has it (2018)."""

import numpy as np

from onemanage.imaging.domain.analysis.shrink import shrunk
from onemanage.imaging.domain.arrays import Pixels, Values

SIDE = 64
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


def blurhash(image: Pixels, across: int = 4, down: int = 3) -> str:
    """Of H x W x 3 or x 4, with 1 to 9 components in each direction.

    What is transparent counts by its own colour on white: the format has no alpha.
    """
    small = shrunk(image, SIDE)
    colors = small[..., :3].astype(np.float64) / 255
    if small.shape[2] == 4:
        alpha = small[..., 3:] / 255
        colors = colors * alpha + (1 - alpha)
    components = _components(_linear(colors), across, down)
    rest = components[1:]
    text = _base83(across - 1 + (down - 1) * 9, 1)
    largest, step = 1.0, 0
    if len(rest):
        step = int(np.clip(np.floor(np.abs(rest).max() * 166 - 0.5), 0, 82))
        largest = (step + 1) / 166
    text += _base83(step, 1) + _mean(components[0])
    return text + "".join(_component(one, largest) for one in rest)


def _components(light: Values, across: int, down: int) -> Values:
    """Components x 3, the mean first, row by row."""
    height, width = light.shape[:2]
    x = np.cos(np.pi * np.arange(across)[:, None] * np.arange(width) / width)
    y = np.cos(np.pi * np.arange(down)[:, None] * np.arange(height) / height)
    found = np.einsum("jy,yxc,ix->jic", y, light, x) * 2 / (width * height)
    found[0, 0] /= 2
    return np.asarray(found.reshape(-1, 3))


def _mean(color: Values) -> str:
    red, green, blue = (int(v) for v in np.floor(_curved(color) * 255 + 0.5))
    return _base83((red << 16) + (green << 8) + blue, 4)


def _component(color: Values, largest: float) -> str:
    share = color / largest
    rooted = np.sign(share) * np.sqrt(np.abs(share))
    red, green, blue = (int(v) for v in np.clip(np.floor(rooted * 9 + 9.5), 0, 18))
    return _base83(red * 19 * 19 + green * 19 + blue, 2)


def _base83(value: int, length: int) -> str:
    return "".join(DIGITS[value // 83**place % 83] for place in reversed(range(length)))


def _linear(colors: Values) -> Values:
    curved = ((colors + 0.055) / 1.055) ** 2.4
    return np.where(colors <= 0.04045, colors / 12.92, curved)


def _curved(light: Values) -> Values:
    light = np.clip(light, 0, 1)
    curved = 1.055 * light ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, curved)
