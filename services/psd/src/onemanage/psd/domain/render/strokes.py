"""Coverage of stroke effects: a band in psd-tools' distance from the layer's edge."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from psd_tools.api.protocols import PSDProtocol
from psd_tools.composite.effects import draw_stroke_effect_split
from psd_tools.psd.descriptor import Descriptor, Double, Enumerated
from psd_tools.terminology import Enum, Key, Klass, Type

from onemanage.psd.domain.boxes import Box, grow, part, size_of
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.render.planes import pasted
from onemanage.psd.domain.render.styles import Effect

_SIDE = 512
"""Pixels of a tile: psd-tools takes more than 100 bytes for each."""


def stroke(
    effect: Effect, layer: Canvas, box: Box, psd: PSDProtocol
) -> tuple[Pixels, Pixels]:
    """What the stroke covers of ``box``: in all, and inside of the layer's edge."""
    whole = np.zeros(size_of(box), np.uint8)
    inside = np.zeros(size_of(box), np.uint8)
    for top in range(box[1], box[3], _SIDE):
        for left in range(box[0], box[2], _SIDE):
            tile = (left, top, min(left + _SIDE, box[2]), min(top + _SIDE, box[3]))
            wide = grow(tile, effect.margin)
            cover = pasted(layer.alpha, layer.box, wide, 0)
            low, high = cover.min(), cover.max()
            if low == high and low in (0, 255):  # no edge is near
                continue
            values = cover.astype(np.float32)[:, :, None] * np.float32(1 / 255)
            desc = _Plain(effect.desc)
            _, all_, within = draw_stroke_effect_split(
                wide, values, cast(Descriptor, desc), psd
            )
            place = part(tile, box)
            crop = part(tile, wide)
            whole[place] = _bytes(all_[crop])
            inside[place] = _bytes(within[crop])
    return whole, inside


class _Plain:
    """The stroke's descriptor, but black: its paint is drawn for the whole box."""

    def __init__(self, desc: Descriptor) -> None:
        self._desc = desc
        black = Descriptor(classID=Klass.RGBColor)
        for channel in (Key.Red, Key.Green, Key.Blue):
            black[channel] = Double(0.0)
        self._plain: dict[bytes, object] = {
            Key.PaintType: Enumerated(typeID=Type.FrameFill, enum=Enum.SolidColor),
            Key.Color: black,
        }

    def get(self, key: bytes, default: object = None) -> object:
        return self._plain.get(key) or self._desc.get(key, default)


def _bytes(values: NDArray[np.float32]) -> Pixels:
    return cast(Pixels, (values[:, :, 0] * 255 + 0.5).astype(np.uint8))
