"""U2-Netp, a small network that says how much each pixel belongs to the subject.

Qin et al., "U2-Net: Going deeper with nested U-structure for salient object
detection", Pattern Recognition 106 (2020).
"""

import hashlib
import os
import sys
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from onemanage.imaging.domain.arrays import Pixels, Values

# Its official builds report to their maker, from the import on: nothing asked after it
# comes soon enough.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime  # type: ignore[import-untyped]  # has no stubs

WEIGHTS_SHA256 = "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"
WEIGHTS_PLACE = Path("share/onemanage/u2netp.onnx")
"""Below the environment's root; scripts/weights.sh puts it there."""

SIDE = 320
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


class WrongWeights(Exception):
    """The file is not the one that this code was measured with."""


def installed_weights() -> Path | None:
    """Where the weights lie in this environment; None where they were left out."""
    path = Path(sys.prefix) / WEIGHTS_PLACE
    return path if path.is_file() else None


class U2NetP:
    """The network, ready to be asked. Not to be shared by threads."""

    def __init__(self, weights: Path, threads: int = 1) -> None:
        """Raises OSError where there is no such file, WrongWeights where it differs."""
        data = weights.read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != WEIGHTS_SHA256:
            raise WrongWeights(f"{weights} has SHA-256 {found}, not {WEIGHTS_SHA256}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            data, options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name

    def saliency(self, image: Pixels, size: tuple[int, int] | None = None) -> Values:
        """H x W x 3 in; H x W out, 0 to 1, stretched so that both ends occur.

        ``size`` is another width and height for the answer.
        """
        height, width = image.shape[:2]
        small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        scaled = np.asarray(small, np.float32) / max(int(small.max()), 1)
        batch = ((scaled - MEAN) / DEVIATION).transpose(2, 0, 1)[None]
        answer = self._asked(np.ascontiguousarray(batch, np.float32))
        found = answer[0, 0]
        low, high = float(found.min()), float(found.max())
        even = (found - low) / max(high - low, 1e-6)
        large = cv2.resize(
            even, size or (width, height), interpolation=cv2.INTER_LINEAR
        )
        return np.asarray(large, np.float32)

    def _asked(self, batch: Values) -> Values:
        try:
            (answer,) = self._session.run([self._output], {self._input: batch})
        except Exception as error:  # onnxruntime's errors have no type in common
            if "allocate memory" in str(error):
                raise MemoryError from error
            raise
        return np.asarray(answer, np.float32)


@lru_cache(maxsize=1)
def network(weights: Path) -> U2NetP:
    """The same network for the same file: reading it takes longer than asking it."""
    return U2NetP(weights)
