"""What it costs to write every layer of a document as a PNG, beside the naive loop.

    make bench NAME=psd_export

The naive loop is ``layer.topil().save(png)`` over ``descendants()``; what CMYK needs so
that a PNG can hold it, colours and alpha, it does with psd-tools and Pillow. Each side
runs in a process of its own, which says CPU and wall seconds after its imports and its
greatest memory in all, the same imports included; what a side leaves to children is
counted too. A ratio is the naive loop's CPU time by ours. Our side describes the document and writes
its merged image as well. The images of both are compared as RGBA.

The documents are made here from a seed; the ten files of ../shared/corpus (or CORPUS)
with the most layers are added where it is present: their median has no target, and the
bytes of their images are taken together. ag-psd is printed where node is.

Then the corpus' small and middle files (psd_small.py), both sides in turns in one warm
process, as a child of the sandbox is: real_median and real_each.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import ChannelID

from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.export import export_document, layer_path
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.errors import InvalidDocument
from tests.bench import psd_corpus
from tests.bench.parts import psd_small, summary
from tests.bench.parts.psd_inputs import MEGABYTE, built
from tests.bench.parts.psd_peers import AgPsd

LARGE = 50 * MEGABYTE
ROUNDS = 3
SLOW = 3.0
"""Seconds of the naive loop from which one round is enough."""
FROM_CORPUS = 10
AT_LEAST = {
    "large_median": 15.0,
    "large_each": 5.0,
    "small_layers_each": 3.0,
    "real_median": 8.0,
    "real_each": 2.0,
}
AT_MOST = {"png_bytes": 1.2, "peak_memory": 1.2}


@dataclass(frozen=True, slots=True)
class Side:
    cpu: float
    wall: float
    peak: float
    """Megabytes."""


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    size: int
    """Bytes of the document."""
    opened: Side
    naive: Side
    ours: Side
    our_bytes: int
    """Of all PNGs."""
    their_bytes: int
    difference: int
    """The greatest of any channel of any pixel."""
    allowed: int

    @property
    def png_bytes(self) -> float:
        return self.our_bytes / max(1, self.their_bytes)

    @property
    def ratio(self) -> float:
        return self.naive.cpu / self.ours.cpu

    @property
    def memory(self) -> float:
        return self.ours.peak / self.naive.peak


def naive(path: Path, out: Path) -> None:
    with quiet():
        for number, layer in enumerate(PSDImage.open(path).descendants(), 1):
            image = layer.topil()
            if image is None:
                continue
            if image.mode == "CMYK":
                image = image.convert("RGB")
                alpha = layer.topil(channel=ChannelID.TRANSPARENCY_MASK)
                if alpha is not None:
                    image.putalpha(alpha)
            image.save(out / f"{number}.png")


def ours(path: Path, out: Path) -> None:
    export_document(path, out, Limits(), lambda progress: None)


def opened(path: Path, out: Path) -> None:
    with quiet():
        PSDImage.open(path)


SIDES: dict[str, Callable[[Path, Path], None]] = {
    "opened": opened,
    "naive": naive,
    "ours": ours,
}


def run_side(name: str, path: Path, out: Path) -> None:
    """In a process of its own: print what it took."""
    out.mkdir(parents=True, exist_ok=True)
    wall, cpu = time.monotonic(), _cpu()
    SIDES[name](path, out)
    wall, cpu = time.monotonic() - wall, _cpu() - cpu
    print(json.dumps([cpu, wall, peak()]))


def peak() -> float:
    """Megabytes, its largest child's included.

    Not ``ru_maxrss`` of the process itself: that is never less than what the process
    which started it had.
    """
    status = Path("/proc/self/status").read_text()
    own = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (int(own.split()[1]) + child) / 1024


def _cpu() -> float:
    used = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(one.ru_utime + one.ru_stime for one in used)


def side(name: str, path: Path, out: Path) -> Side:
    module = "tests.bench.psd_export"
    command = [sys.executable, "-m", module, "--side", name, str(path), str(out)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Side(*json.loads(done.stdout))


def measure(name: str, path: Path, folder: Path) -> Measured:
    theirs = _best("naive", path, folder / "naive")
    mine = _best("ours", path, folder / "ours")
    sizes, difference = [0, 0], 0
    for number, expected in _written(folder / "naive"):
        found = folder / "ours" / layer_path(number)
        difference = max(difference, _difference(found, expected))
        sizes[0] += found.stat().st_size
        sizes[1] += expected.stat().st_size
    with quiet():
        document = PSDImage.open(path)
    exact = document.color_mode.name == "RGB" and document.depth < 32
    managed = bool(document.image_resources.get_data(1039))
    return Measured(
        name,
        path.stat().st_size,
        _best("opened", path, folder / "opened"),
        theirs,
        mine,
        sizes[0],
        sizes[1],
        difference,
        allowed=0 if exact and not managed else 1,
    )


def _best(name: str, path: Path, out: Path) -> Side:
    """The least of some rounds, by CPU seconds."""
    best = side(name, path, out)
    for _ in range(ROUNDS - 1 if best.cpu < SLOW else 0):
        best = min(best, side(name, path, out), key=lambda one: one.cpu)
    return best


def _written(folder: Path) -> Iterator[tuple[int, Path]]:
    for path in sorted(folder.glob("*.png")):
        yield int(path.stem), path


def _difference(one: Path, other: Path) -> int:
    """255 where an image is missing or has another size. Colour under no alpha counts."""
    if not one.is_file():
        return 255
    images = [np.asarray(Image.open(path).convert("RGBA")) for path in (one, other)]
    if images[0].shape != images[1].shape:
        return 255
    return int(np.abs(images[0].astype(np.int16) - images[1]).max(initial=0))


def found() -> dict[str, Path]:
    """Of the corpus, the 8 and 16-bit RGB, gray and CMYK files with the most layers."""
    root = psd_corpus.corpus()
    counted = []
    for path in sorted(root.rglob("*.ps[db]")):
        try:
            with quiet():
                document = open_document(path, Limits())
        except InvalidDocument:
            continue
        if document.color_mode.name in ("RGB", "CMYK", "GRAYSCALE"):
            if document.depth in (8, 16):
                counted.append((len(list(document.descendants())), path))
    counted.sort(key=lambda one: (-one[0], one[1]))
    return {path.name: path for _, path in counted[:FROM_CORPUS]}


def say(one: Measured) -> None:
    print(
        f"{one.name:<34} {one.size / MEGABYTE:5.1f} MB  open {one.opened.cpu:4.2f} s  naive {one.naive.cpu:6.2f} s ({one.naive.wall:6.2f} wall)  "
        f"ours {one.ours.cpu:5.2f} s ({one.ours.wall:5.2f})  {one.ratio:5.1f}x  "
        f"bytes {one.png_bytes:.2f}  memory {one.ours.peak:4.0f}/{one.naive.peak:4.0f} MB "
        f"{one.memory:.2f}  difference {one.difference}",
        flush=True,
    )


def worst_of(made: list[Measured], real: list[Measured]) -> dict[str, float]:
    large = [one.ratio for one in made if one.size > LARGE]
    worst = {
        "large_median": statistics.median(large),
        "large_each": min(large),
        "small_layers_each": min(one.ratio for one in made if one.size <= LARGE),
        "png_bytes": max(one.png_bytes for one in made),
        "peak_memory": max(one.memory for one in (*made, *real)),
    }
    if real:
        worst["corpus_median"] = statistics.median(one.ratio for one in real)
        total = sum(one.our_bytes for one in real) / sum(x.their_bytes for x in real)
        worst["png_bytes"] = max(worst["png_bytes"], total)
    return worst


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", nargs=3, metavar=("SIDE", "FILE", "OUT"))
    options = parser.parse_args()
    if options.side:
        name, path, out = options.side
        run_side(name, Path(path), Path(out))
        return
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as temporary:
        peer = AgPsd(Path(temporary) / "ag-psd")
        makers = built(Path(temporary))
        made = [run(name, make(), peer) for name, make in makers.items()]
        real = [run(name, path, peer) for name, path in found().items()]
    small = [psd_small.pair(path, naive, ours, opened) for path in psd_small.found()]
    psd_small.say(small)
    print(peer.missing or "ag-psd: CPU seconds, pngjs for the PNGs")
    same = all(one.difference <= one.allowed for one in (*made, *real))
    summary.say(
        "psd_export",
        {**worst_of(made, real), **psd_small.ratios(small)},
        at_least=AT_LEAST,
        at_most=AT_MOST,
        same_pixels=same,
        holds=same,
    )


def run(name: str, path: Path, peer: AgPsd) -> Measured:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as temporary:
        one = measure(name, path, Path(temporary))
        say(one)
        if seconds := peer.export(path, Path(temporary) / "ag-psd"):
            print(f"  ag-psd {seconds:.2f} s")
    return one


if __name__ == "__main__":
    main()
