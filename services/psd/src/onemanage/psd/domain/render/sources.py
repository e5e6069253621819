"""What a layer has of its own: stored pixels, or a fill and a vector stroke."""

import numpy as np
from psd_tools.api.layers import Layer

from onemanage.psd.domain.boxes import (
    NOWHERE,
    Box,
    grow,
    intersect,
    is_empty,
    size_of,
)
from onemanage.psd.domain.render import shapes
from onemanage.psd.domain.render.canvas import Canvas, times
from onemanage.psd.domain.render.fills import layer_fill, painted
from onemanage.psd.domain.render.masks import (
    coverage,
    path_coverage,
    softened_box,
    user_coverage,
)
from onemanage.psd.domain.render.planes import layer_alpha, layer_color, stored_box


def own_box(layer: Layer) -> Box:
    """Where a layer that is no group has anything of its own."""
    soft = softened_box(layer)
    if soft is not None:
        return soft
    if layer.has_pixels():
        return stored_box(layer)
    box: Box = layer.bbox
    if layer_fill(layer) is None and not _draws_stroke(layer):
        return NOWHERE
    return grow(box, shapes.stroke_width(layer) + 1) if _draws_stroke(layer) else box


def own_source(layer: Layer, box: Box) -> Canvas | None:
    """The layer's colour and coverage on what it has of ``box``, its masks applied.

    Opacity and effects are not. None where it has nothing there.
    """
    if not layer.has_pixels() or softened_box(layer) is not None:
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
        paint = painted(layer._psd, fill, box, shapes.fill_anchor(layer, fill))
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
        stroke = shapes.drawn_stroke(layer, box)
        if stroke is not None:
            found.draw(stroke, shapes.stroke_mode(layer))
    mask = user_coverage(layer, box)
    if mask is not None:
        found.alpha = times(found.alpha, mask)
    return found


def _draws_stroke(layer: Layer) -> bool:
    """Stored pixels have their stroke in them already."""
    is_stored = layer.has_pixels() and softened_box(layer) is None
    return not is_stored and shapes.has_stroke(layer)
