"""From whatever colours a file has to 8-bit sRGB, by its ICC profile."""

import io

import numpy as np
from PIL import Image, ImageCms

from onemanage.imaging.domain.picture import Pixels

_NEAR = 1
"""Levels within which a profile counts as sRGB and converts nothing."""
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
"""The profile that outputs carry."""

_UNUSABLE = "The embedded ICC profile cannot be used: colours are not managed."
_NO_INKS = "CMYK without a usable ICC profile: colours are approximate."
_RANGE = "Its values are not 8 or 16 bits deep: lightness is approximate."


def to_srgb(image: Image.Image) -> tuple[Pixels, list[str]]:
    """Pixels of a decoded image of any mode, and warnings.

    Perceptual intent, as lcms does it; alpha passes unchanged. CMYK without a profile
    is taken as ideal inks.
    """
    warnings: list[str] = []
    icc = image.info.get("icc_profile")
    plain, alpha = _split(image, warnings)
    transform = _transform(icc, plain.mode, warnings) if icc else None
    if transform is not None:
        plain = ImageCms.applyTransform(plain, transform) or plain
    elif plain.mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        srgb = ImageCms.createProfile("sRGB")
        plain = ImageCms.profileToProfile(plain, lab, srgb, outputMode="RGB") or plain
    elif plain.mode == "CMYK":
        warnings.append(_NO_INKS)
    if plain.mode != "RGB":
        plain = plain.convert("RGB")
    pixels = np.asarray(plain)
    return (pixels if alpha is None else np.dstack([pixels, alpha])), warnings


def managed(pixels: Pixels, icc: bytes | None) -> tuple[Pixels, list[str]]:
    """RGB pixels that a profile describes as sRGB, and warnings."""
    warnings: list[str] = []
    transform = _transform(icc, "RGB", warnings) if icc else None
    if transform is None:
        return pixels, warnings
    if pixels.shape[2] == 3:
        image = Image.fromarray(pixels)
        return np.asarray(ImageCms.applyTransform(image, transform)), warnings
    image = Image.fromarray(np.ascontiguousarray(pixels[:, :, :3]))
    made = np.asarray(ImageCms.applyTransform(image, transform))
    return np.dstack([made, pixels[:, :, 3]]), warnings


def _split(
    image: Image.Image, warnings: list[str]
) -> tuple[Image.Image, Pixels | None]:
    """The image in a mode that a profile may describe, and its alpha."""
    mode = image.mode
    if mode in ("RGB", "L", "CMYK", "LAB") and "transparency" not in image.info:
        return image, None
    if mode.startswith("I;16") or mode in ("I", "F"):
        return Image.fromarray(_leveled(np.asarray(image), warnings)), None
    if mode in ("1", "YCbCr", "HSV", "RGBX"):
        return image.convert("L" if mode == "1" else "RGB"), None
    if mode == "P" and "transparency" not in image.info:
        palette = image.palette
        if palette is None or "A" not in palette.mode:
            return image.convert("RGB"), None
    rgba = image.convert("RGBA")
    return rgba.convert("RGB"), np.asarray(rgba.getchannel("A"))


def _leveled(values: np.ndarray, warnings: list[str]) -> Pixels:
    """Gray values of more than 8 bits in 8."""
    finite = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    if values.dtype == np.uint16:
        top = 65535.0
    else:
        highest = float(finite.max(initial=0.0))
        warnings.append(_RANGE)
        top = next((t for t in (1.0, 255.0, 65535.0) if highest <= t), highest)
    scaled = np.clip(finite * np.float32(255 / top), 0, 255)
    made: Pixels = np.rint(scaled).astype(np.uint8)
    return made


def _transform(
    icc: bytes, mode: str, warnings: list[str]
) -> ImageCms.ImageCmsTransform | None:
    """From the profile to sRGB; None where it changes nothing or cannot be used."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        transform = ImageCms.buildTransform(
            source, ImageCms.createProfile("sRGB"), mode, "RGB"
        )
        changes = mode != "RGB" or not _is_identity(transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # A gray profile on RGB, or one of no use; the picture itself is good.
        if mode != "L":
            warnings.append(_UNUSABLE)
        return None
    return transform if changes else None


def _is_identity(transform: ImageCms.ImageCmsTransform) -> bool:
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    made = np.asarray(ImageCms.applyTransform(Image.fromarray(cube), transform))
    return int(np.abs(made.astype(np.int16) - cube).max()) <= _NEAR
