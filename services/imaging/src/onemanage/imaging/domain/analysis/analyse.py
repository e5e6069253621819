"""One image in, everything that is known of it out."""

import base64
from dataclasses import dataclass

import numpy as np

from onemanage.contracts.imaging.analysis import Analysis
from onemanage.imaging.domain.analysis.blurhash import blurhash
from onemanage.imaging.domain.analysis.faces import faces
from onemanage.imaging.domain.analysis.palette import average, palette
from onemanage.imaging.domain.analysis.pdq import perceptual_hash
from onemanage.imaging.domain.analysis.sharpness import sharpness
from onemanage.imaging.domain.analysis.shrink import lab, shrunk
from onemanage.imaging.domain.analysis.thumbhash import thumbhash
from onemanage.imaging.domain.arrays import Pixels

LARGEST = 1024
"""Pixels of the longer side that any of the measures looks at."""
SIDE = 256
COLORFUL = 4.0
"""C*ab from which a pixel has a colour to speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is known of the file before its pixels are looked at."""

    format: str
    media_type: str
    size: int
    frames: int = 1


def analyse(image: Pixels, source: Source) -> Analysis:
    """``image`` is the file's first frame, H x W x 3 or x 4, upright and in sRGB.

    Each measure makes it as small as it needs it, from one that is small already.
    """
    height, width = image.shape[:2]
    has_alpha = image.shape[2] == 4 and bool((image[..., 3] < 255).any())
    if not has_alpha:
        image = np.ascontiguousarray(image[..., :3])
    transparent = round(float((image[..., 3] == 0).mean()), 4) if has_alpha else 0.0
    image = shrunk(image, LARGEST)
    small = shrunk(image, SIDE)
    brightness, contrast, grayscale = _tones(small)
    variance, blurred = sharpness(image)
    upright = height > width
    return Analysis(
        width=width,
        height=height,
        format=source.format,
        media_type=source.media_type,
        frames=source.frames,
        size=source.size,
        has_alpha=has_alpha,
        transparent=transparent,
        grayscale=grayscale,
        brightness=brightness,
        contrast=contrast,
        sharpness=variance,
        blurriness=blurred,
        palette=palette(small),
        average=average(small),
        thumbhash=base64.b64encode(thumbhash(small)).decode(),
        blurhash=blurhash(small, *((3, 4) if upright else (4, 3))),
        hash=perceptual_hash(image),
        faces=faces(image, height / image.shape[0]),
    )


def _tones(small: Pixels) -> tuple[float, float, bool]:
    """Brightness, contrast, and whether it is grey; of the visible pixels."""
    colors = lab(small).reshape(-1, 3)
    if small.shape[2] == 4:
        colors = colors[small[..., 3].ravel() >= 128]
    if not len(colors):
        return 0.0, 0.0, False
    brightness = min(max(float(colors[:, 0].mean()) / 100, 0.0), 1.0)
    contrast = min(float(colors[:, 0].std()) / 50, 1.0)
    chroma = np.hypot(colors[:, 1], colors[:, 2])
    grayscale = bool(np.percentile(chroma, 99.5) < COLORFUL)
    return round(brightness, 4), round(contrast, 4), grayscale
