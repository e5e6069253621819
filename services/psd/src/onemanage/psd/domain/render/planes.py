"""Stored channels as 8-bit planes, only the rows and columns that are asked for.

Planes are (height, width) arrays of uint8 and colours (channels, height, width), in the
file's own sense: CMYK inverted, Lab's a and b with 128 as zero.
"""

from collections.abc import Mapping
from typing import cast

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray
from PIL import Image
from psd_tools.api.layers import Layer
from psd_tools.api.protocols import PSDProtocol
from psd_tools.compression import decode_prediction
from psd_tools.constants import ChannelID, Compression
from psd_tools.psd.layer_and_mask import ChannelData

from onemanage.psd.domain.color import CHANNELS, Pixels, encode_linear
from onemanage.psd.domain.pixels import MissingPixels
from onemanage.psd.domain.render.boxes import Box, intersect, is_empty, part, size_of


def stored(layer: Layer) -> Mapping[int, ChannelData]:
    """The channels that hold anything, by their number in the file."""
    return {
        int(info.id): data
        for info, data in zip(layer._record.channel_info, layer._channels, strict=False)
        if data.data
    }


def stored_box(layer: Layer) -> Box:
    record = layer._record
    return record.left, record.top, record.right, record.bottom


def has_alpha(layer: Layer) -> bool:
    return ChannelID.TRANSPARENCY_MASK in stored(layer)


def layer_color(layer: Layer, box: Box) -> Pixels | None:
    """Colour planes for ``box``, which lies within the layer's stored box.

    None where the layer holds none; MissingPixels where it holds only some.
    """
    channels = stored(layer)
    count = CHANNELS[layer._psd.color_mode]
    found = [number for number in range(count) if number in channels]
    if not found:
        return None
    if len(found) < count:
        raise MissingPixels(f"it has {len(found)} of {count} colour channels")
    out = np.empty((count, *size_of(box)), np.uint8)
    for number in found:
        out[number] = plane(
            channels[number], stored_box(layer), box, layer._psd, color=True
        )
    return out


def layer_alpha(layer: Layer, box: Box) -> Pixels | None:
    """The transparency for ``box``, or None where the layer has none: opaque."""
    data = stored(layer).get(ChannelID.TRANSPARENCY_MASK)
    if data is None:
        return None
    return plane(data, stored_box(layer), box, layer._psd, color=False)


def plane(
    data: ChannelData, stored_in: Box, box: Box, document: PSDProtocol, *, color: bool
) -> Pixels:
    """What ``box`` shows of a channel that is stored for the box ``stored_in``."""
    height, width = size_of(stored_in)
    rows, columns = part(box, stored_in)
    depth = document.depth
    line = (width * depth + 7) // 8
    found = _rows(data, height, width, line, rows, document)
    return _as_bytes(found, width, depth, color=color)[:, columns]


def pasted(data: Pixels, covers: Box, box: Box, background: int) -> Pixels:
    """The plane that covers ``covers`` on ``box``, with ``background`` around it."""
    out = np.full(size_of(box), background, np.uint8)
    both = intersect(covers, box)
    if not is_empty(both):
        out[part(both, box)] = data[part(both, covers)]
    return out


def _rows(
    data: ChannelData, height: int, width: int, line: int, rows: slice, psd: PSDProtocol
) -> Pixels:
    """The stored bytes of some rows, (rows, line)."""
    count = rows.stop - rows.start
    match data.compression:
        case Compression.RAW:
            raw = data.data[rows.start * line : rows.stop * line]
        case Compression.RLE:
            raw = _unpacked(data.data, height, line, rows, psd.version)
        case Compression.ZIP:
            raw = _inflated(data.data, rows.stop * line)[rows.start * line :]
        case _:
            whole = _inflated(data.data, height * line)
            if psd.depth == 8:
                deltas = np.frombuffer(whole, np.uint8).reshape(height, line)[rows]
                return cast(Pixels, np.cumsum(deltas, axis=1, dtype=np.uint8))
            whole = decode_prediction(whole, width, height, psd.depth)
            raw = whole[rows.start * line : rows.stop * line]
    if len(raw) < count * line:
        raise MissingPixels(f"a channel ends after {len(raw)} of {count * line} bytes")
    return np.frombuffer(raw, np.uint8, count * line).reshape(count, line)


def _unpacked(data: bytes, height: int, line: int, rows: slice, version: int) -> bytes:
    """PackBits: a table of the rows' lengths, then the rows."""
    layout = np.dtype(">u2" if version == 1 else ">u4")
    if len(data) < height * layout.itemsize:
        raise MissingPixels("a channel ends within its table of rows")
    lengths = np.frombuffer(data, layout, height).astype(np.int64)
    ends = height * layout.itemsize + np.cumsum(lengths)
    begin = int(ends[rows.start] - lengths[rows.start])
    packed = data[begin : int(ends[rows.stop - 1])]
    size = (line, rows.stop - rows.start)
    return Image.frombytes("L", size, packed, "packbits", "L").tobytes()


def _inflated(data: bytes, length: int) -> bytes:
    """At most ``length`` bytes, whatever the stream would give."""
    return isal_zlib.decompressobj().decompress(data, length)


def _as_bytes(found: Pixels, width: int, depth: int, *, color: bool) -> Pixels:
    """One byte a pixel. 32-bit colour is linear light; 32-bit alpha is not."""
    if depth == 8:
        return found
    if depth == 16:  # big-endian: the first byte is the value of 0 to 255
        return found[:, 0::2]
    if depth == 1:
        bits = np.unpackbits(found, axis=1, count=width)
        return cast(Pixels, (1 - bits) * np.uint8(255))
    values: NDArray[np.float32] = found.view(">f4").astype(np.float32)
    if color:
        return encode_linear(values)
    finite = np.clip(np.nan_to_num(values, posinf=1.0), 0, 1)
    return cast(Pixels, (finite * 255 + 0.5).astype(np.uint8))
