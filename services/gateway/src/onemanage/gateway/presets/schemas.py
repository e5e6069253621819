"""HTTP bodies of presets."""

from typing import Annotated, Any

import msgspec
from pydantic import Field

from onemanage.contracts.imaging.recipes import Recipe
from onemanage.gateway.http.schemas import Body, example
from onemanage.gateway.http.shown import Answer, list_of
from onemanage.gateway.images.schemas import PRESET_NAME, RECIPE, RECIPE_TEXT
from onemanage.gateway.presets.store import PresetRow


class PresetRequest(Body):
    """A recipe that is to be used by its name."""

    model_config = example(recipe=RECIPE)

    recipe: dict[str, Any] = Field(
        description=RECIPE_TEXT + ' `{"$": "width"}` in it is a parameter\'s place.',
        examples=[RECIPE],
    )
    parameters: dict[str, dict[str, Any]] = Field(
        default={},
        description="What may be said for the places of the recipe, by name: "
        "`default`, and `minimum`, `maximum`, `among`, `description`.",
        examples=[{"width": {"default": 300, "maximum": 2000}}],
    )
    extends: list[Annotated[str, Field(pattern=PRESET_NAME)]] = Field(
        default=[],
        max_length=8,
        description="Presets whose operations go before its own; what it does not say "
        "is as the last of them says.",
        examples=[["base"]],
    )


class PresetOut(Answer, of=PresetRow):
    """A recipe that has a name."""

    recipe: dict[str, Any]

    @classmethod
    def of_row(cls, row: PresetRow) -> dict[str, Any]:
        """Whole where it extends nothing; else only what it says itself, as the rest
        is told by others."""
        rest = {} if row.extends else msgspec.to_builtins(Recipe())
        return cls.shown(row, recipe=rest | row.recipe)


PresetList = list_of(PresetOut)
