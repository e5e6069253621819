"""What a shape is made of: its fill, and its own stroke.

The stroke lies above the shape's overlays and above what is clipped to it. Photoshop
stores a shape's pixels with the stroke in them; where something comes between, the
fill is drawn anew below the stroke, and the stroke again above.
"""

import math

import numpy as np
from psd_tools.api._descriptor import get_blend_mode, get_scalar
from psd_tools.api.layers import Layer
from psd_tools.composite import vector
from psd_tools.constants import BlendMode, StrokeAlignment
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Key

from onemanage.psd.domain.boxes import Box, intersect, is_empty, size_of
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import Canvas, faded
from onemanage.psd.domain.render.fills import layer_fill, painted
from onemanage.psd.domain.render.masks import mask_box, path_area, path_box
from onemanage.psd.domain.render.strokes import share_of


def has_stroke(layer: Layer) -> bool:
    """Whether the layer is a shape whose own stroke is switched on."""
    return bool(
        layer.has_vector_mask() and layer.stroke is not None and layer.stroke.enabled
    )


def stroke_width(layer: Layer) -> int:
    """Whole pixels, at most 1,000."""
    stroke = layer.stroke
    width = float(stroke._data.get("strokeStyleLineWidth", 1.0)) if stroke else 0.0
    return min(max(0, math.ceil(width)), 1000) if math.isfinite(width) else 0


def stroke_mode(layer: Layer) -> BlendMode:
    """How the stroke blends with the fill."""
    if layer.stroke is None:
        return BlendMode.NORMAL
    return get_blend_mode(layer.stroke._data, b"strokeStyleBlendMode", BlendMode.NORMAL)


def drawn_stroke(layer: Layer, box: Box) -> Canvas | None:
    """The stroke on ``box``, without the layer's masks; None without its pattern."""
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


def fill_anchor(layer: Layer, fill: Descriptor) -> Box:
    """What the fill is laid out on: the layer, as far as its mask shows it."""
    if not get_scalar(fill, Key.Alignment, bool, True):
        return 0, 0, layer._psd.width, layer._psd.height
    box = path_box(layer) or layer.bbox
    shown = mask_box(layer)
    return box if shown is None else intersect(box, shown)


def unstroked(layer: Layer, found: Canvas) -> Canvas:
    """``found`` with the fill's colour where the stroke is; the coverage stays."""
    fill = layer_fill(layer)
    stroke = None if is_empty(found.box) else drawn_stroke(layer, found.box)
    if fill is None or stroke is None:
        return found
    paint = painted(layer._psd, fill, found.box, fill_anchor(layer, fill))
    if paint is None:
        return found
    color = np.where(stroke.alpha > 0, paint[0], found.color)
    return Canvas(found.box, color, found.alpha)


def restroke(layer: Layer, target: Canvas, alpha: Pixels, fill: float = 1.0) -> None:
    """Draw the stroke on ``target``, whose coverage is to be ``alpha``, at an opacity."""
    stroke = None if is_empty(target.box) else drawn_stroke(layer, target.box)
    if stroke is None:
        return
    cover = faded(share_of(np.minimum(stroke.alpha, alpha), alpha), fill)
    target.draw(Canvas(target.box, stroke.color, cover), stroke_mode(layer))
