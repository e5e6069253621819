"""What masks let through: raster masks, vector masks, their density and feather.

Channel -2 is the user's mask. Where there is a vector mask too, it is what Photoshop
has rendered of both, without their densities, and the user's own is channel -3.
"""

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from psd_tools.api.layers import FillLayer, Layer, ShapeLayer
from psd_tools.composite import vector
from psd_tools.composite.utils import has_fill, is_fill_disabled
from psd_tools.constants import ChannelID
from psd_tools.psd.layer_and_mask import MaskData, MaskParameters

from onemanage.psd.domain.boxes import (
    Box,
    grow,
    intersect,
    is_empty,
    part,
    size_of,
)
from onemanage.psd.domain.channels import stored
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import faded, times
from onemanage.psd.domain.render.planes import pasted, plane, stored_box

_FEATHER_SIGMA = 1.0
"""Of the stated feather, as measured on masks of 2 to 6 pixels (within 8 levels)."""

_ROUNDING = 1e-3
"""Of a pixel: paths are stored as shares of the canvas, in 24 bits."""

_USER = ChannelID.USER_LAYER_MASK
_OWN = ChannelID.REAL_USER_LAYER_MASK


@dataclass(frozen=True)
class _Raster:
    """A stored mask: the channel, its box, the value around it, density and feather."""

    number: int
    box: Box
    background: int
    density: int = 255
    feather: float = 0


def coverage(layer: Layer, box: Box) -> Pixels | None:
    """The layer's masks together on ``box``, or None where nothing is masked."""
    both = _both(layer)
    if both is not None:
        return _raster(layer, both, box)
    user, path = user_coverage(layer, box), path_coverage(layer, box)
    if user is None or path is None:
        return path if user is None else user
    return times(user, path)


def mask_box(layer: Layer) -> Box | None:
    """Outside of this box a raster mask hides everything; None where it does not."""
    found = _both(layer) or _users(layer)
    if found is None or found.background or found.density < 255 or found.feather:
        return None
    return found.box


def user_coverage(layer: Layer, box: Box) -> Pixels | None:
    """Of the user's raster mask alone."""
    found = _users(layer)
    return None if found is None else _raster(layer, found, box)


def path_coverage(layer: Layer, box: Box) -> Pixels | None:
    """Of the vector mask alone, if it has to be applied.

    Stored pixels of shapes and fills are cut by it already.
    """
    mask = layer.vector_mask
    if mask is None or mask.disabled or _is_cut(layer):
        return None
    parameters = _parameters(layer)
    is_feathered = bool(parameters and parameters.vector_mask_feather)
    twin = _twin(layer)
    if twin is not None and not is_feathered:
        return _raster(layer, twin, box)
    if parameters is None:
        return path_area(layer, box)
    sigma = (parameters.vector_mask_feather or 0) * _FEATHER_SIGMA
    wide = grow(box, int(np.ceil(3 * sigma)))
    found = path_area(layer, wide)
    if sigma:
        found = cast(Pixels, cv2.GaussianBlur(found, (0, 0), sigma))
    return _thinned(found[part(box, wide)], _density(parameters.vector_mask_density))


def softened_box(layer: Layer) -> Box | None:
    """Where a fill shows whose vector mask has a feather or a density; else None.

    Photoshop stores the pixels of such a fill cut by the path alone, so it is drawn.
    """
    mask, parameters = layer.vector_mask, _parameters(layer)
    if mask is None or mask.disabled or parameters is None or not has_fill(layer):
        return None
    if is_fill_disabled(layer):
        return None
    if _density(parameters.vector_mask_density) < 255:
        return 0, 0, layer._psd.width, layer._psd.height
    if parameters.vector_mask_feather:
        box: Box = layer.bbox
        return grow(box, math.ceil(3 * parameters.vector_mask_feather))
    return None


def _is_cut(layer: Layer) -> bool:
    """Whether its vector mask is in its stored pixels, as of shapes and fills."""
    return layer.has_pixels() and has_fill(layer) and softened_box(layer) is None


def _parameters(layer: Layer) -> MaskParameters | None:
    data = _data(layer)
    return data.parameters if data else None


def path_area(layer: Layer, box: Box) -> Pixels:
    """The exact area of the vector mask's path in each pixel."""
    drawn = vector.draw_vector_mask(layer, box).reshape(size_of(box))
    return cast(Pixels, (np.clip(drawn, 0, 1) * 255 + 0.5).astype(np.uint8))


