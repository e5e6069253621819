"""Sharpness, tone and colour. Alpha stays as it is, except where it is blurred too."""

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
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.picture import Picture, Pixels, color

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Of red, green and blue (ITU-R BT.601)."""


def sharpen(picture: Picture, operation: Sharpen, context: Context) -> Picture:
    """By an unsharp mask, above a threshold of levels."""
    amount, sigma = operation.amount, operation.sigma

    def sharpened(frame: Pixels) -> Pixels:
        soft = _blurred(frame, sigma)
        made = cv2.addWeighted(frame, 1 + amount, soft, -amount, 0)
        if operation.threshold:
            keep = cv2.absdiff(frame, soft).max(axis=2) <= operation.threshold
            made[keep] = frame[keep]
        return _with_alpha_of(cast(Pixels, made), frame)

    return picture.mapped(sharpened)


def blur(picture: Picture, operation: Blur, context: Context) -> Picture:
    """By Gauss, of a sigma in pixels."""
    return picture.mapped(lambda frame: _blurred(frame, operation.sigma))


def denoise(picture: Picture, operation: Denoise, context: Context) -> Picture:
    """Smooth within edges, by a bilateral filter in Lab."""

    def smoothed(frame: Pixels) -> Pixels:
        lab = cv2.cvtColor(_rgb(frame), cv2.COLOR_RGB2LAB)
        sigma = float(operation.strength)
        smooth = cv2.bilateralFilter(lab, d=7, sigmaColor=sigma, sigmaSpace=2.5)
        return _recolored(frame, cv2.cvtColor(smooth, cv2.COLOR_LAB2RGB))

    return picture.mapped(smoothed)


def adjust(picture: Picture, operation: Adjust, context: Context) -> Picture:
    """Brightness, contrast and saturation, each from -100 to 100."""
    levels = np.arange(256, dtype=np.float32) * (1 + operation.brightness / 100)
    levels = (levels - 127.5) * (1 + operation.contrast / 100) + 127.5
    table = np.rint(np.clip(levels, 0, 255)).astype(np.uint8)
    keep = 1 + operation.saturation / 100
    matrix = np.eye(3, dtype=np.float32) * keep + (1 - keep) * _LUMA

    def adjusted(frame: Pixels) -> Pixels:
        rgb = _rgb(frame)
        if operation.brightness or operation.contrast:
            rgb = cast(Pixels, cv2.LUT(rgb, table))
        if operation.saturation:
            rgb = cast(Pixels, cv2.transform(rgb, matrix))
        return _recolored(frame, rgb)

    return picture.mapped(adjusted)


def auto_levels(picture: Picture, operation: AutoLevels, context: Context) -> Picture:
    """By the first frame, so that an animation does not flicker."""
    counts = _histograms(picture.first)
    if not operation.per_channel:
        counts = np.tile(counts.sum(axis=0), (3, 1))
    tables = [_stretched(channel, operation.clip / 100) for channel in counts]
    table = np.stack(tables, axis=-1).reshape(256, 1, 3)
    return picture.mapped(lambda frame: _recolored(frame, cv2.LUT(_rgb(frame), table)))


def grayscale(picture: Picture, operation: Grayscale, context: Context) -> Picture:
    """By the weights of luma; it stays RGB."""
    matrix = np.tile(_LUMA, (3, 1))
    return picture.mapped(
        lambda frame: _recolored(frame, cv2.transform(_rgb(frame), matrix))
    )


def tint(picture: Picture, operation: Tint, context: Context) -> Picture:
    """Between black, a colour and white by lightness, mixed in by an amount."""
    middle = np.array(color(operation.color)[:3], np.float32)
    share = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    ramp = np.where(
        share < 0.5, middle * share * 2, middle + (255 - middle) * (share * 2 - 1)
    )
    table = np.rint(ramp).astype(np.uint8).reshape(256, 1, 3)

    def tinted(frame: Pixels) -> Pixels:
        rgb = _rgb(frame)
        gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        colored = cv2.LUT(cv2.merge([gray, gray, gray]), table)
        mixed = cv2.addWeighted(colored, operation.amount, rgb, 1 - operation.amount, 0)
        return _recolored(frame, mixed)

    return picture.mapped(tinted)


def _blurred(frame: Pixels, sigma: float) -> Pixels:
    """Colours of what is transparent stay out of it."""
    if frame.shape[2] == 3:
        return cast(Pixels, cv2.GaussianBlur(frame, (0, 0), sigma))
    soft = cv2.GaussianBlur(premultiplied(frame), (0, 0), sigma)
    return unmultiplied(cast(Pixels, soft))


def _histograms(frame: Pixels) -> NDArray[np.float64]:
    """Counts of the levels of each channel, (3, 256), of what can be seen."""
    mask = None
    if frame.shape[2] == 4:
        mask = (frame[:, :, 3] > 0).astype(np.uint8)
    rgb = _rgb(frame)
    counts = [cv2.calcHist([rgb], [c], mask, [256], [0, 256]) for c in range(3)]
    return np.stack(counts).reshape(3, 256).astype(np.float64)


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


def _rgb(frame: Pixels) -> Pixels:
    if frame.shape[2] == 3:
        return frame
    return cast(Pixels, cv2.cvtColor(frame, cv2.COLOR_RGBA2RGB))


def _recolored(frame: Pixels, rgb: object) -> Pixels:
    """These colours with the frame's alpha."""
    colors = cast(Pixels, rgb)
    if frame.shape[2] == 3:
        return colors
    return cast(Pixels, np.dstack([colors, frame[:, :, 3]]))


def _with_alpha_of(made: Pixels, frame: Pixels) -> Pixels:
    if frame.shape[2] == 4:
        made[:, :, 3] = frame[:, :, 3]
    return made
