"""sRGB pixels as files: PNG by our own encoder, WebP, AVIF, JPEG and TIFF by Pillow.

Pixels are (height, width, channels) arrays of uint8: gray or RGB, with straight alpha
as the last channel where there are two or four.
"""

import hashlib
import struct
from functools import cache
from pathlib import Path
from typing import Any, cast
from zlib import crc32

import cv2
import numpy as np
from PIL import Image, ImageCms

from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.document import ExportedImage
from onemanage.psd.domain.png import write_png

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
    pixels: Pixels,
    *,
    format: str,
    quality: int = 90,
    lossless: bool = False,
    background: str | None = None,
) -> ExportedImage:
    """Encode to ``directory/path``; every format says that it is sRGB.

    ``background`` (#rrggbb) is painted below, and alpha is gone then; JPEG, which has
    none, is on white where nothing else is said. Raises CannotEncode.
    """
    height, width, _ = pixels.shape
    check_size(width, height, format)
    if format == "jpeg":
        background = background or _WHITE
    if background is not None:
        pixels = flattened(pixels, background)
    if format == "png":
        return write_png(directory, path, pixels)
    options = _options(format, quality, lossless)
    target = directory / path
    target.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(_in_color(pixels))
    image.save(target, format, icc_profile=_srgb(), **options)
    size, digest, checksum = _sums(target)
    return ExportedImage(
        path=path,
        width=width,
        height=height,
        size=size,
        sha256=digest,
        crc32=checksum,
    )


def scaled(pixels: Pixels, width: int, height: int) -> Pixels:
    """Resampled: by areas where it gets smaller, else by bicubic interpolation.

    Colours count by their alpha: what is transparent bleeds into nothing. The product
    of colour and alpha fits 16 bits; bicubic interpolation, which overshoots, has half
    of them for room.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    is_smaller = width <= pixels.shape[1] and height <= pixels.shape[0]
    how = cv2.INTER_AREA if is_smaller else cv2.INTER_CUBIC
    room = 0 if is_smaller else 1
    channels = pixels.shape[2]
    if channels in (1, 3):
        found = cv2.resize(pixels, (width, height), interpolation=how)
        return cast(Pixels, found.reshape(height, width, channels))
    weighted = np.empty(pixels.shape, np.uint16)
    for rows in _strips(pixels):
        part = pixels[rows]
        alpha = part[:, :, -1:].astype(np.uint16)
        weighted[rows, :, :-1] = part[:, :, :-1] * alpha + room >> room
        weighted[rows, :, -1:] = alpha * 255 + room >> room
    resized = cv2.resize(weighted, (width, height), interpolation=how)
    out = np.empty((height, width, channels), np.uint8)
    for rows in _strips(out):
        alpha = resized[rows, :, -1:].astype(np.uint32)
        color = resized[rows, :, :-1].astype(np.uint32) * 255 + alpha // 2
        out[rows, :, :-1] = np.minimum(color // np.maximum(alpha, 1), 255)
        out[rows, :, -1:] = np.minimum(((alpha << room) + 127) // 255, 255)
    return out


def flattened(pixels: Pixels, background: str) -> Pixels:
    """The pixels on a ground of one colour (#rrggbb), without alpha."""
    if pixels.shape[2] in (1, 3):
        return pixels
    ground = np.array([int(background[at : at + 2], 16) for at in (1, 3, 5)])
    is_gray = pixels.shape[2] == 2 and len(set(ground.tolist())) == 1
    out = np.empty((*pixels.shape[:2], 1 if is_gray else 3), np.uint8)
    below = ground[: out.shape[2]].astype(np.uint16)
    for rows in _strips(pixels):
        color, alpha = pixels[rows, :, :-1], pixels[rows, :, -1:].astype(np.uint16)
        out[rows] = (color * alpha + below * (255 - alpha) + 127) // 255
    return out


def _in_color(pixels: Pixels) -> Pixels:
    """RGB or RGBA: the profile in the file is one of RGB, and WebP knows no gray."""
    match pixels.shape[2]:
        case 1:
            return np.repeat(pixels, 3, axis=2)
        case 2:
            return pixels[:, :, [0, 0, 0, 1]]
        case _:
            return np.ascontiguousarray(pixels)


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


def _strips(pixels: Pixels) -> list[slice]:
    height, width, _ = pixels.shape
    step = max(1, _STRIP // max(1, width))
    return [slice(top, min(height, top + step)) for top in range(0, height, step)]
