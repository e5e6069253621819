"""The smallest file of several formats that are all as like the picture.

What each format needs is searched on a sample of the picture, so that the work is the
same for a large one; those that come out smallest there are made in full, and measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from onemanage.contracts.imaging.outputs import (
    AnyOutput,
    AvifOutput,
    BestOutput,
    JpegOutput,
    JxlOutput,
    LossyOutput,
    Output,
    PngOutput,
    WebpOutput,
)
from onemanage.contracts.imaging.recipe_checks import fields_of
from onemanage.imaging.domain import webps
from onemanage.imaging.domain.encoders import encoded, flattened
from onemanage.imaging.domain.likeness import ssim
from onemanage.imaging.domain.outputs import decoded, last, too_long
from onemanage.imaging.domain.picture import Picture

_TILE, _TILES = 128, 3
"""Pixels of a tile's side, and tiles of the sample's."""
_ALIGNED = 16
"""Tiles begin where blocks do, so that they cost what they cost in place."""
_QUALITIES = range(41, 101, 3)
"""Below them likeness of luma says too little: colours go first."""
_MOST_COLORS = 256
"""Of a palette."""
_ROWS = 64
_MOST_LIKE = 0.995
"""More is not asked of others because a JPEG has it, as of even areas."""
_NEAR = 1.2
"""How much larger than the smallest a sample's file may be for the format to be made in
full as well."""
_MORE = 3
"""Steps of quality that are tried where the whole is less like than its sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    output: AnyOutput
    """With the quality that was found."""
    size: int
    """Bytes of the sample's file."""
    likeness: float


def smallest(
    picture: Picture, output: BestOutput, where: str
) -> tuple[bytes, AnyOutput, Picture]:
    """The file, as which output it was written, and the picture as that holds it.

    ``where`` is the output's JSON pointer. Where no format is like enough, that which
    is most alike, with a warning.
    """
    sample = _sample(picture)
    wanted = output.ssim or _likeness_of_jpeg(sample, output)
    found = [
        _searched(sample, candidate, wanted)
        for candidate in _candidates(picture, output)
    ]
    if not found:
        raise too_long(where)
    like = [one for one in found if one.likeness >= wanted]
    if not like:
        nearest = max(found, key=lambda one: one.likeness)
        text = f"{where}/ssim: {nearest.likeness:.3f} is the most that a format gives."
        data = encoded(flattened(picture, nearest.output), nearest.output)
        return data, nearest.output, picture.warned(text)
    least = min(one.size for one in like)
    made = [
        _in_full(picture, one.output, output.ssim)
        for one in like
        if one.size <= least * _NEAR
    ]
    data, chosen = min(made, key=lambda one: len(one[0]))
    return data, chosen, flattened(picture, chosen)


def _likeness_of_jpeg(sample: Picture, output: BestOutput) -> float:
    """What the JPEG has that others are compared with."""
    jpeg = JpegOutput(quality=output.quality)
    shown = flattened(sample, jpeg)
    data = encoded(shown, jpeg)
    return min(_MOST_LIKE, ssim(shown.first, decoded(data, shown.first)))


def _candidates(picture: Picture, output: BestOutput) -> Iterator[AnyOutput]:
    common = fields_of(output, Output)
    has_few_colors = _has_few_colors(picture)
    for kind in output.formats or ("jpeg", "png"):
        match kind:
            case "jpeg" if not picture.has_alpha or output.formats == ["jpeg"]:
                yield JpegOutput(**common)
                yield JpegOutput(**common, progressive=True)
            case "png":
                yield PngOutput(**common)
                if has_few_colors and output.space != "gray":
                    yield PngOutput(**common, colors=_MOST_COLORS)
            case "webp" if webps.holds(picture):
                yield WebpOutput(**common)
                yield WebpOutput(**common, lossless=True)
            case "avif":
                yield AvifOutput(**common)
            case "jxl" if output.space not in ("p3", "source"):  # it has no profile
                yield JxlOutput(**common)
                yield JxlOutput(**common, lossless=True)


def _has_few_colors(picture: Picture) -> bool:
    """Whether a palette holds every colour there is, of what is opaque."""
    if picture.has_alpha:
        return False
    seen = np.zeros(0, np.uint32)
    for row in range(0, picture.height, _ROWS):
        part = picture.first[row : row + _ROWS].astype(np.uint32)
        packed = part[:, :, 0] << 16 | part[:, :, 1] << 8 | part[:, :, 2]
        seen = np.union1d(seen, packed)
        if len(seen) > _MOST_COLORS:
            return False  # of a photograph the first rows tell
    return True


def _sample(picture: Picture) -> Picture:
    """Tiles from all over the picture as one; the picture where it is no larger."""
    side = _TILE * _TILES
    if picture.width * picture.height <= side * side:
        return picture
    tops, lefts = (
        [
            round(n * max(0, length - _TILE) / (_TILES - 1)) // _ALIGNED * _ALIGNED
            for n in range(_TILES)
        ]
        for length in (picture.height, picture.width)
    )
    rows = [
        np.hstack([picture.first[y : y + _TILE, x : x + _TILE] for x in lefts])
        for y in tops
    ]
    return replace(picture, frames=(np.vstack(rows),))


def _searched(sample: Picture, output: AnyOutput, least: float) -> _Candidate:
    """With the lowest quality at which the sample is like enough."""
    shown = flattened(sample, output)
    if not isinstance(output, LossyOutput) or _is_lossless(output):
        return _Candidate(output=output, size=len(encoded(shown, output)), likeness=1.0)
    tried: dict[int, _Candidate] = {}

    def is_unlike(number: int) -> bool:
        quality = _QUALITIES[number]
        data = encoded(shown, output, quality)
        tried[number] = _Candidate(
            output=msgspec.structs.replace(output, quality=quality),
            size=len(data),
            likeness=ssim(shown.first, decoded(data, shown.first)),
        )
        return tried[number].likeness < least

    highest = len(_QUALITIES) - 1
    if is_unlike(highest) or not is_unlike(0):
        return tried.get(0) or tried[highest]
    return tried[last(is_unlike, 0, highest - 1) + 1]


def _in_full(
    picture: Picture, output: AnyOutput, least: float | None
) -> tuple[bytes, AnyOutput]:
    """The file, with a little more quality where it is not as like as is said. What is
    to be like a JPEG is so by its sample."""
    shown = flattened(picture, output)
    data = encoded(shown, output)
    for _ in range(_MORE):
        if not isinstance(output, LossyOutput) or _is_lossless(output):
            break
        if least is None or output.quality == 100:
            break
        if ssim(shown.first, decoded(data, shown.first)) >= least:
            break
        higher = min(100, output.quality + _QUALITIES.step)
        output = msgspec.structs.replace(output, quality=higher)
        data = encoded(shown, output)
    return data, output


def _is_lossless(output: LossyOutput) -> bool:
    return bool(getattr(output, "lossless", False))
