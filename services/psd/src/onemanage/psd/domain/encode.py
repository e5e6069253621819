"""Pixels as files: PNG and deep TIFF by our own encoders, the others by libraries.

Pixels are (height, width, channels) arrays of uint8, uint16 or float32 (linear light,
white is 1): gray or RGB in sRGB, with straight alpha as the last channel where there
are two or four. With a profile they are what it says, also inks as the document stores
them (255 where there is none): four, or five with alpha.
"""

import hashlib
import struct
from functools import cache
from pathlib import Path
from typing import Any, cast
from zlib import crc32

import cv2
import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from onemanage.psd.domain.channels import TOPS, Samples, has_alpha
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.colorimetry import decoded
from onemanage.psd.domain.document import ExportedImage
from onemanage.psd.domain.icc import linear_srgb
from onemanage.psd.domain.png import write_png
from onemanage.psd.domain.tiff import write_tiff

_MAX_SIDE = {"webp": 16_383, "jpeg": 65_500, "avif": 65_535}
"""Pixels that a format can have on a side."""
_WHITE = "#ffffff"
_STRIP = 1 << 20
"""Pixels converted at a time."""
_BLOCK = 1 << 20
_SHARP = 90
"""From this quality on, colours are kept at full resolution where that can be."""
_WEBP_METHOD = 2
"""WebP's effort, 0 to 6; above 2 it takes far longer for little."""
_LOSSLESS_EFFORT = 50
"""1 to 100, in the place of quality; from 90 on it takes four times as long."""
_MADE = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
"""For the date in an ICC header, so that the same pixels give the same bytes."""


class CannotEncode(ValueError):
    """The format has no room for this image."""


def check_size(width: int, height: int, format: str) -> None:
    """Raises CannotEncode where the format has no such size."""
    most = _MAX_SIDE.get(format)
    if most is not None and max(width, height) > most:
        raise CannotEncode(
            f"it would have {width} x {height} pixels; {format.upper()} has at most "
            f"{most} on a side"
        )


def write_image(
    directory: Path,
    path: str,
    pixels: Samples,
    *,
    format: str,
    quality: int = 90,
    lossless: bool = False,
    background: str | None = None,
    profile: bytes | None = None,
    is_cmyk: bool = False,
) -> ExportedImage:
    """Encode to ``directory/path``; every format says that it is sRGB, or ``profile``.

    ``background`` (#rrggbb) is painted below, and alpha is gone then; JPEG, which has
    none, is on white where nothing else is said. Raises CannotEncode.
    """
    height, width, _ = pixels.shape
    check_size(width, height, format)
    if format == "jpeg":
        background = background or _WHITE
    if background is not None:
        pixels = flattened(pixels, background, is_cmyk=is_cmyk)
    if format == "png":
        return write_png(directory, path, cast(Pixels, pixels), profile)
    target = directory / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if format == "exr":
        target.write_bytes(_exr(pixels))
    elif format == "tiff" and (is_cmyk or pixels.dtype != np.uint8):
        _deep_tiff(target, pixels, profile, is_cmyk=is_cmyk)
    else:
        options = _options(format, quality, lossless)
        image = _image(cast(Pixels, pixels), profile, is_cmyk=is_cmyk)
        image.save(target, format, icc_profile=profile or _srgb(), **options)
    size, digest, checksum = _sums(target)
    return ExportedImage(
        path=path,
        width=width,
        height=height,
        size=size,
        sha256=digest,
        crc32=checksum,
    )


