"""Where the parts of a document lie, so that they can be hurt on purpose.

Follows the lengths in the file as the format says them, and stops where they lead out
of it: what is found by then is enough.
"""

import struct
from dataclasses import dataclass, field

_HEADER = 26
_WIDE_KEYS = frozenset(
    b"LMsk Lr16 Lr32 Layr Mt16 Mt32 Mtrn Alph FMsk lnk2 lnkE FEid FXid PxSD".split()
)
"""Tagged blocks whose length has eight bytes in a PSB."""


@dataclass(frozen=True, slots=True)
class Number:
    """A big-endian unsigned number of ``size`` bytes at ``at``."""

    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes from ``start`` up to ``end`` that mean something by themselves."""

    start: int
    end: int


@dataclass
class Anatomy:
    lengths: list[Number] = field(default_factory=list)
    """Lengths and counts of all kinds."""
    boxes: list[Number] = field(default_factory=list)
    """The sides of layers."""
    compressions: list[Number] = field(default_factory=list)
    """How each channel and the merged image are compressed."""
    blocks: list[Block] = field(default_factory=list)
    """Resources, layer records, tagged blocks and channels."""
    homes: list[tuple[int, tuple[Number, ...]]] = field(default_factory=list)
    """Where a tagged block may be put, and the lengths that then grow by its size."""


def anatomy(data: bytes) -> Anatomy:
    """What is found of ``data``, which may be broken itself."""
    walk = _Walk(data)
    try:
        walk.document()
    except (struct.error, OverflowError):
        pass  # the file ends here, or its lengths lead out of it
    return walk.found


class _Walk:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, _HEADER
        self.found = Anatomy()
        self.wide = 8 if data[4:6] == b"\0\2" else 4
        """Bytes of the lengths that a PSB doubles."""

    def document(self) -> None:
        self.skip(self.length(4))
        self.resources(self.length(4))
        outer = self.length(self.wide), self.found.lengths[-1]
        end = self.at + outer[0]
        if outer[0]:
            self.layers(self.length(self.wide), (outer[1], self.found.lengths[-1]))
            self.skip(self.length(4))  # the global mask
            self.tagged(end, (outer[1],))
        self.at = end
        self.found.compressions.append(Number(end, 2))
        self.found.blocks.append(Block(end, len(self.data)))

    def resources(self, length: int) -> None:
        end = self.at + length
        while self.at < end:
            start = self.at
            self.at += 6
            self.skip((1 + self.peek(1)) + 1 & ~1)  # a Pascal string, padded to even
            self.skip(self.length(4) + 1 & ~1)
            self.found.blocks.append(Block(start, self.at))
        self.at = end

    def layers(self, length: int, around: tuple[Number, ...]) -> None:
        end = self.at + length
        if not length:
            return
        self.found.lengths.append(Number(self.at, 2))
        count = self.signed_count()
        channels = [one for _ in range(count) for one in self.record(around)]
        for size in channels:
            self.found.compressions.append(Number(self.at, 2))
            self.found.blocks.append(Block(self.at, self.at + size))
            self.at += size
        self.at = end

    def record(self, around: tuple[Number, ...]) -> list[int]:
        """One layer's record; the sizes of its channels."""
        start = self.at
        for _ in range(4):
            self.found.boxes.append(Number(self.at, 4))
            self.at += 4
        channels = []
        for _ in range(self.length(2)):
            self.at += 2
            channels.append(self.length(self.wide))
        self.at += 12
        extra = self.length(4)
        around = (*around, self.found.lengths[-1])
        end = self.at + extra
        self.skip(self.length(4))  # the mask
        self.skip(self.length(4))  # the blending ranges
        self.skip((1 + self.peek(1)) + 3 & ~3)  # the name
        self.tagged(end, around)
        self.at = end
        self.found.blocks.append(Block(start, end))
        return channels

    def tagged(self, end: int, around: tuple[Number, ...]) -> None:
        self.found.homes.append((self.at, around))
        while self.at + 12 <= end:
            start = self.at
            key = self.data[start + 4 : start + 8]
            self.at += 8
            length = self.length(self.wide if key in _WIDE_KEYS else 4)
            if self.data[start : start + 2] != b"8B":
                break  # 8BIM or 8B64 begin a block: a length before has lied
            if key in (b"Lr16", b"Lr32"):  # where deep documents keep their layers
                self.layers(length, (*around, self.found.lengths[-1]))
            else:
                self.skip(length)
            self.found.blocks.append(Block(start, self.at))
            while self.at < min(end, len(self.data)) and not self.data[self.at]:
                self.at += 1
        self.at = end

    def skip(self, size: int) -> None:
        self.at += size

    def length(self, size: int) -> int:
        number = self.peek(size)
        self.found.lengths.append(Number(self.at, size))
        self.at += size
        return number

    def peek(self, size: int) -> int:
        layout = {1: ">B", 2: ">H", 4: ">I", 8: ">Q"}[size]
        number: int = struct.unpack_from(layout, self.data, self.at)[0]
        return number

    def signed_count(self) -> int:
        count: int = struct.unpack_from(">h", self.data, self.at)[0]
        self.at += 2
        return abs(count)
