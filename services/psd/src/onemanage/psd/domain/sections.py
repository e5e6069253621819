"""Where the parts of a document stand, also where its own lengths say otherwise.

After the header come four sections: colour mode data, image resources, layers, and the
merged image. The first three begin with their length; the last goes to the end of the
file. Where a length is wrong the merged image is looked for: what it takes is known
from the header, so that it can be told from anything else.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from psd_tools.constants import Compression, Tag
from psd_tools.psd.tagged_blocks import TaggedBlock

HEADER = struct.Struct(">4sH6xHIIHH")
_SLACK = 3
"""Bytes that may be left over: some writers fill up to a multiple of four."""
_MOST_STEPS = 10_000
"""From one resource or block to the next."""
_STEP = 1 << 20
_MOST_SEARCHED = 64 << 20
"""Bytes at the end of the file in which the merged image is looked for."""
_MOST = 1 << 40
"""Bytes; no file is larger."""
_UNTOLD = (Compression.ZIP, Compression.ZIP_WITH_PREDICTION)
"""Only who unpacks it sees where it ends."""
BLOCKS = (b"8BIM", b"8B64")
"""Marks of tagged blocks."""
RESOURCES = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
"""Marks of image resources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """Offsets in the file. ``layers`` and ``layers_end`` are one where there are none:
    Photoshop 2.5 has no such section."""

    resources: int
    """Of what follows the length."""
    resources_end: int
    layers: int
    layers_end: int
    merged: int
    """Of the compression of the merged image."""
    are_stated: bool = True
    """By the lengths in the file; else found without them."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the merged image takes, by the header."""

    version: int
    lines: int
    """Of all channels together."""
    line: int
    """Bytes of one, unpacked."""

    @property
    def length_size(self) -> int:
        return 4 if self.version == 1 else 8

    @property
    def packed(self) -> "np.dtype[np.unsignedinteger]":
        return np.dtype(">u2" if self.version == 1 else ">u4")


def sections(file: BinaryIO) -> Sections:
    """As the lengths in the file say, whether they are true or not.

    Raises EOFError with the name of the section that ends after the file does; the
    second argument is where it should end.
    """
    layout = _layout(file)
    size = os.fstat(file.fileno()).st_size
    position, ends = HEADER.size, []
    for name, length in (
        ("the colour mode data", 4),
        ("the image resources", 4),
        ("the layers", layout.length_size),
    ):
        if position + length > size:
            raise EOFError(name, position + length)
        position += length + _number(file, position, length)
        if position > size:
            raise EOFError(name, position)
        ends.append(position)
    if position + 2 > size:
        raise EOFError("the merged image", position + 2)
    mode, resources, layers = ends
    return Sections(
        resources=mode + 4,
        resources_end=resources,
        layers=resources + layout.length_size,
        layers_end=layers,
        merged=layers,
    )


def holds_image(file: BinaryIO, merged: int) -> bool:
    """Whether a merged image begins there that the file has room for."""
    size = os.fstat(file.fileno()).st_size
    surplus = _surplus(file, _layout(file), merged, size)
    if surplus is None:
        head = _number(file, merged + 2, 2)  # of a zlib stream, RFC 1950
        is_deflated = head >> 8 & 15 == 8 and head % 31 == 0
        return is_deflated and _number(file, merged, 2) in _UNTOLD
    return surplus >= 0


def is_whole(file: BinaryIO, merged: int) -> bool:
    """Whether it ends where the file does as well, or does not say where it ends."""
    size = os.fstat(file.fileno()).st_size
    surplus = _surplus(file, _layout(file), merged, size)
    return holds_image(file, merged) and not surplus


def layers_add_up(file: BinaryIO, where: Sections) -> bool:
    """Whether records and channels of the layers together are as long as their block.

    All real files that were looked at fill it up to a multiple of four at most.
    """
    width = _layout(file).length_size
    begin = where.layers + width
    if where.layers_end < begin or not (length := _number(file, where.layers, width)):
        return True
    count = _number(file, begin, 2)
    position, channels = begin + 2, 0
    layout = ">2xI" if width == 4 else ">2xQ"
    for _ in range(min(count, 0x10000 - count)):
        listed = _number(file, position + 16, 2) * (2 + width)
        rest = file.read(listed + 16)
        if len(rest) < listed + 16:
            return False
        channels += sum(x for (x,) in struct.iter_unpack(layout, rest[:listed]))
        position += 18 + listed + 16 + int.from_bytes(rest[-4:])
        if position > where.layers_end:
            return False
    return 0 <= begin + length - position - channels <= _SLACK


def found_sections(file: BinaryIO) -> Sections | None:
    """Where they are if not where the lengths say; None if there is no telling.

    A merged image counts as found where it ends with the file, and either begins where
    the parts of the sections before it end, or is packed and says so of every row.
    """
    layout = _layout(file)
    size = os.fstat(file.fileno()).st_size
    resources = HEADER.size + 4 + _number(file, HEADER.size, 4) + 4
    if resources > size:
        return None
    claimed = resources + _number(file, resources - 4, 4)
    ends = [claimed, _end_of_resources(file, resources, size)]
    for slack in (0, _SLACK):
        for end in ends:
            for merged in _possible(file, layout, end, size):
                if _fits(file, layout, merged, size, slack):
                    return _around(layout, resources, end, merged)
    packed = _packed_at_the_end(file, layout, resources, size)
    if packed is None:
        return None
    end = next((end for end in ends if end <= packed), packed)
    return _around(layout, resources, end, packed)


