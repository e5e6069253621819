"""AVIF that Pillow does not write: without loss, and of more than 8 bits."""

from typing import Any

import imagecodecs
import numpy as np

from onemanage.contracts.imaging.outputs import AvifOutput
from onemanage.imaging.domain.picture import Picture, Pixels

_P3, _BT709, _SRGB_CURVE, _BT601 = 12, 1, 13, 6
"""Of ITU-T H.273."""
_COARSEST = 63
"""Of AV1's quantizers as libaom counts them."""


def encoded(pixels: Pixels, output: AvifOutput, quality: int) -> bytes:
    """One picture, its colours said by numbers, as imagecodecs takes no profile."""
    options: dict[str, Any] = {
        "primaries": _P3 if output.space == "p3" else _BT709,
        "transfer": _SRGB_CURVE,
        "speed": output.speed,
        "numthreads": 1,
    }
    if output.lossless:  # at this level it stores RGB as it is
        made = imagecodecs.avif_encode(pixels, 100, pixelformat="yuv444", **options)
        return bytes(made)
    most = (1 << output.bits) - 1
    deep = ((pixels.astype(np.uint32) * most + 127) // 255).astype(np.uint16)
    made = imagecodecs.avif_encode(
        deep,
        min(quality, 99),
        bitspersample=output.bits,
        pixelformat="yuv" + output.subsampling.replace(":", ""),
        matrix=_BT601,
        **options,
    )
    return bytes(made)


def of_alpha(picture: Picture, output: AvifOutput) -> dict[str, str] | None:
    """Options of libaom for a quality of transparency that is not the colours'."""
    if output.alpha_quality is None or not picture.has_alpha:
        return None
    level = round((100 - output.alpha_quality) * _COARSEST / 100)
    return {"alpha:cq-level": str(level)}
