"""Stored channels to 8-bit sRGB pixels, with straight alpha where there is any."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.api.layers import Layer
from psd_tools.api.utils import get_transparency_index, has_transparency
from psd_tools.constants import ChannelID, ColorMode, Resource
from psd_tools.psd.layer_and_mask import ChannelData

from onemanage.contracts.steps import step
from onemanage.psd.domain.boxes import Box, intersect, is_empty, part, size_of
from onemanage.psd.domain.channels import (
    TOPS,
    MissingPixels,
    Samples,
    Shape,
    channel,
    deep_channel,
    deep_merged_channel,
    has_alpha,
    merged_channel,
    stored,
)
from onemanage.psd.domain.color import CHANNELS, Pixels, ToSrgb, encode_linear
from onemanage.psd.domain.plates import spot_numbers

_WHITE = {
    ColorMode.RGB: (255,),
    ColorMode.GRAYSCALE: (255,),
    ColorMode.CMYK: (255,),
    ColorMode.LAB: (255, 128, 128),
}
"""What a transparent merged image is painted on, as it is stored: of the modes in which
that is known."""
_ALPHA_NAMES = (Resource.ALPHA_NAMES_PASCAL, Resource.ALPHA_NAMES_UNICODE)

_STRIP = 1 << 20
"""Pixels converted at a time."""


@step("decode")
def layer_pixels(layer: Layer, to_srgb: ToSrgb) -> Pixels | None:
    """The layer's own pixels within its stored box, as (height, width, channels).

    Gray or RGB, with alpha as the last channel if the layer has any. Masks, effects
    and opacity are not applied. None where the layer holds no pixels.
    """
    planes = _layer_planes(
        layer,
        lambda data, shape, color: channel(
            data.data, data.compression, shape, color=color
        ),
    )
    return None if planes is None else converted(cast(Pixels, planes), to_srgb)


def layer_samples(layer: Layer) -> Samples | None:
    """The same with all its bits, in the colours and the sense of the file."""
    return _layer_planes(
        layer,
        lambda data, shape, color: deep_channel(data.data, data.compression, shape),
    )


def _layer_planes(
    layer: Layer, decode: Callable[[ChannelData, Shape, bool], Samples]
) -> Samples | None:
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
    return _interleaved(
        (decode(channels[number], shape, place < count), len(wanted))
        for place, number in enumerate(wanted)
    )


@step("decode")
def merged_pixels(document: PSDImage, to_srgb: ToSrgb) -> Pixels:
    """The merged image that the document embeds, in the same form as a layer."""
    planes, has_alpha = _merged_planes(
        document,
        lambda number, color: merged_channel(document, number, color=color),
    )
    white = _white_below(document) if has_alpha else None
    if white is not None:
        if document.depth == 32:
            _take_off_white_light(document, cast(Pixels, planes))
        else:
            _take_off_white(cast(Pixels, planes), np.array(white, np.int32))
    return converted(cast(Pixels, planes), to_srgb)


def merged_samples(document: PSDImage) -> Samples:
    """The same with all its bits, in the colours and the sense of the file."""
    planes, has_alpha = _merged_planes(
        document, lambda number, color: deep_merged_channel(document, number)
    )
    white = _white_below(document) if has_alpha else None
    if white is not None:
        unit = TOPS[planes.dtype.name] / 255
        _take_off(planes, np.array(white, np.float32) * np.float32(unit))
    return planes


def _merged_planes(
    document: PSDImage, decode: Callable[[int, bool], Samples]
) -> tuple[Samples, bool]:
    """Interleaved, and whether an alpha was stored with them."""
    header = document._record.header
    count = CHANNELS[document.color_mode]
    if header.channels < count:
        raise MissingPixels(f"it has {header.channels} of {count} colour channels")
    transparency = _merged_alpha(document, count)
    numbers = [*range(count), *([] if transparency is None else [transparency])]
    planes = _interleaved(
        (decode(number, place < count), len(numbers))
        for place, number in enumerate(numbers)
    )
    clear = _clear_entry(document) if transparency is None else None
    if clear is not None:
        alpha = np.where(planes == clear, np.uint8(0), np.uint8(255))
        planes = np.concatenate([planes, alpha], axis=2)
    return planes, transparency is not None


def _interleaved(planes: Iterable[tuple[Samples, int]]) -> Samples:
    """Planes one by one, each with how many there are, as (height, width, count)."""
    out: Samples | None = None
    for place, (plane, count) in enumerate(planes):
        if out is None:
            out = np.empty((*plane.shape, count), plane.dtype)
        out[:, :, place] = plane
    assert out is not None
    return out


def _white_below(document: PSDImage) -> tuple[int, ...] | None:
    return None if _is_straight(document) else _WHITE.get(document.color_mode)


def placed(pixels: Samples, covers: Box, box: Box) -> Samples:
    """What ``box`` shows of pixels that cover ``covers``; around them is nothing."""
    if covers == box:
        return pixels
    channels = pixels.shape[2] + (not has_alpha(pixels))
    out = np.zeros((*size_of(box), channels), pixels.dtype)
    both = intersect(covers, box)
    if is_empty(both):
        return out
    inner, shown = out[part(both, box)], pixels[part(both, covers)]
    inner[:, :, -1] = TOPS[pixels.dtype.name]
    inner[:, :, : pixels.shape[2]] = shown
    return out


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
    if _is_straight(document):
        return count
    if not has_transparency(document):
        return None
    inked = spot_numbers(document)
    index = get_transparency_index(document)
    if count <= index < document.channels and index not in inked:
        return index
    return count if document.channels == count + 1 and count not in inked else None


def _clear_entry(document: PSDImage) -> int | None:
    """The entry of an indexed document's palette that is transparent; 65535 is none."""
    if document.color_mode is not ColorMode.INDEXED:
        return None
    entry = document.image_resources.get_data(Resource.TRANSPARENCY_INDEX)
    return int(entry) if entry is not None and int(entry) < 256 else None


