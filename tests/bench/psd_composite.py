"""How much faster our renderer composes than psd-tools, and how far they differ.

    make bench NAME=psd_composite

Both open and compose the same files, in turns in the same process; CPU seconds, the
least of three rounds, or of one where psd-tools takes over 20 s. The documents are
made here from a seed; files of ../shared/corpus (or CORPUS) over one megapixel are
added where it is present, and its small ones (psd_small.py), of which the median and the
least are told. A ratio is psd-tools' time by ours. The greatest difference
is that of the two results on white, in levels of 255.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Group, Layer
from psd_tools.constants import BlendMode

from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.read import open_document, quiet
from tests.bench import psd_corpus
from tests.bench.parts import psd_small, summary

ROUNDS = 3
SLOW = 20.0
"""Seconds from which one round of psd-tools is enough."""

MEGAPIXEL = 1_000_000
PLAIN = ("plain_77", "small_158", "cmyk_40")
LARGEST_DIFFERENCE = 2
REAL = {"real_median": 8.0, "real_each": 1.5}

type Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    name: str
    path: Path
    layers: int
    pixels: int

    @property
    def target(self) -> float:
        if self.layers >= 50 and self.pixels >= 1.5 * MEGAPIXEL:
            return 50.0
        return 10.0 if self.layers >= 30 else 3.0


def main() -> None:
    ratios: dict[str, float] = {}
    targets: dict[str, float] = {}
    differences: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        for case in (*built(Path(folder)), *found()):
            theirs, ours, difference = measure(case)
            ratios[case.name] = theirs / ours
            targets[case.name] = case.target
            differences[case.name] = difference
            print(
                f"{case.name:<40} {case.layers:4} layers {case.pixels / 1e6:6.2f} MP  "
                f"psd-tools {theirs:7.3f} s  ours {ours:6.3f} s  "
                f"{theirs / ours:6.1f}x  max difference {difference:.1f}",
                flush=True,
            )
    small = [psd_small.pair(path, theirs_of, ours_of, opened_of) for path in smaller()]
    psd_small.say(small)
    for name, value in psd_small.ratios(small).items():
        ratios[name], targets[name] = value, REAL[name]
    plain_ones = {name: differences[name] for name in PLAIN}
    summary.say(
        "psd_composite",
        ratios,
        at_least=targets,
        places=1,
        largest_difference=plain_ones,
        holds=max(plain_ones.values()) <= LARGEST_DIFFERENCE,
    )


def theirs_of(path: Path, _: Path) -> None:
    with quiet():
        psd_corpus.composed(path)


def ours_of(path: Path, _: Path) -> None:
    with quiet():
        psd_corpus.rendered(path)


def opened_of(path: Path, _: Path) -> None:
    with quiet():
        PSDImage.open(path)


def smaller() -> Iterator[Path]:
    """Small files that psd-tools composes at all."""
    for path in psd_small.found():
        try:
            theirs_of(path, path)
        except Exception as error:  # psd-tools raises anything
            print(f"{path.name}: psd-tools composes nothing: {error!r:.100}")
        else:
            yield path


def measure(case: Case) -> tuple[float, float, float]:
    """CPU seconds of psd-tools and of ours, and the greatest difference."""
    theirs = timed(psd_corpus.composed, case.path)
    for _ in range(ROUNDS - 1 if theirs.seconds < SLOW else 0):
        theirs = min(theirs, timed(psd_corpus.composed, case.path), key=seconds)
    rounds = (timed(psd_corpus.rendered, case.path) for _ in range(ROUNDS))
    ours = min(rounds, key=seconds)
    planes, mode = ours.result
    drawn = psd_corpus.matted(planes[:, :, :-1], planes[:, :, -1:], mode)
    expected = psd_corpus.on_white(theirs.result)
    if expected is None or expected.shape != drawn.shape:
        raise SystemExit(f"{case.name}: psd-tools has rendered nothing of this size")
    difference = round(float(np.abs(expected - drawn).max()), 2)
    return theirs.seconds, ours.seconds, difference


@dataclass(frozen=True)
class Timed[T]:
    seconds: float
    result: T


def timed[T](draw: Callable[[Path], T], path: Path) -> Timed[T]:
    with quiet():
        begun = time.process_time()
        found = draw(path)
        return Timed(time.process_time() - begun, found)


def seconds(one: Timed[Any]) -> float:
    return one.seconds


def found() -> Iterator[Case]:
    """Files of the corpus that psd-tools composes and that are over a megapixel."""
    root = psd_corpus.corpus()
    if not root.is_dir():
        print("The corpus is not at hand: only built files are measured.")
        return
    for name, path in psd_corpus.documents(root):
        with quiet():
            document = open_document(path, Limits())
        pixels = document.width * document.height
        if pixels > MEGAPIXEL:
            short = name.rpartition("psd_files/")[2]
            yield Case(short, path, count(document), pixels)


def count(document: PSDImage) -> int:
    return sum(layer.visible for layer in document.descendants())


def built(folder: Path) -> Iterator[Case]:
    documents: dict[str, Callable[[], PSDImage]] = {
        "plain_77": lambda: plain("RGB", 2113, 4925, 77, 1400),
        "small_158": lambda: plain("RGB", 800, 2000, 158, 260),
        "masks_and_groups_7": masks_and_groups,
        "cmyk_40": lambda: plain("CMYK", 1500, 1200, 40, 700),
    }
    for name, build in documents.items():
        document = build()
        path = folder / f"{name}.psd"
        document.save(path)
        pixels = document.width * document.height
        yield Case(name, path, count(document), pixels)


def plain(mode: str, width: int, height: int, layers: int, largest: int) -> PSDImage:
    """A background and shapes on it, some of them translucent or multiplied."""
    chance = np.random.default_rng(layers)
    channels = 4 if mode == "CMYK" else 3
    document = PSDImage.new(mode, (width, height))
    ground = shaded(chance, height, width, channels)
    document.create_pixel_layer_from_array(ground, "Background")
    for number in range(layers - 1):
        shape = figure(chance, channels, largest)
        document.create_pixel_layer_from_array(
            shape,
            f"{number}",
            left=int(chance.integers(-50, width - 50)),
            top=int(chance.integers(-50, height - 50)),
            opacity=int(chance.choice([255, 255, 255, 160])),
            blend_mode=BlendMode.MULTIPLY if number % 9 == 4 else BlendMode.NORMAL,
        )
    return document


def masks_and_groups() -> PSDImage:
    chance = np.random.default_rng(7)
    document = PSDImage.new("RGB", (2000, 1500))
    document.create_pixel_layer_from_array(shaded(chance, 1500, 2000, 3), "Background")
    for number in range(2):
        group = document.create_group(name=f"group {number}", opacity=200)
        group.blend_mode = (BlendMode.PASS_THROUGH, BlendMode.NORMAL)[number]
        for _ in range(3):
            masked(chance, group)
    return document


def masked(chance: np.random.Generator, group: Group) -> Layer:
    layer = group.create_pixel_layer_from_array(
        figure(chance, 3, 1400),
        "layer",
        left=int(chance.integers(0, 900)),
        top=int(chance.integers(0, 600)),
        blend_mode=BlendMode.SCREEN,
    )
    height, width = layer.height, layer.width
    ramp = np.linspace(0, 255, width).astype(np.uint8)
    layer.create_mask(Image.fromarray(np.tile(ramp, (height, 1))))
    return cast(Layer, layer)


def figure(chance: np.random.Generator, channels: int, largest: int) -> Pixels:
    """An ellipse with a soft edge, alpha last."""
    height, width = chance.integers(largest // 10, largest, 2)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    away = 1 - np.sqrt(x * x + y * y)
    alpha = np.clip(away * min(height, width) / 4, 0, 1) * 255
    color = shaded(chance, int(height), int(width), channels)
    return np.dstack([color, alpha.astype(np.uint8)])


def shaded(
    chance: np.random.Generator, height: int, width: int, channels: int
) -> Pixels:
    """A slope from one colour to another, in steps."""
    one, other = chance.integers(0, 256, (2, channels))
    slope = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    rows = one + (other - one) * slope
    return np.repeat(rows.astype(np.uint8), width, axis=1)


if __name__ == "__main__":
    main()
