"""Images and text laid over a picture, once or all over."""

import math
from typing import cast

import numpy as np
from PIL import Image

from onemanage.contracts.imaging.operations.layers import ImageWatermark, TextWatermark
from onemanage.imaging.domain.engines import resized
from onemanage.imaging.domain.operations.blend import faded, lay, over
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.geometry import turned_by
from onemanage.imaging.domain.operations.gravity import placed
from onemanage.imaging.domain.picture import Picture, Pixels, color, with_alpha
from onemanage.imaging.domain.texts import Block
from onemanage.imaging.errors import InvalidImage

_PROBE = 100.0
"""Size at which text is measured to know what size it needs."""
_SMALLEST = 4.0


def image_watermark(
    picture: Picture, operation: ImageWatermark, context: Context
) -> Picture:
    """With another image of the workspace laid upon it."""
    mark = with_alpha(context.watermark(operation.file_id).first)
    height, width = mark.shape[:2]
    wanted = picture.width * operation.scale if operation.scale else width
    factor = min(wanted / width, picture.width / width, picture.height / height)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return _laid(picture, resized(mark, *size), operation, context)


def text_watermark(
    picture: Picture, operation: TextWatermark, context: Context
) -> Picture:
    """With a text laid upon it. Raises InvalidImage for one that cannot be written."""
    try:
        mark, is_smaller = _written(operation, picture.width, picture.height)
    except InvalidImage as error:
        raise InvalidImage(error.code, error.message, f"{context.where}/text") from None
    if is_smaller:
        picture = picture.warned(
            f"{context.where}: the text is made smaller to fit into the image."
        )
    return _laid(picture, mark, operation, context)


def _written(operation: TextWatermark, width: int, height: int) -> tuple[Pixels, bool]:
    """The text as RGBA, within the image, and whether it had to be made smaller."""
    across, down = _measured(operation, _PROBE)
    size = operation.size or operation.scale * width * _PROBE / across
    fitting = min(width / across, height / down) * _PROBE
    is_smaller = operation.size is not None and size > fitting
    size = max(_SMALLEST, min(size, fitting))
    block = Block(operation.text, size)
    box = block.box(operation.outline)
    origin = math.floor(box[0]), math.floor(box[1])
    extent = math.ceil(box[2]) - origin[0], math.ceil(box[3]) - origin[1]
    ink, edge = color(operation.color), color(operation.outline_color)
    ground = (*(edge if operation.outline else ink)[:3], 0)
    image = Image.new("RGBA", (max(1, extent[0]), max(1, extent[1])), ground)
    place = -origin[0], -origin[1]
    block.draw(image, place, ink, operation.outline, edge)
    return np.asarray(image), is_smaller


def _measured(operation: TextWatermark, size: float) -> tuple[float, float]:
    box = Block(operation.text, size).box()
    return max(1.0, box[2] - box[0]), max(1.0, box[3] - box[1])


def _laid(
    picture: Picture,
    mark: Pixels,
    operation: ImageWatermark | TextWatermark,
    context: Context,
) -> Picture:
    mark = faded(mark, operation.opacity)
    if operation.angle % 360:
        mark = turned_by(mark, operation.angle)
    if operation.tiled:
        band = _band(mark, picture.width, operation.margin)
        return picture.mapped(lambda frame: _tiled(frame, band, operation.margin))
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
    return picture.mapped(lambda frame: over(frame, mark, left, top))


def _band(mark: Pixels, width: int, margin: float) -> Pixels:
    """Two rows of the mark, the other one half a step on, as wide as an image."""
    step_x = mark.shape[1] + round(margin)
    step_y = mark.shape[0] + round(margin)
    cell = np.zeros((step_y, step_x, 4), np.uint8)
    cell[: mark.shape[0], : mark.shape[1]] = mark
    pair = np.concatenate([cell, np.roll(cell, step_x // 2, axis=1)])
    columns = (np.arange(width) - round(margin) // 2) % step_x
    return cast(Pixels, np.take(pair, columns, axis=1))


def _tiled(frame: Pixels, band: Pixels, margin: float) -> Pixels:
    made = frame.copy()
    begin = round(margin) // 2 - band.shape[0]
    for top in range(begin, frame.shape[0], band.shape[0]):
        lay(made, band, 0, top)
    return made
