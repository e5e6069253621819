"""What a document stores of its pixels, decoded channel by channel.

A channel is decoded for the rows that are asked for, at one byte a pixel, in the file's
own sense: CMYK inverted, Lab's a and b with 128 as zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools import compression as codecs
from psd_tools.api.layers import Layer
from psd_tools.compression import decode_prediction
from psd_tools.constants import Compression
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.layer_and_mask import ChannelData

from onemanage.psd.domain.color import Pixels, encode_linear
from onemanage.psd.domain.places import part_of

type Samples = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]
"""8, 16 or 32 bits. Those of 32 are linear light; those of others as the file has
them."""

TOPS = {"uint8": 255.0, "uint16": 65_535.0, "float32": 1.0}
"""What is white, or opaque, by the type of the samples."""

_STRIP = 1 << 20
"""Pixels converted at a time."""
_BLOCK = 1 << 18
"""Bytes unpacked at a time: what is freed then stays with the process for the next."""


_unpack_bits = codecs.rle_impl.decode  # type: ignore[attr-defined]  # in C where that is built
_MARK = b"\x00\x01"
"""One literal byte, packed; a run that swallows a part of it is not followed by it."""
_OTHER_MARK = b"\x01\x02\x02"
"""It differs in every byte."""


class MissingPixels(Exception):
    """The file says that there are pixels but does not hold them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a channel is laid out."""

    height: int
    width: int
    depth: int
    """Bits: 1, 8, 16 or 32."""
    version: int
    """1 of a PSD, 2 of a PSB."""

    @property
    def line(self) -> int:
        """Bytes of a row."""
        return (self.width * self.depth + 7) // 8


def has_alpha(pixels: Samples) -> bool:
    """Whether the last channel is alpha: with gray, RGB or inks before it."""
    return pixels.shape[2] in (2, 4, 5)


def stored(layer: Layer) -> Mapping[int, ChannelData]:
    """The channels that hold anything, by their number in the file."""
    return {
        int(info.id): data
        for info, data in zip(layer._record.channel_info, layer._channels, strict=False)
        if holds_pixels(data)
    }


def holds_pixels(data: ChannelData) -> bool:
    """Without reading them: its length counts two bytes for the compression."""
    return data._length > 2


def channel(
    data: bytes,
    compression: Compression,
    shape: Shape,
    rows: slice | None = None,
    *,
    color: bool,
) -> Pixels:
    """(rows, width) of uint8. 32-bit colour is linear light; 32-bit alpha is not.

    Raises MissingPixels where there are fewer, or what a decoder raises.
    """
    wanted = rows or slice(0, shape.height)
    found = _rows(data, compression, shape, wanted)
    return _as_bytes(found, shape.width, shape.depth, color=color)


def deep_channel(
    data: bytes, compression: Compression, shape: Shape, rows: slice | None = None
) -> Samples:
    """The same with all its bits: uint8, uint16 or float32; a bit becomes a byte."""
    found = _rows(data, compression, shape, rows or slice(0, shape.height))
    if shape.depth == 16:
        return found.view(">u2").astype(np.uint16)
    if shape.depth == 32:
        return np.nan_to_num(found.view(">f4").astype(np.float32))
    return _as_bytes(found, shape.width, shape.depth, color=False)


def merged_channel(document: PSDImage, number: int, *, color: bool) -> Pixels:
    """One channel of the merged image, (height, width); raises as ``channel`` does."""
    return channel(*_merged(document, number), color=color)


def deep_merged_channel(document: PSDImage, number: int) -> Samples:
    """The same with all its bits."""
    return deep_channel(*_merged(document, number))


def _merged(
    document: PSDImage, number: int
) -> tuple[bytes, Compression, Shape, slice | None]:
    """What holds a channel of the merged image, and which of its rows do."""
    header = document._record.header
    image = document._record.image_data
    shape = Shape(header.height, header.width, header.depth, header.version)
    size = shape.height * shape.line
    if image.compression is Compression.RLE:
        data = _packed_channel(image, shape, number, header.channels)
    elif image.compression is Compression.RAW:
        data = part_of(image, number * size, (number + 1) * size)
    else:
        # All channels are one stream, and predicted as one tall image.
        tall = Shape(
            shape.height * header.channels, shape.width, shape.depth, shape.version
        )
        rows = slice(number * shape.height, (number + 1) * shape.height)
        return image.data, image.compression, tall, rows
    return data, image.compression, shape, None


def _packed_channel(
    image: ImageData, shape: Shape, number: int, channels: int
) -> bytes:
    """Its part of the table of lengths, then its rows, as a layer's channel is stored."""
    layout = _lengths(shape)
    table = shape.height * layout.itemsize
    head = part_of(image, 0, channels * table)
    if len(head) < channels * table:
        raise MissingPixels("the merged image ends within its table of rows")
    lengths = np.frombuffer(head, layout, channels * shape.height).astype(np.int64)
    sizes = lengths.reshape(channels, shape.height).sum(axis=1)
    begin = channels * table + int(sizes[:number].sum())
    own = head[number * table : (number + 1) * table]
    return own + part_of(image, begin, begin + int(sizes[number]))


