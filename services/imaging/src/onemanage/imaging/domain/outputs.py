"""The file that an output asks for: its quality by number, by size or by likeness."""

import io
from collections.abc import Callable

import msgspec
import numpy as np
from PIL import Image

from onemanage.contracts.imaging.outputs import (
    AnyOutput,
    AutoOutput,
    AvifOutput,
    BestOutput,
    LossyOutput,
    Output,
    WebpOutput,
)
from onemanage.contracts.imaging.recipe_checks import fields_of, readable
from onemanage.contracts.steps import step
from onemanage.imaging.domain import webps
from onemanage.imaging.domain.encoders import encoded, flattened
from onemanage.imaging.domain.likeness import ssim
from onemanage.imaging.domain.metadata.embedding import embedded
from onemanage.imaging.domain.picture import Picture, Pixels, with_alpha
from onemanage.imaging.errors import InvalidImage

MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "jxl": "image/jxl",
    "tiff": "image/tiff",
    "gif": "image/gif",
}
ENDINGS = {"jpeg": "jpg", "tiff": "tif"}
"""Where they differ from the name of the format."""
_LOWEST = 5
"""Quality below which nothing is tried."""


def format_of(output: AnyOutput) -> str:
    """Its name as recipes have it, such as webp."""
    return str(output.__struct_config__.tag)


def resolved(output: AnyOutput, picture: Picture) -> AnyOutput:
    """Without ``auto``, by what the picture needs, and what everybody reads holds; of
    an animation without what is there for one picture alone: ``best``, and AVIF of ten
    bits or without loss."""
    if isinstance(output, BestOutput) and picture.is_animated:
        fields = fields_of(output, Output)
        if "avif" in output.formats:
            return AvifOutput(**fields)
        if "webp" in output.formats:
            return WebpOutput(**fields)
        output = AutoOutput(**fields)
    if isinstance(output, AutoOutput):
        return readable(output, picture.has_alpha, picture.is_animated)
    if isinstance(output, AvifOutput) and output.is_numbered and picture.is_animated:
        quality = 100 if output.lossless else output.quality
        return msgspec.structs.replace(output, lossless=False, bits=8, quality=quality)
    return output


@step("encode")
def encode(picture: Picture, output: AnyOutput, where: str) -> tuple[bytes, Picture]:
    """The file, and the picture as the format holds it, with warnings.

    ``where`` is the output's JSON pointer. Raises InvalidImage where ``max_bytes``
    cannot be kept, and for what the format does not hold.
    """
    picture = flattened(picture, output)
    if isinstance(output, WebpOutput) and not webps.holds(picture):
        raise too_long(where)
    if isinstance(output, LossyOutput) and output.max_bytes is not None:
        return _by_size(picture, output, output.max_bytes, where), picture
    if isinstance(output, LossyOutput) and output.ssim is not None:
        data, found = _by_likeness(picture, output, output.ssim)
        if found < output.ssim:
            text = f"{where}/ssim: {found:.3f} is the most that the format gives."
            picture = picture.warned(text)
        return data, picture
    return encoded(picture, output), picture


def too_long(where: str) -> InvalidImage:
    """What is raised where the format has no room for a side."""
    text = (
        f"WebP holds {webps.MOST} pixels a side. Make the image smaller, or ask for "
        "another format."
    )
    return InvalidImage("imaging.too_large", text, f"{where}/format")


def _by_size(picture: Picture, output: AnyOutput, most: int, where: str) -> bytes:
    assert isinstance(output, LossyOutput)
    lowest = min(_LOWEST, output.quality)
    tried: dict[int, bytes] = {}
    beside = _beside(picture, output, lowest)

    def is_small(quality: int) -> bool:
        tried[quality] = encoded(picture, output, quality)
        return len(tried[quality]) + beside <= most

    if is_small(output.quality):
        return tried[output.quality]
    if output.quality == lowest or not is_small(lowest):
        size = len(tried[lowest]) + beside
        text = (
            f"At the lowest quality the image has {size} bytes, and {most} are "
            "allowed. Make it smaller, or allow more."
        )
        raise InvalidImage("imaging.cannot_fit", text, f"{where}/max_bytes")
    best = last(is_small, lowest, output.quality - 1)
    return tried[best]


def _beside(picture: Picture, output: AnyOutput, quality: int) -> int:
    """Bytes of what the file will say beside the pixels, which is put in later."""
    if not picture.says:
        return 0
    bare = encoded(picture, output, quality)
    return len(embedded(bare, output, picture.says)[0]) - len(bare)


def _by_likeness(
    picture: Picture, output: AnyOutput, least: float
) -> tuple[bytes, float]:
    """The lowest quality that is like enough, and how like it is."""
    tried: dict[int, tuple[bytes, float]] = {}

    def is_unlike(quality: int) -> bool:
        data = encoded(picture, output, quality)
        tried[quality] = data, ssim(picture.first, decoded(data, picture.first))
        return tried[quality][1] < least

    if not is_unlike(_LOWEST):
        return tried[_LOWEST]
    if is_unlike(100):
        return tried[100]
    quality = last(is_unlike, _LOWEST, 99) + 1
    return tried[quality]


def last(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The last number for which it holds; it does for ``low``, then at once no more."""
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def decoded(data: bytes, like: Pixels) -> Pixels:
    """The first frame of what was just encoded, with as many channels."""
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.asarray(image.convert("RGBA" if like.shape[2] == 4 else "RGB"))
    return with_alpha(pixels) if like.shape[2] == 4 else pixels
