"""A soft alpha that follows the picture's own edges."""

from dataclasses import dataclass, fields

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values, dot
from onemanage.imaging.domain.background.band import SIDE, Band
from onemanage.imaging.domain.background.grabcut import scaled

BAND, DEPTH = 0.0184, 0.0086
"""Shares of the picture's longer side: how far around an outline hair is looked for,
and how deep below it the subject's own colour begins."""

GRAIN = 0.5

LEAST_CONTRAST, FULL_CONTRAST = 40.0, 80.0
"""Levels of 255 between subject and background, from which colours are believed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a pixel's colour says about its alpha, h x w of the size that this was found
    at: alpha is ``slope`` times the colour (0 to 1) and ``offset``, between ``least``
    and ``most``; and it is at most the share of ``front`` in a mixture with ``behind``
    (0 to 255), times ``gain``, as far as ``trust`` goes."""

    slope: Values
    offset: Values
    least: Values
    most: Values
    front: Values
    behind: Values
    gain: Values
    trust: Values

    def alpha(self, image: Pixels) -> Values:
        """Of pixels that stand in the same places: h x w x 3, or N x 3 of a band."""
        colors = np.asarray(image, np.float32)
        followed = stretched(dot(self.slope, colors) / 255 + self.offset)
        followed = np.clip(followed, self.least, self.most)
        line = self.front - self.behind
        share = dot(colors - self.behind, line) / (dot(line, line) + 1e-3)
        share = np.clip(np.clip(share, 0, 1) * self.gain, 0, 1)
        lowered = followed + self.trust * np.minimum(share - followed, 0)
        return np.asarray(lowered, np.float32)

    def read(self, band: Band) -> "Told":
        """The same at single pixels of the full picture."""
        return Told(*(band.read(getattr(self, one.name)) for one in fields(self)))


def soften(image: Pixels, rough: Values) -> Values:
    """Alpha of the picture's size from a ``rough`` one of any size, 0 to 1.

    The guided filter brings the outline to the picture's edges; then what lies between
    hairs, which any smooth mask covers, is told by its colour. Both are prepared at a
    size of at most ``band.SIDE``, and told by the picture's own pixels near the outline.
    """
    small = scaled(image, SIDE)
    height, width = small.shape[:2]
    large: Values = np.asarray(cv2.resize(rough, (width, height)), np.float32)
    reach = max(round(BAND * max(height, width)), 4)
    part = _around(large > 0.02, 2 * reach)
    radius = max(round(2.0 * width / rough.shape[1]), 2)
    inner = np.ascontiguousarray(small[part])
    told = _told(inner, large[part], radius, reach)
    alpha = np.zeros((height, width), np.float32)
    alpha[part] = told.alpha(inner)
    if small.shape == image.shape:
        return alpha
    return _at_full_size(image, alpha, told, part)


def _at_full_size(
    image: Pixels, alpha: Values, told: Told, part: tuple[slice, slice]
) -> Values:
    """``alpha`` was found at a smaller size, ``told`` in a ``part`` of that."""
    size = image.shape[1], image.shape[0]
    full = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_LINEAR))
    down, across = (image.shape[i] / alpha.shape[i] for i in (0, 1))
    rows = slice(round(part[0].start * down), round(part[0].stop * down))
    columns = slice(round(part[1].start * across), round(part[1].stop * across))
    window, pixels = full[rows, columns], image[rows, columns]
    inner = alpha[part]
    soft = ((inner > 0.01) & (inner < 0.99)).astype(np.uint8)
    near = cv2.dilate(soft, np.ones((3, 3), np.uint8)) > 0
    band = Band.of(near, window.shape)
    found = told.read(band).alpha(pixels[band.rows, band.columns])
    window[band.rows, band.columns] = found
    return np.asarray(full, np.float32)


def _around(mask: Mask, margin: int) -> tuple[slice, slice]:
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, height), slice(0, width)
    top, left = max(int(rows[0]) - margin, 0), max(int(columns[0]) - margin, 0)
    bottom = min(int(rows[-1]) + margin + 1, height)
    return slice(top, bottom), slice(left, min(int(columns[-1]) + margin + 1, width))


def _told(image: Pixels, rough: Values, radius: int, reach: int) -> Told:
    slope, offset = guide(image, rough, radius, 1e-4)
    # Far from the outline the filter has nothing to say but the noise of the surface.
    side = 4 * radius + 1
    kernel = np.ones((side, side), np.uint8)
    least = np.asarray(cv2.erode(rough, kernel) > 0.7, np.float32)
    most = np.asarray(cv2.dilate(rough, kernel) >= 0.3, np.float32)
    colors = np.asarray(image, np.float32)
    followed = stretched(dot(slope, colors) / 255 + offset)
    followed = np.clip(followed, least, most)
    depth = max(reach * DEPTH / BAND, 2.0)
    mixed = _mixed(colors, followed, reach, depth)
    return Told(slope, offset, least, most, *mixed)