def _is_straight(document: PSDImage) -> bool:
    """Whether a painter's program wrote it (SAI, MediBang and others), none of which
    paints the merged image on white, or says that its fourth channel is the alpha."""
    resources = document.image_resources
    layers = document._record.layer_and_mask_information.layer_info
    return (
        document.color_mode is ColorMode.RGB
        and document.channels == 4
        and layers is not None
        and layers.layer_count > 0
        and Resource.VERSION_INFO not in resources
        and not any(key in resources for key in _ALPHA_NAMES)
        and not spot_numbers(document)
    )


def _take_off_white(planes: Pixels, white: NDArray[np.int32]) -> None:
    """Undo c' = c a + white (1 - a) in place; alpha is the last plane.

    By tables, and of the rows alone that have pixels neither clear nor opaque.
    """
    for top in range(0, len(planes), step := _rows(planes.shape[1])):
        strip = planes[top : top + step]
        alpha = np.ascontiguousarray(strip[:, :, -1])
        (rows,) = np.nonzero((alpha - np.uint8(1) < 254).any(axis=1))  # 0 becomes 255
        if not len(rows):
            continue
        whole = slice(int(rows[0]), int(rows[-1]) + 1)
        begins = alpha[whole].astype(np.uint16) << 8
        for plane, one in enumerate(np.broadcast_to(white, planes.shape[2] - 1)):
            places = begins + strip[whole, :, plane]
            strip[whole, :, plane] = _without_white(int(one)).take(places)


@lru_cache
def _without_white(white: int) -> Pixels:
    """Of every alpha and every level, one after the other: the straight level. Of what
    is clear there is none, and it stays as it is."""
    a = np.maximum(np.arange(256, dtype=np.int32), 1)[:, None]
    straight = white + (np.arange(256, dtype=np.int32) - white) * 255 // a
    table = np.clip(straight, 0, 255).astype(np.uint8)
    table[0] = np.arange(256)
    return table.ravel()


def _take_off(planes: Samples, white: NDArray[np.float32]) -> None:
    """The same of more bits: linear light is on white in linear light."""
    top = np.float32(TOPS[planes.dtype.name])
    for first in range(0, len(planes), step := _rows(planes.shape[1])):
        strip = planes[first : first + step]
        color = strip[:, :, :-1].astype(np.float32)
        alpha = strip[:, :, -1:].astype(np.float32) / top
        straight = white + (color - white) / np.maximum(alpha, np.float32(1e-6))
        if planes.dtype != np.float32:
            straight = np.rint(np.clip(straight, 0, top))
        kept = np.where(alpha > 0, np.maximum(straight, 0), color)
        strip[:, :, :-1] = kept.astype(planes.dtype)


def _take_off_white_light(document: PSDImage, planes: Pixels) -> None:
    """The same of 32 bits, which are painted on white in linear light: from the floats,
    for a step of 8 bits near white is a large one of what little is left."""
    count = planes.shape[2] - 1
    number = _merged_alpha(document, count)
    if number is None:
        return
    alpha = deep_merged_channel(document, number)
    for at in range(count):
        light = deep_merged_channel(document, at).astype(np.float32, copy=False)
        for top in range(0, len(planes), step := _rows(planes.shape[1])):
            rows = slice(top, top + step)
            share = np.where(alpha[rows] > 0, alpha[rows], 1).astype(np.float32)
            straight = encode_linear(1 + (light[rows] - 1) / share)
            planes[rows, :, at] = straight


def converted(planes: Pixels, to_srgb: ToSrgb) -> Pixels:
    """Colour planes, and alpha where there is one more, in sRGB; alpha stays."""
    if to_srgb.is_identity:
        return planes
    return to_srgb(planes)


def _rows(width: int) -> int:
    return max(1, _STRIP // width)
