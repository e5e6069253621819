"""Sharpness, tone and colour. Alpha stays as it is, except where it is blurred too."""

import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.operations.look import (
    Adjust,
    AutoLevels,
    Blur,
    Denoise,
    Grayscale,
    Sharpen,
    Tint,
)
from onemanage.imaging.domain.engines import premultiplied, unmultiplied
from onemanage.imaging.domain.operations.channels import (
    LUMA,
    counts_of,
    ramped,
    recolored,
    rgb_of,
    table_of,
    tabled,
    transformed,
)
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.picture import Picture, Pixels, color

_SMALL_SIGMA = 8.0
"""Pixels of a wide blur's sigma at the size at which it is made."""


def sharpen(picture: Picture, operation: Sharpen, context: Context) -> Picture:
    """By an unsharp mask, above a threshold of levels."""
    amount, sigma = operation.amount, operation.sigma

    def sharpened(frame: Pixels) -> Pixels:
        smooth = blurred(frame, sigma)
        made = cv2.addWeighted(frame, 1 + amount, smooth, -amount, 0)
        if operation.threshold:
            keep = cv2.absdiff(frame, smooth).max(axis=2) <= operation.threshold
            made[keep] = frame[keep]
        return _with_alpha_of(cast(Pixels, made), frame)

    return picture.mapped(sharpened)


def blur(picture: Picture, operation: Blur, context: Context) -> Picture:
    """By Gauss, of a sigma in pixels."""
    return picture.mapped(lambda frame: blurred(frame, operation.sigma))


def denoise(picture: Picture, operation: Denoise, context: Context) -> Picture:
    """Smooth within edges, by a bilateral filter in Lab."""

    def smoothed(frame: Pixels) -> Pixels:
        lab = cv2.cvtColor(rgb_of(_covered(frame)), cv2.COLOR_RGB2LAB)
        sigma = float(operation.strength)
        smooth = cv2.bilateralFilter(lab, d=7, sigmaColor=sigma, sigmaSpace=2.5)
        return recolored(frame, cv2.cvtColor(smooth, cv2.COLOR_LAB2RGB))

    return picture.mapped(smoothed)


def adjust(picture: Picture, operation: Adjust, context: Context) -> Picture:
    """Brightness, contrast and saturation, each from -100 to 100."""
    levels = np.arange(256, dtype=np.float32) * (1 + operation.brightness / 100)
    levels = (levels - 127.5) * (1 + operation.contrast / 100) + 127.5
    table = np.rint(np.clip(levels, 0, 255)).astype(np.uint8)
    keep = 1 + operation.saturation / 100
    matrix = np.eye(3, dtype=np.float32) * keep + (1 - keep) * LUMA

    def adjusted(frame: Pixels) -> Pixels:
        rgb = rgb_of(frame)
        if operation.brightness or operation.contrast:
            rgb = cast(Pixels, cv2.LUT(rgb, table))
        if operation.saturation:
            rgb = cast(Pixels, cv2.transform(rgb, matrix))
        return recolored(frame, rgb)

    return picture.mapped(adjusted)


def auto_levels(picture: Picture, operation: AutoLevels, context: Context) -> Picture:
    """By all frames together, so that an animation does not flicker."""
    counts = counts_of(picture.frames)
    if not operation.per_channel:
        counts = np.tile(counts.sum(axis=0), (3, 1))
    tables = [_stretched(channel, operation.clip / 100) for channel in counts]
    table = np.stack(tables, axis=-1)
    return picture.mapped(lambda frame: tabled(frame, table))


def grayscale(picture: Picture, operation: Grayscale, context: Context) -> Picture:
    """By the weights of luma; it stays RGB."""
    matrix = np.tile(LUMA, (3, 1))
    return picture.mapped(lambda frame: transformed(frame, matrix))


def tint(picture: Picture, operation: Tint, context: Context) -> Picture:
    """Between black, a colour and white by lightness, mixed in by an amount."""
    middle = np.array(color(operation.color)[:3], np.float32) / 255
    share = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    table = table_of(
        np.where(
            share < 0.5, middle * share * 2, middle + (1 - middle) * (share * 2 - 1)
        )
    )
    return picture.mapped(lambda frame: ramped(frame, table, operation.amount))


def _covered(frame: Pixels) -> Pixels:
    """With the colours of what is seen nearby in place of those that nobody sees, as far
    as a filter of seven pixels reaches."""
    if frame.shape[2] == 3:
        return frame
    near = cv2.boxFilter(premultiplied(frame), -1, (7, 7), normalize=True)
    made = frame.copy()
    hidden = frame[:, :, 3] == 0
    made[hidden] = unmultiplied(cast(Pixels, near))[hidden]
    return made


def blurred(frame: Pixels, sigma: float) -> Pixels:
    """Colours of what is transparent stay out of it. Of a wide blur the picture is made
    smaller before, as far as leaves nothing to be seen."""
    if frame.shape[2] == 3:
        return soft(frame, sigma)
    return unmultiplied(soft(premultiplied(frame), sigma))


def soft(pixels: Pixels, sigma: float) -> Pixels:
    """Each channel by Gauss, of one channel too, (height, width)."""
    height, width = pixels.shape[:2]
    step = sigma / _SMALL_SIGMA
    if step < 2:
        return cast(Pixels, cv2.GaussianBlur(pixels, (0, 0), sigma))
    size = max(1, round(width / step)), max(1, round(height / step))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    # Means of blocks, and the lines between them, blur a little themselves: variances
    # of 1/12 and 1/6 of a block's side squared.
    across, down = (
        math.sqrt(max((sigma * one / whole) ** 2 - 0.25, 0.01))
        for one, whole in zip(size, (width, height), strict=True)
    )
    smooth = cv2.GaussianBlur(small, (0, 0), sigmaX=across, sigmaY=down)
    return cast(Pixels, cv2.resize(smooth, (width, height)))


def _stretched(counts: NDArray[np.float64], clip: float) -> Pixels:
    """The table that spreads what lies between the clipped ends over all levels."""
    below = np.cumsum(counts)
    total = below[-1]
    low = int(np.searchsorted(below, total * clip, side="right"))
    high = int(np.searchsorted(below, total * (1 - clip), side="left"))
    if high <= low:
        return np.arange(256, dtype=np.uint8)
    levels = (np.arange(256, dtype=np.float32) - low) * (255 / (high - low))
    made: Pixels = np.rint(np.clip(levels, 0, 255)).astype(np.uint8)
    return made


def _with_alpha_of(made: Pixels, frame: Pixels) -> Pixels:
    if frame.shape[2] == 4:
        made[:, :, 3] = frame[:, :, 3]
    return made
