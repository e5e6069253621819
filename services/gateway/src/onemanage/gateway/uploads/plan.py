"""Into which parts an upload is cut: the rules of S3, in numbers alone."""

from collections.abc import Iterable

from onemanage.platform.storage.parts import MAX_PARTS, MIN_PART, Part

_MIB = 1024 * 1024


def part_count(size: int, part_size: int) -> int:
    """How many parts of this size a file of ``size`` bytes has."""
    return -(-size // part_size)


def size_of(number: int, size: int, part_size: int) -> int:
    """Bytes of part ``number``, from 1: all alike, but for the last."""
    return min(part_size, size - (number - 1) * part_size)


def missing_parts(size: int, part_size: int, arrived: Iterable[Part]) -> list[int]:
    """Numbers of parts that are not there in the size that they must have."""
    there = {part.number: part.size for part in arrived}
    return [
        number
        for number in range(1, part_count(size, part_size) + 1)
        if there.get(number) != size_of(number, size, part_size)
    ]


def smallest_part(size: int) -> int:
    """In whole MiB, so that there are no more parts than S3 takes."""
    needed = -(-size // MAX_PARTS)
    return max(MIN_PART, -(-needed // _MIB) * _MIB)