def _rows(data: bytes, compression: Compression, shape: Shape, rows: slice) -> Pixels:
    """The stored bytes of some rows, (rows, line)."""
    line, count = shape.line, rows.stop - rows.start
    raw: bytes | memoryview
    match compression:
        case Compression.RAW:
            raw = data[rows.start * line : rows.stop * line]
        case Compression.RLE:
            raw = _unpacked(data, shape, rows)
        case Compression.ZIP:
            inflate = _inflated_whole if rows.stop == shape.height else _inflated
            raw = inflate(data, rows.stop * line)[rows.start * line :]
        case _:
            whole = _inflated_whole(data, shape.height * line)
            if shape.depth == 8:
                deltas = np.frombuffer(whole, np.uint8).reshape(-1, line)[rows]
                return cast(Pixels, np.cumsum(deltas, axis=1, dtype=np.uint8))
            whole = decode_prediction(whole, shape.width, shape.height, shape.depth)
            raw = whole[rows.start * line : rows.stop * line]
    if len(raw) < count * line:
        raise MissingPixels(f"a channel ends after {len(raw)} of {count * line} bytes")
    return np.frombuffer(raw, np.uint8, count * line).reshape(count, line)


def _unpacked(data: bytes, shape: Shape, rows: slice) -> memoryview:
    """PackBits: a table of the rows' lengths, then the rows."""
    layout = _lengths(shape)
    if len(data) < shape.height * layout.itemsize:
        raise MissingPixels("a channel ends within its table of rows")
    lengths = np.frombuffer(data, layout, shape.height).astype(np.int64)
    ends = shape.height * layout.itemsize + np.cumsum(lengths)
    begins, packed = ends - lengths, memoryview(data)
    out = np.empty((rows.stop - rows.start) * shape.line, np.uint8)
    step = max(1, _BLOCK // max(1, shape.line))
    for top in range(rows.start, rows.stop, step):
        bottom = min(top + step, rows.stop)
        block = packed[int(begins[top]) : int(ends[bottom - 1])]
        found = _unpacked_block(block, shape.line, lengths[top:bottom])
        place = (top - rows.start) * shape.line
        out[place : place + len(found)] = np.frombuffer(found, np.uint8)
    return out.data


def _unpacked_block(packed: memoryview, line: int, lengths: NDArray[np.int64]) -> bytes:
    """Raises MissingPixels where a row unpacks to less than its width.

    psd-tools fills up with zeros where there is too little: without the mark then, and
    each row is unpacked by itself. Some writers' rows go past their width; that is cut.
    """
    size = line * len(lengths)
    found: bytes = _unpack_bits(b"".join((packed, _MARK)), size + 1)
    if found[size:] == _MARK[1:]:
        return found[:size]
    ends = np.cumsum(lengths)
    return b"".join(
        _unpacked_row(bytes(packed[int(end - length) : int(end)]), line)
        for end, length in zip(ends, lengths, strict=True)
    )


def _unpacked_row(packed: bytes, line: int) -> bytes:
    """Whatever follows it must not show in it."""
    one, other = (_unpack_bits(packed + mark, line) for mark in (_MARK, _OTHER_MARK))
    if one != other:
        raise MissingPixels(f"a packed row ends before its {line} bytes")
    whole: bytes = one
    return whole


def _lengths(shape: Shape) -> "np.dtype[np.unsignedinteger]":
    return np.dtype(">u2" if shape.version == 1 else ">u4")


def _inflated(data: bytes, length: int) -> bytes:
    """At most ``length`` bytes, whatever the stream would give."""
    return isal_zlib.decompressobj().decompress(data, length)


def _inflated_whole(data: bytes, length: int) -> bytes:
    """Raises ValueError where the stream gives more than ``length`` bytes."""
    found = _inflated(data, length + 1)
    if len(found) > length:
        raise ValueError(f"a channel inflates to more than its {length} bytes")
    return found


def _as_bytes(found: Pixels, width: int, depth: int, *, color: bool) -> Pixels:
    if depth == 8:
        return found
    if depth == 16:  # big-endian: the first byte is the value of 0 to 255
        return found[:, 0::2]
    if depth == 1:
        bits = np.unpackbits(found, axis=1, count=width)
        return cast(Pixels, (1 - bits) * np.uint8(255))
    out = np.empty((len(found), width), np.uint8)
    stored_values = found.view(">f4")
    for top in range(0, len(found), step := max(1, _STRIP // max(1, width))):
        values = stored_values[top : top + step].astype(np.float32)
        out[top : top + step] = encode_linear(values) if color else _plain(values)
    return out


def _plain(values: NDArray[np.float32]) -> Pixels:
    finite = np.nan_to_num(values, posinf=1.0)
    return cast(Pixels, (np.clip(finite, 0, 1) * 255 + 0.5).astype(np.uint8))
