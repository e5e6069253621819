"""A picture in tiles beside libvips' dzsave: CPU, memory, objects, and a first view.

    make bench NAME=deep_zoom

Both sides cut the same 48 MP picture into tiles of 512 pixels without overlap, in the
same format, quality and effort, each in a process of its own, in turns; dzsave writes a
file for each tile. CPU is user and system time of the work alone, memory the greatest
of the process above what it has before. The pictures are made here from a seed: a
photograph as JPEG, the same as a document's composite (PNG), and cut out with alpha.
libvips comes as pyvips-binary into an environment of the bench's own; where it cannot
be had the ratios are missing, and the bench says so.

How many requests a first view takes follows from what OpenSeadragon 6 does by its
defaults: see ``first_view``.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from onemanage.contracts.previews.pyramids import TILE_SIZE, levels_of
from onemanage.preview.domain.tiles import make_tiles
from tests.bench.parts import dzsave_peer, image_inputs, summary
from tests.bench.parts.image_peers import Side, measured
from tests.bench.parts.peer_environment import PeerEnvironment

ROUNDS = int(os.environ.get("ROUNDS", "3"))
RUNS = 1
PEER = ("pyvips>=3.2,<4", "pyvips-binary>=8.18,<9")
SUFFIXES = {
    "photo": ".jpg[Q=85]",
    "composite": ".jpg[Q=85]",
    "cutout": ".webp[Q=85,effort=2]",
}
CANVAS = 1_100, 800
"""Pixels of the viewer on a page of 1440 by 900."""
MIN_PIXEL_RATIO = 0.8
"""As the console's viewer is set: a tile is shown by up to 1.25 times its size."""
AT_MOST = {
    **{f"{name}_cpu": 1.2 for name in SUFFIXES},
    "objects": 4.0,
    "first_view": 6.0,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", type=Path)
    source = parser.parse_args().ours
    if source:
        print(json.dumps(in_this_process(source)))
        return
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        found, rows = compare(Path(folder))
    width, height = image_inputs.SIZES[48]
    found |= {
        "objects": 1.0,  # the tiles and behind them their index
        "first_view": float(first_view(width, height, *CANVAS)),
    }
    summary.say("deep_zoom", found, at_most=AT_MOST, cases=rows)


def compare(folder: Path) -> tuple[dict[str, float], dict[str, Any]]:
    """Ratios to dzsave, none where it is missing, and all that was measured."""
    peer = PeerEnvironment(folder / "vips", PEER, dzsave_peer.__file__)
    found: dict[str, float] = {}
    rows: dict[str, Any] = {}
    for name, source in pictures(folder).items():
        given = str(source), SUFFIXES[name], str(folder / "dz"), str(RUNS)
        taken: dict[str, list[Side]] = {"ours": [], "dzsave": []}
        for _ in range(ROUNDS):  # in turns, as others use the machine too
            taken["ours"].append(ours(source))
            told = peer.told("dzsave", *given)
            if told is not None:
                taken["dzsave"].append(Side(**json.loads(told)))
        row = rows[name] = {side: _median(all_) for side, all_ in taken.items() if all_}
        print(f"{name:<10} {row}", flush=True)
        if "dzsave" in row:
            mine, other = row["ours"], row["dzsave"]
            found[f"{name}_cpu"] = mine["cpu"] / other["cpu"]
            grown = [one["peak_mb"] - one["base_mb"] for one in (mine, other)]
            found[f"{name}_memory"] = grown[0] / max(1, grown[1])
    return found, rows


def _median(sides: list[Side]) -> dict[str, float]:
    return {
        "cpu": round(statistics.median(one.cpu for one in sides), 3),
        "base_mb": round(min(one.base for one in sides)),
        "peak_mb": round(statistics.median(one.peak for one in sides)),
    }


def pictures(folder: Path) -> dict[str, Path]:
    width, height = image_inputs.SIZES[48]
    photo = image_inputs.photo(width, height, 48)
    found = {name: folder / f"{name}.png" for name in ("composite", "cutout")}
    found = {"photo": folder / "photo.jpg"} | found
    image = Image.fromarray(photo)
    image.save(found["photo"], "JPEG", quality=90, subsampling=2)
    image.save(found["composite"], "PNG", compress_level=1)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    alpha = np.clip((1 - np.hypot(x, y)) * 4, 0, 1) * 255
    image.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    image.save(found["cutout"], "PNG", compress_level=1)
    return found


def ours(source: Path) -> Side:
    command = [sys.executable, "-m", __spec__.name, "--ours", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Side(**json.loads(done.stdout))


def in_this_process(source: Path) -> dict[str, float]:
    """What the preview service's child does, without what starts it."""
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as out:

        def work() -> None:
            make_tiles(source, Path(out), lambda _: None)

        side = measured(work, RUNS)
    return {"cpu": side.cpu, "base": side.base, "peak": side.peak}


def first_view(width: int, height: int, across: int, down: int) -> int:
    """Requests of a viewer that shows the whole picture in ``across`` by ``down``: the
    image information, and the tiles of each level from the coarsest one to the last
    whose pixels are not drawn at less than MIN_PIXEL_RATIO of their size."""
    shown = width * min(across / width, down / height)
    count = 1
    for level in levels_of(width, height):
        is_coarsest = math.ceil(max(width, height) / level.scale) <= TILE_SIZE
        if shown / level.width >= MIN_PIXEL_RATIO or is_coarsest:
            count += level.columns * level.rows
    return count


if __name__ == "__main__":
    main()
