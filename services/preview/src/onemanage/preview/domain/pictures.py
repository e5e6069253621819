"""Pictures that tiles are cut of: opened, upright, and in sRGB strip by strip.

Strips, as a whole picture in another mode is as much memory once more.
"""

import io
from pathlib import Path

from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from onemanage.contracts.steps import step
from onemanage.preview.errors import InvalidPicture

MAX_PIXELS = 300_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF", "BMP")
_PLUGINS = (AvifImagePlugin, TiffImagePlugin, WebPImagePlugin)
"""Pillow registers those of other formats by itself, and knows no format before."""
_ADVICE = (
    "Make a PNG, JPEG or WebP of it (POST /v1/images/transformations, without a resize), "
    "and look at that as tsf_…:<name>."
)
_STRIP = 1024
_WITH_ALPHA = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})
_WIDE = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I"})


class Picture:
    """An open picture. ``opaque`` is found by looking, as many have alpha for nothing."""

    def __init__(self, image: Image.Image, to_srgb: ImageCms.ImageCmsTransform | None):
        self._image, self._to_srgb = image, to_srgb
        self.width, self.height = image.size
        self.opaque = not _has_alpha(image)

    def strip(self, top: int, height: int) -> Image.Image:
        """These rows, over the whole width: RGB where it is opaque, else RGBA."""
        box = 0, top, self.width, min(top + height, self.height)
        strip = self._image.crop(box)
        if self._to_srgb is not None:
            strip = _transformed(strip, self._to_srgb)
        strip, mode = _eight_bits(strip), "RGB" if self.opaque else "RGBA"
        return strip if strip.mode == mode else strip.convert(mode)


def open_picture(source: Path) -> Picture:
    """Decode the first picture of a file. Raises InvalidPicture.

    EXIF orientation is applied, and a profile that is not sRGB's own.
    """
    # What is allowed is checked here, with words for whoever sent it.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(source, formats=_FORMATS) as image:
            _check_size(image)
            with step("decode"):
                image.load()
            # Copies what it turns, and nothing where it is upright.
            upright = ImageOps.exif_transpose(image) if _is_turned(image) else image
            if upright.mode in ("P", "1"):
                has_alpha = "transparency" in upright.info
                upright = upright.convert("RGBA" if has_alpha else "RGB")
            return Picture(upright, _transform(upright))
    except UnidentifiedImageError:
        text = f"This is no picture that can be cut into tiles. {_ADVICE}"
        raise InvalidPicture("preview.unsupported", text) from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        text = f"The picture cannot be read to its end: {error}. Send it again whole."
        raise InvalidPicture("preview.damaged", text) from error


def _check_size(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        text = (
            f"The picture has {image.width} × {image.height} pixels; tiles are cut of up "
            f"to {MAX_PIXELS // 1_000_000} million. Make it smaller first "
            "(POST /v1/images/transformations)."
        )
        raise InvalidPicture("preview.too_many_pixels", text)


def _is_turned(image: Image.Image) -> bool:
    return image.getexif().get(0x0112, 1) not in (0, 1)


def _has_alpha(image: Image.Image) -> bool:
    if image.mode not in _WITH_ALPHA:
        return False
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        if strip.getchannel(len(strip.getbands()) - 1).getextrema()[0] != 255:
            return True
    return False


def _transform(image: Image.Image) -> ImageCms.ImageCmsTransform | None:
    """To sRGB; None where it is that already, or its profile is of no use."""
    profile = image.info.get("icc_profile")
    if profile is None or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return None
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(own):
            return None
        out = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.buildTransform(
            own, ImageCms.createProfile("sRGB"), image.mode, out
        )
    except ImageCms.PyCMSError:  # shown as it would be without one, as browsers do
        return None


def _transformed(
    strip: Image.Image, to_srgb: ImageCms.ImageCmsTransform
) -> Image.Image:
    made = ImageCms.applyTransform(strip, to_srgb)
    assert made is not None  # it is, but where it works in place
    return made


def _eight_bits(strip: Image.Image) -> Image.Image:
    """Of sixteen, the upper eight: Pillow would cut all that is above 255."""
    if strip.mode not in _WIDE:
        return strip
    return strip.point(lambda value: value * (1 / 256)).convert("L")
