"""The ground that an artboard paints below its layers."""

from typing import cast

import numpy as np
from psd_tools.api.layers import Artboard
from psd_tools.constants import ColorMode, Tag
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Key

from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.render.fills import solid

_WHITE, _BLACK, _COLOR = 1, 2, 4


def background(artboard: Artboard, canvas: Canvas) -> None:
    """Fill the canvas if the artboard is not transparent (3)."""
    data = None
    for tag in (Tag.ARTBOARD_DATA1, Tag.ARTBOARD_DATA2, Tag.ARTBOARD_DATA3):
        data = artboard.tagged_blocks.get_data(tag, data)
    if data is None:
        return
    kind = data.get(b"artboardBackgroundType")
    kind = int(kind) if kind is not None else 0
    mode = artboard._psd.color_mode
    if kind == _COLOR and data.get(Key.Color) is not None:
        canvas.color[:] = solid(artboard._psd, cast(Descriptor, data), canvas.box)
    elif kind == _WHITE:
        canvas.color[:] = 255
    elif kind == _BLACK:
        canvas.color[:] = 255 if mode is ColorMode.CMYK else 0
        canvas.color[-1] = 0
    else:
        return
    if kind != _COLOR and mode is ColorMode.LAB:
        canvas.color[1:] = np.uint8(128)
    canvas.alpha[:] = 255