def stretched(alpha: Values) -> Values:
    """The guided filter leaves a little of everything everywhere."""
    return np.asarray(np.clip((alpha - 0.12) / 0.76, 0, 1), np.float32)


def _mixed(
    colors: Values, alpha: Values, reach: int, depth: float
) -> tuple[Values, Values, Values, Values]:
    """Front, behind, gain and trust of ``Told``.

    Each pixel near the outline is taken for a mixture of the colours of subject and
    background around it, and its share of the subject is read off the line between
    the two. Alpha is only lowered: a shadow looks like a share of a dark subject.
    Counts where the colours differ by more than they vary.
    """
    solid = (alpha > 0.5).astype(np.uint8)
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, 3)
    outside = cv2.distanceTransform(1 - solid, cv2.DIST_L2, 3)
    # A thin stem has its own colour in its middle, not that of the pot.
    window = np.ones((2 * int(depth) + 1, 2 * int(depth) + 1), np.uint8)
    deepest = np.minimum(0.6 * cv2.dilate(inside, window), depth)
    subject = ((inside > deepest) & (inside > 1)).astype(np.float32)
    ground = (outside > reach).astype(np.float32)
    front, front_weight, grain = _local(colors, subject, 0.7 * reach)
    behind, behind_weight, varies = _local(colors, ground, 0.8 * reach)
    line = front - behind
    apart = np.sqrt(dot(line, line) + 1e-3)
    # What is as near to the subject's mean as its own texture is wholly subject.
    gain = 1 / np.clip(1 - GRAIN * grain / apart, 0.5, 1)
    trust = np.clip((apart - LEAST_CONTRAST) / (FULL_CONTRAST - LEAST_CONTRAST), 0, 1)
    trust *= np.clip(2 - 4 * varies / apart, 0, 1)
    trust *= (front_weight > 1e-3) & (behind_weight > 1e-3)
    deep = np.clip(2 - inside / depth, 0, 1)
    trust *= np.where(solid > 0, deep, outside <= reach)
    return front, behind, gain, np.asarray(trust, np.float32)


def _local(
    colors: Values, weight: Values, sigma: float
) -> tuple[Values, Values, Values]:
    """Mean colour around each pixel of those that count, how much they count in all,
    and the root mean square of their differences from the mean."""
    height, width = weight.shape
    step = max(int(sigma / 5), 1)
    size = (max(width // step, 1), max(height // step, 1))

    def summed(values: Values) -> Values:
        small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(small, (0, 0), sigma / step), np.float32)

    squares = summed(dot(colors, colors) * weight)
    sums = summed(np.dstack([colors, np.ones_like(weight)]) * weight[..., None])
    total = sums[..., 3] + 1e-5
    mean = sums[..., :3] / total[..., None]
    spread = np.maximum(squares / total - dot(mean, mean), 0)
    packed = np.dstack([mean, sums[..., 3], np.sqrt(spread)])
    large = np.asarray(cv2.resize(packed, (width, height)), np.float32)
    return large[..., :3], large[..., 3], large[..., 4]


def guide(
    image: Pixels, rough: Values, radius: int, epsilon: float
) -> tuple[Values, Values]:
    """Slope (H x W x 3) and offset (H x W) that make ``rough`` follow the edges of
    ``image``: slope times the colour, 0 to 1, and offset is about ``rough``.

    The guided filter with a colour guide: He, Sun and Tang, "Guided image filtering",
    TPAMI 35 (2013), equations 19 to 21. Radius in pixels of the arrays given.
    """
    guide = np.asarray(image, np.float32) / 255
    mean = _mean(guide, radius)
    mean_rough = _mean(rough, radius)
    covariance = _mean(guide * rough[..., None], radius) - mean * mean_rough[..., None]
    slope = _solve(guide, mean, covariance, radius, epsilon)
    offset = mean_rough - dot(slope, mean)
    return _mean(slope, radius), _mean(offset, radius)


def _solve(
    guide: Values, mean: Values, covariance: Values, radius: int, epsilon: float
) -> Values:
    """(Sigma + epsilon I)^-1 covariance at each pixel, by Cramer's rule."""
    spread = {}
    for i in range(3):
        for j in range(i, 3):
            product = _mean(guide[..., i] * guide[..., j], radius)
            spread[i, j] = product - mean[..., i] * mean[..., j]
    rr, gg, bb = (spread[i, i] + epsilon for i in range(3))
    rg, rb, gb = spread[0, 1], spread[0, 2], spread[1, 2]
    a, b, c = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    d, e, f = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    scale = 1 / (rr * a + rg * b + rb * c)
    x, y, z = covariance[..., 0], covariance[..., 1], covariance[..., 2]
    solved = (a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z)
    return np.stack([one * scale for one in solved], axis=2)


def _mean(values: Values, radius: int) -> Values:
    side = (2 * radius + 1, 2 * radius + 1)
    return np.asarray(cv2.blur(values, side, borderType=cv2.BORDER_REFLECT), np.float32)
