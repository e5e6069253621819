"""Documents of 32 bits are linear light, and Photoshop mixes them as such.

Planes are 8 bits, encoded as sRGB, there as elsewhere: a mix decodes them, and encodes
what comes out. Every canvas of a document mixes alike, and many places make one, so
that it is said once, around the rendering.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import numpy as np
from numpy.typing import NDArray

from onemanage.psd.domain.color import Pixels, encode_linear
from onemanage.psd.domain.colorimetry import decoded

type Values = NDArray[np.float32]

_IS_LINEAR: ContextVar[bool] = ContextVar("is_linear", default=False)


@contextmanager
def linear(is_linear: bool) -> Iterator[None]:
    """Within it colours are mixed in linear light, or as they are."""
    before = _IS_LINEAR.set(is_linear)
    try:
        yield
    finally:
        _IS_LINEAR.reset(before)


def is_linear() -> bool:
    """Whether colours are to be mixed in linear light."""
    return _IS_LINEAR.get()


def mixed(below: Pixels, above: Pixels, share: Values) -> Pixels:
    """A plane that goes so far, 0 to 1, from ``below`` to ``above``."""
    light = lit(below)
    light += (lit(above) - light) * share
    return encode_linear(light)


def lit(plane: Pixels) -> Values:
    """The linear light of bytes in sRGB; a new array."""
    return _decoded()[plane]


@cache
def _decoded() -> Values:
    return decoded(np.arange(256) / 255).astype(np.float32)
