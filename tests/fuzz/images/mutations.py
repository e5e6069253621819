"""What can befall a file of any format.

The same generator state gives the same bytes, so a number and a seed name an input.
"""

from collections.abc import Callable, Sequence

import numpy as np

type Chance = np.random.Generator
type Mutation = Callable[[bytearray, Chance, Sequence[bytes]], None]

_STRUCTURE = 400
"""Bytes at the front where most of what is not pixels stands."""


def mutated(data: bytes, chance: Chance, others: Sequence[bytes]) -> tuple[bytes, str]:
    """The file after one to three mishaps, and their names."""
    hurt, names = bytearray(data), []
    for _ in range(int(chance.choice([1, 1, 1, 2, 3]))):
        mutation = MUTATIONS[int(chance.integers(len(MUTATIONS)))]
        if hurt:
            mutation(hurt, chance, others)
        names.append(mutation.__name__)
    return bytes(hurt), "+".join(names)


def flip_bits(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    for _ in range(int(chance.choice([1, 4, 64]))):
        data[_somewhere(data, chance)] ^= 1 << int(chance.integers(8))


def overwrite(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    at = _somewhere(data, chance)
    size = min(int(chance.integers(1, 65)), len(data) - at)
    data[at : at + size] = chance.bytes(size)


def truncate(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    del data[_somewhere(data, chance) :]


def append(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    data += chance.bytes(int(chance.integers(1, 5000)))


def extreme_number(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    """Of two, four or eight bytes, in either order, where a size may stand."""
    size = int(chance.choice([1, 2, 4, 8]))
    at = _somewhere(data, chance)
    top = (1 << 8 * size) - 1
    value = int(chance.choice([0, 1, 2, 255, 30_000, 65_535, top // 2, top])) & top
    order = "big" if chance.integers(2) else "little"
    number = value.to_bytes(size, order)  # type: ignore[arg-type]  # one of the two
    data[at : at + size] = number[: len(data) - at]


def repeat_piece(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    at = _somewhere(data, chance)
    piece = bytes(data[at : at + int(chance.integers(1, 2000))])
    data[at:at] = piece * int(chance.choice([1, 20, 200]))


def drop_piece(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    at = _somewhere(data, chance)
    del data[at : at + int(chance.integers(1, 200))]


def zero_piece(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    at = _somewhere(data, chance)
    size = min(int(chance.integers(1, 500)), len(data) - at)
    data[at : at + size] = bytes(size)


def graft(data: bytearray, chance: Chance, others: Sequence[bytes]) -> None:
    """The head of this format and the body of another."""
    other = others[int(chance.integers(len(others)))]
    at = _somewhere(data, chance)
    data[at:] = other[_somewhere(bytearray(other), chance) :]


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    overwrite,
    truncate,
    append,
    extreme_number,
    repeat_piece,
    drop_piece,
    zero_piece,
    graft,
)


def _somewhere(data: bytearray, chance: Chance) -> int:
    """Half of the time at the front, where the structure is."""
    size = len(data) if chance.integers(2) else min(len(data), _STRUCTURE)
    return int(chance.integers(size))
