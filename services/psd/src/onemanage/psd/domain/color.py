"""From the colours a document stores to 8-bit sRGB.

Planes come as (height, width, channels) arrays of uint8 in the file's own sense:
CMYK inverted (255 is no ink), Lab's a and b with 128 as zero.
"""

import io
from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from psd_tools.constants import ColorMode

from onemanage.psd.domain.colorimetry import XYZ_TO_RGB, decoded
from onemanage.psd.domain.inks import default_inks

type Pixels = NDArray[np.uint8]

CHANNELS = {
    ColorMode.BITMAP: 1,
    ColorMode.GRAYSCALE: 1,
    ColorMode.INDEXED: 1,
    ColorMode.RGB: 3,
    ColorMode.CMYK: 4,
    ColorMode.MULTICHANNEL: 1,
    ColorMode.DUOTONE: 1,
    ColorMode.LAB: 3,
}
"""Stored colour channels. Of multichannel documents only the first is read."""

_STRIP = 1 << 16
"""Pixels converted at a time: few enough to stay in the processor's cache."""


class ToSrgb:
    """Converts the planes of one document.

    By relative colorimetric intent with black point compensation, as Photoshop does
    unless it is told otherwise. CMYK without a profile is taken as ``inks``, an ICC
    profile; without that as SWOP has them. An sRGB profile converts nothing. 32-bit
    documents are linear light, which the decoder has already encoded as sRGB; their
    profile is not applied.
    """

    applied: bytes | None
    """The profile from which it converts; None where no profile is needed."""

    def __init__(
        self,
        mode: ColorMode,
        depth: int,
        profile: bytes | None,
        palette: bytes = b"",
        inks: bytes | None = None,
    ) -> None:
        self.warnings: list[str] = []
        self.profile_name: str | None = None
        self.channels = CHANNELS[mode]
        self._palette = palette
        self._mode = mode
        self.applied = profile
        transform = self._transform(depth, profile) if profile else None
        if transform is None:
            self.applied = None
        if transform is None and mode is ColorMode.CMYK:
            self.applied = inks or default_inks()
            transform = self._by_default(self.applied)
        self._convert = self._converter(transform)

    @property
    def is_identity(self) -> bool:
        """Whether the planes are sRGB or gray already."""
        return self._convert is None

    def __call__(self, planes: Pixels) -> Pixels:
        """sRGB of shape (height, width, 1 or 3); alpha, where it comes last, stays so."""
        if self._convert is None:
            return planes
        height, width, _ = planes.shape
        step = max(1, _STRIP // max(1, width))
        first = self._convert(planes[:step])
        if first.shape[0] == height:
            return first
        out = np.empty((height, width, first.shape[2]), np.uint8)
        out[:step] = first
        for top in range(step, height, step):
            out[top : top + step] = self._convert(planes[top : top + step])
        return out

    def _converter(
        self, transform: ImageCms.ImageCmsTransform | None
    ) -> Callable[[Pixels], Pixels] | None:
        match self._mode:
            case ColorMode.LAB:
                return lambda planes: _beside_alpha(_lab(planes[:, :, :3]), planes, 3)
            case ColorMode.INDEXED | ColorMode.DUOTONE if self._palette:
                return lambda planes: _beside_alpha(self._indexed(planes), planes, 1)
        if transform is None:
            return None
        managed = _managed_rgb if self._mode is ColorMode.RGB else _managed
        return lambda planes: managed(planes, self.channels, transform)

    def _transform(
        self, depth: int, profile: bytes
    ) -> ImageCms.ImageCmsTransform | None:
        """The transform from the embedded profile, or None where none is needed."""
        mode = {
            ColorMode.GRAYSCALE: "L",
            ColorMode.RGB: "RGBA",
            ColorMode.CMYK: "CMYK",
        }.get(self._mode)
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            self.profile_name = ImageCms.getProfileDescription(source).strip()
            if mode is None or depth == 32 or self._is_srgb():
                return None
            return _built(source, mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            self.warnings.append(
                "The embedded ICC profile cannot be used: colours are not managed"
            )
            return None

    def _by_default(self, inks: bytes) -> ImageCms.ImageCmsTransform:
        source = ImageCms.ImageCmsProfile(io.BytesIO(inks))
        name = ImageCms.getProfileDescription(source).strip()
        self.warnings.append(
            f"CMYK without a usable ICC profile: shown as {name} inks would look"
        )
        return _built(source, "CMYK")

    def _is_srgb(self) -> bool:
        return self._mode is ColorMode.RGB and (self.profile_name or "").startswith(
            "sRGB IEC61966-2"
        )

    def _indexed(self, planes: Pixels) -> Pixels:
        table = np.zeros((3, 256), np.uint8)
        stored = np.frombuffer(self._palette[:768], np.uint8)
        table[:, : len(stored) // 3] = stored[: len(stored) // 3 * 3].reshape(3, -1)
        return table.T[planes[:, :, 0]]


def encode_linear(values: NDArray[np.float32]) -> Pixels:
    """Linear light, 0 to 1, as 8-bit sRGB (IEC 61966-2-1), rounded; no number is 0.

    By the values at which the levels begin: a power of every pixel takes long.
    """
    clipped = np.fmin(np.fmax(values, 0), 1)
    level = _LEVELS[(clipped * _BUCKETS).astype(np.uint16)]
    return cast(Pixels, level + (clipped >= _BEGINS[level + np.uint16(1)]))


def _built(source: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        mode,
        "RGBA" if mode == "RGBA" else "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _managed_rgb(
    planes: Pixels, count: int, transform: ImageCms.ImageCmsTransform
) -> Pixels:
    """In place of a copy with four channels, which is how Pillow holds an image."""
    opaque = planes.shape[2] == count
    added = cv2.cvtColor(planes, cv2.COLOR_RGB2RGBA) if opaque else planes.copy()
    pixels = _array(added)
    ImageCms.applyTransform(_image("RGBA", pixels), transform, inPlace=True)
    return _array(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB)) if opaque else pixels


def _managed(
    planes: Pixels, count: int, transform: ImageCms.ImageCmsTransform
) -> Pixels:
    color = np.ascontiguousarray(planes[:, :, :count])
    if count == 4:
        image = _image("CMYK", _array(cv2.bitwise_not(color)))
        found = np.asarray(ImageCms.applyTransform(image, transform))
    else:  # of gray there are 256 levels, and each becomes one colour
        ramp = _image("L", np.arange(256, dtype=np.uint8).reshape(1, 256, 1))
        colors = np.asarray(ImageCms.applyTransform(ramp, transform))
        found = _array(cv2.LUT(cv2.cvtColor(color, cv2.COLOR_GRAY2RGB), colors))
    return _beside_alpha(found, planes, count)


def _image(mode: str, pixels: Pixels) -> Image.Image:
    """One that shares the memory of ``pixels``."""
    height, width, _ = pixels.shape
    return Image.frombuffer(mode, (width, height), pixels, "raw", mode, 0, 1)


def _beside_alpha(color: Pixels, planes: Pixels, count: int) -> Pixels:
    """With what ``planes`` have past their ``count`` colours."""
    if planes.shape[2] == count:
        return color
    return _array(cv2.merge([*cv2.split(color), *cv2.split(planes)[count:]]))


def _array(pixels: object) -> Pixels:
    """OpenCV's types allow any; its values have the type that they were made of."""
    return cast(Pixels, pixels)


def _lab(planes: Pixels) -> Pixels:
    """CIE L*a*b* (D50) by its definition, then linear sRGB, then encoded."""
    lab = planes.astype(np.float32)
    fy = (lab[:, :, 0] * np.float32(100 / 255) + 16) / 116
    fx = fy + (lab[:, :, 1] - 128) / 500
    fz = fy - (lab[:, :, 2] - 128) / 200
    f = np.stack([fx, fy, fz], axis=2)
    # Cubes down to 6/29 and their tangent from there, without a choice for each pixel
    cubed = np.maximum(f, np.float32(6 / 29))
    xyz = cubed * cubed * cubed
    xyz += np.minimum(f - np.float32(6 / 29), 0) * np.float32(3 * (6 / 29) ** 2)
    return encode_linear(xyz @ _XYZ_TO_RGB.T)


_XYZ_TO_RGB = XYZ_TO_RGB.astype(np.float32)

_BUCKETS = 4096
"""Of linear light: so narrow that in each at most one level begins."""

_BEGINS = np.append(decoded((np.arange(256) - 0.5) / 255), 2).astype(np.float32)
"""The linear light from which a value is rounded to each level; 256 does not exist."""

_LEVELS = (
    np.searchsorted(_BEGINS[1:], np.arange(_BUCKETS + 1) / _BUCKETS, side="right")
).astype(np.uint8)
"""The level at the low end of each bucket."""
