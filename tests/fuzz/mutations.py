"""What can befall a document. Each takes the bytes and gives them back hurt.

The same generator state gives the same bytes, so a number and a seed name an input.
"""

import struct
from collections.abc import Callable, Sequence

import numpy as np

from tests.fuzz.anatomy import Anatomy, Block, Number, anatomy

type Chance = np.random.Generator
type Mutation = Callable[[bytearray, Anatomy, Chance], None]

_STRUCTURE = 4000
"""Bytes at the front where most of what is not pixels stands."""

_NESTED = ((1, 60), (60, 70), (500, 1500), (20_000, 60_000))
"""How deep a descriptor may be made: about the parser's limit, and far beyond it."""

_DESCRIPTOR_BLOCKS = {
    b"SoCo": struct.pack(">I", 16),
    b"GdFl": struct.pack(">I", 16),
    b"artb": struct.pack(">I", 16),
    b"vibA": struct.pack(">I", 16),
    b"lfx2": struct.pack(">II", 0, 16),
    b"SoLd": b"soLD" + struct.pack(">II", 4, 16),
    b"shmd": b"",
}
"""Tagged blocks that hold a descriptor, with what stands before it."""


def mutated(data: bytes, chance: Chance) -> tuple[bytes, str]:
    """The document after one to three mishaps, and their names."""
    hurt, names = bytearray(data), []
    for _ in range(int(chance.choice([1, 1, 1, 2, 3]))):
        mutation = MUTATIONS[int(chance.integers(len(MUTATIONS)))]
        if hurt:
            mutation(hurt, anatomy(bytes(hurt)), chance)
        names.append(mutation.__name__)
    return bytes(hurt), "+".join(names)


