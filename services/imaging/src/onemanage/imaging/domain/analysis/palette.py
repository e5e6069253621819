"""The colours that a picture is made of."""

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.analysis import Swatch
from onemanage.imaging.domain.analysis.shrink import lab, shrunk
from onemanage.imaging.domain.arrays import Pixels, Values

SIDE = 128
CLUSTERS = 8
SAME = 9.0
"""Colours nearer than this (CIE76) are one colour of the palette."""

LEAST = 0.005
VISIBLE = 128


def palette(image: Pixels, count: int = 6) -> list[Swatch]:
    """At most ``count`` colours, the largest share first; the same for the same picture.

    K-means in Lab over the visible pixels of a small copy. Empty where all of it is
    transparent.
    """
    small = shrunk(image, SIDE)
    colors = lab(small).reshape(-1, 3)
    if small.shape[2] == 4:
        colors = colors[small[..., 3].ravel() >= VISIBLE]
    if not len(colors):
        return []
    centers, labels = _clusters(colors)
    shares = np.bincount(labels, minlength=len(centers)) / len(labels)
    merged = _merged(centers, shares)
    largest = sorted(merged, key=lambda one: (-one[1], tuple(one[0])))
    kept = [one for one in largest if one[1] >= LEAST][:count]
    return [_swatch(color, share) for color, share in kept]


def average(image: Pixels) -> str:
    """#rrggbb of the mean in Lab of what is visible; black where nothing is."""
    small = shrunk(image, SIDE)
    colors = lab(small).reshape(-1, 3)
    weight = np.ones(len(colors))
    if small.shape[2] == 4:
        weight = small[..., 3].ravel().astype(np.float64)
    if not weight.sum():
        return "#000000"
    return _hex((colors * weight[:, None]).sum(axis=0) / weight.sum())


def _clusters(colors: Values) -> tuple[Values, NDArray[np.int64]]:
    if len(colors) == 1:  # which cv2 takes for three values
        return colors, np.zeros(1, np.int64)
    count = min(CLUSTERS, len(np.unique(colors, axis=0)))
    cv2.setRNGSeed(1)  # its first centres come from chance
    ending = (cv2.TERM_CRITERIA_MAX_ITER + cv2.TERM_CRITERIA_EPS, 40, 0.2)
    _, labels, centers = cv2.kmeans(
        np.ascontiguousarray(colors),
        count,
        np.zeros((len(colors), 1), np.int32),
        ending,
        2,
        cv2.KMEANS_PP_CENTERS,
    )
    return np.asarray(centers, np.float32), np.asarray(labels, np.int64).ravel()


def _merged(centers: Values, shares: Values) -> list[tuple[Values, float]]:
    """Large ones take in the small ones that look the same."""
    found: list[tuple[Values, float]] = []
    for index in np.argsort(-shares, kind="stable"):
        color, share = centers[index], float(shares[index])
        for place, (other, taken) in enumerate(found):
            if float(np.linalg.norm(color - other)) < SAME:
                mean = (other * taken + color * share) / (taken + share)
                found[place] = (mean, taken + share)
                break
        else:
            found.append((color, share))
    return found


def _swatch(color: Values, share: float) -> Swatch:
    return Swatch(
        color=_hex(color),
        share=round(min(share, 1.0), 4),
        lightness=round(float(np.clip(color[0], 0, 100)), 1),
        chroma=round(float(np.hypot(color[1], color[2])), 1),
    )


def _hex(color: Values) -> str:
    one = np.asarray(color, np.float32).reshape(1, 1, 3)
    srgb = np.asarray(cv2.cvtColor(one, cv2.COLOR_Lab2RGB), np.float32).ravel()
    red, green, blue = (int(v) for v in np.round(np.clip(srgb, 0, 1) * 255))
    return f"#{red:02x}{green:02x}{blue:02x}"