def _fits(file: BinaryIO, layout: _Layout, merged: int, size: int, slack: int) -> bool:
    """Whether a merged image begins there that ends with the file. Of one in PackBits
    each row has to be as long as its pixels can be packed: 128 of them take two bytes
    at least, and one more than themselves at most, or some more by bad packers."""
    surplus = _surplus(file, layout, merged, size)
    if surplus is None or not 0 <= surplus <= slack:
        return False
    if _number(file, merged, 2) == Compression.RAW:
        return True
    runs = -(-layout.line // 128)
    file.seek(merged + 2)
    table = file.read(layout.lines * layout.packed.itemsize)
    lengths = np.frombuffer(table, layout.packed)
    return bool((lengths >= 2 * runs).all() and (lengths <= 2 * layout.line + 2).all())


def _around(layout: _Layout, resources: int, end: int, merged: int) -> Sections:
    return Sections(
        resources=resources,
        resources_end=end,
        layers=min(end + layout.length_size, merged),
        layers_end=merged,
        merged=merged,
        are_stated=False,
    )


def _layout(file: BinaryIO) -> _Layout:
    file.seek(0)
    _, version, channels, height, width, depth, _ = HEADER.unpack(
        file.read(HEADER.size)
    )
    return _Layout(version, channels * height, (width * depth + 7) // 8)


def _number(file: BinaryIO, position: int, length: int) -> int:
    """0 past the end of the file, and where there cannot be any."""
    if not 0 <= position < _MOST:
        return 0
    file.seek(position)
    return int.from_bytes(file.read(length))


def _surplus(file: BinaryIO, layout: _Layout, merged: int, size: int) -> int | None:
    """Bytes between its end and the file's, below 0 where some are missing; None where
    it is no merged image, or one whose end it does not say."""
    if merged + 2 > size:
        return None
    rest = size - merged - 2
    match _number(file, merged, 2):
        case Compression.RAW:
            return rest - layout.lines * layout.line
        case Compression.RLE:
            table = layout.lines * layout.packed.itemsize
            if table > rest:
                return -1
            file.seek(merged + 2)
            lengths = np.frombuffer(file.read(table), layout.packed)
            return rest - table - int(lengths.sum(dtype=np.int64))
    return None


def _end_of_resources(file: BinaryIO, position: int, size: int) -> int:
    """Where the chain of resources ends by the lengths of its own."""
    for _ in range(_MOST_STEPS):
        file.seek(position)
        head = file.read(7)
        if len(head) < 7:
            break
        if head[:4] not in RESOURCES:
            break
        name = (head[6] + 2) // 2 * 2
        length = _number(file, position + 6 + name, 4)
        after = position + 10 + name + length + length % 2
        if after > size:
            break
        position = after
    return position


def _possible(file: BinaryIO, layout: _Layout, start: int, size: int) -> Iterator[int]:
    """Where a merged image may begin if the layers begin at ``start``: there, or after
    each of their parts."""
    if start > size:
        return
    length, mask = layout.length_size, 4
    position = start + length
    yield from (start, position)
    position += length + _number(file, position, length)
    yield position
    blocks = position + mask + _number(file, position, mask)
    for begin in (blocks, position):
        position = _end_of_blocks(file, layout, begin, size)
        yield from range(position, position + _SLACK + 1)


def _end_of_blocks(file: BinaryIO, layout: _Layout, position: int, size: int) -> int:
    for _ in range(_MOST_STEPS):
        if position + 12 > size:
            break
        file.seek(position)
        signature, key = file.read(4), file.read(4)
        if signature not in BLOCKS:
            break
        known = Tag(key) if key in _KEYS else key
        wide = TaggedBlock._length_format(known, layout.version) == "Q"
        width = 8 if wide else 4
        length = _number(file, position + 8, width)
        position += 8 + width + -(-length // 4) * 4
    return position


_KEYS = frozenset(tag.value for tag in Tag)


def _packed_at_the_end(
    file: BinaryIO, layout: _Layout, begin: int, size: int
) -> int | None:
    """Where a merged image in PackBits begins whose rows end where the file does.

    Its table of lengths is what is looked for: at each place that says PackBits, the
    lengths that would follow are added up. Sums are taken modulo 2**32.
    """
    width = layout.packed.itemsize
    begin = max(begin, size - _MOST_SEARCHED)
    file.seek(begin)
    data = file.read()
    for shift in range(width):
        count = (len(data) - shift) // width
        if count <= layout.lines:
            break
        words = np.frombuffer(data, layout.packed, count, offset=shift)
        sums = np.cumsum(words, dtype=np.uint32)
        for first in range(0, len(words) - layout.lines, _STEP):
            block = words[first : min(first + _STEP, len(words) - layout.lines)]
            before = first + np.flatnonzero(block & 0xFFFF == Compression.RLE)
            packed = sums[before + layout.lines] - sums[before]
            tables = begin + shift + (before + 1) * width
            rest = size - tables - layout.lines * width
            fits = rest.astype(np.uint32) - packed <= _SLACK
            for table in tables[fits].tolist():
                if _fits(file, layout, table - 2, size, _SLACK):
                    return int(table) - 2
    return None