def flip_bits(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    for _ in range(int(chance.choice([1, 4, 64]))):
        data[_somewhere(data, chance)] ^= 1 << int(chance.integers(8))


def overwrite(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    at = _somewhere(data, chance)
    size = min(int(chance.integers(1, 65)), len(data) - at)
    data[at : at + size] = chance.bytes(size)


def truncate(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    del data[_somewhere(data, chance) :]


def append(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    data += chance.bytes(int(chance.integers(1, 5000)))


def extreme_length(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    for number in _some(parts.lengths, chance):
        _put(data, number, _extreme(data, number, chance))


def extreme_number_anywhere(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    number = Number(_somewhere(data, chance), int(chance.choice([2, 4, 8])))
    _put(data, number, _extreme(data, number, chance))


def move_side(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    """A layer's box larger, turned over, or somewhere else."""
    for number in _some(parts.boxes, chance):
        sides = [0, 1, 300, 9_999, 29_999, 300_000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
        _put(data, number, int(chance.choice(sides)))


def change_compression(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    for number in _some(parts.compressions, chance):
        _put(data, number, int(chance.choice([0, 1, 2, 3, 4, 0xFFFF])))


def swap_blocks(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    if len(pair := _block(parts, chance) + _block(parts, chance)) == 2:
        first, second = sorted(pair, key=lambda block: block.start)
        if first.end <= second.start:
            one, other = (data[x.start : x.end] for x in (first, second))
            data[second.start : second.end] = one
            data[first.start : first.end] = other


def repeat_block(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    for block in _block(parts, chance):
        times = int(chance.choice([1, 2, 20]))
        piece = bytes(data[block.start : block.end])
        data[block.end : block.end] = piece[:100_000] * times


def zero_block(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    for block in _block(parts, chance):
        data[block.start : block.end] = bytes(len(data[block.start : block.end]))


def drop_block(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    for block in _block(parts, chance):
        del data[block.start : block.end]


def change_header(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    fields = {
        Number(4, 2): [0, 1, 2, 3],
        Number(12, 2): [0, 1, 2, 3, 4, 5, 56, 57, 0xFFFF],
        Number(14, 4): [0, 1, 7, 3_000, 30_000, 30_001, 300_000, 0xFFFFFFFF],
        Number(18, 4): [0, 1, 7, 3_000, 30_000, 30_001, 300_000, 0xFFFFFFFF],
        Number(22, 2): [0, 1, 8, 16, 32, 64],
        Number(24, 2): [0, 1, 2, 3, 4, 5, 7, 8, 9, 0xFFFF],
    }
    for number in _some(list(fields), chance):
        _put(data, number, int(chance.choice(fields[number])))


def deepen_descriptor(data: bytearray, parts: Anatomy, chance: Chance) -> None:
    """A tagged block with a descriptor in a descriptor and so on, lengths right."""
    if not parts.homes:
        return
    at, around = parts.homes[int(chance.integers(len(parts.homes)))]
    key = list(_DESCRIPTOR_BLOCKS)[int(chance.integers(len(_DESCRIPTOR_BLOCKS)))]
    depth = int(chance.integers(*_NESTED[int(chance.integers(len(_NESTED)))]))
    body = _DESCRIPTOR_BLOCKS[key] + _nested(depth, lists=bool(chance.integers(2)))
    if key == b"shmd":
        body = struct.pack(">I4s4s4xI", 1, b"8BIM", b"cust", len(body) + 4) + (
            struct.pack(">I", 16) + body
        )
    body += bytes(-len(body) % 4)
    block = b"8BIM" + key + struct.pack(">I", len(body)) + body
    for number in around:
        _put(data, number, _get(data, number) + len(block))
    data[at:at] = block


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    overwrite,
    truncate,
    append,
    extreme_length,
    extreme_number_anywhere,
    move_side,
    change_compression,
    swap_blocks,
    repeat_block,
    zero_block,
    drop_block,
    change_header,
    deepen_descriptor,
)


def _nested(depth: int, *, lists: bool) -> bytes:
    """A descriptor within ``depth`` others, or within as many lists."""
    head = struct.pack(">IHI4s", 1, 0, 0, b"null")
    key = struct.pack(">I4s", 0, b"null")
    if lists:
        step = b"VlLs" + struct.pack(">I", 1)
        return head + struct.pack(">I", 1) + key + step * depth + b"bool\1"
    step = key + b"Objc" + head + struct.pack(">I", 1)
    opening = head + struct.pack(">I", 1)
    return opening + step * depth + key + b"bool\1"


def _somewhere(data: bytearray, chance: Chance) -> int:
    """Half of the time at the front, where the structure is."""
    size = len(data) if chance.integers(2) else min(len(data), _STRUCTURE)
    return int(chance.integers(size))


def _some(numbers: Sequence[Number], chance: Chance) -> list[Number]:
    if not numbers:
        return []
    count = int(chance.integers(1, 3))
    return [numbers[int(chance.integers(len(numbers)))] for _ in range(count)]


def _block(parts: Anatomy, chance: Chance) -> list[Block]:
    """One, or none where there is none."""
    if not parts.blocks:
        return []
    return [parts.blocks[int(chance.integers(len(parts.blocks)))]]


def _extreme(data: bytearray, number: Number, chance: Chance) -> int:
    top = (1 << (8 * number.size)) - 1
    now = _get(data, number)
    near = [now + 1, now - 1, now * 2, now // 2, len(data)]
    ends = [0, 1, 2, top, top - 1, top // 2, top // 2 + 1, 0x7FFF, 0xFFFFFF]
    values = [value & top for value in (*near, *ends)]
    return values[int(chance.integers(len(values)))]


def _get(data: bytearray, number: Number) -> int:
    return int.from_bytes(data[number.at : number.at + number.size])


def _put(data: bytearray, number: Number, value: int) -> None:
    """Nothing is put beyond the end."""
    if number.at + number.size <= len(data):
        wrapped = value % (1 << (8 * number.size))
        data[number.at : number.at + number.size] = wrapped.to_bytes(number.size)
