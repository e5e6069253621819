"""A picture in; how much each of its pixels belongs to the subject, out."""

from dataclasses import dataclass

import numpy as np

from onemanage.imaging.domain.arrays import Mask, Pixels, Values
from onemanage.imaging.domain.background.evidence import edges, outline_score
from onemanage.imaging.domain.background.fuse import Fused, fuse
from onemanage.imaging.domain.background.grabcut import scaled, subject_by_color
from onemanage.imaging.domain.background.matting import soften
from onemanage.imaging.domain.background.network import U2NetP

WORKING_SIDE = 544
"""Longest side, pixels, at which the subject is decided on; its edges are then found
at full size."""

CLOSER = 0.12
"""Around the subject of the first look, as a share of its longer side."""

LEAST = 0.0005
"""Share of the picture below which nothing was found."""


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


def bounds(mask: Mask) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is set; all of it where nothing is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return 0, 0, mask.shape[1], mask.shape[0]
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def _by_network(image: Pixels, network: U2NetP) -> Cutout:
    small = scaled(image, WORKING_SIDE)
    whole = network.saliency(small)
    if float((whole > 0.5).mean()) < LEAST:
        return _nothing(image)
    found = fuse(small, whole, _closer(image, network, whole))
    if not found.subject.any():
        return _nothing(image)
    rough = 0.5 * found.likely + 0.5 * found.subject
    return Cutout(soften(image, rough), _confidence(found), "network")


def _closer(image: Pixels, network: U2NetP, whole: Values) -> Values:
    """The second look, at the part of the full picture around the first's subject."""
    height, width = image.shape[:2]
    part = grown_box(bounds(whole > 0.3), CLOSER, (whole.shape[1], whole.shape[0]))
    left, top, wide, high = part
    across, down = width / whole.shape[1], height / whole.shape[0]
    rows = slice(int(top * down), max(round((top + high) * down), int(top * down) + 1))
    columns = slice(
        int(left * across), max(round((left + wide) * across), int(left * across) + 1)
    )
    seen = network.saliency(np.ascontiguousarray(image[rows, columns]), (wide, high))
    close = np.zeros_like(whole)
    close[top : top + high, left : left + wide] = seen
    return close


def grown_box(
    box: tuple[int, int, int, int], share: float, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """``box`` with a share of its longer side around it, within width and height."""
    left, top, width, height = box
    more = int(share * max(width, height))
    x, y = max(left - more, 0), max(top - more, 0)
    right = min(left + width + more, size[0])
    bottom = min(top + height + more, size[1])
    return x, y, right - x, bottom - y


def _confidence(found: Fused) -> float:
    decided = float(np.abs(2 * found.likely[found.subject] - 1).mean())
    return round(min(max(found.agreement, 0.0), 1.0) * found.edge * decided, 3)


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
