"""Decoders and resizers, one behind each job, as measured.

`make bench NAME=image_pipelines` measures them against sharp and plain Pillow; what
each was chosen for stands with it. All of them work in one thread: there is a process
for each core.
"""

import math
from collections.abc import Sequence
from typing import Any, Protocol, cast

import cv2
import imagecodecs
import numpy as np
import pillow_heif
import pillow_jxl.JpegXLImagePlugin
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image

from onemanage.imaging.domain.code_points import (
    TONE_MAPPED,
    scene_mapped,
    tone_mapped,
)
from onemanage.imaging.domain.color import leveled, managed, to_srgb
from onemanage.imaging.domain.lanczos import lanczos
from onemanage.imaging.domain.opening import Opened
from onemanage.imaging.domain.picture import Pixels, Sides

cv2.setNumThreads(1)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pillow_jxl.JpegXLImagePlugin.DECODE_THREADS = 1
pillow_heif.register_heif_opener(thumbnails=False)
pillow_heif.options.DECODE_THREADS = 1

_DCT_SHRINKS = (8, 4, 2)
"""Divisors at which libjpeg-turbo has fast inverse transforms. The coarsest that leaves
enough pixels is taken: twice as many cost a fifth more time, and `resized` makes good
for what the coarse mean has dulled."""
_EXACT_PIXELS = 10_000_000
"""Up to here Lanczos has one and a half times the size or more to begin with, which
leaves no difference to be seen or measured; above it takes longer than decoding."""
_DULL = 0.6
"""Pixels of a mean up to which Lanczos' own overshoot makes good for it."""
_RESERVE = "The file is damaged; a part of the picture may be wrong."
_OTHER = "One decoder refused the file; the picture is another's."


class Engine(Protocol):
    """Decodes what it suits."""

    def suits(self, source: Opened) -> bool:
        """Whether it reads such a source, and reads it rightly."""

    def decode(self, source: Opened, scale: float) -> tuple[Pixels, list[str]]:
        """sRGB pixels as they are stored, and warnings.

        ``scale`` is the least that is wanted of either side, 0 to 1.
        """


class Values:
    """Samples of more than 8 bits, light, and formats that Pillow does not read."""

    def suits(self, source: Opened) -> bool:
        """Whatever brings a decoder of its own."""
        return source.values is not None

    def decode(self, source: Opened, scale: float) -> tuple[Pixels, list[str]]:
        """Pixels in full size, and warnings. Raises what the decoder does."""
        assert source.values is not None
        values = source.values()
        if source.hdr is not None or source.is_linear:
            return _brought_down(values, source)
        warnings: list[str] = []
        pixels = values if values.dtype == np.uint8 else leveled(values, warnings)
        made, more = managed(pixels, source.icc)
        return made, warnings + more


class Turbo:
    """JPEG in RGB or gray by libjpeg-turbo through simplejpeg.

    It shrinks while it decodes as Pillow's draft does, and saves copies of all pixels.
    """

    def suits(self, source: Opened) -> bool:
        """JPEG of colour or gray; CMYK is Pillow's."""
        return source.format == "jpeg" and _mode(source) in ("RGB", "L")

    def decode(self, source: Opened, scale: float) -> tuple[Pixels, list[str]]:
        """Pixels no smaller than ``scale`` asks for, and warnings.

        Raises ValueError.
        """
        factor = jpeg_shrink(scale)
        options = {
            "colorspace": "GRAY" if _mode(source) == "L" else "RGB",
            "min_width": math.ceil(source.size[0] / factor),
            "min_height": math.ceil(source.size[1] / factor),
        }
        warnings = []
        try:
            pixels = simplejpeg.decode_jpeg(source.data, **options)
        except ValueError as error:
            if "premature end" in str(error).lower():
                raise
            pixels = simplejpeg.decode_jpeg(source.data, strict=False, **options)
            warnings.append(_RESERVE)
        made, more = managed(pixels, source.icc)
        return made, warnings + more


