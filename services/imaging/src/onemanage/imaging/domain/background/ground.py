"""What a subject leaves on the ground it stands on."""

import cv2
import numpy as np

from onemanage.contracts.imaging.backgrounds import ContactShadow, Reflection
from onemanage.imaging.domain.arrays import Pixels, Values
from onemanage.imaging.domain.background.band import SIDE
from onemanage.imaging.domain.background.place import Box, bounds

FOOT = 0.35
"""Share of the subject's height, from below, that shades the ground."""

NEAR = 0.15
"""Share of the height by which one foot may stand higher than another."""


def contact_shadow(alpha: Values, box: Box, spec: ContactShadow) -> Values:
    """How much of the shadow's colour lies on each pixel of the canvas, 0 to 1.

    A wide soft part, which is the lower part of the subject laid flat, and a narrow
    dark one where it touches the ground. ``box`` is the subject's on the canvas. As
    nothing in it is sharp it is made at a size of at most ``band.SIDE``.
    """
    height, width = alpha.shape
    scale = min(SIDE / max(height, width), 1.0)
    if scale == 1:
        return _shadow(alpha, box, spec)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small: Values = np.asarray(
        cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32
    )
    shade = _shadow(small, bounds(small > 0.5), spec)
    return np.asarray(cv2.resize(shade, (width, height)), np.float32)


def _shadow(alpha: Values, box: Box, spec: ContactShadow) -> Values:
    _, top, width, height = box
    foot = top + height
    deep = max(round(spec.height * width), 2)
    # A hair shades nothing.
    alpha = np.clip(2 * _blurred(alpha, max(0.012 * width, 0.5)) - 0.5, 0, 1)
    low = alpha[max(foot - max(round(FOOT * height), 1), 0) : max(foot, 1)]
    # What is higher up lies farther from the ground.
    low = low * np.linspace(0, 1, low.shape[0], dtype=np.float32)[:, None]
    flat: Values = np.asarray(
        cv2.resize(low, (alpha.shape[1], deep), interpolation=cv2.INTER_AREA),
        np.float32,
    )
    wide: Values = np.zeros(alpha.shape, np.float32)
    _add(wide, flat / max(float(flat.max()), 1e-3), foot - round(0.6 * deep))
    ground, touching = _ground(alpha, box)
    thick = max(round(0.16 * deep), 2)
    narrow: Values = np.zeros(alpha.shape, np.float32)
    _add(narrow, np.repeat(touching[None], thick, axis=0), foot - thick // 2)
    sigma = max(spec.blur * width, 0.7)
    wide = _blurred(wide, sigma, max(sigma * 0.5, 0.7))
    wide = wide / max(float(wide.max()), 1e-3)
    narrow = _blurred(narrow, max(sigma * 0.6, 0.7), max(sigma * 0.2, 0.7))
    both = 1 - (1 - 0.75 * wide) * (1 - 0.8 * narrow)
    return _on_ground(both, foot - ground, spec.offset_x * width) * spec.opacity


def _ground(alpha: Values, box: Box) -> tuple[Values, Values]:
    """For each column the row of the ground below it, and how near the subject is.

    The ground goes through the subject's feet, which stand at different heights where
    it is seen from above or turned; between and beside them it is interpolated.
    """
    _, top, width, height = box
    foot = top + height
    solid = alpha[: max(foot, 1)] > 0.5
    present = solid.any(axis=0)
    lowest = np.where(present, solid.shape[0] - np.argmax(solid[::-1], axis=0), 0)
    side = 2 * max(round(0.04 * width), 1) + 1
    around = cv2.dilate(
        lowest.astype(np.float32)[None], np.ones((1, side), np.uint8)
    ).ravel()
    feet = np.flatnonzero(
        present & (lowest >= around) & (foot - lowest < NEAR * height)
    )
    columns = np.arange(alpha.shape[1])
    if not len(feet):
        flat = np.full(alpha.shape[1], foot, np.float32)
        return flat, np.zeros_like(flat)
    ground: Values = np.interp(columns, feet, lowest[feet]).astype(np.float32)
    # No step in the ground where a foot ends.
    ground = _blurred(ground[None], max(0.06 * width, 1.0)).ravel()
    above = np.where(present, ground - lowest, np.inf)
    touching = np.exp(-np.maximum(above, 0) / max(0.035 * height, 2))
    return ground, touching.astype(np.float32)


def _on_ground(shade: Values, up: Values, right: float) -> Values:
    """Each column moved ``up`` by its own pixels, and all to the right."""
    height, width = shade.shape
    rows = np.arange(height, dtype=np.float32)[:, None] + up[None]
    columns = np.arange(width, dtype=np.float32)[None] - np.float32(right)
    at = np.broadcast_to(columns, rows.shape).astype(np.float32)
    return np.asarray(cv2.remap(shade, at, rows, cv2.INTER_LINEAR), np.float32)


def _blurred(values: Values, across: float, down: float = 0) -> Values:
    soft = cv2.GaussianBlur(
        values, (0, 0), across, sigmaY=down, borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(soft, np.float32)


def _add(canvas: Values, part: Values, top: int) -> None:
    """``part``, as wide as the canvas, added from row ``top`` where that exists."""
    first, last = max(top, 0), min(top + part.shape[0], canvas.shape[0])
    if first < last:
        canvas[first:last] += part[first - top : last - top]


def reflection(
    colors: Pixels, alpha: Values, box: Box, spec: Reflection
) -> tuple[Pixels, Values]:
    """Colours and alpha of the subject mirrored at its foot, on the same canvas."""
    _, top, _, height = box
    start = min(top + height + round(spec.gap * height), alpha.shape[0])
    deep = min(
        max(round(spec.length * height), 1), alpha.shape[0] - start, top + height
    )
    mirrored_colors = np.zeros_like(colors)
    mirrored = np.zeros_like(alpha)
    if deep <= 0:
        return mirrored_colors, mirrored
    source = slice(top + height - deep, top + height)
    fade = (1 - (np.arange(deep) + 0.5) / max(round(spec.length * height), 1)) ** 1.5
    mirrored_colors[start : start + deep] = colors[source][::-1]
    mirrored[start : start + deep] = alpha[source][::-1] * fade[:, None] * spec.opacity
    return mirrored_colors, mirrored