def scaled(pixels: Samples, width: int, height: int) -> Samples:
    """Resampled: by areas where it gets smaller, else by bicubic interpolation.

    Colours count by their alpha: what is transparent bleeds into nothing.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    is_smaller = width <= pixels.shape[1] and height <= pixels.shape[0]
    how = cv2.INTER_AREA if is_smaller else cv2.INTER_CUBIC
    if pixels.dtype != np.uint8 or pixels.shape[2] == 5:
        return _scaled_deep(pixels, width, height, how)
    return _scaled_bytes(cast(Pixels, pixels), width, height, how)


def _scaled_bytes(pixels: Pixels, width: int, height: int, how: int) -> Pixels:
    """The product of colour and alpha fits 16 bits; bicubic interpolation, which
    overshoots, has half of them for room."""
    is_smaller = how == cv2.INTER_AREA
    room = 0 if is_smaller else 1
    channels = pixels.shape[2]
    if channels in (1, 3) or _is_opaque(pixels):
        found = cv2.resize(pixels, (width, height), interpolation=how)
        return cast(Pixels, found.reshape(height, width, channels))
    weighted = np.empty(pixels.shape, np.uint16)
    for rows in _strips(pixels):
        part = pixels[rows]
        cover = cv2.extractChannel(part, channels - 1)
        weights = cv2.merge([cover] * (channels - 1) + [np.full_like(cover, 255)])
        product = cv2.multiply(part, weights, dtype=cv2.CV_16U)
        weighted[rows] = cast(NDArray[np.uint16], product) + room >> room
    resized = cv2.resize(weighted, (width, height), interpolation=how)
    out = np.empty((height, width, channels), np.uint8)
    for rows in _strips(out):
        alpha = resized[rows, :, -1:].astype(np.uint32)
        color = resized[rows, :, :-1].astype(np.uint32) * 255 + alpha // 2
        out[rows, :, :-1] = np.minimum(color // np.maximum(alpha, 1), 255)
        out[rows, :, -1:] = np.minimum(((alpha << room) + 127) // 255, 255)
    return out


def _is_opaque(pixels: Pixels) -> bool:
    """Whether no alpha, which comes last, is to be weighed."""
    last = pixels.shape[2] - 1
    return all(
        cv2.extractChannel(pixels[rows], last).min() == 255 for rows in _strips(pixels)
    )


def _scaled_deep(pixels: Samples, width: int, height: int, how: int) -> Samples:
    """The same in floats, plane by plane."""

    def resized(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        found = cv2.resize(plane, (width, height), interpolation=how)
        return cast(NDArray[np.float32], found)

    made: list[NDArray[np.float32]]
    planes = [pixels[:, :, at].astype(np.float32) for at in range(pixels.shape[2])]
    if has_alpha(pixels):
        *colors, whole = planes
        alpha = resized(whole)
        share = np.where(alpha > 0, alpha, np.inf).astype(np.float32)
        made = [*(resized(color * whole) / share for color in colors), alpha]
    else:
        made = [resized(plane) for plane in planes]
    stacked = np.maximum(np.stack(made, axis=2), 0)
    if pixels.dtype == np.float32:  # light may be brighter than white
        return stacked
    top = TOPS[pixels.dtype.name]
    return cast(Samples, np.rint(np.minimum(stacked, top)).astype(pixels.dtype))


def flattened(pixels: Samples, background: str, *, is_cmyk: bool = False) -> Samples:
    """The pixels on a ground of one colour (#rrggbb), without alpha; inks on paper."""
    if not has_alpha(pixels):
        return pixels
    ground = np.array([int(background[at : at + 2], 16) for at in (1, 3, 5)])
    is_gray = pixels.shape[2] == 2 and len(set(ground.tolist())) == 1
    count = 4 if is_cmyk else 1 if is_gray else 3
    below = np.full(4, 255) if is_cmyk else ground[:count]
    if pixels.dtype != np.uint8:
        return _flattened_deep(pixels, below)
    out = np.empty((*pixels.shape[:2], count), np.uint8)
    below = below.astype(np.uint16)
    for rows in _strips(pixels):
        color, alpha = pixels[rows, :, :-1], pixels[rows, :, -1:].astype(np.uint16)
        out[rows] = (color * alpha + below * (255 - alpha) + 127) // 255
    return out


def _flattened_deep(pixels: Samples, below: NDArray[Any]) -> Samples:
    """Of floats in linear light."""
    out = np.empty((*pixels.shape[:2], len(below)), pixels.dtype)
    top = np.float32(TOPS[pixels.dtype.name])
    is_light = pixels.dtype == np.float32
    levels = decoded(below / 255) if is_light else below / 255
    ground = (levels * top).astype(np.float32)
    for rows in _strips(pixels):
        color = pixels[rows, :, :-1].astype(np.float32)
        share = pixels[rows, :, -1:].astype(np.float32) / top
        found = color * share + ground * (1 - share)
        out[rows] = found if is_light else np.rint(found)
    return out


def _in_color(pixels: Samples) -> Samples:
    """RGB or RGBA: the profile in the file is one of RGB, and WebP knows no gray."""
    match pixels.shape[2]:
        case 1:
            return cast(Samples, np.repeat(pixels, 3, axis=2))
        case 2:
            return pixels[:, :, [0, 0, 0, 1]]
        case _:
            return cast(Samples, np.ascontiguousarray(pixels))


def _inks(pixels: Samples) -> Samples:
    """0 where there is no ink, as other formats have it; without an alpha that hides
    nothing."""
    out = pixels.copy()
    out[:, :, :4] = TOPS[pixels.dtype.name] - pixels[:, :, :4]
    is_opaque = out.shape[2] == 5 and out[:, :, 4].min() == TOPS[pixels.dtype.name]
    return out[:, :, :4] if is_opaque else out


def _image(pixels: Pixels, profile: bytes | None, *, is_cmyk: bool) -> Image.Image:
    if is_cmyk:
        return Image.fromarray(np.ascontiguousarray(_inks(pixels)), "CMYK")
    if profile is not None and pixels.shape[2] < 3:
        mode = "L" if pixels.shape[2] == 1 else "LA"
        shown = pixels[:, :, 0] if mode == "L" else pixels
        return Image.fromarray(np.ascontiguousarray(shown), mode)
    return Image.fromarray(_in_color(pixels))


def _deep_tiff(
    target: Path, pixels: Samples, profile: bytes | None, *, is_cmyk: bool
) -> None:
    if is_cmyk:
        pixels = _inks(pixels)
    elif profile is None:
        pixels = _in_color(pixels)
        profile = linear_srgb() if pixels.dtype == np.float32 else _srgb()
    write_tiff(target, pixels, profile or b"", is_cmyk=is_cmyk)


def _exr(pixels: Samples) -> bytes:
    """Linear light, with colours that are multiplied by their alpha, as EXR has it."""
    out = np.ascontiguousarray(_in_color(pixels), np.float32)
    if has_alpha(pixels):
        out[:, :, :3] *= out[:, :, 3:]
    return bytes(
        imagecodecs.exr_encode(out, compression=imagecodecs.EXR.COMPRESSION.ZIP)
    )


def _options(format: str, quality: int, lossless: bool) -> dict[str, Any]:
    match format:
        case "webp":
            effort = _LOSSLESS_EFFORT if lossless else quality
            return {"lossless": lossless, "quality": effort, "method": _WEBP_METHOD}
        case "avif":
            sampling = "4:4:4" if quality >= _SHARP else "4:2:0"
            return {
                "quality": quality,
                "subsampling": sampling,
                "speed": 8,
                "max_threads": 1,
            }
        case "jpeg":
            sampling = "4:4:4" if quality >= _SHARP else "4:2:0"
            return {"quality": quality, "optimize": True, "subsampling": sampling}
        case "tiff":  # 317 is the predictor: the differences along a row are deflated
            return {"compression": "tiff_adobe_deflate", "tiffinfo": {317: 2}}
        case _:
            raise ValueError(f"{format} is no format that we write")


@cache
def _srgb() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + _MADE + profile[36:]


def _sums(path: Path) -> tuple[int, str, int]:
    """Size in bytes, SHA-256 and CRC-32 of a file."""
    digest, checksum, size = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            checksum = crc32(block, checksum)
            size += len(block)
    return size, digest.hexdigest(), checksum


def _strips(pixels: Samples) -> list[slice]:
    height, width, _ = pixels.shape
    step = max(1, _STRIP // max(1, width))
    return [slice(top, min(height, top + step)) for top in range(0, height, step)]
