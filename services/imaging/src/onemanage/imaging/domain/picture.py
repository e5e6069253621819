"""The image value that operations take and give, and the limits of one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.imaging.domain.gain_maps.plane import GainMap
from onemanage.imaging.domain.metadata.saying import Saying

type Sides = tuple[float, float, float, float]
"""Left, top, right, bottom."""
type Pixels = NDArray[np.uint8]
"""(height, width, 3 or 4): sRGB, and alpha that is not multiplied in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a source may ask for at most."""

    bytes: int = 256 << 20
    side: int = 30_000
    pixels: int = 100_000_000
    """Of one image."""
    animated_pixels: int = 100_000_000
    """Of all frames of an animated one together. They are all in memory at once."""
    frames: int = 300
    """More are left out, with a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One image, or the frames of an animated one, all of the same size."""

    frames: tuple[Pixels, ...]
    durations: tuple[int, ...] = ()
    """Milliseconds of each frame, where there is more than one."""
    loop: int = 0
    """How often an animation is played; 0 for ever."""
    scale: tuple[float, float] = (1.0, 1.0)
    """Pixels here per pixel of the source, across and down, where it was decoded
    smaller than it is."""
    overhang: Sides = (0.0, 0.0, 0.0, 0.0)
    """What of the outermost pixels lies outside the image: a decoder that makes one
    pixel of eight by eight has some left over at the end of a row."""
    source_frames: int = 1
    """Of the source, of which one may have been asked for."""
    icc: bytes | None = None
    """Profile of its colours, where they were kept as the source has them; None for
    sRGB."""
    gain: GainMap | None = None
    """Of its light, where it is to be kept and could follow so far."""
    gain_lost: str = ""
    """Why it is not kept, where there was one."""
    says: Saying = Saying()
    """What its file is to say beside the pixels."""
    warnings: tuple[str, ...] = ()

    @property
    def first(self) -> Pixels:
        """(height, width, 3 or 4) bytes of its first frame."""
        return self.frames[0]

    @property
    def width(self) -> int:
        """Pixels as it is decoded, which may be fewer than the source has."""
        return int(self.first.shape[1])

    @property
    def height(self) -> int:
        """Pixels as it is decoded, which may be fewer than the source has."""
        return int(self.first.shape[0])

    @property
    def source_size(self) -> tuple[float, float]:
        """Width and height in pixels of the source."""
        left, top, right, bottom = self.overhang
        width, height = self.width - left - right, self.height - top - bottom
        return width / self.scale[0], height / self.scale[1]

    @property
    def has_alpha(self) -> bool:
        """Whether it has a fourth channel."""
        return int(self.first.shape[2]) == 4

    @property
    def is_animated(self) -> bool:
        """Whether it has several frames."""
        return len(self.frames) > 1

    def mapped(self, change: Callable[[Pixels], Pixels]) -> "Picture":
        """Every frame changed alike."""
        return replace(self, frames=tuple(change(frame) for frame in self.frames))

    def with_gain(self, change: Callable[[GainMap], GainMap]) -> "Picture":
        """Its gain map, where it has one, changed as its pixels were."""
        return self if self.gain is None else replace(self, gain=change(self.gain))

    def warned(self, *warnings: str) -> "Picture":
        """The same, with these said too, each once."""
        fresh = tuple(text for text in warnings if text not in self.warnings)
        return replace(self, warnings=(*self.warnings, *fresh))


def color(text: str) -> tuple[int, int, int, int]:
    """Red, green, blue and alpha of ``#rrggbb`` or ``#rrggbbaa``."""
    red, green, blue, *alpha = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue, alpha[0] if alpha else 255


def with_alpha(pixels: Pixels) -> Pixels:
    """Four channels, opaque where there were three."""
    if pixels.shape[2] == 4:
        return pixels
    height, width, _ = pixels.shape
    made = np.full((height, width, 4), 255, np.uint8)
    made[:, :, :3] = pixels
    return made


def without_idle_alpha(pixels: Pixels) -> Pixels:
    """Three channels where nothing is transparent."""
    if pixels.shape[2] == 4 and int(cv2.extractChannel(pixels, 3).min()) == 255:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8)
    return pixels
