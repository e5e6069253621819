"""One colour taken away."""

from typing import cast

import cv2
import numpy as np

from onemanage.contracts.imaging.operations.colors import MakeTransparent
from onemanage.imaging.domain.operations.channels import rgb_of
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.picture import Picture, Pixels, color, with_alpha


def make_transparent(
    picture: Picture, operation: MakeTransparent, context: Context
) -> Picture:
    """By how far each pixel is from the colour, in the channel that differs most."""
    if operation.color is None:
        key = picture.first[0, 0, :3].copy()
    else:
        key = np.array(color(operation.color)[:3], np.uint8)
    levels = np.arange(256) - operation.tolerance
    # Just over the tolerance something is left, however hard the edge.
    kept = np.clip(levels / (operation.softness + 1), 0, 1)
    table = np.rint(kept * 255).astype(np.uint8)
    return picture.mapped(lambda frame: _keyed(frame, key, table, operation.rim))


def _keyed(frame: Pixels, key: Pixels, table: Pixels, rim: bool) -> Pixels:
    rgb = rgb_of(frame)
    apart = cv2.absdiff(rgb, np.broadcast_to(key, rgb.shape).copy())
    red, green, blue = cv2.split(apart)
    kept = cast(Pixels, cv2.LUT(cv2.max(cv2.max(red, green), blue), table))
    if rim:
        kept[~_reached(kept)] = 255
    made = with_alpha(frame).copy()
    mixed = (kept > 0) & (kept < 255)
    share = kept[mixed][:, None] / np.float32(255)
    pure = (rgb[mixed] - (1 - share) * key) / share
    made[mixed, :3] = np.rint(np.clip(pure, 0, 255))
    made[:, :, 3] = cv2.multiply(made[:, :, 3], kept, scale=1 / 255)
    return made


def _reached(kept: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """What is not kept whole, as far as it hangs together with the rim."""
    _, parts = cv2.connectedComponents((kept < 255).astype(np.uint8), connectivity=4)
    rims = [parts[0], parts[-1], parts[:, 0], parts[:, -1]]
    outer = np.zeros(int(parts.max()) + 1, np.bool_)
    outer[np.concatenate(rims)] = True
    outer[0] = False
    return cast(np.ndarray[tuple[int, ...], np.dtype[np.bool_]], outer[parts])
