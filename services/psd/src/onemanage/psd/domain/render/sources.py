"""What a layer has of its own: stored pixels, or a fill and a vector stroke."""

import math

import numpy as np
from psd_tools.api._descriptor import get_scalar
from psd_tools.api.layers import Layer
from psd_tools.composite import vector
from psd_tools.constants import StrokeAlignment
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Key

from onemanage.psd.domain.boxes import (
    NOWHERE,
    Box,
    grow,
    intersect,
    is_empty,
    size_of,
)
from onemanage.psd.domain.render.canvas import Canvas, faded, times
from onemanage.psd.domain.render.fills import layer_fill, painted
from onemanage.psd.domain.render.masks import (
    coverage,
    mask_box,
    path_area,
    path_box,
    path_coverage,
    user_coverage,
)
from onemanage.psd.domain.render.planes import layer_alpha, layer_color, stored_box


def own_box(layer: Layer) -> Box:
    """Where a layer that is no group has anything of its own."""
    if layer.has_pixels():
        return stored_box(layer)
    box: Box = layer.bbox
    if layer_fill(layer) is None and not _draws_stroke(layer):
        return NOWHERE
    return grow(box, _stroke_width(layer) + 1) if _draws_stroke(layer) else box


def own_source(layer: Layer, box: Box) -> Canvas | None:
    """The layer's colour and coverage on what it has of ``box``, its masks applied.

    Opacity and effects are not. None where it has nothing there.
    """
    if not layer.has_pixels():
        return _drawn(layer, intersect(box, own_box(layer)))
    box = intersect(box, stored_box(layer))
    if is_empty(box):
        return None
    color = layer_color(layer, box)
    if color is None:
        return None
    alpha = layer_alpha(layer, box)
    if alpha is None:
        alpha = np.full(size_of(box), 255, np.uint8)
    mask = coverage(layer, box)
    return Canvas(box, color, alpha if mask is None else times(alpha, mask))


def _drawn(layer: Layer, box: Box) -> Canvas | None:
    if is_empty(box):
        return None
    found = Canvas.transparent(box, layer._psd.color_mode)
    fill = layer_fill(layer)
    paint = None
    if fill is not None:
        paint = painted(layer._psd, fill, box, _anchor(layer, fill))
    if paint is not None:
        found.color, alpha = paint
        found.alpha = np.full(size_of(box), 255, np.uint8) if alpha is None else alpha
        path = path_coverage(layer, box)
        if path is not None:
            found.alpha = times(found.alpha, path)
        elif box != (inside := intersect(box, layer.bbox)):
            bounded = Canvas.transparent(box, layer._psd.color_mode)
            bounded.draw(found.window(inside))
            found = bounded
    if _draws_stroke(layer):
        stroke = _stroke(layer, box)
        if stroke is not None:
            found.draw(stroke)
    mask = user_coverage(layer, box)
    if mask is not None:
        found.alpha = times(found.alpha, mask)
    return found


def _anchor(layer: Layer, fill: Descriptor) -> Box:
    """What the fill is laid out on: the layer, as far as its mask shows it."""
    if not get_scalar(fill, Key.Alignment, bool, True):
        return 0, 0, layer._psd.width, layer._psd.height
    box = path_box(layer) or layer.bbox
    shown = mask_box(layer)
    return box if shown is None else intersect(box, shown)


def _draws_stroke(layer: Layer) -> bool:
    """Stored pixels have their stroke in them already."""
    return bool(
        not layer.has_pixels()
        and layer.has_vector_mask()
        and layer.stroke is not None
        and layer.stroke.enabled
    )


def _stroke_width(layer: Layer) -> int:
    stroke = layer.stroke
    width = float(stroke._data.get("strokeStyleLineWidth", 1.0)) if stroke else 0.0
    return min(max(0, math.ceil(width)), 1000) if math.isfinite(width) else 0


def _stroke(layer: Layer, box: Box) -> Canvas | None:
    stroke = layer.stroke
    if stroke is None:
        return None
    desc = stroke._data
    paint = painted(layer._psd, desc.get("strokeStyleContent"), box, layer.bbox)
    if paint is None:
        return None
    drawn = vector.draw_stroke(layer, box).reshape(size_of(box))
    alpha = (np.clip(drawn, 0, 1) * 255 + 0.5).astype(np.uint8)
    if stroke.line_alignment is StrokeAlignment.INNER:
        alpha = np.minimum(alpha, path_area(layer, box))
    opacity = float(desc.get("strokeStyleOpacity", 100.0)) / 100
    return Canvas(box, paint[0], faded(alpha, opacity))
