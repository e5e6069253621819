"""From the colours a document stores to more than 8 bits of sRGB, or to its own.

Samples are (height, width, channels) of uint8, uint16 or float32, with straight alpha
last where there is any. Floats are linear light, where white is 1; in a document's own
colours they are what its profile describes.
"""

from typing import Any, cast

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import ImageCms
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Resource

from onemanage.psd.domain.channels import TOPS, Samples
from onemanage.psd.domain.color import CHANNELS, ToSrgb
from onemanage.psd.domain.colorimetry import XYZ_TO_RGB, decoded, encoded, lab_to_xyz

_SPACES = {
    ColorMode.RGB: "rgb",
    ColorMode.GRAYSCALE: "gray",
    ColorMode.CMYK: "cmyk",
}
_TYPES: dict[int, Any] = {8: np.uint8, 16: np.uint16, 32: np.float32}
_HOLDS = {
    ColorMode.RGB: ("png", "webp", "avif", "jpeg", "tiff"),
    ColorMode.GRAYSCALE: ("png", "jpeg", "tiff"),
    ColorMode.CMYK: ("jpeg", "tiff"),
}
"""The formats that can have a mode's own colours."""
_STRIP = 1 << 18
"""Pixels converted at a time."""


class Deep:
    """Converts the samples of one document to ``depth`` bits (8, 16, 32).

    To sRGB as ToSrgb does it, or to ``keep`` the document's own colours, where its mode
    is RGB, gray or CMYK and ``format`` can hold them; else ``warnings`` say why not.
    """

    def __init__(
        self,
        document: PSDImage,
        to_srgb: ToSrgb,
        *,
        depth: int,
        keep: bool,
        format: str,
        background: bool,
    ) -> None:
        self.warnings: list[str] = []
        self.depth = depth
        self._mode, self._is_linear = document.color_mode, document.depth == 32
        self._to_srgb = to_srgb
        stored = document.image_resources.get_data(Resource.ICC_PROFILE)
        self._stored = stored if isinstance(stored, bytes) else None
        self.keeps = keep and self._can_keep(format, background)

    @property
    def profile(self) -> bytes | None:
        """What the files carry; None where it is that of sRGB, or unknown."""
        return self._stored if self.keeps else None

    @property
    def is_cmyk(self) -> bool:
        """Whether the results are inks, 255 (or 65,535, or 1) where there is none, and
        always with an alpha."""
        return self.keeps and self._mode is ColorMode.CMYK

    def __call__(self, samples: Samples) -> Samples:
        """Strip by strip, so that floats of the whole are never there."""
        height, width, _ = samples.shape
        step = max(1, _STRIP // max(1, width))
        first = self._converted(samples[:step])
        out = np.empty((height, *first.shape[1:]), first.dtype)
        out[:step] = first
        for top in range(step, height, step):
            out[top : top + step] = self._converted(samples[top : top + step])
        return out

    def _can_keep(self, format: str, background: bool) -> bool:
        name = self._mode.name.lower()
        if format not in _HOLDS.get(self._mode, ()):
            why = f"{format.upper()} cannot hold the document's own colours ({name})"
        elif self._is_linear and self.depth < 32:
            why = "Linear light of 32 bits needs as many"
        elif background and self._mode is ColorMode.CMYK:
            why = "A background is no mixture of inks"
        elif self._stored is None:
            why = "The document has no ICC profile to keep"
        else:
            return True
        self.warnings.append(f"{why}: they are converted to sRGB")
        return False

    def _converted(self, samples: Samples) -> Samples:
        count = CHANNELS[self._mode]
        if self.keeps:
            own = self._own(samples)
            if not self.is_cmyk or own.shape[2] > 4:
                return own
            opaque = np.full((*own.shape[:2], 1), TOPS[own.dtype.name], own.dtype)
            return cast(Samples, np.concatenate([own, opaque], axis=2))
        color = self._color(samples[:, :, :count])
        if samples.shape[2] == count:
            return color
        alpha = resampled(samples[:, :, count:], self.depth)
        return cast(Samples, np.concatenate([color, alpha], axis=2))

    def _own(self, samples: Samples) -> Samples:
        """The same numbers in another depth; what was composed is light again."""
        if self._is_linear and samples.dtype == np.uint8:
            count = CHANNELS[self._mode]
            light = _light(samples[:, :, :count])
            alpha = resampled(samples[:, :, count:], 32)
            return cast(Samples, np.concatenate([light, alpha], axis=2))
        return resampled(samples, self.depth)

    def _color(self, color: Samples) -> Samples:
        """sRGB of so many bits, or gray where the document's is not managed."""
        if color.dtype == np.float32:
            return color if self.depth == 32 else _encoded(color, self.depth)
        if color.dtype == np.uint8 and not self._is_managed:
            found: Samples = self._to_srgb(np.ascontiguousarray(color, np.uint8))
        elif self._mode is ColorMode.LAB:
            found = _from_lab(resampled(color, 16))
        else:
            found = self._managed(cast(NDArray[np.uint16], resampled(color, 16)))
        return _light(found) if self.depth == 32 else resampled(found, self.depth)

    @property
    def _is_managed(self) -> bool:
        return self._to_srgb.applied is not None

    def _managed(self, color: NDArray[np.uint16]) -> Samples:
        """Through the profile with 16 bits; the same where there is none to apply."""
        profile = self._to_srgb.applied
        if profile is None:
            return color
        if self._mode is ColorMode.CMYK:
            color = ~color
        gray = self._mode is ColorMode.GRAYSCALE
        found = imagecodecs.cms_transform(
            np.ascontiguousarray(color[:, :, 0] if gray else color),
            profile,
            _srgb(),
            colorspace=_SPACES[self._mode],
            outcolorspace="rgb",
            outdtype=np.uint16,
            intent=int(ImageCms.Intent.RELATIVE_COLORIMETRIC),
            flags=int(ImageCms.Flags.BLACKPOINTCOMPENSATION),
        )
        return cast(Samples, found)


def resampled(samples: Samples, depth: int) -> Samples:
    """The same values in so many bits: of 16 the upper 8, of 8 each twice."""
    if samples.dtype == _TYPES[depth]:
        return samples
    if depth == 32:
        top = np.float32(TOPS[samples.dtype.name])
        return cast(Samples, samples.astype(np.float32) / top)
    if samples.dtype == np.float32:
        top = np.float32(255 if depth == 8 else 65_535)
        levels = np.rint(np.clip(samples, 0, 1) * top)
        return cast(Samples, levels.astype(_TYPES[depth]))
    if depth == 16:
        return samples.astype(np.uint16) * np.uint16(257)
    return (samples.astype(np.uint16) >> 8).astype(np.uint8)


def _light(samples: Samples) -> NDArray[np.float32]:
    """Linear light of what is encoded as sRGB."""
    shares = samples.astype(np.float64) / TOPS[samples.dtype.name]
    return decoded(shares).astype(np.float32)


def _encoded(light: NDArray[Any], depth: int) -> Samples:
    return resampled(encoded(light.astype(np.float64)).astype(np.float32), depth)


def _from_lab(samples: Samples) -> Samples:
    """16 bits: L* of 100 is 65,535, and a* and b* are 256ths around 32,768."""
    lab = samples.astype(np.float64)
    lab[:, :, 0] *= 100 / 65_535
    lab[:, :, 1:] = lab[:, :, 1:] / 256 - 128
    return _encoded(lab_to_xyz(lab) @ XYZ_TO_RGB.T, 16)


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
