"""Satin: where the layer's blurred shape, moved both ways along a line, differs."""

from typing import cast

import cv2
import numpy as np

from onemanage.psd.domain.boxes import Box, grow, part
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.render.canvas import Canvas, as_share
from onemanage.psd.domain.render.contours import contour
from onemanage.psd.domain.render.planes import pasted
from onemanage.psd.domain.render.shadows import box_blurred
from onemanage.psd.domain.render.styles import Effect


def satin(effect: Effect, layer: Canvas, box: Box, shift: tuple[int, int]) -> Pixels:
    """Its coverage on ``box``, to be cut by the layer.

    The absolute difference of the two, each moved by ``shift``, one of them back; the
    blur is that of shadows. Fitted on a merged image that Photoshop wrote (within the
    rounding of 8 bits).
    """
    right, down = abs(shift[0]), abs(shift[1])
    wide = grow(box, round(effect.size) + max(right, down) + 2)
    cover = pasted(layer.alpha, layer.box, wide, 0)
    blurred = box_blurred(as_share(cover), round(effect.size))
    there, back = (
        blurred[part(_moved(box, sign * shift[0], sign * shift[1]), wide)]
        for sign in (1, -1)
    )
    found = np.abs(there - back)
    if effect.flag(b"Invr", False):
        found = 1 - found
    out = (found * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    table = contour(effect.desc.get(b"MpgS"))
    if table is None:
        return out
    return cast(Pixels, cv2.LUT(out, (table + 0.5).astype(np.uint8)))


def _moved(box: Box, right: int, down: int) -> Box:
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down
