"""HTTP bodies of presets."""

from typing import Any

from pydantic import Field

from onemanage.gateway.http.schemas import Body
from onemanage.gateway.http.shown import Answer, list_of
from onemanage.gateway.images.schemas import RECIPE, RECIPE_TEXT
from onemanage.gateway.presets.store import PresetRow


class PresetRequest(Body):
    """A recipe that is to be used by its name."""

    recipe: dict[str, Any] = Field(description=RECIPE_TEXT, examples=[RECIPE])


class PresetOut(Answer, of=PresetRow):
    """A recipe that has a name."""

    recipe: dict[str, Any]


PresetList = list_of(PresetOut)
