"""From whatever colours a file has to 8-bit sRGB, by its ICC profile."""

import io
from typing import cast

import cv2
import numpy as np
from PIL import Image, ImageCms

from onemanage.imaging.domain.inks import NAME, default_inks
from onemanage.imaging.domain.picture import Pixels

_NEAR = 1
"""Levels within which a profile counts as sRGB and converts nothing."""
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
"""The profile that outputs carry."""

_UNUSABLE = "The embedded ICC profile cannot be used: colours are not managed."
_NO_INKS = f"CMYK without a usable ICC profile: shown as {NAME} inks would look."
_RANGE = "Its values are not 8 or 16 bits deep: lightness is approximate."


def to_srgb(image: Image.Image, icc: bytes | None) -> tuple[Pixels, list[str]]:
    """Pixels of a decoded image of any mode that a profile describes, and warnings.

    Perceptual intent, as lcms does it; alpha passes unchanged. CMYK without a profile
    is taken as `inks` has it.
    """
    warnings: list[str] = []
    plain, alpha = _split(image, warnings)
    profiled = _profiled(plain, icc, warnings) if icc else None
    if profiled is not None:
        plain = profiled
    elif plain.mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        srgb = ImageCms.createProfile("sRGB")
        plain = ImageCms.profileToProfile(plain, lab, srgb, outputMode="RGB") or plain
    elif plain.mode == "CMYK":
        warnings.append(_NO_INKS)
        plain = _profiled(plain, default_inks(), warnings) or plain
    if plain.mode != "RGB":
        plain = plain.convert("RGB")
    pixels = np.asarray(plain)
    return (pixels if alpha is None else np.dstack([pixels, alpha])), warnings


def managed(pixels: Pixels, icc: bytes | None) -> tuple[Pixels, list[str]]:
    """sRGB of 8-bit pixels that a profile describes, and warnings.

    They are (height, width) of gray, or (height, width, 1 to 4): gray, gray and alpha,
    RGB, or RGBA.
    """
    warnings: list[str] = []
    count = 1 if pixels.ndim == 2 else pixels.shape[2]
    colors = pixels
    if count in (2, 4):
        colors = np.ascontiguousarray(pixels[:, :, : count - 1])
    if count < 3:
        colors = colors.reshape(colors.shape[:2])
    made = None
    if icc:
        made = _profiled(Image.fromarray(colors), icc, warnings)
    if made is None and count >= 3:
        return pixels, warnings
    if made is not None:
        plain = np.asarray(made)
    else:
        plain = cast(Pixels, cv2.cvtColor(colors, cv2.COLOR_GRAY2RGB))
    if count in (2, 4):
        return np.dstack([plain, pixels[:, :, -1]]), warnings
    return plain, warnings


def _split(
    image: Image.Image, warnings: list[str]
) -> tuple[Image.Image, Pixels | None]:
    """The image in a mode that a profile may describe, and its alpha."""
    mode = image.mode
    if mode in ("RGB", "L", "CMYK", "LAB") and "transparency" not in image.info:
        return image, None
    if mode.startswith("I;16") or mode in ("I", "F"):
        return Image.fromarray(leveled(np.asarray(image), warnings)), None
    if mode in ("1", "YCbCr", "HSV", "RGBX") and "transparency" not in image.info:
        return image.convert("L" if mode == "1" else "RGB"), None
    if mode == "P" and "transparency" not in image.info:
        palette = image.palette
        if palette is None or "A" not in palette.mode:
            return image.convert("RGB"), None
    rgba = image.convert("RGBA")
    is_gray = mode in ("1", "L", "LA")
    plain = rgba.getchannel("R") if is_gray else rgba.convert("RGB")
    return plain, np.asarray(rgba.getchannel("A"))


def leveled(values: np.ndarray, warnings: list[str]) -> Pixels:
    """Values of more than 8 bits in 8, and a warning where their white is a guess."""
    if values.dtype == np.uint16:
        return cast(Pixels, cv2.convertScaleAbs(values, alpha=255 / 65535))
    finite = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    highest = float(finite.max(initial=0.0))
    warnings.append(_RANGE)
    top = next((t for t in (1.0, 255.0, 65535.0) if highest <= t), highest)
    scaled = np.clip(finite * np.float32(255 / top), 0, 255)
    made: Pixels = np.rint(scaled).astype(np.uint8)
    return made


def _profiled(
    image: Image.Image, icc: bytes, warnings: list[str]
) -> Image.Image | None:
    """In sRGB; None where the profile changes nothing or cannot be used."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        image = _as_described(image, source.profile.xcolor_space.strip())
        transform = ImageCms.buildTransform(
            source, ImageCms.createProfile("sRGB"), image.mode, "RGB"
        )
        if image.mode == "RGB" and is_identity(transform):
            return None
        return ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # One for another kind of colours, or of no use; the picture itself is good.
        warnings.append(_UNUSABLE)
        return None


def _as_described(image: Image.Image, space: str) -> Image.Image:
    """Gray as RGB where the profile is one of RGB; gray that was stored as RGB as gray
    where it is one of gray."""
    if image.mode == "L" and space == "RGB":
        return image.convert("RGB")
    if image.mode == "RGB" and space == "GRAY":
        red, green, blue = (np.asarray(band) for band in image.split())
        if np.array_equal(red, green) and np.array_equal(red, blue):
            return image.getchannel("R")
    return image


def is_identity(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether it changes no colour of RGB by more than a level."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    made = np.asarray(ImageCms.applyTransform(Image.fromarray(cube), transform))
    return int(np.abs(made.astype(np.int16) - cube).max()) <= _NEAR
