"""Stored channels as 8-bit planes, only the rows and columns that are asked for.

Planes are (height, width) arrays of uint8 and colours (channels, height, width), in the
file's own sense: CMYK inverted, Lab's a and b with 128 as zero.
"""

import numpy as np
from psd_tools.api.layers import Layer
from psd_tools.api.protocols import PSDProtocol
from psd_tools.constants import ChannelID
from psd_tools.psd.layer_and_mask import ChannelData

from onemanage.psd.domain.boxes import Box, intersect, is_empty, part, size_of
from onemanage.psd.domain.channels import MissingPixels, Shape, channel, stored
from onemanage.psd.domain.color import CHANNELS, Pixels


def stored_box(layer: Layer) -> Box:
    """Where the layer's pixels lie on the canvas; it may reach beyond it."""
    record = layer._record
    return record.left, record.top, record.right, record.bottom


def has_alpha(layer: Layer) -> bool:
    """Whether the layer stores its own transparency."""
    return ChannelID.TRANSPARENCY_MASK in stored(layer)


def layer_color(layer: Layer, box: Box) -> Pixels | None:
    """Colour planes for ``box``, which lies within the layer's stored box.

    None where the layer holds none; MissingPixels where it holds only some.
    """
    channels = stored(layer)
    count = CHANNELS[layer._psd.color_mode]
    found = [number for number in range(count) if number in channels]
    if not found:
        return None
    if len(found) < count:
        raise MissingPixels(f"it has {len(found)} of {count} colour channels")
    out = np.empty((count, *size_of(box)), np.uint8)
    for number in found:
        out[number] = plane(
            channels[number], stored_box(layer), box, layer._psd, color=True
        )
    return out


def layer_alpha(layer: Layer, box: Box) -> Pixels | None:
    """The transparency for ``box``, or None where the layer has none: opaque."""
    data = stored(layer).get(ChannelID.TRANSPARENCY_MASK)
    if data is None:
        return None
    return plane(data, stored_box(layer), box, layer._psd, color=False)


def plane(
    data: ChannelData, stored_in: Box, box: Box, document: PSDProtocol, *, color: bool
) -> Pixels:
    """What ``box`` shows of a channel that is stored for the box ``stored_in``."""
    shape = Shape(*size_of(stored_in), document.depth, document.version)
    rows, columns = part(box, stored_in)
    return channel(data.data, data.compression, shape, rows, color=color)[:, columns]


def pasted(data: Pixels, covers: Box, box: Box, background: int) -> Pixels:
    """The plane that covers ``covers`` on ``box``, with ``background`` around it."""
    out = np.full(size_of(box), background, np.uint8)
    both = intersect(covers, box)
    if not is_empty(both):
        out[part(both, box)] = data[part(both, covers)]
    return out
