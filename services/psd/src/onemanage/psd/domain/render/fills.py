"""Solid, gradient and pattern fills, drawn by psd-tools on the box that is asked for."""

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.api import numpy_io
from psd_tools.api.layers import Layer
from psd_tools.api.protocols import PSDProtocol
from psd_tools.composite import paint
from psd_tools.composite.utils import is_fill_disabled
from psd_tools.composite.widen import make_widen
from psd_tools.constants import ColorMode, Tag
from psd_tools.psd.descriptor import Descriptor
from psd_tools.psd.patterns import Pattern
from psd_tools.terminology import Enum, Key

from onemanage.psd.domain.boxes import Box, size_of
from onemanage.psd.domain.color import CHANNELS, Pixels, encode_linear
from onemanage.psd.domain.render import gradients
from onemanage.psd.domain.render.blend import luminosity

_BLOCK = 1 << 18
"""Pixels of a gradient at a time."""

type Paint = tuple[Pixels, Pixels | None]
"""Colour planes and coverage; None where it covers all."""


def layer_fill(layer: Layer) -> Descriptor | None:
    """What fills a layer that has no pixels of its own."""
    if is_fill_disabled(layer):
        return None
    for tag in (
        Tag.SOLID_COLOR_SHEET_SETTING,
        Tag.PATTERN_FILL_SETTING,
        Tag.GRADIENT_FILL_SETTING,
        Tag.VECTOR_STROKE_CONTENT_DATA,
    ):
        found = layer.tagged_blocks.get_data(tag)
        if found is not None:
            return cast(Descriptor, found)
    return None


def painted(psd: PSDProtocol, desc: Descriptor, box: Box, anchor: Box) -> Paint | None:
    """The fill that a descriptor describes, laid out on ``anchor``.

    None where it names a pattern that the file does not hold. Raises what psd-tools
    raises on descriptors that it cannot read.
    """
    if Key.Gradient in desc:
        return painted_gradient(psd, desc, box, anchor)
    if Enum.Pattern in desc:
        return painted_pattern(psd, desc, box, anchor)
    return painted_solid(psd, desc, box, anchor)


def painted_solid(psd: PSDProtocol, desc: Descriptor, box: Box, anchor: Box) -> Paint:
    """As ``solid``, wholly opaque."""
    return solid(psd, desc, box), None


def solid(psd: PSDProtocol, desc: Descriptor, box: Box) -> Pixels:
    """Channels x height x width of ``box``, all of one colour."""
    value, _ = paint.draw_solid_color_fill((0, 0, 1, 1), psd.color_mode, desc)
    planes = _planes(psd, value)
    return np.broadcast_to(planes, (len(planes), *size_of(box))).copy()


def painted_gradient(
    psd: PSDProtocol, desc: Descriptor, box: Box, anchor: Box
) -> Paint | None:
    """Planes of colour, and of opacity or None, for the part in ``box``.

    ``anchor`` is what the gradient spans.
    """
    colors, opacities = gradients.tables(psd.color_mode, desc)
    planes = _planes(psd, colors[:, None, :])[:, :, 0]
    alphas = _bytes(opacities)
    height, width = size_of(box)
    color = np.empty((len(planes), height, width), np.uint8)
    alpha = None if alphas.min() == 255 else np.empty((height, width), np.uint8)
    step = max(1, _BLOCK // max(1, width))
    for top in range(0, height, step):
        rows = slice(top, min(height, top + step))
        strip = (box[0], box[1] + rows.start, box[2], box[1] + rows.stop)
        index = gradients.places(desc, strip, anchor)
        for target, table in zip(color, planes, strict=True):
            np.take(table, index, out=target[rows])
        if alpha is not None:
            np.take(alphas, index, out=alpha[rows])
    return color, alpha


def painted_pattern(
    psd: PSDProtocol, desc: Descriptor, box: Box, anchor: Box
) -> Paint | None:
    """One tile of the pattern by psd-tools, then repeated from the anchor's corner.

    Of a pattern in indexed colour psd-tools gives the indices.
    """
    name = desc[Enum.Pattern][Key.ID].value.rstrip("\x00")
    pattern = cast(PSDImage, psd)._get_pattern(name)
    if not pattern:
        return None
    scale = float(desc.get(Key.Scale, 100.0)) / 100
    panel = numpy_io.get_pattern(pattern).shape
    tile = (max(1, int(panel[0] * scale)), max(1, int(panel[1] * scale)))
    color, shape = paint.draw_pattern_fill((0, 0, tile[1], tile[0]), psd, desc)
    if color is None:
        return None
    if pattern.image_mode is ColorMode.INDEXED:
        color = _indexed(pattern, psd.color_mode, tile)
    rows = (np.arange(box[1], box[3]) - anchor[1]) % tile[0]
    columns = (np.arange(box[0], box[2]) - anchor[0]) % tile[1]
    place = np.ix_(rows, columns)
    planes = np.stack([one[place] for one in _planes(psd, color)])
    return planes, None if shape is None else _bytes(shape[:, :, 0])[place]


def _indexed(
    pattern: Pattern, mode: ColorMode, tile: tuple[int, int]
) -> NDArray[np.float32]:
    """A tile of (height, width) in the colours of the pattern's own palette."""
    index = np.rint(numpy_io.get_pattern(pattern)[:, :, 0] * 255).astype(np.uint8)
    palette = np.zeros((256, 3), np.float32)
    stored = np.array(pattern.color_table or [], np.float32).reshape(-1, 3)[:256]
    palette[: len(stored)] = stored / 255
    if mode is ColorMode.CMYK:  # stored inverted: what the inks leave, and no black
        palette = np.append(palette, np.ones((256, 1), np.float32), axis=1)
    elif mode is not ColorMode.RGB:
        palette = luminosity(palette.T[:, :, None])[0].reshape(256, 1)
    color = np.ascontiguousarray(palette[index])
    if color.shape[:2] == tile:
        return color
    found = cv2.resize(color, tile[::-1], interpolation=cv2.INTER_AREA)
    return cast(NDArray[np.float32], found).reshape(*tile, -1)


def _planes(psd: PSDProtocol, color: NDArray[np.float32]) -> Pixels:
    """Values of 0 to 1, (height, width, 1 or all channels), as planes of all."""
    widen: Callable[[NDArray[np.float32], int], NDArray[np.float32]] = make_widen(psd)
    wide = widen(color, CHANNELS[psd.color_mode])
    if psd.depth == 32:  # what describes a fill there is linear, as the pixels are
        return encode_linear(np.ascontiguousarray(wide.transpose(2, 0, 1)))
    return _bytes(np.ascontiguousarray(wide.transpose(2, 0, 1)))


def _bytes(values: NDArray[np.float32]) -> Pixels:
    return cast(Pixels, (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8))


def gradient_table(psd: PSDProtocol, desc: Descriptor) -> tuple[Pixels, Pixels]:
    """A glow's gradient by strength: colour planes (channels, 256) and coverage (256).

    The gradient runs from the layer's edge, where the glow is strongest, outwards.
    """
    colors, opacities = gradients.tables(psd.color_mode, desc)
    index = (gradients.STEPS - 1) * (255 - np.arange(256)) // 255
    planes = _planes(psd, colors[:, None, :])[:, :, 0]
    cover = _bytes(opacities)[index]
    cover[0] = 0  # an opaque end does not go on where there is no glow
    return planes[:, index], cover
