"""One image of a recipe for somebody who waits. Runs in the sandbox's child."""

from collections.abc import Mapping
from pathlib import Path

from onemanage.contracts.imaging.recipes import Recipe
from onemanage.imaging.domain.costs import seconds_of
from onemanage.imaging.domain.inputs import read_header
from onemanage.imaging.domain.pipeline import run_recipe
from onemanage.imaging.domain.results import VariantResult
from onemanage.imaging.errors import HEAVY, InvalidImage, heavy_text


def make_quickly(
    path: Path,
    recipe: Recipe,
    folder: Path,
    watermarks: Mapping[str, Path],
    weights: Path | None,
    most_seconds: float,
) -> VariantResult:
    """Write the file of a recipe's one variant to ``folder``.

    Raises InvalidImage; its code is ``imaging.heavy`` where by the header of the source
    it would take more than ``most_seconds`` of processor time.
    """
    header = read_header(path, recipe.reading)
    seconds = seconds_of(recipe, header)
    if seconds > most_seconds:
        raise InvalidImage(HEAVY, heavy_text(most_seconds), "the source")
    (made,) = run_recipe(path, recipe, folder, watermarks, weights)
    return made
