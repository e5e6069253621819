"""From what an address says to the recipe that is carried out."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from onemanage.contracts.imaging.addresses.faults import AddressFault, InvalidAddress
from onemanage.contracts.imaging.addresses.names import WORDS
from onemanage.contracts.imaging.addresses.reading import (
    OUTPUT_FIELDS,
    Operation,
    Parts,
    UsedPreset,
)
from onemanage.contracts.imaging.recipe_checks import InvalidRecipe, check_recipe
from onemanage.contracts.imaging.recipes import Recipe

type Json = dict[str, Any]
_AUTO = "auto"
_OUTPUT = "/variants/0/output"


def format_of(ending: str) -> str | None:
    """The format that a file name's ending stands for; None where there is none."""
    name = WORDS["f"].get(ending, ending)
    return name if name in OUTPUT_FIELDS and name != _AUTO else None


def assembled(
    parts: Parts, presets: Sequence[Mapping[str, Any]], ending: str | None = None
) -> Recipe:
    """The recipe, checked, with one variant whose format may still be ``auto``.

    ``presets`` are the recipes, as JSON has them, that the steps ``parts.presets`` use,
    in their order. ``ending`` is what follows the source in the address. Raises
    InvalidAddress. Two addresses that say the same give equal recipes.
    """
    built = _Built(parts)
    known = iter(presets)
    for step in parts.steps:
        if isinstance(step, Operation):
            built.add(step)
        else:
            built.use(step, next(known))
    return built.checked(ending)


class _Built:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._operations: list[Json] = []
        self._output: Json = {}
        self._reading: Json = {}
        self._places = {
            (
                f"{_OUTPUT}{place.removeprefix('output')}"
                if place.startswith("output/")
                else f"/{place}"
            ): pointer
            for place, pointer in parts.places.items()
        }

    def add(self, step: Operation) -> None:
        at = f"/operations/{len(self._operations)}"
        self._operations.append(step.fields)
        self._places[at] = step.pointer
        for field, pointer in step.places.items():
            self._places[f"{at}/{field}"] = pointer

    def use(self, step: UsedPreset, recipe: Mapping[str, Any]) -> None:
        """Its operations come here; a later one's output takes an earlier one's place."""
        variant = _variant(step, recipe)
        for operation in [*recipe.get("operations", []), *variant["operations"]]:
            self._places[f"/operations/{len(self._operations)}"] = step.pointer
            self._operations.append(operation)
        self._output = dict(variant["output"])
        self._reading |= recipe.get("reading", {})

    def checked(self, ending: str | None) -> Recipe:
        recipe = {
            "operations": self._operations,
            "reading": self._reading | self._parts.reading,
            "variants": [{"output": self._whole_output(ending)}],
        }
        try:
            return check_recipe(recipe)
        except InvalidRecipe as error:
            faults = [
                AddressFault(pointer=self._place(one.pointer), message=one.message)
                for one in error.faults
            ]
            raise InvalidAddress(faults) from None

    def _whole_output(self, ending: str | None) -> Json:
        said = dict(self._parts.output)
        wanted = said.get("format")
        if ending is not None:
            found = format_of(ending)
            if found is None or wanted not in (None, _AUTO, found):
                known = ", ".join(name for name in OUTPUT_FIELDS if name != _AUTO)
                text = f"The ending is to be one of {known}, and no other than f_ says."
                raise InvalidAddress([AddressFault(pointer="/format", message=text)])
            wanted = found
        before = self._output.get("format", _AUTO)
        if wanted in (None, before):
            return {"format": before} | self._output | said
        return said | {"format": wanted}

    def _place(self, pointer: str) -> str:
        """The nearest that the address says."""
        while pointer and pointer not in self._places:
            pointer = pointer.rpartition("/")[0]
        return self._places.get(pointer, "/recipe")


def _variant(step: UsedPreset, recipe: Mapping[str, Any]) -> Json:
    variants: list[Json] = msgspec.to_builtins(recipe.get("variants") or [{}])
    by_name = {one.get("name", "image"): one for one in variants}
    if step.variant is None and len(variants) == 1:
        found: Json | None = variants[0]
    else:
        found = by_name.get(step.variant or "")
    if found is None:
        known = ", ".join(f"p_{step.name}.{name}" for name in by_name)
        text = f"The preset has several variants, or none of this name: {known}."
        raise InvalidAddress([AddressFault(pointer=step.pointer, message=text)])
    return {"operations": [], "output": {"format": _AUTO}} | found
