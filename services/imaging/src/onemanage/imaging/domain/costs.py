"""How long a recipe will take of a source whose header is known, before it is decoded.

A rough guess by pixels, to send away what is too heavy for the quick way; what is
guessed too low is ended by a limit on processor time. Nanoseconds for each pixel are
those of `make bench NAME=image_costs`, rounded up, on one core of a server of 2023.
"""

from collections.abc import Sequence

from onemanage.contracts.imaging.operations.geometry import Crop, Resize
from onemanage.contracts.imaging.outputs import AnyOutput, AvifOutput, LossyOutput
from onemanage.contracts.imaging.recipes import AnyOperation, Recipe
from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.operations.geometry import crop_box, scaled_size
from onemanage.imaging.domain.outputs import format_of
from onemanage.imaging.domain.pipeline import least_scale

_READING = {
    "jpeg": 3,
    "png": 13,
    "webp": 7,
    "avif": 11,
    "heif": 23,
    "jxl": 26,
    "tiff": 5,
    "gif": 22,
    "jp2": 160,
    "svg": 30,
    "pdf": 60,
    "video": 60,
}
_READING_OTHERS = 10
_DRAWN = ("svg", "pdf")
"""Drawn at the size that is wanted, and no larger."""
_SHRUNK_JPEG = 0.5
"""Of what a JPEG takes, where it is decoded at half its size or less: what is left is
unpacking its coefficients."""
_WRITING = {
    "jpeg": 6,
    "png": 450,
    "webp": 70,
    "avif": 280,
    "jxl": 360,
    "tiff": 70,
    "gif": 340,
    "auto": 450,
}
_LOSSLESS = 860
_SLOW_AVIF = 9_000
"""Below ``_AVIF_SPEED``."""
_AVIF_SPEED = 5
_TRIES = 8
"""Of a quality by size or by likeness."""
_OPERATING = {"denoise": 60, "drop_shadow": 60, "rotate": 45, "resize": 15}
_OPERATING_OTHERS = 12
_LOOKING_FOR_FACES = 140
_NANOSECOND = 1e-9


def seconds_of(recipe: Recipe, header: Header) -> float:
    """Of processor time."""
    frames = header.frames if recipe.reading.animated else 1
    scale = min(1.0, least_scale(recipe, header.width, header.height))
    size = header.width * scale, header.height * scale
    cost = _reading(header, scale)
    size, more = _operating(recipe.operations, size, scale)
    cost += more
    for variant in recipe.variants:
        made, more = _operating(variant.operations, size, scale)
        cost += more + made[0] * made[1] * _writing(variant.output)
    return cost * frames * _NANOSECOND


def _reading(header: Header, scale: float) -> float:
    pixels = header.width * header.height
    each: float = _READING.get(header.format, _READING_OTHERS)
    if header.format in _DRAWN:
        return pixels * scale**2 * each
    if header.format == "jpeg" and scale <= 0.5:
        each *= _SHRUNK_JPEG
    return pixels * each


def _operating(
    operations: Sequence[AnyOperation], size: tuple[float, float], scale: float
) -> tuple[tuple[float, float], float]:
    """The size that they leave, and what they take."""
    cost = 0.0
    for operation in operations:
        each = _OPERATING.get(str(operation.__struct_config__.tag), _OPERATING_OTHERS)
        if getattr(operation, "gravity", None) == "face":
            each = _LOOKING_FOR_FACES
        before = size[0] * size[1]
        match operation:
            case Resize():
                whole = scaled_size(operation, size[0] / scale, size[1] / scale)
                size, scale = whole, 1.0
            case Crop():
                box = crop_box(operation, *size, (scale, scale))
                size = min(size[0], box[0]), min(size[1], box[1])
        cost += max(before, size[0] * size[1]) * each
    return size, cost


def _writing(output: AnyOutput) -> float:
    each: float = _WRITING.get(format_of(output), max(_WRITING.values()))
    if getattr(output, "lossless", False):
        return _LOSSLESS
    if isinstance(output, AvifOutput) and output.speed < _AVIF_SPEED:
        each = _SLOW_AVIF
    if isinstance(output, LossyOutput) and (output.max_bytes or output.ssim):
        each *= _TRIES
    return each
