"""What speaks for a pixel besides the network: edges, and the border's colours."""

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values, dot

GROUND_COLORS = 6
DARKEST, BRIGHTEST = 0.55, 1.3
"""A background in shadow, and one in more light than at the border, as factors."""

STRONG_EDGE = 60.0
"""Lab gradient from which an edge is as good as any."""


def edges(image: Pixels) -> Values:
    """How strong the strongest edge near each pixel is, 0 to 1."""
    lab = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), np.float32)
    soft = cv2.GaussianBlur(lab, (0, 0), 1)
    across: Values = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 1, 0), np.float32)
    down: Values = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 0, 1), np.float32)
    strength = np.sqrt(np.add(dot(across, across), dot(down, down)))
    near = cv2.dilate(strength, np.ones((3, 3), np.uint8))
    return np.asarray(np.minimum(near / STRONG_EDGE, 1), np.float32)


def outline_score(strength: Values, subject: Mask) -> float:
    """How well an outline runs along edges, 0 to 1; 0 where there is no outline."""
    on_line = strength[outline(subject)]
    return float(on_line.mean()) if len(on_line) > 20 else 0.0


def out_of_focus(sharpness: Values, subject: Mask) -> float:
    """The share of an outline that is much softer than the rest of it, 0 to 1: there
    something of the background was taken for a part of the subject."""
    sharp = sharpness[outline(subject)]
    if len(sharp) < 20:
        return 1.0
    return float((sharp < 0.5 * np.percentile(sharp, 75)).mean())


def outline(subject: Mask) -> Mask:
    """The pixels on both sides of its edge; not where the picture ends."""
    line = cv2.morphologyEx(
        subject.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)
    )
    line[:2], line[-2:] = 0, 0
    line[:, :2], line[:, -2:] = 0, 0
    return np.asarray(line > 0)


def border_band(shape: tuple[int, ...]) -> Mask:
    """Set along the edges, a 25th of the shorter side wide."""
    height, width = shape[:2]
    band = max(min(height, width) // 25, 1)
    inside = np.ones((height, width), np.bool_)
    inside[band:-band, band:-band] = False
    return inside


def foreignness(image: Pixels, likely: Values) -> Values:
    """How far each pixel is from any of the border's colours, in units of their noise.

    A shadow on the background, or more light on it, counts for nothing: the distance
    is to a stretch of each colour's line through black. Above 1 is unusual; all zero
    where the subject fills the border.
    """
    colors = np.asarray(image, np.float32)
    ground = colors[border_band(image.shape) & (likely < 0.3)]
    if len(ground) < 50:
        return np.zeros(likely.shape, np.float32)
    cv2.setRNGSeed(1)
    ending = (cv2.TERM_CRITERIA_MAX_ITER + cv2.TERM_CRITERIA_EPS, 8, 1.0)
    _, _, centers = cv2.kmeans(
        np.ascontiguousarray(ground),
        GROUND_COLORS,
        np.zeros((len(ground), 1), np.int32),
        ending,
        1,
        cv2.KMEANS_PP_CENTERS,
    )
    lines = np.asarray(centers, np.float32)
    noise = float(np.percentile(_distance(ground, lines), 98)) + 5
    soft = np.asarray(cv2.GaussianBlur(colors, (0, 0), 0.8), np.float32)
    return _distance(soft, lines) / noise


def _distance(colors: Values, lines: Values) -> Values:
    nearest = np.full(colors.shape[:-1], np.inf, np.float32)
    for line in lines:
        factor = np.clip(colors @ line / (line @ line + 1e-6), DARKEST, BRIGHTEST)
        rest = colors - factor[..., None] * line
        nearest = np.minimum(nearest, np.sqrt(dot(rest, rest)))
    return nearest
