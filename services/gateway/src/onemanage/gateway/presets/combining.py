"""A preset with those that it extends, as one recipe with parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onemanage.contracts.imaging.parameters import (
    Parameter,
    check_parameters,
    filled,
    places,
    written_out,
)
from onemanage.contracts.imaging.recipe_checks import InvalidRecipe
from onemanage.contracts.imaging.recipes import Recipe, addresses_of
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.presets.store import PresetRow, PresetStore

MAX_DEPTH = 5
"""Presets one of which extends the next."""
MAX_EXTENDED = 32
_CODE = InvalidRecipe.code

type Rows = dict[str, PresetRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """What a preset means, with those that go before it."""

    recipe: dict[str, Any]
    parameters: dict[str, Parameter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A preset that may be saved, every default of its own recipe written out."""

    recipe: dict[str, Any]
    parameters: dict[str, Parameter]
    addresses: list[str]
    """Of images that it names, with the defaults."""


async def used(
    presets: PresetStore, workspace_id: str, row: PresetRow, given: Mapping[str, Any]
) -> Recipe:
    """The recipe of a preset with these parameters. Raises Problem."""
    rows = await _extended(presets, workspace_id, row.name, row.extends, "/preset")
    found = combined([*_in_order(rows, row.extends), row])
    try:
        return filled(found.recipe, found.parameters, given)
    except InvalidRecipe as error:
        errors = [
            (
                {"pointer": fault.pointer, "detail": fault.message}
                if fault.pointer.startswith("/parameters")
                else {
                    "pointer": "/preset",
                    "detail": f"{fault.pointer}: {fault.message}",
                }
            )
            for fault in error.faults
        ]
        detail = f"The preset {row.name} cannot be used so. See errors."
        raise Problem(422, _CODE, detail, errors=errors) from None


async def checked(
    presets: PresetStore,
    workspace_id: str,
    name: str,
    recipe: dict[str, Any],
    parameters: Mapping[str, Any],
    extends: Sequence[str],
) -> Checked:
    """What is to be saved under this name: every place of it declared, and its recipe
    one that can be carried out with the defaults. Raises Problem."""
    rows = await _extended(presets, workspace_id, name, extends, "/extends")
    before = combined(_in_order(rows, extends))
    try:
        own = check_parameters(parameters)
    except InvalidRecipe as error:
        raise _refused(error, "/parameters") from None
    known = before.parameters | own
    whole = _joined([before.recipe, recipe])
    try:
        made = Checked(
            recipe=written_out(recipe, known),
            parameters=own,
            addresses=addresses_of(filled(whole, known, {})),
        )
        idle = own.keys() - set(places(whole).values())
    except InvalidRecipe as error:
        raise _refused(error, "") from None
    if idle:
        text = "No place takes it. Leave it out."
        raise _problem({f"/parameters/{one}": text for one in sorted(idle)})
    return made


def combined(rows: Sequence[PresetRow]) -> Combined:
    """In this order: operations one after the other; of all else, and of parameters of
    one name, what the last one says."""
    parameters: dict[str, Parameter] = {}
    for row in rows:
        parameters |= row.parameters
    return Combined(recipe=_joined([row.recipe for row in rows]), parameters=parameters)


def _joined(recipes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for recipe in recipes:
        before = made.get("operations", [])
        made |= recipe
        own = made.get("operations", [])
        if "operations" in recipe and before and isinstance(own, list):
            made["operations"] = [*before, *own]
    return made


def _in_order(rows: Rows, names: Sequence[str]) -> list[PresetRow]:
    """Each after those that it extends, and once, however many extend it."""
    made: list[PresetRow] = []
    seen: set[str] = set()

    def add(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for before in rows[name].extends:
            add(before)
        made.append(rows[name])

    for name in names:
        add(name)
    return made


async def _extended(
    presets: PresetStore, workspace_id: str, name: str, extends: Sequence[str], at: str
) -> Rows:
    """Presets by name, those that ``name`` extends and those that they do. Raises
    Problem, which points ``at`` the place, where one is not there, extends ``name``, or
    they are too many or too deep."""
    rows: Rows = {}
    level, depth = list(extends), 1
    while level:
        depth += 1
        if name in level:
            by = ", ".join(n for n, row in rows.items() if name in row.extends)
            raise _problem({at: f"{name} extends itself, by way of {by or name}."})
        if depth > MAX_DEPTH or len(rows) + len(level) > MAX_EXTENDED:
            text = (
                f"Presets are extended {MAX_DEPTH} deep and {MAX_EXTENDED} in all at "
                "most."
            )
            raise _problem({at: text})
        found = await presets.named(workspace_id, level)
        missing = sorted(set(level) - {row.name for row in found})
        if missing:
            raise _problem({at: f"There is no preset {', '.join(missing)}."})
        rows |= {row.name: row for row in found}
        level = [one for row in found for one in row.extends if one not in rows]
    return rows


def _refused(error: InvalidRecipe, at: str) -> Problem:
    return _problem({f"{at}{fault.pointer}": fault.message for fault in error.faults})


def _problem(faults: Mapping[str, str]) -> Problem:
    errors = [{"pointer": at, "detail": text} for at, text in faults.items()]
    detail = "The preset cannot be carried out. See errors."
    return Problem(422, _CODE, detail, errors=errors)