class Codecs:
    """8-bit PNG and still WebP through imagecodecs: no copy into and out of Pillow's
    own memory, and no frame buffer for a WebP that has one frame."""

    def suits(self, source: Opened) -> bool:
        """WebP and plain 8-bit PNG of one frame."""
        image = source.image
        if image is None or getattr(image, "n_frames", 1) > 1:
            return False  # it would give all of them
        if source.format == "webp":
            return True
        return (
            source.format == "png"
            and image.mode in ("RGB", "RGBA")
            and "transparency" not in image.info
        )

    def decode(self, source: Opened, scale: float) -> tuple[Pixels, list[str]]:
        """Pixels in full size, and warnings. Raises ValueError."""
        decoders = {"webp": imagecodecs.webp_decode, "png": imagecodecs.png_decode}
        pixels = decoders[source.format](source.data)
        if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
            raise ValueError(f"an image of shape {pixels.shape}")
        return managed(pixels, source.icc)


class Pillow:
    """Everything else, by way of any mode that Pillow has."""

    def suits(self, source: Opened) -> bool:
        """Everything: it is the last to be asked."""
        return True

    def decode(self, source: Opened, scale: float) -> tuple[Pixels, list[str]]:
        """Pixels no smaller than ``scale`` asks for, and warnings.

        Raises what Pillow does.
        """
        image = source.image
        assert image is not None
        if source.format == "jpeg" and scale < 1:
            image.draft(
                None, (math.ceil(image.width * scale), math.ceil(image.height * scale))
            )
        image.load()
        return to_srgb(image, source.icc)


ENGINES: tuple[Engine, ...] = (Values(), Turbo(), Codecs(), Pillow())
"""The first that suits is taken; where it refuses the file, the next."""


def decode_still(source: Opened, scale: float) -> tuple[Pixels, list[str]]:
    """By the engines that suit, with the warnings of the file. Raises whatever the first
    of them raises where none can."""
    refusals: list[Exception] = []
    for engine in ENGINES:
        if not engine.suits(source):
            continue
        try:
            pixels, warnings = engine.decode(source, scale)
        except MemoryError:
            raise
        except Exception as error:  # decoders raise anything
            refusals.append(error)
            continue
        if source.crop is not None:
            left, top, right, bottom = source.crop
            pixels = np.ascontiguousarray(pixels[top:bottom, left:right])
        reserve = [_OTHER] if refusals else []
        return pixels, [*source.warnings, *warnings, *reserve]
    raise refusals[0]


def jpeg_shrink(scale: float) -> int:
    """By how much a JPEG is made smaller while it is decoded, where so much is wanted of
    it at least."""
    return next((shrink for shrink in _DCT_SHRINKS if scale * shrink <= 1), 1)


def _mode(source: Opened) -> str:
    return source.image.mode if source.image is not None else ""


def _brought_down(values: NDArray[Any], source: Opened) -> tuple[Pixels, list[str]]:
    """What is brighter than sRGB, by the curve of `code_points`."""
    if values.ndim == 2:
        values = values[:, :, None]
    alpha = values[:, :, -1] if values.shape[2] in (2, 4) else None
    colors = values[:, :, :3] if values.shape[2] >= 3 else values[:, :, [0, 0, 0]]
    if source.hdr is not None:
        if colors.dtype == np.uint8:
            colors = colors.astype(np.uint16) * np.uint16(257)
        made = tone_mapped(colors, *source.hdr)
        warnings = [TONE_MAPPED]
        top = 257.0 if values.dtype == np.uint16 else 1.0
    else:
        colors = np.nan_to_num(colors.astype(np.float32), posinf=65504, neginf=0)
        peak = float(colors.max(initial=0))
        made = scene_mapped(colors, peak)
        warnings = [TONE_MAPPED] if peak > 1 else []
        top = 1 / 255
    if alpha is None:
        return made, warnings
    opaque = np.clip(np.rint(np.nan_to_num(alpha) / top), 0, 255).astype(np.uint8)
    return np.dstack([made, opaque]), warnings


def resized(
    pixels: Pixels,
    width: int,
    height: int,
    shrunk: bool = False,
    overhang: Sides = (0.0, 0.0, 0.0, 0.0),
) -> Pixels:
    """Of this size. ``shrunk`` says that every pixel is a mean already, of those that
    the decoder has left out; ``overhang`` what is left out at the sides.

    Alpha is multiplied in while pixels are mixed, so that what is transparent lends no
    colour to its neighbours.
    """
    if (height, width) == pixels.shape[:2] and not any(overhang):
        return pixels
    if pixels.shape[2] == 3:
        return _scaled(pixels, width, height, shrunk, overhang)
    multiplied = premultiplied(pixels)
    return unmultiplied(_scaled(multiplied, width, height, shrunk, overhang))


