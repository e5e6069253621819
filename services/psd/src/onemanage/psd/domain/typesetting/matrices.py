"""Affine matrices as PDF and PSD write them: xx, xy, yx, yy, tx, ty, of which a point
becomes xx x + yx y + tx, xy x + yy y + ty."""

import math

type Matrix = tuple[float, float, float, float, float, float]


def times(outer: Matrix, inner: Matrix) -> Matrix:
    """First the inner one, then the outer one."""
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return (
        a * p + c * q,
        b * p + d * q,
        a * r + c * s,
        b * r + d * s,
        a * t + c * u + e,
        b * t + d * u + f,
    )


def applied(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a point comes to stand."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def scale_of(matrix: Matrix) -> float:
    """How many pixels high one unit is."""
    return math.hypot(matrix[2], matrix[3])
