"""Stored channels to 8-bit sRGB pixels, with straight alpha where there is any."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.api.layers import Layer
from psd_tools.api.utils import get_transparency_index, has_transparency
from psd_tools.constants import ChannelID, ColorMode

from onemanage.psd.domain.color import CHANNELS, Pixels, ToSrgb, encode_linear

_OVER_WHITE = (ColorMode.RGB, ColorMode.GRAYSCALE)
"""The modes whose transparent merged image is stored as painted on white."""

_STRIP = 1 << 20
"""Pixels converted at a time."""


class MissingPixels(Exception):
    """The file says that there are pixels but does not hold them."""


def layer_pixels(layer: Layer, to_srgb: ToSrgb) -> Pixels | None:
    """The layer's own pixels within its stored box, as (height, width, channels).

    Gray or RGB, with alpha as the last channel if the layer has any. Masks, effects
    and opacity are not applied. None where the layer holds no pixels.
    """
    document = layer._psd
    record = layer._record
    width, height = record.right - record.left, record.bottom - record.top
    stored = {
        info.id: data
        for info, data in zip(record.channel_info, layer._channels, strict=False)
        if data.data
    }
    count = CHANNELS[document.color_mode]
    found = [number for number in range(count) if number in stored]
    if width <= 0 or height <= 0 or not found:
        return None
    if len(found) < count:
        raise MissingPixels(f"it has {len(found)} of {count} colour channels")

    def plane(number: int, *, color: bool) -> Pixels:
        data = stored[ChannelID(number)].get_data(
            width, height, document.depth, document.version
        )
        return _plane(data, height, width, document.depth, color=color)

    has_alpha = ChannelID.TRANSPARENCY_MASK in stored
    planes = np.empty((height, width, count + has_alpha), np.uint8)
    for number in range(count):
        planes[:, :, number] = plane(number, color=True)
    if has_alpha:
        planes[:, :, count] = plane(ChannelID.TRANSPARENCY_MASK, color=False)
    return converted(planes, to_srgb)


def merged_pixels(document: PSDImage, to_srgb: ToSrgb) -> Pixels:
    """The merged image that the document embeds, in the same form as a layer."""
    header = document._record.header
    data = cast(bytes, document._record.image_data.get_data(header, split=False))
    count = CHANNELS[document.color_mode]
    size = len(data) // header.channels
    if header.channels < count or not size:
        raise MissingPixels(f"it has {header.channels} of {count} colour channels")

    def plane(number: int, *, color: bool) -> Pixels:
        part = memoryview(data)[number * size : (number + 1) * size]
        return _plane(part, header.height, header.width, header.depth, color=color)

    transparency = _merged_alpha(document, count)
    channels = count + (transparency is not None)
    planes = np.empty((header.height, header.width, channels), np.uint8)
    for number in range(count):
        planes[:, :, number] = plane(number, color=True)
    if transparency is not None:
        planes[:, :, count] = plane(transparency, color=False)
        if document.color_mode in _OVER_WHITE:
            _take_off_white(planes)
    return converted(planes, to_srgb)


def has_one_color(document: PSDImage) -> bool:
    """Whether every plane of the merged image is uniform: what a writer leaves that
    has not rendered its document. (16-bit grays that repeat no byte count as many.)"""
    header = document._record.header
    data = cast(bytes, document._record.image_data.get_data(header, split=False))
    planes = np.frombuffer(data, np.uint8).reshape(header.channels, -1)
    return not np.ptp(planes, axis=1).any()


def _plane(
    data: bytes | memoryview, height: int, width: int, depth: int, *, color: bool
) -> Pixels:
    """One channel as bytes. 32-bit colour is linear light; 32-bit alpha is not."""
    stored = np.frombuffer(data, np.uint8)
    if depth == 8:
        return stored.reshape(height, width)
    if depth == 16:  # big-endian: the first byte is the value of 0 to 255
        return stored.reshape(height, width, 2)[:, :, 0]
    if depth == 1:
        bits = np.unpackbits(stored.reshape(height, -1), axis=1, count=width)
        return cast(Pixels, (1 - bits) * np.uint8(255))
    out = np.empty((height, width), np.uint8)
    values = stored.view(">f4").reshape(height, width)
    for top in range(0, height, step := _rows(width)):
        strip = values[top : top + step].astype(np.float32)
        out[top : top + step] = encode_linear(strip) if color else _encode_plain(strip)
    return out


def _encode_plain(values: NDArray[np.float32]) -> Pixels:
    finite = np.nan_to_num(values, posinf=1.0)
    return cast(Pixels, (np.clip(finite, 0, 1) * 255 + 0.5).astype(np.uint8))


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
    count = to_srgb.channels
    color = to_srgb(planes[:, :, :count])
    if planes.shape[2] == count:
        return color
    return np.concatenate([color, planes[:, :, count:]], axis=2)


def _rows(width: int) -> int:
    return max(1, _STRIP // width)
