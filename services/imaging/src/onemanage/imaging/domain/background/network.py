"""U2-Netp, a small network that says how much each pixel belongs to the subject.

Qin et al., "U2-Net: Going deeper with nested U-structure for salient object
detection", Pattern Recognition 106 (2020). OpenCV's own engine carries it out: it takes
a picture of any size, so that a look costs what it is worth.
"""

import hashlib
import sys
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Pixels, Values

WEIGHTS_SHA256 = "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"
WEIGHTS_PLACE = Path("share/onemanage/u2netp.onnx")
"""Below the environment's root; scripts/weights.sh puts it there."""

SIDE = 320
"""Pixels of the square that it was trained on."""

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)

_ANSWER = "1959"
"""Of its seven answers the one that is made of the other six."""


class WrongWeights(Exception):
    """The file is not the one that this code was measured with."""


def installed_weights() -> Path | None:
    """Where the weights lie in this environment; None where they were left out."""
    path = Path(sys.prefix) / WEIGHTS_PLACE
    return path if path.is_file() else None


class U2NetP:
    """The network, ready to be asked. Not to be shared by threads."""

    def __init__(self, weights: Path) -> None:
        """Raises OSError where there is no such file, WrongWeights where it differs."""
        data = weights.read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != WEIGHTS_SHA256:
            raise WrongWeights(f"{weights} has SHA-256 {found}, not {WEIGHTS_SHA256}")
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))

    def saliency(
        self,
        image: Pixels,
        size: tuple[int, int] | None = None,
        look: tuple[int, int] = (SIDE, SIDE),
    ) -> Values:
        """H x W x 3 in; H x W out, 0 to 1, stretched so that both ends occur.

        ``size`` is another width and height for the answer. ``look`` are those that the
        picture is looked at in, multiples of 32; time grows with their product.
        """
        height, width = image.shape[:2]
        small = cv2.resize(image, look, interpolation=cv2.INTER_AREA)
        scaled = np.asarray(small, np.float32) / max(int(small.max()), 1)
        batch = ((scaled - MEAN) / DEVIATION).transpose(2, 0, 1)[None]
        found = self._asked(np.ascontiguousarray(batch, np.float32))[0, 0]
        low, high = float(found.min()), float(found.max())
        even = (found - low) / max(high - low, 1e-6)
        large = cv2.resize(
            even, size or (width, height), interpolation=cv2.INTER_LINEAR
        )
        return np.asarray(large, np.float32)

    def _asked(self, batch: Values) -> Values:
        try:
            self._net.setInput(batch)
            return np.asarray(self._net.forward(_ANSWER), np.float32)
        except cv2.error as error:
            if error.code == cv2.Error.STS_NO_MEM:
                raise MemoryError from error
            raise


@lru_cache(maxsize=1)
def network(weights: Path) -> U2NetP:
    """The same network for the same file: reading it takes a while."""
    return U2NetP(weights)