def premultiplied(pixels: Pixels) -> Pixels:
    """RGBA with alpha multiplied in; 0.5 of a level is lost at most."""
    return cast(Pixels, cv2.cvtColor(pixels, cv2.COLOR_RGBA2mRGBA))


def unmultiplied(pixels: Pixels) -> Pixels:
    """RGBA as ``premultiplied`` has taken it; where alpha is 0, so are colours.

    Not by cvtColor: a filter overshoots alpha, and what is over 255 would wrap round.
    """
    alpha = cv2.extractChannel(pixels, 3)
    spread = cv2.merge([alpha, alpha, alpha, np.full_like(alpha, 255)])
    return cast(Pixels, cv2.divide(pixels, spread, scale=255))


def _scaled(
    pixels: Pixels, width: int, height: int, shrunk: bool, overhang: Sides
) -> Pixels:
    """Larger by OpenCV's Lanczos. Smaller by means of whole blocks of pixels to the
    next larger size, then by a Lanczos that filters as well."""
    left, top, right, bottom = overhang
    box = left, top, pixels.shape[1] - right, pixels.shape[0] - bottom
    across, down = (box[2] - left) / width, (box[3] - top) / height
    if min(across, down) < 1 and not any(overhang):
        size = width, height
        made = cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4)
        return cast(Pixels, made)
    is_small = pixels.shape[0] * pixels.shape[1] <= _EXACT_PIXELS
    step = max(1, int(min(across, down) / (1.5 if is_small else 1.0)))
    made = _lanczos(_blocks(pixels, step), width, height, [at / step for at in box])
    if step == 1 and (not shrunk or min(across, down) > 1 / _DULL):
        return made
    return _undulled(made, step / across, step / down)


def _blocks(pixels: Pixels, step: int) -> Pixels:
    """The mean of each block; the last of a row may project, and repeats the edge."""
    if step == 1:
        return pixels
    height, width = pixels.shape[:2]
    right, bottom = -width % step, -height % step
    if right or bottom:
        how = cv2.BORDER_REPLICATE
        pixels = cast(Pixels, cv2.copyMakeBorder(pixels, 0, bottom, 0, right, how))
    size = pixels.shape[1] // step, pixels.shape[0] // step
    return cast(Pixels, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _lanczos(pixels: Pixels, width: int, height: int, box: Sequence[float]) -> Pixels:
    """Of this size, from the part within ``box``: left, top, right, bottom."""
    if pixels.shape[:2] == (height, width) and tuple(box) == (0, 0, width, height):
        return pixels
    quickly = _by_swscale(pixels, (width, height), box)
    if quickly is not None:
        return quickly
    # RGBX: of RGBA Pillow would multiply alpha in once more.
    mode = "RGBX" if pixels.shape[2] == 4 else "RGB"
    size = pixels.shape[1], pixels.shape[0]
    data = np.ascontiguousarray(pixels)
    image = Image.frombuffer(mode, size, data, "raw", mode, 0, 1)
    part = box[0], box[1], box[2], box[3]
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS, part))


def _by_swscale(
    pixels: Pixels, size: tuple[int, int], box: Sequence[float]
) -> Pixels | None:
    """By `lanczos`, which begins at the left and the top: turned round where something
    is left out there."""
    turns = {(True, False): 1, (False, True): 0, (True, True): -1}
    turn = turns.get((box[0] > 0, box[1] > 0))
    part = box[2] - box[0], box[3] - box[1]
    if turn is None:
        return lanczos(pixels, size, part)
    made = lanczos(cast(Pixels, cv2.flip(pixels, turn)), size, part)
    return None if made is None else cast(Pixels, cv2.flip(made, turn))


def _undulled(pixels: Pixels, across: float, down: float) -> Pixels:
    """What a mean over so many pixels, each way, has taken from fine detail given back.

    Such a mean passes the frequency f (per pixel) by sinc(f b), and the kernel
    (-c, 1 + 2c, -c) by 1 + 2c (1 - cos 2 pi f): their product is 1 at 0, and with this
    c at 1/3 as well.
    """
    rows, columns = (
        np.array([-c, 1 + 2 * c, -c], np.float32)
        for c in ((1 / np.sinc(mean / 3) - 1) / 3 for mean in (across, down))
    )
    return cast(Pixels, cv2.sepFilter2D(pixels, -1, rows, columns))
