"""What masks let through: raster masks, vector masks, their density and feather."""

from typing import cast

import cv2
import numpy as np
from psd_tools.api.layers import FillLayer, Layer, ShapeLayer
from psd_tools.api.mask import Mask
from psd_tools.composite import vector
from psd_tools.composite.utils import has_fill
from psd_tools.constants import ChannelID

from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.boxes import (
    Box,
    grow,
    intersect,
    is_empty,
    part,
    size_of,
)
from onemanage.psd.domain.render.canvas import faded, times
from onemanage.psd.domain.render.planes import pasted, plane, stored, stored_box

_FEATHER_SIGMA = 0.5
"""Of the stated feather. The ratio is not known; this is near what Photoshop shows."""


def coverage(layer: Layer, box: Box) -> Pixels | None:
    """The layer's masks together on ``box``, or None where nothing is masked."""
    raster = raster_coverage(layer, box)
    if not follows_path(layer):
        return raster
    path = path_coverage(layer, box)
    return path if raster is None else times(raster, path)


def raster_coverage(layer: Layer, box: Box) -> Pixels | None:
    """Of the layer's raster mask alone, its density applied."""
    mask = layer.mask
    if mask is None or mask.disabled or _repeats_alpha(layer, mask):
        return None
    number = ChannelID.USER_LAYER_MASK
    if mask.has_real():
        number = ChannelID.REAL_USER_LAYER_MASK
    data = stored(layer).get(number)
    density = raster_density(mask)
    if data is None:
        return None
    blur = 0 if mask.has_real() else _feather(mask)
    margin = int(np.ceil(3 * blur * _FEATHER_SIGMA))
    wide = grow(box, margin)
    both = intersect(mask.bbox, wide)
    found = np.zeros((0, 0), np.uint8)
    if not is_empty(both):
        found = plane(data, mask.bbox, both, layer._psd, color=False)
    shown = pasted(found, both, wide, mask.background_color)
    if margin:
        shown = cast(Pixels, cv2.GaussianBlur(shown, (0, 0), blur * _FEATHER_SIGMA))
        shown = shown[part(box, wide)]
    return _thinned(shown, density)


def mask_box(layer: Layer) -> Box | None:
    """Outside of this box a raster mask hides everything; None where it does not."""
    mask = layer.mask
    if mask is None or mask.disabled or mask.background_color or _feather(mask):
        return None
    number = ChannelID.USER_LAYER_MASK
    if mask.has_real():
        number = ChannelID.REAL_USER_LAYER_MASK
    if raster_density(mask) < 255 or number not in stored(layer):
        return None
    return mask.bbox


def raster_density(mask: Mask) -> int:
    """0 to 255; the vector mask's where only that is stated, as psd-tools has it."""
    if not mask.parameters:
        return 255
    for density in (
        mask.parameters.user_mask_density,
        mask.parameters.vector_mask_density,
    ):
        if density is not None:
            return density
    return 255


def follows_path(layer: Layer) -> bool:
    """Whether the vector mask has to be drawn.

    Stored pixels of shapes and fills are cut by it already; so is a raster mask that
    holds both ('real').
    """
    if layer.vector_mask is None or layer.vector_mask.disabled:
        return False
    if not layer.has_pixels():
        return True
    mask = layer.mask
    return not has_fill(layer) and mask is not None and not mask.has_real()


def path_coverage(layer: Layer, box: Box) -> Pixels:
    """The vector mask on ``box``: the exact area of the path in each pixel."""
    drawn = vector.draw_vector_mask(layer, box).reshape(size_of(box))
    found = (np.clip(drawn, 0, 1) * 255 + 0.5).astype(np.uint8)
    mask = layer.mask
    if mask is None or not mask.parameters:
        return cast(Pixels, found)
    feather = mask.parameters.vector_mask_feather
    if feather:
        found = cv2.GaussianBlur(found, (0, 0), feather * _FEATHER_SIGMA)
    density = mask.parameters.vector_mask_density
    return _thinned(cast(Pixels, found), 255 if density is None else density)


def _feather(mask: Mask) -> float:
    return (mask.parameters.user_mask_feather or 0) if mask.parameters else 0


def _thinned(cover: Pixels, density: int) -> Pixels:
    """1 - (1 - m) d: a density below 255 lets through what the mask hides."""
    if density >= 255:
        return cover
    return cast(Pixels, 255 - faded(cast(Pixels, 255 - cover), density / 255))


def _repeats_alpha(layer: Layer, mask: Mask) -> bool:
    """Whether a shape's mask is its transparency once more; twice would thin it."""
    if not isinstance(layer, (ShapeLayer, FillLayer)) or mask.real_flags is not None:
        return False
    if mask.bbox != stored_box(layer) or raster_density(mask) < 255:
        return False
    channels = stored(layer)
    one = channels.get(ChannelID.USER_LAYER_MASK)
    other = channels.get(ChannelID.TRANSPARENCY_MASK)
    if one is None or other is None:
        return False
    if one.compression == other.compression and one.data == other.data:
        return True
    box = mask.bbox
    return np.array_equal(
        plane(one, box, box, layer._psd, color=False),
        plane(other, box, box, layer._psd, color=False),
    )
