"""Documents to send: light, heavy and broken. Built once, the same for every seed."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from psd_tools import PSDImage

LIGHT_SIDE = 64
HEAVY_SIDE = 1750
"""Its noise makes a PNG of more than 8 MiB, which goes to storage in several parts."""
HEAVY_LAYERS = 2


@dataclass(frozen=True)
class Samples:
    light: tuple[bytes, ...]
    """Some 50 ms of work each."""
    heavy: bytes
    """One to three seconds of work."""
    truncated: bytes
    not_a_document: bytes = b"\x89PNG\r\n\x1a\n" + bytes(100)


def build_samples() -> Samples:
    light = tuple(_document(LIGHT_SIDE, layers) for layers in (1, 3, 8))
    return Samples(
        light=light,
        heavy=_document(HEAVY_SIDE, HEAVY_LAYERS),
        truncated=light[1][: len(light[1]) // 2],
    )


def _document(side: int, layers: int) -> bytes:
    document = PSDImage.new("RGB", (side, side))
    for number in range(layers):
        pixels = np.random.default_rng(number).integers(
            0, 256, (side, side, 3), np.uint8
        )
        document.create_pixel_layer_from_array(pixels, name=f"Noise {number}")
    out = BytesIO()
    # PSDImage.save would render the composite again, for seconds; this keeps a blank.
    document._record.write(out)
    return out.getvalue()
