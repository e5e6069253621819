"""Records of XLSB: a kind, a length and the content, one behind the other."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

ROW = 0
CELLS = range(2, 12)
"""Cells with a value."""


class Record(NamedTuple):
    kind: int
    content: bytes
    place: int
    """Of the content in the part."""


def records(blocks: Iterable[bytes], wanted: int) -> Iterator[Record]:
    """With the first ``wanted`` bytes of the content, or all where it is shorter.

    Ends where no whole record follows.
    """
    rest = iter(blocks)
    data, at, before = b"", 0, 0
    while True:
        head = _head(data, at)
        if head is None or head[2] + min(head[1], wanted) > len(data):
            block = next(rest, None)
            if block is None:
                return
            before += at
            data, at = data[at:] + block, 0
            continue
        kind, length, start = head
        yield Record(kind, data[start : start + min(length, wanted)], before + start)
        at = start + length
        while at > len(data):
            at -= len(data)
            before += len(data)
            block = next(rest, None)
            if block is None:
                return
            data = block


def _head(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, length, and where the content begins; None where more is to come."""
    if len(data) - at < 2:
        return None
    kind, at = data[at], at + 1
    if kind & 0x80:
        kind, at = (kind & 0x7F) | (data[at] & 0x7F) << 7, at + 1
    length = 0
    for shift in (0, 7, 14, 21):
        if at >= len(data):
            return None
        byte, at = data[at], at + 1
        length |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return kind, length, at