def path_box(layer: Layer) -> Box | None:
    """What a gradient of a shape spans: its path, cut to whole pixels as a point is.

    None where the layer has no path that is filled. Stored pixels reach further.
    """
    mask = layer.vector_mask
    if mask is None or mask.disabled or not has_fill(layer):
        return None
    left, top, right, bottom = mask.bbox
    width, height = layer._psd.width, layer._psd.height
    edges = (left * width, top * height, right * width, bottom * height)
    if not all(math.isfinite(edge) for edge in edges):
        return None
    box = tuple(math.floor(edge + _ROUNDING) for edge in edges)
    return None if is_empty(cast(Box, box)) else cast(Box, box)


def _data(layer: Layer) -> MaskData | None:
    return layer._record.mask_data


def _density(value: int | None) -> int:
    return 255 if value is None else value


def _both(layer: Layer) -> _Raster | None:
    """What is rendered of both masks, where it is all that counts."""
    data = _data(layer)
    if data is None or not data.flags.user_mask_from_render or data.flags.mask_disabled:
        return None
    channels = stored(layer)
    if _USER not in channels or _OWN not in channels or _repeats_alpha(layer, data):
        return None
    parameters = data.parameters
    if parameters and (
        _density(parameters.user_mask_density) < 255
        or _density(parameters.vector_mask_density) < 255
    ):
        return None
    if _is_cut(layer):
        return None
    return _Raster(_USER, _box(data), data.background_color)


def _users(layer: Layer) -> _Raster | None:
    data = _data(layer)
    if data is None:
        return None
    channels = stored(layer)
    density, feather = 255, 0.0
    if data.parameters:
        density = _density(data.parameters.user_mask_density)
        feather = data.parameters.user_mask_feather or 0
    if data.flags.user_mask_from_render:
        flags = data.real_flags
        if _OWN not in channels or flags is None or flags.mask_disabled:
            return None
        box = (data.real_left, data.real_top, data.real_right, data.real_bottom)
        background = data.real_background_color or 0
        return _Raster(_OWN, cast(Box, box), background, density, feather)
    if _USER not in channels or data.flags.mask_disabled or _repeats_alpha(layer, data):
        return None
    return _Raster(_USER, _box(data), data.background_color, density, feather)


def _twin(layer: Layer) -> _Raster | None:
    """The rendered vector mask, where it is stored by itself."""
    data = _data(layer)
    if data is None or not data.flags.user_mask_from_render:
        return None
    channels = stored(layer)
    flags = data.real_flags
    if _USER not in channels or data.flags.mask_disabled:
        return None
    if _OWN in channels and not (flags is not None and flags.mask_disabled):
        return None
    parameters = data.parameters
    density = _density(parameters.vector_mask_density) if parameters else 255
    return _Raster(_USER, _box(data), data.background_color, density)


def _box(data: MaskData) -> Box:
    return data.left, data.top, data.right, data.bottom


def _raster(layer: Layer, mask: _Raster, box: Box) -> Pixels:
    sigma = mask.feather * _FEATHER_SIGMA
    margin = int(np.ceil(3 * sigma))
    wide = grow(box, margin)
    both = intersect(mask.box, wide)
    found = np.zeros((0, 0), np.uint8)
    if not is_empty(both):
        data = stored(layer)[mask.number]
        found = plane(data, mask.box, both, layer._psd, color=False)
    shown = pasted(found, both, wide, mask.background)
    if margin:
        shown = cast(Pixels, cv2.GaussianBlur(shown, (0, 0), sigma))
        shown = shown[part(box, wide)]
    return _thinned(shown, mask.density)


def _thinned(cover: Pixels, density: int) -> Pixels:
    """1 - (1 - m) d: a density below 255 lets through what the mask hides."""
    if density >= 255:
        return cover
    return 255 - faded(255 - cover, density / 255)


def _repeats_alpha(layer: Layer, data: MaskData) -> bool:
    """Whether a shape's mask is its transparency once more; twice would thin it."""
    if not isinstance(layer, (ShapeLayer, FillLayer)) or data.real_flags is not None:
        return False
    if _box(data) != stored_box(layer):
        return False
    if data.parameters and _density(data.parameters.user_mask_density) < 255:
        return False
    channels = stored(layer)
    one = channels.get(ChannelID.USER_LAYER_MASK)
    other = channels.get(ChannelID.TRANSPARENCY_MASK)
    if one is None or other is None:
        return False
    if one.compression == other.compression and one.data == other.data:
        return True
    box = _box(data)
    return np.array_equal(
        plane(one, box, box, layer._psd, color=False),
        plane(other, box, box, layer._psd, color=False),
    )
