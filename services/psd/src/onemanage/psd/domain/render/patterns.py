"""Pattern fills: a tile from the file, scaled and turned, repeated over a box.

Fitted on Photoshop's own pixels: a tile is enlarged by bilinear interpolation between
the corners of its pixels, and made smaller by the mean of what falls into each pixel;
it is turned counter-clockwise about the point where it begins.
"""

import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.api import numpy_io
from psd_tools.api.protocols import PSDProtocol
from psd_tools.constants import ColorMode
from psd_tools.psd.descriptor import Descriptor
from psd_tools.psd.patterns import Pattern
from psd_tools.terminology import Enum, Key

from onemanage.psd.domain.boxes import Box, size_of
from onemanage.psd.domain.render.blend import luminosity
from onemanage.psd.domain.render.numbers import number

type Values = NDArray[np.float32]

_BLOCK = 1 << 20
"""Pixels of a scaled or turned pattern at a time."""
_EDGE = 2
"""Pixels of the next tile that interpolation may look at."""


def tiled(
    psd: PSDProtocol, desc: Descriptor, box: Box, anchor: Box
) -> tuple[Values, Values | None] | None:
    """Colour (height, width, its channels) and coverage (height, width), 0 to 1.

    The tile begins at the upper left of ``anchor``. None where the file does not hold
    the pattern; raises what psd-tools raises on one that it cannot decode.
    """
    name = desc[Enum.Pattern][Key.ID].value.rstrip("\x00")
    pattern = cast(PSDImage, psd)._get_pattern(name)
    if not pattern:
        return None
    panel, channels = _decoded(pattern, psd.color_mode)
    scale = number(desc, Key.Scale, 100.0) / 100
    if scale < 1:
        panel, scale = _reduced(panel, scale), 1.0
    angle = math.radians(number(desc, Key.Angle, 0.0))
    found = _laid_out(panel, box, anchor, max(scale, 1.0), angle)
    if panel.shape[2] > channels:
        return found[:, :, :channels], found[:, :, -1]
    return found, None


def _decoded(pattern: Pattern, mode: ColorMode) -> tuple[Values, int]:
    """Its planes, and how many of them are colours; indexed ones by their own table."""
    panel: Values = numpy_io.get_pattern(pattern)
    channels = numpy_io.get_pattern_color_channels(pattern)
    if pattern.image_mode is not ColorMode.INDEXED:
        return panel, channels
    table = np.zeros((256, 3), np.float32)
    stored = np.array(pattern.color_table, np.float32).reshape(-1, 3)[:256]
    table[: len(stored)] = stored / 255
    table = _in_mode(table, mode)
    index = np.rint(panel[:, :, 0] * 255).astype(np.uint8)
    found = np.concatenate([table[index], panel[:, :, channels:]], axis=2)
    return found, table.shape[1]


def _in_mode(table: Values, mode: ColorMode) -> Values:
    """Colours (n, 3) as the document has them."""
    if mode is ColorMode.CMYK:  # stored inverted: what the inks leave, and no black
        return np.append(table, np.ones((len(table), 1), np.float32), axis=1)
    if mode is ColorMode.RGB:
        return table
    gray: Values = luminosity(table.T[:, :, None])[0]
    return gray.reshape(-1, 1)


def _reduced(panel: Values, scale: float) -> Values:
    size = [max(1, int(side * scale)) for side in (panel.shape[1], panel.shape[0])]
    small = cv2.resize(panel, size, interpolation=cv2.INTER_AREA)
    return cast(Values, small.reshape(size[1], size[0], -1))


def _laid_out(
    panel: Values, box: Box, anchor: Box, scale: float, angle: float
) -> Values:
    rows = np.arange(box[1], box[3]) - anchor[1]
    columns = np.arange(box[0], box[2]) - anchor[0]
    if scale == 1 and angle == 0:
        place = np.ix_(rows % panel.shape[0], columns % panel.shape[1])
        return panel[place]
    height, width = size_of(box)
    found = np.empty((height, width, panel.shape[2]), np.float32)
    edges = ((_EDGE, _EDGE), (_EDGE, _EDGE), (0, 0))
    wide = np.pad(panel, edges, mode="wrap")
    step = max(1, _BLOCK // max(1, width))
    for top in range(0, height, step):
        part = slice(top, min(height, top + step))
        across, down = _turned(columns[None, :], rows[part, None], scale, angle)
        across, down = across % panel.shape[1] + _EDGE, down % panel.shape[0] + _EDGE
        drawn = cv2.remap(
            wide,
            across.astype(np.float32),
            down.astype(np.float32),
            cv2.INTER_LINEAR,
        )
        found[part] = drawn.reshape(found[part].shape)
    return found


def _turned(
    x: NDArray[np.int64], y: NDArray[np.int64], scale: float, angle: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where in the tile the pixels of some columns and rows are, each with each."""
    if angle == 0:
        shape = np.broadcast_shapes(x.shape, y.shape)
        return np.broadcast_to(x / scale, shape), np.broadcast_to(y / scale, shape)
    cos, sin = math.cos(angle), math.sin(angle)
    right, down = x + 0.5, y + 0.5  # it turns the pixels' centres
    across = (right * cos - down * sin - 0.5) / scale
    return across, (right * sin + down * cos - 0.5) / scale
