"""What the fields of operations on look and regions allow and together makes no sense.

Each fault is a pointer within the operation, and what is wrong.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from onemanage.contracts.imaging.operations.colors import ColorMatrix, GradientOverlay
from onemanage.contracts.imaging.operations.effects import Convolve
from onemanage.contracts.imaging.operations.regions import Obscure
from onemanage.contracts.imaging.operations.tones import CurvePoint, Curves
from onemanage.contracts.imaging.operations.values import Operation

type Faults = Iterator[tuple[str, str]]


def look_faults(operation: Operation) -> Faults:
    """Pointer and message of each thing that is wrong."""
    match operation:
        case Curves():
            for name in ("master", "red", "green", "blue"):
                yield from _curve(getattr(operation, name), f"/{name}")
        case ColorMatrix():
            yield from _matrix(operation.matrix)
        case GradientOverlay():
            for number, (one, other) in enumerate(pairwise(operation.stops), 1):
                if other.at < one.at:
                    text = "Must not stand before the stop above it."
                    yield f"/stops/{number}/at", text
        case Convolve():
            yield from _kernel(operation)
        case Obscure():
            yield from _obscure(operation)


def _curve(points: Sequence[CurvePoint], pointer: str) -> Faults:
    if len(points) == 1:
        yield pointer, "Give two points or more, or none."
    for number, (one, other) in enumerate(pairwise(points), 1):
        if other.x <= one.x:
            yield f"{pointer}/{number}/x", "Must be over that of the point before it."


def _matrix(rows: Sequence[Sequence[float]]) -> Faults:
    shapes = {(len(rows), len(row)) for row in rows}
    if shapes not in ({(3, 3)}, {(3, 4)}, {(4, 5)}):
        text = "Must be 3 rows of 3 or of 4 numbers, or 4 rows of 5."
        yield "/matrix", text


def _kernel(operation: Convolve) -> Faults:
    rows = operation.kernel
    if len({len(row) for row in rows}) > 1:
        yield "/kernel", "All rows must have as many numbers."
    elif len(rows) % 2 == 0 or len(rows[0]) % 2 == 0:
        yield "/kernel", "Rows and columns must be odd in number, to have a middle."
    if operation.divisor == 0:
        yield "/divisor", "Must not be 0."


def _obscure(operation: Obscure) -> Faults:
    for name in ("x", "y", "width", "height"):
        value = getattr(operation, name)
        if operation.target == "box" and value is None:
            yield f"/{name}", "A box needs x, y, width and height."
        elif operation.target != "box" and value is not None:
            yield f"/{name}", f"Only a box has a place. Target is {operation.target}."
        elif operation.unit == "percent" and value is not None and value > 100:
            yield f"/{name}", "Must be at most 100 percent."
