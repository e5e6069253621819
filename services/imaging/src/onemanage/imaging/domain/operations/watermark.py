"""Images and text laid over a picture, once or all over."""

import math

import numpy as np
from PIL import Image

from onemanage.contracts.imaging.operations.layers import ImageWatermark, TextWatermark
from onemanage.contracts.imaging.operations.values import Blend
from onemanage.imaging.domain.engines import resized
from onemanage.imaging.domain.fonts import Fonts
from onemanage.imaging.domain.operations.blend import faded
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.gravity import placed
from onemanage.imaging.domain.operations.layers import Laid, fitted, tiles, turned, upon
from onemanage.imaging.domain.operations.text import fonts_of, pointed
from onemanage.imaging.domain.picture import Picture, Pixels, color, with_alpha
from onemanage.imaging.domain.texts import Block

_PROBE = 100.0
"""Size at which text is measured to know what size it needs."""
_SMALLEST = 4.0


def image_watermark(
    picture: Picture, operation: ImageWatermark, context: Context
) -> Picture:
    """With another image laid upon it, no larger than it is itself."""
    name, field = operation.file_id, "file_id"
    if name is None:
        name, field = operation.url, "url"
    mark = with_alpha(context.watermark(name or "", field).first)
    height, width = mark.shape[:2]
    if operation.width is None and operation.height is None:
        wide = picture.width * operation.scale if operation.scale else width
        factor = min(wide / width, picture.width / width, picture.height / height)
        mark = resized(mark, *(max(1, round(n * factor)) for n in (width, height)))
    else:
        wide = operation.width or width * (operation.height or height) / height
        high = operation.height or height * wide / width
        room = min(1.0, picture.width / wide, picture.height / high)
        mark = fitted(mark, wide * room, high * room, operation.fit)
    return _laid(picture, mark, operation, context, operation.blend)


def text_watermark(
    picture: Picture, operation: TextWatermark, context: Context
) -> Picture:
    """With a text laid upon it. Raises InvalidImage for one that cannot be written."""
    fonts, warnings = fonts_of(operation.font, operation.text, context)
    with pointed(context):
        mark, is_smaller = _written(operation, fonts, picture.width, picture.height)
    if is_smaller:
        text = f"{context.where}: the text is made smaller to fit into the image."
        warnings = (*warnings, text)
    return _laid(picture.warned(*warnings), mark, operation, context)


def _written(
    operation: TextWatermark, fonts: Fonts, width: int, height: int
) -> tuple[Pixels, bool]:
    """The text as RGBA, within the image, and whether it had to be made smaller."""
    across, down = _measured(operation, fonts, _PROBE)
    size = operation.size or operation.scale * width * _PROBE / across
    fitting = min(width / across, height / down) * _PROBE
    is_smaller = operation.size is not None and size > fitting
    size = max(_SMALLEST, min(size, fitting))
    block = Block(operation.text, size, fonts)
    box = block.box(operation.outline)
    origin = math.floor(box[0]), math.floor(box[1])
    extent = math.ceil(box[2]) - origin[0], math.ceil(box[3]) - origin[1]
    ink, edge = color(operation.color), color(operation.outline_color)
    ground = (*(edge if operation.outline else ink)[:3], 0)
    image = Image.new("RGBA", (max(1, extent[0]), max(1, extent[1])), ground)
    place = -origin[0], -origin[1]
    block.draw(image, place, ink, operation.outline, edge)
    return np.asarray(image), is_smaller


def _measured(
    operation: TextWatermark, fonts: Fonts, size: float
) -> tuple[float, float]:
    box = Block(operation.text, size, fonts).box()
    return max(1.0, box[2] - box[0]), max(1.0, box[3] - box[1])


def _laid(
    picture: Picture,
    mark: Pixels,
    operation: ImageWatermark | TextWatermark,
    context: Context,
    blend: Blend = "normal",
) -> Picture:
    mark = faded(mark, operation.opacity)
    mark = turned(mark, operation.angle, context)
    if operation.tiled:
        return upon(picture, tiles(picture, mark, round(operation.margin)), blend)
    height, width = mark.shape[:2]
    # The margin gives way before the mark does.
    margin_x = min(operation.margin, max(0.0, (picture.width - width) / 2))
    margin_y = min(operation.margin, max(0.0, (picture.height - height) / 2))
    x, y = placed(
        picture.width - 2 * margin_x,
        picture.height - 2 * margin_y,
        width,
        height,
        operation.position,
    )
    left, top = round(x + margin_x), round(y + margin_y)
    return upon(picture, Laid(pixels=mark, left=left, top=top), blend)
