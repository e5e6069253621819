"""Decoders and resizers, one behind each job, as measured.

`make bench NAME=image_pipelines` measures them against sharp and plain Pillow; what
each was chosen for stands with it. All of them work in one thread: there is a process
for each core.
"""

import math
from dataclasses import dataclass
from typing import Protocol, cast

import cv2
import imagecodecs
import numpy as np
import pillow_heif
import pillow_jxl.JpegXLImagePlugin
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from PIL import AvifImagePlugin, Image

from onemanage.imaging.domain.color import managed, to_srgb
from onemanage.imaging.domain.picture import Pixels

cv2.setNumThreads(1)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pillow_jxl.JpegXLImagePlugin.DECODE_THREADS = 1
pillow_heif.register_heif_opener(thumbnails=False)
pillow_heif.options.DECODE_THREADS = 1

GAP = 1.5
"""A JPEG is decoded at least so many times larger than it is wanted: what its coarse
scaling leaves undone, resizing does. 1 costs likeness, 2 time for nothing seen."""
_DCT_SHRINKS = (8, 4, 2)
"""Divisors at which libjpeg-turbo has fast inverse transforms."""
_RESERVE = "The file is damaged; a part of the picture may be wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One still image of a file, opened and not yet decoded."""

    data: bytes
    image: Image.Image
    """As Pillow has opened it: its header, and a decoder for what nothing else does."""
    format: str


class Engine(Protocol):
    """Decodes what it suits."""

    def suits(self, source: Source) -> bool: ...

    def decode(self, source: Source, scale: float) -> tuple[Pixels, list[str]]:
        """sRGB pixels as they are stored, and warnings.

        ``scale`` is the least that is wanted of either side, 0 to 1.
        """


class Turbo:
    """JPEG in RGB or gray by libjpeg-turbo through simplejpeg.

    It shrinks while it decodes as Pillow's draft does, and saves a copy of all pixels:
    0.85 of its time.
    """

    def suits(self, source: Source) -> bool:
        return source.format == "jpeg" and source.image.mode in ("RGB", "L")

    def decode(self, source: Source, scale: float) -> tuple[Pixels, list[str]]:
        fitting = [shrink for shrink in _DCT_SHRINKS if scale * shrink * GAP <= 1]
        factor = fitting[0] if fitting else 1
        options = {
            "colorspace": "RGB",
            "min_width": math.ceil(source.image.width / factor),
            "min_height": math.ceil(source.image.height / factor),
        }
        warnings = []
        try:
            pixels = simplejpeg.decode_jpeg(source.data, **options)
        except ValueError as error:
            if "premature end" in str(error).lower():
                raise
            pixels = simplejpeg.decode_jpeg(source.data, strict=False, **options)
            warnings.append(_RESERVE)
        made, more = managed(pixels, source.image.info.get("icc_profile"))
        return made, warnings + more


class Codecs:
    """8-bit PNG and still WebP through imagecodecs: no copy into and out of Pillow's
    own memory, and no frame buffer for a WebP that has one frame."""

    def suits(self, source: Source) -> bool:
        image = source.image
        if source.format == "webp":
            return True
        return (
            source.format == "png"
            and image.mode in ("RGB", "RGBA")
            and "transparency" not in image.info
            and source.data[24] == 8  # bits of a sample
        )

    def decode(self, source: Source, scale: float) -> tuple[Pixels, list[str]]:
        decoders = {"webp": imagecodecs.webp_decode, "png": imagecodecs.png_decode}
        pixels = decoders[source.format](source.data)
        if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
            raise ValueError(f"an image of shape {pixels.shape}")
        return managed(pixels, source.image.info.get("icc_profile"))


class Pillow:
    """Everything else, by way of any mode that Pillow has."""

    def suits(self, source: Source) -> bool:
        return True

    def decode(self, source: Source, scale: float) -> tuple[Pixels, list[str]]:
        image = source.image
        if source.format == "jpeg" and scale < 1:
            wanted = (image.width * scale * GAP, image.height * scale * GAP)
            image.draft(None, (round(wanted[0]), round(wanted[1])))
        image.load()
        return to_srgb(image)


ENGINES: tuple[Engine, ...] = (Turbo(), Codecs(), Pillow())
"""The first that suits is taken."""


def decode_still(source: Source, scale: float) -> tuple[Pixels, list[str]]:
    """By the engine that suits. Raises whatever its decoder raises."""
    engine = next(engine for engine in ENGINES if engine.suits(source))
    return engine.decode(source, scale)


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Of this size. Alpha is multiplied in while pixels are mixed, so that what is
    transparent lends no colour to its neighbours."""
    if (height, width) == pixels.shape[:2]:
        return pixels
    if pixels.shape[2] == 3:
        return _scaled(pixels, width, height)
    multiplied = premultiplied(pixels)
    return unmultiplied(_scaled(multiplied, width, height))


def premultiplied(pixels: Pixels) -> Pixels:
    """RGBA with alpha multiplied in; 0.5 of a level is lost at most."""
    alpha = cv2.extractChannel(pixels, 3)
    spread = cv2.merge([alpha, alpha, alpha, np.full_like(alpha, 255)])
    return cast(Pixels, cv2.multiply(pixels, spread, scale=1 / 255))


def unmultiplied(pixels: Pixels) -> Pixels:
    alpha = cv2.extractChannel(pixels, 3)
    spread = cv2.merge([alpha, alpha, alpha, np.full_like(alpha, 255)])
    return cast(Pixels, cv2.divide(pixels, spread, scale=255))


def _scaled(pixels: Pixels, width: int, height: int) -> Pixels:
    """Smaller by the mean of what a pixel covers, larger by Lanczos.

    Between half and full size means alone blur and alias, so Pillow's Lanczos does
    that; it takes four times as long for few pixels.
    """
    shrink = min(pixels.shape[1] / width, pixels.shape[0] / height)
    if max(width / pixels.shape[1], height / pixels.shape[0]) <= 0.5:
        return _cv_resized(pixels, width, height, cv2.INTER_AREA)
    if shrink >= 1:
        # RGBX: of RGBA Pillow would multiply alpha in once more.
        mode = "RGBX" if pixels.shape[2] == 4 else "RGB"
        size = pixels.shape[1], pixels.shape[0]
        image = Image.frombuffer(
            mode, size, np.ascontiguousarray(pixels), "raw", mode, 0, 1
        )
        made = image.resize((width, height), Image.Resampling.LANCZOS)
        return np.asarray(made)
    return _cv_resized(pixels, width, height, cv2.INTER_LANCZOS4)


def _cv_resized(pixels: Pixels, width: int, height: int, how: int) -> Pixels:
    return cast(Pixels, cv2.resize(pixels, (width, height), interpolation=how))
