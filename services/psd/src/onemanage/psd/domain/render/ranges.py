"""Blending options by tone and by channel ('Blend If', and the channels left out)."""

from typing import cast

import cv2
import numpy as np
from psd_tools.api.layers import Layer
from psd_tools.constants import Tag

from onemanage.psd.domain.boxes import intersect, is_empty, part
from onemanage.psd.domain.color import CHANNELS, Pixels
from onemanage.psd.domain.render.blend import luminosity
from onemanage.psd.domain.render.canvas import Canvas, times

type Range = tuple[int, int]
"""The black and the white end, each of two bytes: where it begins and where it is."""

_WHOLE: Range = (0, 65535)


def by_tone(layer: Layer, source: Canvas, below: Canvas) -> Canvas:
    """``source`` without what the layer's tonal ranges leave out.

    A range is of the layer's own tones or of those below it: of all channels as gray,
    or of one channel. Between the halves of a split end it fades.
    """
    ranges = layer._record.blending_ranges
    box = intersect(source.box, below.box)
    if not ranges.composite_ranges or is_empty(box):
        return source
    alpha = source.alpha
    for number, pair in enumerate(
        [ranges.composite_ranges, *(ranges.channel_ranges or [])]
    ):
        for limits, canvas in zip(pair, (source, below), strict=False):
            if tuple(limits) == _WHOLE or number > len(canvas.color):
                continue
            shown = canvas.window(box).color
            tones = _gray(shown) if number == 0 else shown[number - 1]
            cover = np.full(alpha.shape, 255, np.uint8)
            cover[part(box, source.box)] = cv2.LUT(tones, _table(limits))
            alpha = times(alpha, cover)
    return Canvas(source.box, source.color, alpha)


def left_out(layer: Layer) -> list[int]:
    """The colour channels that the layer must not change."""
    found = layer.tagged_blocks.get_data(Tag.CHANNEL_BLENDING_RESTRICTIONS_SETTING)
    colors = CHANNELS[layer._psd.color_mode]
    return [int(number) for number in found or () if int(number) < colors]


def is_restricted(layer: Layer) -> bool:
    """Whether "blend if" leaves some levels out."""
    ranges = layer._record.blending_ranges
    pairs = [ranges.composite_ranges or [], *(ranges.channel_ranges or [])]
    return any(tuple(limits) != _WHOLE for pair in pairs for limits in pair)


def _gray(color: Pixels) -> Pixels:
    if len(color) < 3:
        return cast(Pixels, color[0])
    values = color[:3].astype(np.float32)
    light = luminosity(values)[0] + np.float32(0.5)
    return cast(Pixels, light.astype(np.uint8))


def _table(limits: Range) -> Pixels:
    black, white = limits
    at = [black >> 8, black & 255, white >> 8, white & 255]
    levels = np.arange(256)
    up = np.where(levels >= at[1], 1.0, (levels - at[0]) / max(1, at[1] - at[0]))
    down = np.where(levels <= at[2], 1.0, (at[3] - levels) / max(1, at[3] - at[2]))
    up = np.where(levels < at[0], 0, up)
    down = np.where(levels > at[3], 0, down)
    return cast(Pixels, (np.clip(up * down, 0, 1) * 255 + 0.5).astype(np.uint8))
