"""What imaging's routes make of a request before it is accepted."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from onemanage.contracts.imaging.backgrounds import BackgroundSpec, Picture
from onemanage.contracts.imaging.images import NamedFile
from onemanage.contracts.imaging.output_checks import output_faults
from onemanage.contracts.imaging.recipe_checks import (
    InvalidRecipe,
    check_recipe,
    negotiated,
)
from onemanage.contracts.imaging.recipes import Recipe, files_of
from onemanage.gateway.files.known import known_file
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.images.sealed_addresses import named_addresses
from onemanage.gateway.presets.combining import used


async def asked_recipe(
    gateway: Gateway,
    caller: Caller,
    recipe: dict[str, Any] | None,
    preset: str | None,
    accept: str,
    parameters: Mapping[str, Any] | None = None,
) -> Recipe:
    """The recipe, or that of the preset with its parameters, with its formats settled.

    Texts stand for numbers too, as addresses have nothing else. Raises Problem.
    """
    if recipe is not None:
        return _negotiated(checked_recipe(recipe), accept)
    assert preset is not None  # the body has one of the two
    row = await gateway.presets.get(caller.workspace_id, preset)
    if row is None:
        raise not_found("preset", preset)
    found = await used(gateway.presets, caller.workspace_id, row, parameters or {})
    return _negotiated(found, accept)


def checked_recipe(given: dict[str, Any]) -> Recipe:
    """Raises Problem, which points at everything that is wrong."""
    try:
        return check_recipe(given)
    except InvalidRecipe as error:
        errors = [
            {"pointer": f"/recipe{fault.pointer}", "detail": fault.message}
            for fault in error.faults
        ]
        detail = "The recipe cannot be carried out. See errors."
        raise Problem(422, error.code, detail, errors=errors) from None


async def needed(gateway: Gateway, caller: Caller, recipe: Recipe) -> dict[str, Any]:
    """What a command holds of a recipe: itself, without what its addresses hide, and
    the files and addresses that it needs besides its source. Raises Problem."""
    recipe, addresses = named_addresses(gateway, caller, recipe)
    return {
        "recipe": msgspec.to_builtins(recipe),
        "watermarks": [
            await _named(gateway, caller, file_id) for file_id in files_of(recipe)
        ],
        "addresses": addresses,
    }


def checked_background(given: dict[str, Any], pointer: str) -> BackgroundSpec:
    """Raises Problem; what is not known is refused, as it would be left undone."""
    try:
        spec = msgspec.convert(given, BackgroundSpec)
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `$")
        place = re.sub(r"[.\[]", "/", path.rstrip("`")).replace("]", "")
        raise _bad_background([(pointer + place, said)]) from None
    unknown = _unknown(given, msgspec.to_builtins(spec), pointer)
    if unknown:
        raise _bad_background(
            [
                (place, "There is no such field. Take it out, or correct its name.")
                for place in unknown
            ]
        )
    if spec.output is not None:
        faults = list(output_faults(spec.output))
        if faults:
            at = f"{pointer}/output"
            raise _bad_background([(f"{at}/{name}", said) for name, said in faults])
    return spec


async def picture(
    gateway: Gateway, caller: Caller, spec: BackgroundSpec
) -> dict[str, Any] | None:
    """The file of a fill that is another picture. Raises Problem."""
    if not isinstance(spec.fill, Picture):
        return None
    return await _named(gateway, caller, spec.fill.file_id)


def _negotiated(recipe: Recipe, accept: str) -> Recipe:
    variants = [
        msgspec.structs.replace(one, output=negotiated(one.output, accept))
        for one in recipe.variants
    ]
    return msgspec.structs.replace(recipe, variants=variants)


async def _named(gateway: Gateway, caller: Caller, file_id: str) -> dict[str, Any]:
    row = await known_file(gateway, caller, file_id)
    found: dict[str, Any] = msgspec.to_builtins(
        NamedFile(file_id=file_id, file_key=row.object_key)
    )
    return found


def _unknown(given: Any, known: Any, pointer: str) -> list[str]:
    """Pointers to fields that were given and mean nothing."""
    if not isinstance(given, dict) or not isinstance(known, dict):
        return []
    found = [f"{pointer}/{name}" for name in given if name not in known]
    for name in given.keys() & known.keys():
        found += _unknown(given[name], known[name], f"{pointer}/{name}")
    return found


def _bad_background(faults: list[tuple[str, str]]) -> Problem:
    detail = "The background cannot be made from this spec. See errors."
    errors = [{"pointer": place, "detail": said} for place, said in faults]
    return Problem(422, "imaging.invalid_spec", detail, errors=errors)
