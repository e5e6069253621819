"""Blocks, grain, and what pixels make of their neighbours."""

from dataclasses import replace
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.operations.effects import (
    Convolve,
    Grain,
    Median,
    Pixelate,
)
from onemanage.imaging.domain.arrays import Values
from onemanage.imaging.domain.engines import premultiplied, unmultiplied
from onemanage.imaging.domain.operations.channels import LUMA, by_strips
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.picture import Picture, Pixels


def pixelate(picture: Picture, operation: Pixelate, context: Context) -> Picture:
    """Squares, from the top left corner on."""
    return picture.mapped(lambda frame: in_squares(frame, operation.size))


def in_squares(frame: Pixels, size: int) -> Pixels:
    """The mean of each square all over it; those at the right and lower rim are cut."""
    if size == 1:
        return frame
    weighed = premultiplied(frame) if frame.shape[2] == 4 else frame
    means = _means(weighed, size)
    if frame.shape[2] == 4:
        means = unmultiplied(means)
    height, width = frame.shape[:2]
    rows = np.repeat(means, size, axis=1)[:, :width]
    return np.repeat(rows, size, axis=0)[:height]


def _means(frame: Pixels, size: int) -> Pixels:
    """One pixel for each square, of what lies within the image."""
    height, width = frame.shape[:2]
    made = np.empty((-(-height // size), -(-width // size), frame.shape[2]), np.uint8)
    for down in _spans(height, size):
        for across in _spans(width, size):
            part = frame[down[0], across[0]]
            count = made[down[1], across[1]].shape[1::-1]
            made[down[1], across[1]] = cv2.resize(
                part, count, interpolation=cv2.INTER_AREA
            ).reshape(count[1], count[0], -1)
    return made


def _spans(length: int, size: int) -> list[tuple[slice, slice]]:
    """Pixels of the whole squares with their numbers, and of the one that is cut."""
    whole = length // size
    spans = [(slice(0, whole * size), slice(0, whole))] if whole else []
    if length % size:
        spans.append((slice(whole * size, length), slice(whole, whole + 1)))
    return spans


def median(picture: Picture, operation: Median, context: Context) -> Picture:
    """The middle of each neighbourhood; colours of what is transparent stay out of
    it."""
    side = 2 * operation.radius + 1

    def smoothed(frame: Pixels) -> Pixels:
        if frame.shape[2] == 3:
            return cast(Pixels, cv2.medianBlur(frame, side))
        return unmultiplied(cast(Pixels, cv2.medianBlur(premultiplied(frame), side)))

    return picture.mapped(smoothed)


def grain(picture: Picture, operation: Grain, context: Context) -> Picture:
    """Noise that is another in each frame."""
    if not operation.amount:
        return picture
    frames = [
        _grained(frame, operation, number)
        for number, frame in enumerate(picture.frames)
    ]
    return replace(picture, frames=tuple(frames))


def _grained(frame: Pixels, operation: Grain, number: int) -> Pixels:
    noise = _noise(frame, operation, number)

    def change(colors: Values, rows: slice) -> Values:
        luma = (colors @ LUMA)[..., None]
        colors += noise[rows] * (4 * luma * (1 - luma))
        return colors

    return by_strips(frame, change)


def _noise(frame: Pixels, operation: Grain, number: int) -> NDArray[np.float32]:
    """(height, width, 1 or 3), of the deviation that is asked for."""
    height, width = frame.shape[:2]
    size = operation.size
    small = max(1, round(height / size)), max(1, round(width / size))
    chance = np.random.default_rng([operation.seed, number])
    channels = 3 if operation.color else 1
    made = chance.standard_normal((*small, channels), np.float32)
    if small != (height, width):
        large = cv2.resize(made, (width, height), interpolation=cv2.INTER_CUBIC)
        made = np.asarray(large, np.float32).reshape(height, width, channels)
        made /= max(float(made.std()), 1e-6)
    made *= np.float32(operation.amount / 255)
    return made


def convolve(picture: Picture, operation: Convolve, context: Context) -> Picture:
    """Neighbours weighed and added up."""
    kernel = np.array(operation.kernel, np.float32)
    divisor = operation.divisor or float(kernel.sum())
    # What is as good as 0 would blow rounding errors up.
    kernel /= divisor if abs(divisor) > 1e-6 else 1.0
    return picture.mapped(lambda frame: _convolved(frame, kernel, operation.offset))


def _convolved(frame: Pixels, kernel: NDArray[np.float32], offset: float) -> Pixels:
    if frame.shape[2] == 3:
        made = cv2.filter2D(
            frame, -1, kernel, delta=offset, borderType=cv2.BORDER_REPLICATE
        )
        return cast(Pixels, made)
    done = frame.copy()
    alpha = frame[:, :, 3].astype(np.float32) / 255
    # For what is transparent of a neighbour the pixel itself stands in.
    rest = float(kernel.sum()) - _filtered(alpha, kernel)
    for channel in range(3):
        plane = frame[:, :, channel].astype(np.float32)
        made = _filtered(plane * alpha, kernel) + plane * rest + offset
        made[alpha == 0] = plane[alpha == 0]
        done[:, :, channel] = np.rint(np.clip(made, 0, 255))
    return done


def _filtered(plane: Values, kernel: NDArray[np.float32]) -> Values:
    made = cv2.filter2D(plane, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE)
    return cast(Values, made)
