"""Curves through points, as Photoshop draws them."""

import numpy as np
from numpy.typing import NDArray


def natural_cubic(
    x: NDArray[np.float64], y: NDArray[np.float64], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The smoothest curve through the points, straight at both ends."""
    count = len(x)
    width, rise = np.diff(x), np.diff(y) / np.diff(x)
    system, right = np.eye(count), np.zeros(count)
    for row in range(1, count - 1):
        system[row, row - 1 : row + 2] = (
            width[row - 1],
            2 * (width[row - 1] + width[row]),
            width[row],
        )
        right[row] = 6 * (rise[row] - rise[row - 1])
    bend = np.linalg.solve(system, right)
    left = np.clip(np.searchsorted(x, at, side="right") - 1, 0, count - 2)
    h, a, b = width[left], x[left + 1] - at, at - x[left]
    return (
        (bend[left] * a**3 + bend[left + 1] * b**3) / (6 * h)
        + (y[left] / h - bend[left] * h / 6) * a
        + (y[left + 1] / h - bend[left + 1] * h / 6) * b
    )
