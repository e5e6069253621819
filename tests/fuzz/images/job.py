"""What runs in the child: a recipe, and now and then an analysis or a background.

Importable by the fork server, and light.
"""

import resource
from dataclasses import dataclass
from pathlib import Path

import msgspec

from onemanage.contracts.imaging.backgrounds import BackgroundSpec
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.analysis.of_file import analyze_file
from onemanage.imaging.domain.background.make import make_background
from onemanage.imaging.domain.pipeline import run_recipe
from onemanage.imaging.domain.results import VariantResult

RECIPE = check_recipe(
    {
        "operations": [{"op": "resize", "width": 40}],
        "variants": [
            {"name": "a", "output": {"format": "webp"}},
            {
                "name": "b",
                "operations": [{"op": "crop", "width": 20, "height": 20}],
                "output": {"format": "png"},
            },
        ],
    }
)


@dataclass(frozen=True, slots=True)
class Done:
    """What is left to say of a file that could be read."""

    images: int
    warnings: tuple[str, ...]
    missing: str = ""
    """What a job promises and this one lacks."""
    peak: int = 0
    """Bytes of memory that the child has used at most."""


def work(path: Path, out: Path, number: int) -> Done:
    """Every third file is analysed instead, and every twelfth loses its background."""
    if number % 12 == 1:
        found = make_background(path, BackgroundSpec(), {}, out)
        return _done(found.images, out)
    if number % 3 == 2:
        msgspec.json.encode(analyze_file(path))
        return Done(images=0, warnings=(), peak=_peak())
    return _done(run_recipe(path, RECIPE, out), out)


def _done(made: list[VariantResult], out: Path) -> Done:
    missing = ""
    for one in made:
        if (out / one.path).stat().st_size != one.size:
            missing = f"{one.path} does not have the size that is said"
    warnings = tuple(text for one in made for text in one.warnings)
    return Done(images=len(made), warnings=warnings, missing=missing, peak=_peak())


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
