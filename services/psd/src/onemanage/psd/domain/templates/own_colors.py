"""From sRGB to the colours that a document stores: color.py the other way."""

import io
from typing import cast

import cv2
import numpy as np
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.constants import ColorMode

from onemanage.psd.domain.color import CHANNELS, Pixels, ToSrgb
from onemanage.psd.domain.colorimetry import decoded, rgb_to_xyz, xyz_to_lab


class FromSrgb:
    """Converts to the planes of one document, in the file's own sense.

    By the profile that ``to_srgb`` converts from, relative colorimetric with black
    point compensation as there; where that has no way back, by formulas, which
    ``warnings`` say.
    """

    def __init__(self, document: PSDImage, to_srgb: ToSrgb) -> None:
        self.warnings: list[str] = []
        self._mode = document.color_mode
        self._channels = CHANNELS[self._mode]
        self._transform = None
        if to_srgb.applied is not None and not to_srgb.is_identity:
            self._transform = self._built(to_srgb.applied)

    def __call__(self, rgb: Pixels) -> Pixels:
        """(channels, height, width) of (height, width, 3 or 4)."""
        if self._mode is ColorMode.RGB and self._transform is None:
            out = np.empty((3, *rgb.shape[:2]), np.uint8)
            for number in range(3):
                out[number] = cv2.extractChannel(rgb, number, out[number])
            return out
        rgb = np.ascontiguousarray(rgb[:, :, :3])
        match self._mode:
            case ColorMode.RGB:
                found = self._managed(rgb, "RGB")
            case ColorMode.CMYK if self._transform is not None:
                found = 255 - self._managed(rgb, "CMYK")
            case ColorMode.CMYK:
                found = _inked(rgb)
            case ColorMode.LAB:
                found = _lab(rgb)
            case _ if self._transform is not None:
                found = self._managed(rgb, "L")
            case _:
                found = cast(Pixels, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
        planes = found.reshape(*rgb.shape[:2], self._channels).transpose(2, 0, 1)
        return np.ascontiguousarray(planes)

    def color(self, color: tuple[int, int, int]) -> Pixels:
        """One colour, (channels,)."""
        return self.plain(np.array(color, np.uint8))

    def plain(self, color: Pixels) -> Pixels:
        """The same of (3,)."""
        return self(color.reshape(1, 1, 3))[:, 0, 0]

    def _managed(self, rgb: Pixels, mode: str) -> Pixels:
        assert self._transform is not None
        image = ImageCms.applyTransform(Image.fromarray(rgb, "RGB"), self._transform)
        return np.asarray(image)

    def _built(self, profile: bytes) -> ImageCms.ImageCmsTransform | None:
        mode = {ColorMode.RGB: "RGB", ColorMode.CMYK: "CMYK"}.get(self._mode, "L")
        try:
            return ImageCms.buildTransform(
                ImageCms.createProfile("sRGB"),
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                "RGB",
                mode,
                ImageCms.Intent.RELATIVE_COLORIMETRIC,
                ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            self.warnings.append(
                "The document's ICC profile has no way back: values are put in by "
                "plain formulas"
            )
            return None


def _inked(rgb: Pixels) -> Pixels:
    """Ideal inks, R = (1 - C)(1 - K), inverted as the file has them."""
    white = rgb.max(axis=2, keepdims=True)
    share = rgb.astype(np.float32) * 255 / np.maximum(white, 1)
    return cast(Pixels, np.concatenate([(share + 0.5).astype(np.uint8), white], axis=2))


def _lab(rgb: Pixels) -> Pixels:
    lab = xyz_to_lab(rgb_to_xyz(decoded(rgb.astype(np.float64) / 255)))
    lab[:, :, 0] *= 255 / 100
    lab[:, :, 1:] += 128
    return cast(Pixels, np.clip(np.rint(lab), 0, 255).astype(np.uint8))
