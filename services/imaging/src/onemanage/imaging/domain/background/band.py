"""Smooth fields found at a smaller size, read at single pixels of a large picture.

The fast guided filter (He and Sun, arXiv 1505.00996) rests on the same: what varies
slowly is found small, and meets the picture's own pixels at full size.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.imaging.domain.arrays import Mask, Values

SIDE = 1088
"""Longest side, pixels, at which fields are found."""

_WIDE = 1024
"""Points in a row: cv2.remap takes no array with a side over 32767."""


@dataclass(frozen=True, slots=True)
class Band:
    """The pixels of a picture about which something is asked: ``rows`` and ``columns``
    of each, as numpy finds them."""

    shape: tuple[int, int]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]

    @staticmethod
    def of(mask: Mask, shape: tuple[int, int]) -> "Band":
        """Where ``mask``, of any size, is set, in a picture of this height and width."""
        large = mask
        if mask.shape != shape:
            size = (shape[1], shape[0])
            bits = mask.astype(np.uint8)
            large = cv2.resize(bits, size, interpolation=cv2.INTER_NEAREST) > 0
        rows, columns = np.nonzero(large)
        return Band(shape, rows, columns)

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, field: Values) -> Values:
        """``field``, h x w or h x w x C of any size, at each pixel: N or N x C."""
        if not len(self):
            return np.zeros((0, *field.shape[2:]), np.float32)
        if field.shape[:2] == self.shape:
            return np.asarray(field[self.rows, self.columns], np.float32)
        down, across = (field.shape[i] / self.shape[i] for i in (0, 1))
        # The middle of a pixel lies at a half.
        y = self._grid(self.rows, down)
        x = self._grid(self.columns, across)
        planes = [field] if field.ndim == 2 else np.split(field, field.shape[2], axis=2)
        found = [
            cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for plane in planes
        ]
        flat = [np.asarray(one, np.float32).ravel()[: len(self)] for one in found]
        return flat[0] if field.ndim == 2 else np.stack(flat, axis=1)

    def _grid(self, at: NDArray[np.intp], scale: float) -> Values:
        places = (at.astype(np.float32) + 0.5) * np.float32(scale) - 0.5
        high = -(-len(places) // _WIDE)
        return np.resize(places, (high, min(_WIDE, len(places))))
