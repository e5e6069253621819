"""PDQ, a perceptual hash of 256 bits with a quality.

Davis and Rosen, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing
algorithm" (2019): luma, two passes of a Jarosz box filter, 64 x 64 samples, the 16 x 16
cosines after the mean, each a bit that says whether it is above their median.
"""

import cv2
import numpy as np

from onemanage.contracts.imaging.analysis import PerceptualHash
from onemanage.imaging.domain.analysis.shrink import luma, shrunk
from onemanage.imaging.domain.arrays import Mask, Pixels, Values

SIDE = 512
SAMPLES = 64
COSINES = 16
PASSES = 2

type Window = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of width and height."""


def _windows() -> tuple[Window, ...]:
    found = []
    for size in (0.93, 0.86):
        free = 1 - size
        found += [
            (x * free, y * free, x * free + size, y * free + size)
            for x, y in ((0.5, 0.5), (0, 0), (1, 0), (0, 1), (1, 1))
        ]
    return tuple(found)


WINDOWS = _windows()
"""Parts of a picture that are hashed besides the whole. Somebody who cuts off up to a
seventh leaves about one of them."""


def perceptual_hash(image: Pixels) -> PerceptualHash:
    """Of the whole picture and of its windows."""
    # Twice the size that is hashed: the windows are smaller.
    gray = luma(shrunk(image, 2 * SIDE))
    height, width = gray.shape
    bits, quality = pdq(gray)
    crops = []
    for left, top, right, bottom in WINDOWS:
        rows = slice(round(top * height), max(round(bottom * height), 1))
        columns = slice(round(left * width), max(round(right * width), 1))
        crops.append(pdq(gray[rows, columns])[0])
    return PerceptualHash(pdq=bits, quality=quality, crops=crops)


def pdq(gray: Values) -> tuple[str, int]:
    """The hash in 64 hexadecimal digits, and its quality of 0 to 100."""
    samples = _samples(gray)
    return as_text(_bits(_cosines(samples))), _quality(samples)


def dihedral(image: Pixels) -> list[str]:
    """Hashes of the picture turned and mirrored, in eight ways, itself first.

    Turns and mirrors only change signs and order of the cosines, so that the picture
    is read once.
    """
    cosines = _cosines(_samples(luma(shrunk(image, SIDE))))
    # Cosine k + 1 is odd about the middle where k is even.
    sign = np.where(np.arange(COSINES) % 2, 1, -1)
    across, down = cosines * sign[None], cosines * sign[:, None]
    both = across * sign[:, None]
    plain = (cosines, across, down, both)
    return [as_text(_bits(one)) for one in (*plain, *(one.T for one in plain))]


def as_text(bits: Mask) -> str:
    """The first bit is the lowest of the number, so the last of the text."""
    return np.packbits(bits.ravel()[::-1]).tobytes().hex()


def _samples(gray: Values) -> Values:
    if max(gray.shape) > SIDE:
        gray = np.asarray(
            cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32
        )
    soft = gray
    for _ in range(PASSES):
        soft = _boxed(soft)
    rows, columns = (
        ((np.arange(SAMPLES) + 0.5) * side / SAMPLES).astype(int) for side in gray.shape
    )
    return soft[np.ix_(rows, columns)]


def _boxed(values: Values) -> Values:
    """The mean of a window around each; at the edges of what is there of it."""
    down, across = map(_window, values.shape)
    sums = cv2.boxFilter(
        values,
        cv2.CV_32F,
        (across, down),
        anchor=(_behind(across), _behind(down)),
        normalize=False,
        borderType=cv2.BORDER_CONSTANT,  # of nothing
    )
    there = [_there(length) for length in values.shape]
    return np.asarray(sums / (there[0][:, None] * there[1]), np.float32)


def _window(length: int) -> int:
    return (length + 2 * SAMPLES - 1) // (2 * SAMPLES)


def _behind(window: int) -> int:
    """How many of it lie before the middle."""
    return window - (window + 2) // 2


def _there(length: int) -> Values:
    """How many of the window at each place are values."""
    window, place = _window(length), np.arange(length)
    first = place - _behind(window)
    inside = np.minimum(first + window, length) - np.maximum(first, 0)
    return np.asarray(inside, np.float32)


def _cosines(samples: Values) -> Values:
    number, place = np.arange(1, COSINES + 1)[:, None], np.arange(SAMPLES)
    basis = np.cos(np.pi / (2 * SAMPLES) * number * (2 * place + 1))
    basis *= np.sqrt(2 / SAMPLES)
    return np.asarray(basis @ samples @ basis.T, np.float32)


def _bits(cosines: Values) -> Mask:
    # The lower of the two in the middle, as the published code has it.
    middle = np.sort(cosines, axis=None)[cosines.size // 2 - 1]
    return np.asarray(cosines > middle)


def _quality(samples: Values) -> int:
    """How much there is to see: steps between neighbours, in whole percents."""
    steps = [np.trunc(np.diff(samples, axis=axis) * 100 / 255) for axis in (0, 1)]
    return int(min(sum(float(np.abs(one).sum()) for one in steps) // 90, 100))
