"""A gain map on its way beside its picture."""

from dataclasses import dataclass, replace
from typing import cast

import cv2
import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onemanage.imaging.domain import jpegs
from onemanage.imaging.domain.gain_maps.gains import ISO, Gains
from onemanage.imaging.domain.metadata import xmp

_QUALITY = 90
"""Of its JPEG: what is lost of it shows in the picture's light."""

type Plane = NDArray[np.uint8]
"""(height, width) where all channels have the same gain, else (height, width, 3)."""
type Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GainMap:
    """What is cut off its picture is only noted, as its pixels are larger: it is taken
    from where it lies when the map is written."""

    plane: Plane
    gains: Gains
    ratio: float
    """Its pixels to one of the picture's, of either side."""
    icc: bytes | None = None
    """Its own profile, in which gains may be meant."""
    base: bytes | None = None
    """Profile of the picture that it was made for; None for sRGB."""
    part: Box = (0.0, 0.0, 1.0, 1.0)
    """What of it the picture still shows, as shares of its sides."""

    @property
    def hangs_on_colors(self) -> bool:
        """Whether it belongs to the very colours that the picture had."""
        return self.plane.ndim == 3 and self.gains.in_base_colors

    def cut(self, share: Box) -> "GainMap":
        """For a part of the picture, by shares of its sides."""
        left, top, right, bottom = self.part
        wide, high = right - left, bottom - top
        part = (
            max(left, left + share[0] * wide),
            max(top, top + share[1] * high),
            min(right, left + share[2] * wide),
            min(bottom, top + share[3] * high),
        )
        return replace(self, part=part)

    def flipped(self, how: int) -> "GainMap":
        """As ``cv2.flip`` has it: 1 left to right, 0 top to bottom, -1 both."""
        left, top, right, bottom = self.part
        if how != 0:
            left, right = 1 - right, 1 - left
        if how != 1:
            top, bottom = 1 - bottom, 1 - top
        flipped = cast(Plane, cv2.flip(self.plane, how))
        return replace(self, plane=flipped, part=(left, top, right, bottom))

    def turned(self, quarters: int) -> "GainMap":
        """Clockwise."""
        left, top, right, bottom = self.part
        for _ in range(quarters):
            left, top, right, bottom = 1 - bottom, left, 1 - top, right
        plane = np.ascontiguousarray(np.rot90(self.plane, -quarters))
        return replace(self, plane=plane, part=(left, top, right, bottom))

    def encoded(self, width: int, height: int) -> bytes:
        """As the second picture of a JPEG of this size."""
        plane = self._drawn(width, height)
        made = bytes(imagecodecs.jpeg8_encode(plane, _QUALITY, subsampling="444"))
        data = made if self.icc is None else jpegs.with_profile(made, self.icc)
        packet = xmp.packet(self.gains.as_xmp()).encode()
        after = 4 + int.from_bytes(data[4:6])  # the JFIF header
        said = jpegs.segment(0xE1, xmp.IN_JPEG + packet)
        said += jpegs.segment(0xE2, ISO + self.gains.as_iso())
        return data[:after] + said + data[after:]

    def _drawn(self, width: int, height: int) -> Plane:
        """By means of what lies under each pixel: Lanczos would overshoot, which makes
        rims of light."""
        rows, columns = self.plane.shape[:2]
        left, top, right, bottom = self.part
        box = left * columns, top * rows, right * columns, bottom * rows
        size = [max(1, round(side * self.ratio)) for side in (width, height)]
        image = Image.fromarray(self.plane)
        how = Image.Resampling.BILINEAR
        return np.asarray(image.resize((size[0], size[1]), how, box))
