"""How large a packed font becomes, known before it is unpacked in earnest.

Its header says so, and may lie: so the streams are run through with a limit.
"""

import struct
import zlib

import brotli  # type: ignore[import-untyped]  # it has no types

_GLYPHS, _PLACES, _OTHER = 10, 11, 63
"""Numbers that stand for tags in WOFF2: glyf, loca, and what has no number."""


class TooLarge(Exception):
    """It is larger than it may be, or than it says."""


def unpacked_size(data: bytes, most: int) -> int:
    """In bytes. Raises TooLarge above so many; IndexError, struct.error, zlib.error or
    brotli.error where it is damaged."""
    if data.startswith(b"wOFF"):
        return _size_of_woff(data, most)
    size = len(data)
    if data.startswith(b"wOF2"):
        stream = brotli.Decompressor()
        # It stops somewhat behind the limit.
        size = len(stream.process(_stream(data), output_buffer_limit=most))
        if not stream.is_finished():
            raise TooLarge
    if size > most:
        raise TooLarge
    return size


def _size_of_woff(data: bytes, most: int) -> int:
    """Each table by itself (W3C, WOFF File Format 1.0, 5)."""
    (count,), total = struct.unpack_from(">H", data, 12), 0
    for number in range(count):
        entry = struct.unpack_from(">4sIII", data, 44 + 20 * number)
        _, start, packed, size = entry
        total += size
        if total > most:
            raise TooLarge
        if packed < size:
            stream = zlib.decompressobj()
            stream.decompress(data[start : start + packed], size)
            if stream.unconsumed_tail:
                raise TooLarge
    return total


def _stream(data: bytes) -> bytes:
    """What is behind the directory of tables (W3C, WOFF File Format 2.0, 4.1)."""
    (count,), at = struct.unpack_from(">H", data, 12), 48
    for _ in range(count):
        tag, transform = data[at] & 63, data[at] >> 6
        at += 1
        is_shape = tag in (_GLYPHS, _PLACES)
        if tag == _OTHER:
            is_shape = data[at : at + 4] in (b"glyf", b"loca")
            at += 4
        at = _behind_number(data, at)
        if transform != (3 if is_shape else 0):
            at = _behind_number(data, at)
    return data[at : at + int.from_bytes(data[20:24])]


def _behind_number(data: bytes, at: int) -> int:
    while data[at] & 0x80:
        at += 1
    return at + 1
