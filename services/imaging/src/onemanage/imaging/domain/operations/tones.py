"""How light or dark each level becomes."""

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.operations.tones import (
    CurvePoint,
    Curves,
    Equalize,
    Gamma,
    Negate,
    Posterize,
    ShadowsHighlights,
    Solarize,
    Threshold,
    Vignette,
)
from onemanage.imaging.domain.arrays import Values
from onemanage.imaging.domain.engines import premultiplied
from onemanage.imaging.domain.operations.channels import (
    LEVELS,
    LUMA,
    by_strips,
    counts_of,
    gray_counts_of,
    gray_of,
    in_gray,
    recolored,
    rgb_of,
    table_of,
    tabled,
)
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.picture import Picture, Pixels, color

_SMALL_SIGMA = 4.0
"""Pixels of a wide blur's sigma at the size at which it is made."""
_FAINT = 0.01
"""Variance of luma below which something counts as texture and not as an edge."""


def gamma(picture: Picture, operation: Gamma, context: Context) -> Picture:
    """Levels to a power."""
    table = table_of(LEVELS ** np.float32(1 / operation.value))
    return picture.mapped(lambda frame: tabled(frame, table))


def curves(picture: Picture, operation: Curves, context: Context) -> Picture:
    """Each channel by its own curve, then all by the master's."""
    steps = np.arange(256, dtype=np.float64)
    channels = [
        curve(operation.master, curve(points, steps))
        for points in (operation.red, operation.green, operation.blue)
    ]
    table = table_of(np.stack(channels, axis=1) / 255)
    return picture.mapped(lambda frame: tabled(frame, table))


