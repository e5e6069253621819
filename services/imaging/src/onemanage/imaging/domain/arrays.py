"""The arrays that pass between the rooms of the domain."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

type Pixels = NDArray[np.uint8]
"""H x W x 3 (RGB) or x 4 (RGBA, not premultiplied), sRGB."""

type Values = NDArray[np.floating[Any]]
"""H x W or H x W x C, 0 to 1 unless said otherwise; float32 where it is large."""

type Mask = NDArray[np.bool_]
"""H x W."""


def dot(one: Values, other: Values) -> Values:
    """The products of two arrays of colours, summed over the channels, which is the
    last axis. Much faster than ``sum`` over so short an axis."""
    return np.asarray(np.einsum("...c,...c->...", one, other))


def lowest(colors: Values) -> Values:
    """The least of the three channels, which are the last axis. Much faster than
    ``min`` over it."""
    least = np.minimum(np.minimum(colors[..., 0], colors[..., 1]), colors[..., 2])
    return np.asarray(least)


def highest(colors: Values) -> Values:
    """As `lowest`, the greatest."""
    most = np.maximum(np.maximum(colors[..., 0], colors[..., 1]), colors[..., 2])
    return np.asarray(most)
