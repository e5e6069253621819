"""Pictures for slots: files as 8-bit sRGB with alpha, refused by their headers first."""

import io
import warnings
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.export import check_budget, conversion, embeds_composite
from onemanage.psd.domain.layers import tree
from onemanage.psd.domain.pixels import converted, merged_pixels
from onemanage.psd.domain.read import describe, open_document
from onemanage.psd.domain.render import render
from onemanage.psd.errors import InvalidDocument

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")
"""JPEG opens MPO, too, which Pillow has no entry of its own for."""
_SEND = "Send a PNG, JPEG, WebP, AVIF, GIF, TIFF, BMP or PSD."
_DEEP = ("I;16", "I;16B", "I;16L", "I", "F")


class UnreadablePicture(Exception):
    """Not a picture that is had. ``code`` is picture_unreadable or picture_too_large."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


def picture(path: Path, limits: Limits, wanted: tuple[int, int]) -> Pixels:
    """(height, width, 4) of uint8, straight alpha last; its orientation applied.

    A document is composed. ``wanted``: width and height that it is to fill; a JPEG is
    decoded no larger than twice that. Raises UnreadablePicture.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if head == b"8BPS":
            return _composed(path, limits)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # we have a limit of our own
            with Image.open(path, formats=_FORMATS) as image:
                _check(image.width, image.height, limits)
                return _pixels(image, wanted)
    except (UnreadablePicture, MemoryError):
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit, which is higher
        raise UnreadablePicture(
            "template.picture_too_large",
            f"The picture has more than the {limits.max_image_pixels} pixels that are "
            "allowed. Make it smaller.",
        ) from error
    except InvalidDocument as error:
        kind = "too_large" if error.code == "psd.too_large" else "unreadable"
        raise UnreadablePicture(f"template.picture_{kind}", str(error)) from error
    except UnidentifiedImageError as error:  # its own words name a path of ours
        raise UnreadablePicture(
            "template.picture_unreadable",
            f"The picture cannot be read: it is in no format that is known. {_SEND}",
        ) from error
    except Exception as error:  # decoders raise anything
        raise UnreadablePicture(
            "template.picture_unreadable",
            f"The picture cannot be read: {describe(error)}. {_SEND}",
        ) from error


def _check(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_image_pixels:
        raise UnreadablePicture(
            "template.picture_too_large",
            f"The picture has {width} x {height} pixels; {limits.max_image_pixels} are "
            "allowed. Make it smaller.",
        )


def _pixels(image: Image.Image, wanted: tuple[int, int]) -> Pixels:
    if image.format in ("JPEG", "MPO"):
        image.draft("RGB", (2 * wanted[0], 2 * wanted[1]))
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if upright.mode in _DEEP:
        upright = _shallow(upright)
    if profile and upright.mode in ("RGB", "RGBA", "L", "LA", "CMYK"):
        upright = _managed(upright, profile)
    has_alpha = "transparency" in upright.info or upright.mode in ("RGBA", "LA", "PA")
    if has_alpha:
        return np.asarray(upright.convert("RGBA")).copy()
    rgb = np.asarray(upright.convert("RGB"))
    return cast(Pixels, cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA))


def _shallow(image: Image.Image) -> Image.Image:
    """Gray of 16 or more bits, which Pillow would cut off at 255."""
    values = np.asarray(image).astype(np.float32)
    top = 65_535.0 if values.max(initial=0) > 255 else 255.0
    top = 1.0 if image.mode == "F" and values.max(initial=0) <= 1 else top
    return Image.fromarray((np.clip(values / top, 0, 1) * 255 + 0.5).astype(np.uint8))


def _managed(image: Image.Image, profile: bytes) -> Image.Image:
    """In sRGB; as it is where its profile cannot be used."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if ImageCms.getProfileDescription(source).startswith("sRGB"):
            return image
        alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
        color = image.convert(image.mode.removesuffix("A")) if alpha else image
        found = ImageCms.profileToProfile(
            color,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    if found is None:
        return image
    if alpha is not None:
        found.putalpha(alpha)
    return found


def _composed(path: Path, limits: Limits) -> Pixels:
    """Raises InvalidDocument, and what decoders raise."""
    document = open_document(path, limits)
    nodes = tree(document)
    check_budget(document, nodes, limits)
    to_srgb = conversion(document, limits.inks)
    if embeds_composite(document, nodes):
        return as_rgba(merged_pixels(document, to_srgb))
    return as_rgba(converted(render(document).planes, to_srgb))


def as_rgba(pixels: Pixels) -> Pixels:
    """Of gray or RGB, with or without alpha: (height, width, 4)."""
    match pixels.shape[2]:
        case 1:
            found = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGBA)
        case 2:
            gray, alpha = cv2.split(pixels)
            found = cv2.merge([gray, gray, gray, alpha])
        case 3:
            found = cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA)
        case _:
            return pixels
    return cast(Pixels, found)
