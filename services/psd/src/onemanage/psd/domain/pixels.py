"""Stored channels to 8-bit sRGB pixels, with straight alpha where there is any."""

import numpy as np
from psd_tools import PSDImage
from psd_tools.api.layers import Layer
from psd_tools.api.utils import get_transparency_index, has_transparency
from psd_tools.constants import ChannelID, ColorMode

from onemanage.psd.domain.channels import (
    MissingPixels,
    Shape,
    channel,
    merged_channel,
    stored,
)
from onemanage.psd.domain.color import CHANNELS, Pixels, ToSrgb

_OVER_WHITE = (ColorMode.RGB, ColorMode.GRAYSCALE)
"""The modes whose transparent merged image is stored as painted on white."""

_STRIP = 1 << 20
"""Pixels converted at a time."""


def layer_pixels(layer: Layer, to_srgb: ToSrgb) -> Pixels | None:
    """The layer's own pixels within its stored box, as (height, width, channels).

    Gray or RGB, with alpha as the last channel if the layer has any. Masks, effects
    and opacity are not applied. None where the layer holds no pixels.
    """
    document, record = layer._psd, layer._record
    width, height = record.right - record.left, record.bottom - record.top
    channels = stored(layer)
    count = CHANNELS[document.color_mode]
    found = [number for number in range(count) if number in channels]
    if width <= 0 or height <= 0 or not found:
        return None
    if len(found) < count:
        raise MissingPixels(f"it has {len(found)} of {count} colour channels")
    shape = Shape(height, width, document.depth, document.version)
    wanted = [*range(count), *({ChannelID.TRANSPARENCY_MASK} & channels.keys())]
    planes = np.empty((height, width, len(wanted)), np.uint8)
    for place, number in enumerate(wanted):
        data = channels[number]
        planes[:, :, place] = channel(
            data.data, data.compression, shape, color=place < count
        )
    return converted(planes, to_srgb)


def merged_pixels(document: PSDImage, to_srgb: ToSrgb) -> Pixels:
    """The merged image that the document embeds, in the same form as a layer."""
    header = document._record.header
    count = CHANNELS[document.color_mode]
    if header.channels < count:
        raise MissingPixels(f"it has {header.channels} of {count} colour channels")
    transparency = _merged_alpha(document, count)
    channels = count + (transparency is not None)
    planes = np.empty((header.height, header.width, channels), np.uint8)
    for number in range(count):
        planes[:, :, number] = merged_channel(document, number, color=True)
    if transparency is not None:
        planes[:, :, count] = merged_channel(document, transparency, color=False)
        if document.color_mode in _OVER_WHITE:
            _take_off_white(planes)
    return converted(planes, to_srgb)


def has_one_color(document: PSDImage) -> bool:
    """Whether every plane of the merged image is uniform: what a writer leaves that
    has not rendered its document."""
    return not any(
        np.ptp(merged_channel(document, number, color=True))
        for number in range(document._record.header.channels)
    )


def _merged_alpha(document: PSDImage, count: int) -> int | None:
    """Which stored channel is the merged image's alpha, if one is.

    Without names for the channels past the colours, the only one of them is it.
    """
    if not has_transparency(document):
        return None
    index = get_transparency_index(document)
    if count <= index < document.channels:
        return index
    return count if document.channels == count + 1 else None


def _take_off_white(planes: Pixels) -> None:
    """Undo c' = c a + 255 (1 - a) in place; alpha is the last plane."""
    for top in range(0, len(planes), step := _rows(planes.shape[1])):
        strip = planes[top : top + step]
        color, a = strip[:, :, :-1], strip[:, :, -1:].astype(np.int32)
        straight = (color + a - 255) * 255 // np.maximum(a, 1)
        color[:] = np.where(a > 0, np.clip(straight, 0, 255), color)


def converted(planes: Pixels, to_srgb: ToSrgb) -> Pixels:
    """Colour planes, and alpha where there is one more, in sRGB; alpha stays."""
    if to_srgb.is_identity:
        return planes
    return to_srgb(planes)


def _rows(width: int) -> int:
    return max(1, _STRIP // width)
