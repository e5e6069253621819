"""Contours of effects: curves that strengths and heights go through.

Points are corners, between which the curve is straight, or knots of a natural cubic, as
in Photoshop's curves; a point that does not say is a knot.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Key

type Table = NDArray[np.float64]
"""256 values of 0 to 255."""

_MOST = 256
"""Points; Photoshop's editor has far fewer."""


def contour(desc: object) -> Table | None:
    """The contour's values at 0 to 255; None where it changes nothing.

    Points that do not go from left to right are no contour.
    """
    found: Any = desc.get(b"Crv ") if isinstance(desc, Descriptor) else None
    if not found or len(found) > _MOST:
        return None
    at = np.array([float(point[Key.Horizontal]) for point in found])
    to = np.array([float(point[Key.Vertical]) for point in found])
    if np.array_equal(at, to) or not np.isfinite([at, to]).all():
        return None
    if (np.diff(at) <= 0).any():
        return None
    corners = [number for number, point in enumerate(found) if _is_corner(point)]
    ends = sorted({0, *corners, len(at) - 1})
    levels = np.arange(256, dtype=np.float64)
    table: Table = np.interp(levels, at, to)
    for first, last in pairwise(ends):
        if last - first > 1:
            inside = (levels >= at[first]) & (levels <= at[last])
            knots = slice(first, last + 1)
            table[inside] = _natural_cubic(at[knots], to[knots], levels[inside])
    return np.asarray(np.clip(table, 0, 255))


def _is_corner(point: Any) -> bool:
    smooth = point.get(b"Cnty")
    return smooth is not None and not bool(smooth)


def _natural_cubic(x: Table, y: Table, at: Table) -> Table:
    """The smoothest curve through the points: its bend is 0 at both ends."""
    count = len(x)
    width = np.diff(x)
    slope = np.diff(y) / width
    system = np.eye(count)
    right = np.zeros(count)
    for row in range(1, count - 1):
        system[row, row - 1] = width[row - 1]
        system[row, row] = 2 * (width[row - 1] + width[row])
        system[row, row + 1] = width[row]
        right[row] = 6 * (slope[row] - slope[row - 1])
    bend = np.linalg.solve(system, right)
    left = np.clip(np.searchsorted(x, at, side="right") - 1, 0, count - 2)
    h, past = width[left], at - x[left]
    first, last = bend[left], bend[left + 1]
    return (
        y[left]
        + past * (slope[left] - h * (2 * first + last) / 6)
        + past**2 * first / 2
        + past**3 * (last - first) / (6 * h)
    )
