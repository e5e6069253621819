"""A picture in; how much each of its pixels belongs to the subject, out."""

from dataclasses import dataclass

import numpy as np

from onemanage.imaging.domain.arrays import Pixels, Values
from onemanage.imaging.domain.background.evidence import edges, outline_score
from onemanage.imaging.domain.background.fuse import Doubts, fuse
from onemanage.imaging.domain.background.grabcut import scaled, subject_by_color
from onemanage.imaging.domain.background.looks import looked_at
from onemanage.imaging.domain.background.matting import soften
from onemanage.imaging.domain.background.network import U2NetP
from onemanage.imaging.domain.background.place import bounds

WORKING_SIDE = 544
"""Longest side, pixels, at which the subject is decided on; its edges are then found
at full size."""

LEAST = 0.0005
"""Share of the picture below which nothing was found."""


WEIGHTS = {
    "unsettled": (1.9, 0.4),
    "edgeless": (1.0, 1.0),
    "blurred": (0.4, 0.4),
    "unsure": (1.0, 0.5),
    "guessed": (1.7, 0.5),
    "stray": (0.6, 0.3),
    "sharp": (2.8, 0.3),
    "cut": (3.5, 0.2),
}
"""How much each of the doubts weighs, and the most of it that counts: a logistic
regression on pictures drawn as those of the tuning half of tests/bench/background.py,
and on other things before the same grounds."""

HALF = 0.41
"""What all of them make together of a cut that somebody should look at."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """``alpha`` is H x W, 0 to 1, of the picture's size."""

    alpha: Values
    confidence: float
    """0 to 1; below 0.5 somebody should look at it."""
    method: str
    """network, color, alpha or none, as in the contract's RemovalResult."""

    @property
    def coverage(self) -> float:
        """The mean of alpha, 0 to 1."""
        return float(self.alpha.mean())

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of all that is not wholly transparent."""
        return bounds(self.alpha > 0.02)


def remove_background(
    image: Pixels, network: U2NetP | None, use_alpha: bool = True
) -> Cutout:
    """The subject of an H x W x 3 or x 4 picture.

    Without a network its colours decide. An alpha channel that hides something is the
    answer by itself, unless ``use_alpha`` is False.
    """
    if image.shape[2] == 4:
        if use_alpha and (hidden := float((image[..., 3] < 128).mean())) > 0.01:
            alpha = np.asarray(image[..., 3], np.float32) / 255
            return Cutout(alpha, 1.0 if hidden < 1 else 0.0, "alpha")
        image = on_white(image)
    if network is None:
        return _by_color(image)
    return _by_network(image, network)


def on_white(image: Pixels) -> Pixels:
    """H x W x 4 as H x W x 3."""
    alpha = np.asarray(image[..., 3:], np.float32) / 255
    colors = image[..., :3] * alpha + 255 * (1 - alpha)
    return np.round(colors).astype(np.uint8)


def _by_network(image: Pixels, network: U2NetP) -> Cutout:
    small = scaled(image, WORKING_SIDE)
    looks = looked_at(image, small, network)
    if float((looks.likely > 0.5).mean()) < LEAST:
        return _nothing(image)
    found = fuse(small, looks)
    if not found.subject.any():
        return _nothing(image)
    rough = 0.5 * found.likely + 0.5 * found.subject
    return Cutout(soften(image, rough), _confidence(found.doubts), "network")


def _confidence(doubts: Doubts) -> float:
    """One half where as much speaks against a cut as did against those that had
    failed."""
    doubt = sum(
        weight * min(getattr(doubts, name), most)
        for name, (weight, most) in WEIGHTS.items()
    )
    return round(float(2 ** (-doubt / HALF)), 3)


def _by_color(image: Pixels) -> Cutout:
    subject = subject_by_color(image)
    share = float(subject.mean())
    if share < LEAST or share > 0.97:
        return _nothing(image)
    small = scaled(image, max(subject.shape))
    edge = outline_score(edges(small), subject)
    touching = float(np.concatenate([subject[0], subject[-1]]).mean())
    confidence = 0.7 * edge * (1 - touching)
    alpha = soften(image, subject.astype(np.float32))
    return Cutout(alpha, round(confidence, 3), "color")


def _nothing(image: Pixels) -> Cutout:
    return Cutout(np.ones(image.shape[:2], np.float32), 0.0, "none")
