"""How much less a row of a compiled template costs than its document drawn anew.

    make bench NAME=templates

On one core, CPU seconds, in turns in the same process; a figure is the least of
ROUNDS. Against opening and rendering the whole document by our own renderer, and
against psd-tools composing it (with what it stores: it sets no text and places no
picture). The sample poster has 16 layers and three slots, and each row another text,
another price and one of six photos that come round; ``fresh`` is with photos that no
row before it had, decoded and placed. The heavy template has 150 layers, two megapixels
and two slots. ``compiled`` is what compiling takes, in whole renders; ``difference`` the
greatest of a row without values to the document's render, in levels of 255.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from psd_tools import PSDImage
from psd_tools.api.layers import Group
from psd_tools.constants import BlendMode

from onemanage.contracts.psd.templates import Slot, SlotValue
from onemanage.local.sample_layers import (
    Words,
    add_smart_object,
    add_type,
    drop_shadow,
    embed,
    with_effects,
)
from onemanage.local.sample_template import build_template, photo, png
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.domain.render import render
from onemanage.psd.domain.templates.compiled import Compiled, compile_template
from onemanage.psd.domain.templates.define import define
from tests.bench import psd_composite, psd_corpus
from tests.bench.parts import summary

ROUNDS = 15
ROWS = 6
"""Of a round; a figure is of one."""
PHOTOS = 6
HEAVY_GROUPS = 15
"""Of nine layers each; with the ground, headline and photo 153 layers."""
TARGETS = {"poster": 8.0, "poster_psd_tools": 60.0, "heavy": 40.0}
_WORDS = ("SUMMER", "HARVEST", "SPRING", "FROST", "RAINY DAYS", "MILE")
_HEAVY_ID = "1f0e0c52-9a8d-4a6f-8f3c-7f4f0d3f2a10"

type Values = tuple[dict[str, SlotValue], dict[str, Path]]


@dataclass
class Case:
    name: str
    path: Path
    rows: Iterator[Values]
    fresh: Iterator[Values]
    slots: Sequence[Slot] = ()

    def compiled(self) -> Compiled:
        self.slots = define(self.path, [], []).slots
        return compile_template(self.path, self.slots, [])


def main() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    ratios: dict[str, float] = {}
    differences = {}
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        for case in (poster(Path(folder)), heavy(Path(folder))):
            differences[case.name] = measure(case, ratios)
    summary.say(
        "templates",
        ratios,
        at_least=TARGETS,
        places=1,
        difference=differences,
        holds=max(differences.values()) <= 1,
    )


def measure(case: Case, ratios: dict[str, float]) -> int:
    """Into ``ratios``; the greatest difference is returned."""
    compiled = case.compiled()
    compiling = seconds(case.compiled)
    begin(compiled, case.rows, 2 * ROWS)
    whole, row, fresh = [], [], []
    for _ in range(ROUNDS):
        whole.append(seconds(lambda: anew(case.path)))
        row.append(seconds(lambda: begin(compiled, case.rows, ROWS)) / ROWS)
        fresh.append(seconds(lambda: begin(compiled, case.fresh, ROWS)) / ROWS)
    theirs = seconds(lambda: composed(case.path))
    ours = min(whole)
    ratios[case.name] = ours / min(row)
    ratios[f"{case.name}_fresh"] = ours / min(fresh)
    ratios[f"{case.name}_psd_tools"] = theirs / min(row)
    ratios[f"{case.name}_compiled"] = compiling / ours
    print(
        f"{case.name:<8} whole {ours * 1e3:7.1f} ms  row {min(row) * 1e3:6.2f} ms  "
        f"with a new photo {min(fresh) * 1e3:6.2f} ms  psd-tools {theirs:6.2f} s  "
        f"compiling {compiling * 1e3:7.1f} ms",
        flush=True,
    )
    drawn = compiled.row({}, {}).pixels.astype(np.int16)
    return int(np.abs(drawn - anew(case.path)).max())


def anew(path: Path) -> Any:
    with quiet():
        return render(open_document(path, Limits())).planes


def composed(path: Path) -> None:
    with quiet():
        psd_corpus.composed(path)


def begin(compiled: Compiled, rows: Iterator[Values], number: int) -> None:
    for _ in range(number):
        compiled.row(*next(rows))


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def poster(folder: Path) -> Case:
    path = folder / "poster.psd"
    build_template(path)

    def values(number: int, picture: Path) -> Values:
        word = _WORDS[number % len(_WORDS)]
        texts = {
            "title": SlotValue(text=f"{word} {number % 1000}"),
            "price": SlotValue(text=f"${number % 100}"),
        }
        return texts, {"photo": picture}

    kept = [photo_file(folder, number) for number in range(PHOTOS)]
    rows = (values(n, kept[n % PHOTOS]) for n in count())
    fresh = (values(n, photo_file(folder, n)) for n in count(1000))
    return Case("poster", path, rows, fresh)


def heavy(folder: Path) -> Case:
    """Shapes of up to 900 pixels, some translucent or multiplied, each fifth with a
    drop shadow, in groups of ten; a headline and a photo stand in the middle."""
    path = folder / "heavy.psd"
    chance = np.random.default_rng(1)
    document = PSDImage.new("RGB", (1250, 1600))
    ground = psd_composite.shaded(chance, 1600, 1250, 3)
    document.create_pixel_layer_from_array(ground, "Background")
    for number in range(HEAVY_GROUPS):
        group = document.create_group(name=f"group {number}")
        while len(group) < 9:
            figure(chance, group)
        if number == HEAVY_GROUPS // 2:
            words = Words(
                text="HEADLINE", at=(90, 260), size=110, color=(250, 250, 250)
            )
            add_type(document, "{{headline}}", words)
            quad = ((180.0, 900.0), (560.0, 870.0), (590.0, 1240.0), (200.0, 1260.0))
            add_smart_object(document, "{{photo}}", photo(), quad, _HEAVY_ID)
    embed(document, _HEAVY_ID, "photo.png", png(photo()))
    with path.open("wb") as file:
        document._record.write(file)

    def values(number: int, picture: Path) -> Values:
        word = _WORDS[number % len(_WORDS)]
        text = SlotValue(text=f"{word[:5]} {number % 1000}")
        return {"headline": text}, {"photo": picture}

    kept = [photo_file(folder, number) for number in range(PHOTOS)]
    rows = (values(n, kept[n % PHOTOS]) for n in count())
    fresh = (values(n, photo_file(folder, n)) for n in count(1000))
    return Case("heavy", path, rows, fresh)


def figure(chance: np.random.Generator, group: Group) -> None:
    number = len(group)
    layer = group.create_pixel_layer_from_array(
        psd_composite.figure(chance, 3, 900),
        f"{number}",
        left=int(chance.integers(-200, 1100)),
        top=int(chance.integers(-200, 1450)),
        opacity=int(chance.choice([255, 255, 255, 160])),
        blend_mode=BlendMode.MULTIPLY if number == 4 else BlendMode.NORMAL,
    )
    if number in (2, 7):
        with_effects(layer, DrSh=drop_shadow(size=18, distance=12, opacity=60))


def photo_file(folder: Path, number: int) -> Path:
    """One of its own; made where it is not there, which a figure would count: those that
    are to be fresh are one picture under many names."""
    path = folder / f"{number}.jpg"
    if not path.exists():
        if number >= PHOTOS:
            os.link(photo_file(folder, number % PHOTOS), path)
        else:
            color = (40 * number, 96, 250 - 40 * number)
            photo(color).convert("RGB").save(path, quality=90)
    return path


if __name__ == "__main__":
    main()
