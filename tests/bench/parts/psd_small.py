"""Small and middle files of the corpus, and what two ways to work on them take.

Canvases of a tenth of a megapixel to four, with layers that have pixels. Smaller ones,
of which the corpus has two hundred of 64 x 64 and less, are taken together: what they
take is a millisecond here and there, and no image.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from onemanage.psd.domain.channels import holds_pixels
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.errors import InvalidDocument
from tests.bench import psd_corpus

LEAST, MOST = 100_000, 4_000_000
"""Pixels of the canvas."""
ROUNDS = 3

type Work = Callable[[Path, Path], None]
"""On a document, to a folder."""


@dataclass(frozen=True, slots=True)
class Pair:
    """CPU seconds, the least of some rounds."""

    name: str
    theirs: float
    ours: float
    opened: float
    """By psd-tools alone."""

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours


def found() -> list[Path]:
    """Each document once, whatever its format and wherever it lies."""
    documents: dict[tuple[int, bytes], Path] = {}
    for path in sorted(psd_corpus.corpus().rglob("*.ps[db]")):
        try:
            with quiet():
                document = open_document(path, Limits())
        except InvalidDocument:
            continue
        channels = [x for layer in document.descendants() for x in layer._channels]
        is_small = LEAST <= document.width * document.height <= MOST
        if is_small and any(map(holds_pixels, channels)):
            data = path.read_bytes()
            documents.setdefault((len(data), data[-4096:]), path)
    return list(documents.values())


def pair(path: Path, theirs: Work, ours: Work, opened: Work) -> Pair:
    """In turns, so that a busy machine disturbs all alike."""
    rounds: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, work in (("theirs", theirs), ("ours", ours), ("opened", opened)):
            rounds.setdefault(name, []).append(_seconds(work, path))
    return Pair(path.name, **{name: min(values) for name, values in rounds.items()})


def _seconds(work: Work, path: Path) -> float:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as out:
        begun = time.process_time()
        work(path, Path(out))
        return time.process_time() - begun


def say(pairs: Sequence[Pair]) -> None:
    """A line each, the worst first."""
    for one in sorted(pairs, key=lambda one: one.ratio):
        print(
            f"{one.name:<52} naive {one.theirs:6.3f} s (open {one.opened:5.3f})  "
            f"ours {one.ours:6.3f} s  {one.ratio:5.1f}x"
        )


def ratios(pairs: Sequence[Pair]) -> dict[str, float]:
    """Nothing where the corpus is not at hand."""
    if not pairs:
        return {}
    values = [one.ratio for one in pairs]
    return {"real_median": statistics.median(values), "real_each": min(values)}
