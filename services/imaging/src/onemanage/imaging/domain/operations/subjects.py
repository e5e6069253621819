"""What an image is of: its faces, and what stands before its background."""

from pathlib import Path
from typing import cast

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Values
from onemanage.imaging.domain.background.network import SIDE, network
from onemanage.imaging.domain.background.remove import on_white
from onemanage.imaging.domain.picture import Pixels

_FACE_SIDE = 640
"""Pixels of the longer side at which faces are looked for."""
_SMALLEST_FACE = 24
_CASCADE = Path(cv2.__file__).parent / "data/haarcascade_frontalface_alt2.xml"

type Box = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


def face_boxes(pixels: Pixels) -> list[Box]:
    """Of faces that look at the camera, the largest first, by a cascade that comes with
    OpenCV (Viola and Jones 2001)."""
    small = reduced(pixels, _FACE_SIDE)
    gray = cv2.cvtColor(np.ascontiguousarray(small[:, :, :3]), cv2.COLOR_RGB2GRAY)
    cascade = cv2.CascadeClassifier(str(_CASCADE))
    found = cascade.detectMultiScale(
        cv2.equalizeHist(gray),
        scaleFactor=1.1,
        minNeighbors=5,
        minSize=(_SMALLEST_FACE, _SMALLEST_FACE),
    )
    across, down = (pixels.shape[n] / small.shape[n] for n in (1, 0))
    boxes = [
        (left * across, top * down, width * across, height * down)
        for left, top, width, height in found
    ]
    return sorted(boxes, key=lambda box: -box[2] * box[3])


def subject_weights(pixels: Pixels, weights: Path) -> Values:
    """How much each of 320 by 320 parts of the image belongs to its subject, 0 to 1.

    What is transparent is no part of it. One look of the network that takes backgrounds
    away; where it lies matters here and not its edge. Raises as `U2NetP`.
    """
    size = SIDE, SIDE
    small = cast(Pixels, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    opaque = on_white(small) if small.shape[2] == 4 else small
    found = network(weights).saliency(np.ascontiguousarray(opaque))
    if small.shape[2] == 4:
        found = found * (small[:, :, 3].astype(np.float32) / 255)
    return found


def reduced(pixels: Pixels, side: int) -> Pixels:
    """No longer than this on either side."""
    factor = min(1.0, side / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * factor)), max(
        1, round(pixels.shape[0] * factor)
    )
    return cast(Pixels, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
