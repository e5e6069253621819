"""Faces that look at the camera, found by the cascades that come with OpenCV.

Viola and Jones, "Rapid object detection using a boosted cascade", CVPR 2001.
"""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from onemanage.contracts.imaging.analysis import Face
from onemanage.imaging.domain.analysis.shrink import luma, shrunk
from onemanage.imaging.domain.arrays import Pixels

SIDE = 640
SMALLEST = 1 / 20
"""Of a face: share of the longer side."""

NEIGHBORS = 6
MOST = 50


@lru_cache(maxsize=1)
def _cascade() -> cv2.CascadeClassifier:
    found = cv2.CascadeClassifier()
    place = Path(cv2.__file__).parent / "data/haarcascade_frontalface_default.xml"
    if not found.load(str(place)):
        raise FileNotFoundError("OpenCV's face cascade is not installed")
    return found


def faces(image: Pixels, times: float = 1.0) -> list[Face]:
    """The surest first, at most fifty; boxes in pixels of a picture so many times as
    large as ``image``."""
    small = shrunk(image, SIDE)
    gray = cv2.equalizeHist(np.round(luma(small)).astype(np.uint8))
    least = max(round(SMALLEST * max(gray.shape)), 24)
    if min(gray.shape) < least:
        return []
    boxes, _, weights = _cascade().detectMultiScale3(
        gray,
        scaleFactor=1.1,
        minNeighbors=NEIGHBORS,
        minSize=(least, least),
        outputRejectLevels=True,
    )
    scale = times * image.shape[1] / gray.shape[1]
    found = [
        Face(
            left=round(x * scale),
            top=round(y * scale),
            width=round(w * scale),
            height=round(h * scale),
            confidence=round(min(max(float(weight) / 8, 0.0), 1.0), 3),
        )
        for (x, y, w, h), weight in zip(boxes, np.ravel(weights), strict=True)
    ]
    return sorted(found, key=lambda face: -face.confidence)[:MOST]
