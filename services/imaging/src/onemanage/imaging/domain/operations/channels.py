"""Colours changed by tables, matrices and strips. Alpha stays as it is in all of them."""

from collections.abc import Callable, Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.imaging.domain.arrays import Values
from onemanage.imaging.domain.picture import Pixels

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Of red, green and blue (ITU-R BT.601)."""
LEVELS = np.linspace(0, 1, 256, dtype=np.float32)
_STRIP = 1 << 16
"""Pixels worked on at a time as floats, which then stay in the processor's cache."""


def rgb_of(frame: Pixels) -> Pixels:
    """Its colours alone, (height, width, 3)."""
    if frame.shape[2] == 3:
        return frame
    return cast(Pixels, cv2.cvtColor(frame, cv2.COLOR_RGBA2RGB))


def gray_of(frame: Pixels) -> Pixels:
    """Luma, (height, width)."""
    how = cv2.COLOR_RGB2GRAY if frame.shape[2] == 3 else cv2.COLOR_RGBA2GRAY
    return cast(Pixels, cv2.cvtColor(frame, how))


def recolored(frame: Pixels, rgb: object) -> Pixels:
    """These colours with the frame's alpha."""
    colors = cast(Pixels, rgb)
    if frame.shape[2] == 3:
        return colors
    made = np.empty_like(frame)
    cv2.mixChannels([colors, frame], [made], [0, 0, 1, 1, 2, 2, 6, 3])
    return made


def in_gray(frame: Pixels, gray: Pixels) -> Pixels:
    """(height, width) as all three colours, with the frame's alpha."""
    return recolored(frame, cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB))


def table_of(values: Values) -> Pixels:
    """Values from 0 to 1 as levels, clipped."""
    made: Pixels = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return made


def tabled(frame: Pixels, table: Pixels) -> Pixels:
    """Each level as the table has it: (256,) of all channels, or (256, 3)."""
    count = frame.shape[2]
    full = np.empty((256, count), np.uint8)
    full[:, :3] = table if table.ndim == 2 else table[:, None]
    if count == 4:
        full[:, 3] = np.arange(256)
    return cast(Pixels, cv2.LUT(frame, full.reshape(1, 256, count)))


def transformed(frame: Pixels, matrix: Values) -> Pixels:
    """Colours by three rows of three factors, or four with an offset in levels."""
    return recolored(frame, cv2.transform(rgb_of(frame), matrix))


def ramped(frame: Pixels, table: Pixels, amount: float) -> Pixels:
    """Colours by luma, of a table (256, 3), mixed in by an amount from 0 to 1."""
    rgb, gray = rgb_of(frame), gray_of(frame)
    ramp = table.reshape(1, 256, 3)
    colored = cv2.LUT(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), ramp)
    return recolored(frame, cv2.addWeighted(colored, amount, rgb, 1 - amount, 0))


def by_strips(frame: Pixels, change: Callable[[Values, slice], Values]) -> Pixels:
    """``change`` is given colours (rows, width, 3) from 0 to 1, and which rows they are;
    what it gives back is clipped."""
    made = frame.copy()
    for rows in strips(frame):
        colors = frame[rows, :, :3].astype(np.float32)
        colors *= np.float32(1 / 255)
        changed = change(colors, rows)
        changed *= np.float32(255)
        made[rows, :, :3] = np.rint(np.clip(changed, 0, 255, out=changed), out=changed)
    return made


def strips(frame: Pixels) -> list[slice]:
    """Rows of so many pixels as are worked on at a time."""
    height, width = frame.shape[:2]
    step = max(1, _STRIP // width)
    return [slice(top, min(top + step, height)) for top in range(0, height, step)]


def mixed_in(frame: Pixels, made: Pixels, amount: float) -> Pixels:
    """So much of what was made of the frame, 0 to 1, and the rest of the frame."""
    if amount == 1:
        return made
    return cast(Pixels, cv2.addWeighted(made, amount, frame, 1 - amount, 0))


def counts_of(frames: Sequence[Pixels]) -> NDArray[np.float64]:
    """How often each level occurs in each channel, (3, 256), in all frames together;
    what is transparent does not count."""
    total = np.zeros((3, 256))
    for frame in frames:
        rgb, mask = rgb_of(frame), seen(frame)
        total += np.stack(
            [cv2.calcHist([rgb], [c], mask, [256], [0, 256])[:, 0] for c in range(3)]
        )
    return total


def gray_counts_of(frames: Sequence[Pixels]) -> NDArray[np.float64]:
    """As `counts_of`, of luma, (256,)."""
    total = np.zeros(256)
    for frame in frames:
        found = cv2.calcHist([gray_of(frame)], [0], seen(frame), [256], [0, 256])
        total += found[:, 0]
    return total


def seen(frame: Pixels) -> Pixels | None:
    """1 where a pixel is not wholly transparent; None where there is no alpha."""
    if frame.shape[2] == 3:
        return None
    made: Pixels = (frame[:, :, 3] > 0).astype(np.uint8)
    return made
