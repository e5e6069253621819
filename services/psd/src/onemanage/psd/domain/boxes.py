"""Boxes on the canvas: left, top, right, bottom in pixels, right and bottom past it."""

type Box = tuple[int, int, int, int]

NOWHERE: Box = (0, 0, 0, 0)


def is_empty(box: Box) -> bool:
    """Whether no pixel lies in it."""
    return box[0] >= box[2] or box[1] >= box[3]


def size_of(box: Box) -> tuple[int, int]:
    """Height and width, as arrays count them."""
    return max(0, box[3] - box[1]), max(0, box[2] - box[0])


def area(box: Box) -> int:
    """Pixels that lie in it."""
    height, width = size_of(box)
    return height * width


def intersect(one: Box, other: Box) -> Box:
    """What both have; NOWHERE where that is nothing."""
    box = (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )
    return NOWHERE if is_empty(box) else box


def unite(one: Box, other: Box) -> Box:
    """The smallest box around both; an empty one adds nothing."""
    if is_empty(one):
        return NOWHERE if is_empty(other) else other
    if is_empty(other):
        return one
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def grow(box: Box, by: int) -> Box:
    """By so many pixels on each side; what is empty stays so."""
    if is_empty(box):
        return NOWHERE
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def part(box: Box, within: Box) -> tuple[slice, slice]:
    """Rows and columns of ``box`` in an array that covers ``within``."""
    return (
        slice(box[1] - within[1], box[3] - within[1]),
        slice(box[0] - within[0], box[2] - within[0]),
    )