def curve(points: Sequence[CurvePoint], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The monotone cubic through the points (Fritsch and Carlson 1980), level at both
    ends; ``at`` itself where there are less than two."""
    if len(points) < 2:
        return at
    x = np.array([point.x for point in points], np.float64)
    y = np.array([point.y for point in points], np.float64)
    slopes = _slopes(x, y)
    at = np.clip(at, x[0], x[-1])
    left = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    width = x[left + 1] - x[left]
    t = (at - x[left]) / width
    begin = (1 + 2 * t) * (1 - t) ** 2 * y[left]
    begin += t * (1 - t) ** 2 * width * slopes[left]
    end = t**2 * (3 - 2 * t) * y[left + 1]
    end += t**2 * (t - 1) * width * slopes[left + 1]
    made: NDArray[np.float64] = np.clip(begin + end, 0, 255)
    return made


def _slopes(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the curve at the points: those of the chords' means, cut back to the circle of
    radius 3 within which each piece is monotone."""
    chords = np.diff(y) / np.diff(x)
    made = np.concatenate([chords[:1], (chords[1:] + chords[:-1]) / 2, chords[-1:]])
    turns = chords[1:] * chords[:-1] <= 0
    made[1:-1][turns] = 0
    for number, chord in enumerate(chords):
        if chord == 0:
            made[number : number + 2] = 0
            continue
        reach = float(np.hypot(*made[number : number + 2]) / abs(chord))
        if reach > 3:
            made[number : number + 2] *= 3 / reach
    return made


def equalize(picture: Picture, operation: Equalize, context: Context) -> Picture:
    """By the levels of all frames together."""
    if operation.per_channel:
        counts = counts_of(picture.frames)
        table = np.stack([_evened(channel) for channel in counts], axis=1)
        return picture.mapped(lambda frame: tabled(frame, table))
    lightness = _evened(gray_counts_of(picture.frames))

    def equalized(frame: Pixels) -> Pixels:
        split = cv2.cvtColor(rgb_of(frame), cv2.COLOR_RGB2YCrCb)
        split[:, :, 0] = cv2.LUT(gray_of(frame), lightness)
        return recolored(frame, cv2.cvtColor(split, cv2.COLOR_YCrCb2RGB))

    if np.array_equal(lightness, np.arange(256)):
        return picture
    return picture.mapped(equalized)


def _evened(counts: NDArray[np.float64]) -> Pixels:
    """The table under which all levels are as frequent; of less than two levels, that
    which changes nothing."""
    below = np.cumsum(counts)
    first = counts[np.flatnonzero(counts)[:1]].sum()
    if below[-1] <= first:
        return np.arange(256, dtype=np.uint8)
    return table_of((below - first) / (below[-1] - first))


def threshold(picture: Picture, operation: Threshold, context: Context) -> Picture:
    """Black and white."""
    level = operation.level
    if level is None:
        level = parting(gray_counts_of(picture.frames))
    table = np.where(np.arange(256) >= level, 255, 0).astype(np.uint8)
    return picture.mapped(
        lambda frame: in_gray(frame, cast(Pixels, cv2.LUT(gray_of(frame), table)))
    )


def parting(counts: NDArray[np.float64]) -> int:
    """The first of the light levels where the two classes differ most (Otsu 1979)."""
    dark = np.cumsum(counts)
    sums = np.cumsum(counts * np.arange(256))
    light = dark[-1] - dark
    apart = sums[-1] * dark - dark[-1] * sums
    between = apart**2 / np.maximum(dark * light, 1)
    best = np.flatnonzero(between == between.max())
    # Between two heaps with nothing in between all levels are as good: their middle.
    return int(best[len(best) // 2]) + 1


def negate(picture: Picture, operation: Negate, context: Context) -> Picture:
    """The opposite of each colour."""
    table = np.arange(255, -1, -1).astype(np.uint8)
    return picture.mapped(lambda frame: tabled(frame, table))


def solarize(picture: Picture, operation: Solarize, context: Context) -> Picture:
    """The opposite of what is light."""
    steps = np.arange(256)
    table = np.where(steps >= operation.level, 255 - steps, steps).astype(np.uint8)
    return picture.mapped(lambda frame: tabled(frame, table))


def posterize(picture: Picture, operation: Posterize, context: Context) -> Picture:
    """Few levels."""
    count = operation.levels
    steps = np.arange(256) * count // 256
    table = table_of(steps / np.float32(count - 1))
    return picture.mapped(lambda frame: tabled(frame, table))


def shadows_highlights(
    picture: Picture, operation: ShadowsHighlights, context: Context
) -> Picture:
    """Luma to a power, which depends on how light it is around; the ratio of the colours
    stays."""
    up = np.float32(operation.shadows / 100 * 1.5)
    down = np.float32(operation.highlights / 100 * 1.5)
    if not up and not down:
        return picture
    sigma = operation.radius / 100 * max(picture.width, picture.height)

    def relit(frame: Pixels) -> Pixels:
        factor, offset = _around(frame, sigma)

        def change(colors: Values, rows: slice) -> Values:
            luma = colors @ LUMA
            light = np.clip(luma * factor[rows] + offset[rows], 0, 1)
            power = np.exp2(down * light**2 - up * (1 - light) ** 2)
            luma = np.maximum(luma, np.float32(1 / 510))
            colors *= (luma ** (power - 1))[..., None]
            return colors

        return by_strips(frame, change)

    return picture.mapped(relit)


def _around(frame: Pixels, sigma: float) -> tuple[Values, Values]:
    """Factor and offset by which luma gives how light it is around each pixel, on this
    side of edges (He and Sun, "Fast Guided Filter", arXiv 1505.00996, 2015); of what
    can be seen."""
    height, width = frame.shape[:2]
    step = max(1.0, sigma / _SMALL_SIGMA)
    size = max(1, round(width / step)), max(1, round(height / step))
    weight = np.ones((size[1], size[0]), np.float32)
    shown = premultiplied(frame) if frame.shape[2] == 4 else frame
    small = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    luma = gray_of(cast(Pixels, small)).astype(np.float32) / 255
    if frame.shape[2] == 4:
        weight = small[:, :, 3].astype(np.float32) / 255
        luma /= np.maximum(weight, np.float32(1 / 255))
    reach = max(sigma / step, 0.5)

    def mean(values: Values) -> Values:
        how = cv2.BORDER_REPLICATE
        found = cv2.GaussianBlur(values, (0, 0), reach, borderType=how)
        return np.asarray(found, np.float32)

    total = np.maximum(mean(weight), np.float32(1e-3))
    middle = mean(luma * weight) / total
    variance = np.maximum(mean(luma * luma * weight) / total - middle * middle, 0)
    factor = variance / (variance + np.float32(_FAINT))

    def enlarged(values: Values) -> Values:
        soft = mean(values * weight) / total
        return np.asarray(cv2.resize(soft, (width, height)), np.float32)

    return enlarged(factor), enlarged(middle * (1 - factor))


def vignette(picture: Picture, operation: Vignette, context: Context) -> Picture:
    """A colour that grows from an ellipse to the corners."""
    width, height = picture.width, picture.height
    if operation.radius >= 1 or not operation.amount:
        return picture
    x = (np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1
    y = (np.arange(height, dtype=np.float32) + 0.5) / height * 2 - 1
    ink = np.array(color(operation.color)[:3], np.float32) / 255
    begin = np.float32(operation.radius)

    def change(colors: Values, rows: slice) -> Values:
        away = np.sqrt((x**2 + (y[rows] ** 2)[:, None]) / 2)
        share = np.clip((away - begin) / (1 - begin), 0, 1)
        share = share * share * (3 - 2 * share) * np.float32(operation.amount)
        colors += (ink - colors) * share[..., None]
        return colors

    return picture.mapped(lambda frame: by_strips(frame, change))
