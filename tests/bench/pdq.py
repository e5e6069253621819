"""Our perceptual hash beside pdqhash 0.2.8: are the bits the same, and what do they cost?

    make bench NAME=pdq

pdqhash is compiled into a folder of its own, since it has no wheel for Linux: the bench
says so, and does not hold, where there is no compiler. Pictures are made, always the same 60.
The ratio is ours to theirs in CPU seconds; why ours is kept is in ADR 33.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np

from onemanage.imaging.domain.analysis.pdq import SIDE, pdq
from onemanage.imaging.domain.analysis.shrink import luma, shrunk
from onemanage.imaging.domain.arrays import Mask, Pixels
from tests.bench.parts import summary

PACKAGE = "pdqhash==0.2.8"
PICTURES = 60
REPEATS = 9
AT_MOST = {"different": 0.0, "cpu": 4.0}


def pictures() -> Iterator[Pixels]:
    """Clouds, edges and grain of 256 to 2,000 pixels a side, from one seed."""
    random = np.random.default_rng(33)
    for _ in range(PICTURES):
        height, width = random.integers(256, 2_000, 2)
        cloud = random.random((9, 9, 3), dtype=np.float32) * 255
        image = cv2.resize(
            cloud, (int(width), int(height)), interpolation=cv2.INTER_CUBIC
        )
        left, top = random.integers(0, 128, 2)
        image[top : top + 90, left : left + 120] = random.random(3) * 255
        grainy = image + random.normal(0, 4, image.shape)
        found = shrunk(np.clip(grainy, 0, 255).astype(np.uint8), SIDE)
        yield np.ascontiguousarray(found)


def installed(folder: Path) -> str:
    """Compile the peer into ``folder``; why that cannot be done, or empty."""
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [str(folder / "venv/bin/python"), "-m", "pip", "install", "--quiet"]
    target = ["--no-deps", "--target", str(folder / "only"), PACKAGE]
    done = subprocess.run([*pip, *target], capture_output=True, text=True, check=False)
    return done.stderr.strip()[-300:] if done.returncode else ""


def compared(folder: Path) -> tuple[int, float]:
    """How many pictures have the same bits and quality, and our cost to theirs."""
    sys.path.append(str(folder / "only"))
    peer = import_module("pdqhash")
    same, ratios = 0, []
    for image in pictures():
        bits, quality = peer.compute(image)
        same += (_text(bits), quality) == pdq(luma(image))
        for _ in range(REPEATS):
            began = time.process_time()
            pdq(luma(image))
            middle = time.process_time()
            peer.compute(image)
            ratios.append((middle - began) / (time.process_time() - middle))
    return same, statistics.median(ratios)


def _text(bits: Mask) -> str:
    return np.packbits(bits.astype(bool)).tobytes().hex()


def main() -> None:
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as name:
        if missing := installed(Path(name)):
            print(f"{PACKAGE} cannot be compiled here: {missing}")
        else:
            same, cost = compared(Path(name))
            print(f"same bits and quality: {same} of {PICTURES}")
            print(f"CPU, ours to theirs: {cost:.2f}")
            ratios = {"different": 1 - same / PICTURES, "cpu": cost}
    summary.say("pdq", ratios, at_most=AT_MOST, places=3)


if __name__ == "__main__":
    main()
