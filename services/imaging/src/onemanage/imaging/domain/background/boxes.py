"""Boxes around things: left, top, width and height, in pixels."""

from onemanage.imaging.domain.background.place import Box


def place(box: Box) -> tuple[slice, slice]:
    """Its rows and columns."""
    left, top, width, height = box
    return slice(top, top + height), slice(left, left + width)


def joined(found: list[Box], most: int) -> list[Box]:
    """One where they meet; then the nearest ones, until there are ``most``."""
    while len(found) > 1:
        gaps = [
            (_gap(found[i], found[j]), i, j)
            for i in range(len(found))
            for j in range(i + 1, len(found))
        ]
        gap, i, j = min(gaps)
        if gap > 0 and len(found) <= most:
            break
        one, other = found[i], found[j]
        rest = [box for k, box in enumerate(found) if k not in (i, j)]
        found = [*rest, around(one, other)]
    return found


def grown(box: Box, share: float, size: tuple[int, int]) -> Box:
    """``box`` with a share of its longer side around it, within width and height."""
    left, top, width, height = box
    more = int(share * max(width, height))
    x, y = max(left - more, 0), max(top - more, 0)
    right = min(left + width + more, size[0])
    bottom = min(top + height + more, size[1])
    return x, y, right - x, bottom - y


def around(one: Box, other: Box) -> Box:
    """The smallest that holds both."""
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    bottom = max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top


def shared(one: Box, other: Box) -> float:
    """Intersection over union."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(across, 0) * max(down, 0)
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def _gap(one: Box, other: Box) -> int:
    """Pixels between two boxes, at most 0 where they meet."""
    across = max(one[0], other[0]) - min(one[0] + one[2], other[0] + other[2])
    down = max(one[1], other[1]) - min(one[1] + one[3], other[1] + other[3])
    return max(across, down)
