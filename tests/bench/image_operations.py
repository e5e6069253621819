"""CPU and memory of each operation on look and regions, at 12 megapixels.

    make bench NAME=image_operations
    python -m tests.bench.image_operations lut median

Each is carried out three times on one picture in RGB and in RGBA, in a process of its
own, one thread; the fastest counts, as what else runs on the machine only adds. Memory
is what the process grows by at most, of which the result is 36 MB (48 in RGBA). The
picture is made here from a seed.
"""

import os
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.background.network import installed_weights
from onemanage.imaging.domain.operations import OPERATIONS, Context
from onemanage.imaging.domain.picture import Picture, Pixels, with_alpha
from tests.bench.parts import summary

WIDTH, HEIGHT = 4000, 3000
AT_MOST = 1.0
"""Seconds of CPU, where nothing else is said."""
SLOW = {
    "median_21": (1.5, "a histogram moves along each row, of each channel"),
    "lut_3d": (1.5, "four corners of the table are fetched for each pixel"),
    "colorize_color": (1.5, "lightness is kept by clipping each pixel on its own"),
    "obscure_surroundings": (2.5, "the network looks, and its edges are refined"),
}

_STOPS = [{"color": "#000000", "at": 0}, {"color": "#ffffff00", "at": 1}]
_BOX = {"x": 100, "y": 100, "width": 1000, "height": 1000}
CASES: dict[str, dict[str, Any]] = {
    "gamma": {"op": "gamma", "value": 2},
    "curves": {"op": "curves", "master": [{"x": 0, "y": 9}, {"x": 255, "y": 240}]},
    "equalize": {"op": "equalize"},
    "clahe": {"op": "clahe"},
    "shadows_highlights": {"op": "shadows_highlights", "shadows": 50},
    "white_balance": {"op": "white_balance", "auto": True},
    "vibrance": {"op": "vibrance", "amount": 50},
    "hue": {"op": "hue", "angle": 40},
    "color_matrix": {"op": "color_matrix", "matrix": [[0.4, 0.3, 0.3]] * 3},
    "lut_3d": {"op": "lut", "file_id": "cube"},
    "make_transparent": {"op": "make_transparent", "rim": True},
    "negate": {"op": "negate"},
    "threshold": {"op": "threshold"},
    "sepia": {"op": "sepia"},
    "duotone": {"op": "duotone"},
    "colorize": {"op": "colorize", "color": "#ff0000"},
    "colorize_color": {"op": "colorize", "color": "#ff0000", "blend": "color"},
    "colorize_soft_light": {
        "op": "colorize",
        "color": "#ff0000",
        "blend": "soft_light",
    },
    "gradient": {"op": "gradient", "stops": _STOPS},
    "gradient_radial": {"op": "gradient", "stops": _STOPS, "shape": "radial"},
    "vignette": {"op": "vignette"},
    "grain": {"op": "grain"},
    "grain_color": {"op": "grain", "color": True, "size": 3},
    "pixelate": {"op": "pixelate"},
    "median_3": {"op": "median"},
    "median_21": {"op": "median", "radius": 10},
    "convolve_3": {"op": "convolve", "kernel": [[-1] * 3, [-1, 8, -1], [-1] * 3]},
    "convolve_15": {"op": "convolve", "kernel": [[1] * 15] * 15},
    "obscure_box": {"op": "obscure", "how": "blur", **_BOX},
    "obscure_faces": {"op": "obscure", "target": "faces"},
    "obscure_surroundings": {"op": "obscure", "target": "surroundings", "how": "blur"},
    "blur_5": {"op": "blur", "sigma": 5},
    "blur_15": {"op": "blur", "sigma": 15},
    "blur_250": {"op": "blur", "sigma": 250},
    "sharpen": {"op": "sharpen"},
    "denoise": {"op": "denoise"},
    "adjust": {"op": "adjust", "saturation": 20, "contrast": 10},
    "auto_levels": {"op": "auto_levels"},
    "tint": {"op": "tint", "color": "#804020"},
    "grayscale": {"op": "grayscale"},
    "drop_shadow": {"op": "drop_shadow", "blur": 100},
}


class Cost(msgspec.Struct):
    """Of one operation."""

    seconds: float
    megabytes: float


def photo() -> Pixels:
    """Soft shapes and noise."""
    chance = np.random.default_rng(1)
    made = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    for channel in range(3):
        plane = 128 + 90 * np.sin(x / 300 + channel) + 20 * np.cos(y / (90 + channel))
        plane += 4 * chance.standard_normal(plane.shape, np.float32)
        made[:, :, channel] = np.clip(plane, 0, 255)
    return made


def cut_out(pixels: Pixels) -> Pixels:
    """With a corner that is transparent and a band that is half so."""
    made = with_alpha(pixels).copy()
    made[:500, :500, 3] = 0
    made[500:600, :, 3] = 128
    return made


def cube(path: Path, size: int = 33) -> Path:
    """A table that says nothing."""
    steps = [f"{number / (size - 1):.5f}" for number in range(size)]
    rows = (
        f"{red} {green} {blue}" for blue in steps for green in steps for red in steps
    )
    path.write_text("\n".join([f"LUT_3D_SIZE {size}", *rows]), encoding="utf-8")
    return path


def cost(picture: Picture, step: dict[str, Any], context: Context) -> Cost:
    """In a child that has everything from its birth."""
    (operation,) = check_recipe({"operations": [step]}).operations
    reader, writer = os.pipe()
    if os.fork() == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = []
        for _ in range(3):
            fresh = replace(context, subjects={})
            begin = time.process_time()
            OPERATIONS[type(operation)](picture, operation, fresh)
            seconds.append(time.process_time() - begin)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        found = Cost(seconds=min(seconds), megabytes=grown / 1024)
        os.write(writer, msgspec.json.encode(found))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        answer = said.read()
    os.wait()
    return msgspec.json.decode(answer, type=Cost)


def main() -> None:
    """Print a table, and whether each takes no longer than it may."""
    wanted = sys.argv[1:] or list(CASES)
    plain = photo()
    pictures = [Picture(frames=(frame,)) for frame in (plain, cut_out(plain))]
    found = {}
    print(f"{'operation':24}{'RGB s':>8}{'MB':>6}{'RGBA s':>9}{'MB':>6}")
    with tempfile.TemporaryDirectory() as name:
        files = {"cube": cube(Path(name) / "cube")}
        context = Context(watermarks=files, weights=installed_weights())
        for case in wanted:
            costs = [cost(picture, CASES[case], context) for picture in pictures]
            numbers = (f"{one.seconds:8.2f}{one.megabytes:6.0f}" for one in costs)
            print(f"{case:24}{' '.join(numbers)}", flush=True)
            found[case] = max(one.seconds for one in costs)
    limits = {case: SLOW.get(case, (AT_MOST, ""))[0] for case in wanted}
    summary.say("image_operations", found, at_most=limits)


if __name__ == "__main__":
    main()
