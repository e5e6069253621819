"""How near our renderer and psd-tools come to what Photoshop drew, over real files.

    make bench NAME=psd_corpus

Every file of ../shared/corpus (or CORPUS) that has layers and, by its VersionInfo, a
true merged image is rendered by both and compared with that image on white. Printed
are the shares of files whose mean absolute difference is at most .5, 1 and 2, for the
half that the renderer was tuned on (A) and for the other (B), the files where we are
worse than psd-tools by more than 1, and those that are off by more than 1 though no
layer says that anything of it is only near. A half is whole folders; files at the top
are told apart by the first word of their names.

With WRITE=1 the features that keep renders from being exact go to measured.py, from
which the renderer knows what to call near, and to the table of docs/psd.md.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Resource

from onemanage.psd.domain.color import CHANNELS, ToSrgb
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.layers import tree
from onemanage.psd.domain.pixels import merged_pixels
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.domain.render import render
from onemanage.psd.domain.render.classes import Drawn, drawn
from onemanage.psd.domain.render.features import features
from tests.bench.parts import feature_tables, summary
from tests.bench.parts.feature_classes import LEVELS, Drawing

WITHIN = {0.5: 0.90, 1.0: 0.95, 2.0: 0.97}
"""The share of files that is to be within so many levels of 255."""
AT_LEAST = {
    f"within_{levels:g}_of_{half}": least
    for half in "ab"
    for levels, least in WITHIN.items()
}
AT_MOST = {"worse_by_more_than_1": 0, "unnamed_and_beyond_1": 0.01}
FAILED = 255.0
"""Counts as the difference where nothing is rendered."""

type Values = NDArray[np.float32]


@dataclass(frozen=True)
class Outcome:
    name: str
    half: str
    ours: float
    theirs: float
    features: frozenset[str]

    @property
    def is_named(self) -> bool:
        """Whether a layer says of anything that it is not drawn, or only nearly."""
        return any(drawn(feature) is not Drawn.EXACT for feature in self.features)


def corpus() -> Path:
    beside = Path(__file__).parents[3] / "shared/corpus"
    return Path(os.environ.get("CORPUS", beside))


def half_of(name: str) -> str:
    """A or B; the twins .psd and .psb of one document are in the same."""
    folder, _, file = name.rpartition("/")
    word = re.split(r"[-_.0-9 ]", file)[0] if folder.endswith("psd_files") else ""
    digest = hashlib.sha256(f"{folder}/{word}".encode()).digest()
    return "AB"[digest[0] & 1]


def documents(root: Path) -> Iterator[tuple[str, Path]]:
    """Those with layers and a merged image that is one."""
    for path in sorted(root.rglob("*.ps[db]")):
        try:
            with quiet():
                document = open_document(path, Limits())
                PSDImage.open(path)
        except Exception:  # psd-tools raises anything where it refuses a document
            continue
        info = document.image_resources.get_data(Resource.VERSION_INFO)
        if len(document) and info and info.has_composite:
            yield path.relative_to(root).as_posix(), path


def embedded(path: Path) -> Values | None:
    """As psd-tools has it: 32-bit documents in linear light."""
    return on_white(PSDImage.open(path).topil(apply_icc=False))


def embedded_as_ours(path: Path) -> Values | None:
    """The same; but 32-bit documents are encoded as sRGB, as we render them."""
    document = PSDImage.open(path)
    if document.depth != 32:
        return on_white(document.topil(apply_icc=False))
    mode = document.color_mode
    planes = merged_pixels(document, ToSrgb(mode, 32, None))
    if planes.shape[2] == CHANNELS[mode]:
        return planes.astype(np.float32)
    return matted(planes[:, :, :-1], planes[:, :, -1:], mode)


def composed(path: Path) -> Image.Image | None:
    """By psd-tools, from the layers alone, stored pixels first."""
    document = PSDImage.open(path)
    return document.composite(force=False, ignore_preview=True, apply_icc=False)


def rendered(path: Path) -> tuple[NDArray[np.uint8], ColorMode]:
    document = open_document(path, Limits())
    return render(document).planes, document.color_mode


def theirs(path: Path) -> Values | None:
    return on_white(composed(path))


def ours(path: Path) -> Values:
    planes, mode = rendered(path)
    return matted(planes[:, :, :-1], planes[:, :, -1:], mode)


def on_white(image: Image.Image | None) -> Values | None:
    """In the sense of the file: CMYK inverted."""
    if image is None:
        return None
    if image.mode == "1":
        image = image.convert("L")
    array = np.asarray(image).reshape(image.height, image.width, -1)
    if image.mode == "LAB":  # Pillow gives a and b signed
        return (array ^ np.array([0, 128, 128], np.uint8)).astype(np.float32)
    if image.mode == "CMYK":
        return (255 - array).astype(np.float32)
    if image.mode in ("RGBA", "LA"):
        return matted(array[:, :, :-1], array[:, :, -1:], ColorMode.RGB)
    return array.astype(np.float32)


def matted(
    color: NDArray[np.uint8], alpha: NDArray[np.uint8], mode: ColorMode
) -> Values:
    white = np.full(color.shape[2], 255, np.float32)
    if mode is ColorMode.LAB:
        white[1:] = 128
    share = alpha.astype(np.float32) / np.float32(255)
    return color * share + white * (1 - share)


def difference(
    draw: Callable[[Path], Values | None], path: Path, expected: Values
) -> float:
    try:
        with quiet():
            found = draw(path)
    except Exception as error:  # counted as a failure, and said
        print(f"{path.name}: {draw.__name__}: {error!r:.200}")
        return FAILED
    if found is None or found.shape != expected.shape:
        return FAILED
    return float(np.abs(found - expected).mean())


def compare(root: Path) -> list[Outcome]:
    found = []
    for name, path in documents(root):
        with quiet():
            expected, as_ours = embedded(path), embedded_as_ours(path)
        if expected is None or as_ours is None:
            continue
        found.append(
            Outcome(
                name,
                half_of(name),
                difference(ours, path, as_ours),
                difference(theirs, path, expected),
                shown_features(path),
            )
        )
    return found


def shown_features(path: Path) -> frozenset[str]:
    """Those of the layers that are shown."""
    with quiet():
        nodes = tree(open_document(path, Limits()))
        shown = [node.layer for node in nodes if node.shown and node.layer.opacity]
        return frozenset(feature for layer in shown for feature in features(layer))


def share(values: list[float], limit: float) -> float:
    return round(sum(value <= limit for value in values) / max(1, len(values)), 4)


def summarized(found: list[Outcome]) -> dict[str, float]:
    ratios: dict[str, float] = {}
    for half in "AB":
        part = [outcome for outcome in found if outcome.half == half]
        for who in ("ours", "theirs"):
            values = [getattr(outcome, who) for outcome in part]
            shares = {levels: share(values, levels) for levels in WITHIN}
            said = "  ".join(f"<={levels:g} {of:.3f}" for levels, of in shares.items())
            print(f"{half} {who:<7} {len(values):4} files  {said}")
            if who == "ours":
                for levels, of in shares.items():
                    ratios[f"within_{levels:g}_of_{half.lower()}"] = of
    worse = [one for one in found if one.ours > one.theirs + 1]
    for one in worse:
        print(f"worse: {one.name}: {one.ours:.2f}, psd-tools {one.theirs:.2f}")
    ratios["worse_by_more_than_1"] = len(worse)
    unnamed = [one for one in found if not one.is_named]
    for one in unnamed:
        if one.ours > LEVELS:
            print(f"not named: {one.name}: {one.ours:.2f}")
    beyond = sum(one.ours > LEVELS for one in unnamed)
    ratios["unnamed_and_beyond_1"] = beyond / max(1, len(unnamed))
    return ratios


def main() -> None:
    root = corpus()
    if not root.is_dir():
        raise SystemExit(f"The corpus is missing: {root}. Name it in CORPUS.")
    found = compare(root)
    if os.environ.get("WRITE") == "1":
        feature_tables.write([Drawing(one.ours, one.features) for one in found])
    ratios = summarized(found)
    summary.say("psd_corpus", ratios, at_least=AT_LEAST, at_most=AT_MOST, places=4)


if __name__ == "__main__":
    main()
