"""Smaller pictures: most of what is asked of a picture is asked of a small one."""

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Pixels, Values


def shrunk(image: Pixels, side: int) -> Pixels:
    """No side over ``side``; never larger. Colours of an RGBA picture are weighed by
    alpha, so that what cannot be seen is not mixed in."""
    height, width = image.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return image
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    if image.shape[2] == 3:
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
    alpha = image[..., 3:].astype(np.uint16)
    # Halves of levels are lost here, which no measure below notices.
    weighed = np.dstack([(image[..., :3] * alpha + 127) // 255, alpha])
    small = cv2.resize(weighed.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    cover = np.maximum(small[..., 3:], 1).astype(np.float32)
    colors = np.clip(np.round(small[..., :3].astype(np.float32) * 255 / cover), 0, 255)
    return np.dstack([colors.astype(np.uint8), small[..., 3]])


def luma(image: Pixels) -> Values:
    """H x W, 0 to 255, Rec. 601; what is transparent is on white."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    found = np.asarray(image[..., :3], np.float32) @ weights
    if image.shape[2] == 4:
        alpha = np.asarray(image[..., 3], np.float32) / 255
        found = found * alpha + 255 * (1 - alpha)
    return np.asarray(found, np.float32)


def lab(colors: Pixels) -> Values:
    """CIE L*a*b* (D65) of H x W x 3 sRGB: L* from 0 to 100."""
    scaled = np.ascontiguousarray(colors[..., :3], np.float32) / 255
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2Lab), np.float32)
