"""How Photoshop mixes the edges of type with what is below: in a space of its own.

Since CS6 "Blend Text Colors Using Gamma" is on at 1.45 unless a user says otherwise, and
no file says. Colours are decoded from sRGB to linear light, raised to 1 / 1.45 and mixed
there by the coverage. Fitted to merged images of Photoshop: black on white, at a
coverage of 16, 64, 128, 192 and 240, gives 245, 212, 163, 102 and 35.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from psd_tools.api.layers import Layer
from psd_tools.api.protocols import PSDProtocol
from psd_tools.constants import BlendMode, ColorMode, Resource

from onemanage.psd.domain.color import Pixels, encode_linear
from onemanage.psd.domain.colorimetry import decoded

_GAMMA = 1.45
_NEW = re.compile(r"Adobe Photoshop (CS6|CC|2\d|1[3-9]\.)")
"""What VersionInfo names as having written the file."""
_STEPS = 1 << 14
"""So fine that the way there and back gives each of 256 levels again."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The pixels of an opaque backdrop that type covers in part, as they will be."""

    at: tuple[NDArray[np.intp], ...]
    values: list[Pixels]

    def put(self, color: Pixels) -> None:
        """Into ``color`` (channels, height, width)."""
        for plane, values in zip(color, self.values, strict=True):
            plane[self.at] = values


def is_type(layer: Layer) -> bool:
    """Whether its edges are mixed in this way: type in RGB that Photoshop CS6 or later
    has drawn. CS5 did it as with everything else, and so does who is not Photoshop."""
    return (
        layer.kind == "type"
        and layer._psd.color_mode is ColorMode.RGB
        and layer.blend_mode is BlendMode.NORMAL
        and _is_new(layer._psd)
    )


def _is_new(psd: PSDProtocol) -> bool:
    info = psd.image_resources.get_data(Resource.VERSION_INFO)
    return info is not None and _NEW.match(info.reader) is not None


def edge(below: Pixels, below_alpha: Pixels, above: Pixels, cover: Pixels) -> Edge:
    """Over transparency there is none: type is mixed there as all else is."""
    partial = (cover > 0) & (cover < 255) & (below_alpha == 255)
    at = np.nonzero(partial)
    weight = cover[at]
    return Edge(
        at, [_mixed(b[at], a[at], weight) for b, a in zip(below, above, strict=True)]
    )


def _mixed(below: Pixels, above: Pixels, cover: Pixels) -> Pixels:
    share = cover.astype(np.float32) * np.float32(1 / 255)
    into = _table()
    value = into[below] * (1 - share) + into[above] * share
    return _back()[(value * (_STEPS - 1) + np.float32(0.5)).astype(np.int32)]


@cache
def _table() -> NDArray[np.float32]:
    return (decoded(np.arange(256) / 255) ** (1 / _GAMMA)).astype(np.float32)


@cache
def _back() -> Pixels:
    mixed = np.arange(_STEPS) / (_STEPS - 1)
    return encode_linear((mixed**_GAMMA).astype(np.float32))
