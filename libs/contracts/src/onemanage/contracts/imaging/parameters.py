"""Recipes with places that are filled when they are used.

``{"$": "width"}`` stands where a number, a text, true or false may. What may be said
for a name, a `Parameter` declares; what a place takes besides, its field does. The
operation and the format themselves, ``op`` and ``format``, are no places.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.recipe_checks import (
    InvalidRecipe,
    RecipeFault,
    check_recipe,
    part_faults,
)
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.contracts.imaging.unknown_fields import escaped
from onemanage.contracts.public import shows_all

MAX_PARAMETERS = 32
NAME = "^[a-z][a-z0-9_]{0,31}$"
"""Of a parameter."""
_SIGN = "$"
_TAGS = ("op", "format")

type Value = bool | int | float | Annotated[str, Meta(max_length=2_000)] | None


@shows_all
class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said for one name."""

    default: Value
    """Where nothing is said. Null for the field's own default."""
    minimum: float | None = None
    """Of a number, besides what the field allows; so ``maximum``."""
    maximum: float | None = None
    among: Annotated[list[Value], Meta(max_length=100)] = []
    """The only values that may be given; none here where any may."""
    description: Annotated[str, Meta(max_length=500)] = ""


def check_parameters(given: Mapping[str, Any]) -> dict[str, Parameter]:
    """What was declared. Raises InvalidRecipe with pointers as ``/width/default``."""
    faults: list[RecipeFault] = []
    if len(given) > MAX_PARAMETERS:
        faults.append(_fault("", f"At most {MAX_PARAMETERS} parameters are allowed."))
    for name, part in given.items():
        pointer = f"/{escaped(name)}"
        try:
            msgspec.convert(name, Annotated[str, Meta(pattern=NAME)])
        except msgspec.ValidationError:
            text = "A name is a small letter, then small letters, digits and _: 32."
            faults.append(_fault(pointer, text))
        faults += part_faults(part, Parameter, pointer)
    if faults:
        raise InvalidRecipe(faults)
    made = {n: msgspec.convert(part, Parameter) for n, part in given.items()}
    for name, parameter in made.items():
        said = _refusal(parameter, parameter.default)
        if said is not None:
            faults.append(_fault(f"/{name}/default", said))
    if faults:
        raise InvalidRecipe(faults)
    return made


def places(recipe: Any) -> dict[str, str]:
    """Names of parameters by the pointer of where each stands. Raises InvalidRecipe."""
    found = list(_walked(recipe, ""))
    faults = [_fault(pointer, said) for pointer, name, said in found if name is None]
    if faults:
        raise InvalidRecipe(faults)
    return {pointer: name for pointer, name, _ in found if name is not None}


def filled(
    recipe: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    given: Mapping[str, Any],
) -> Recipe:
    """The recipe with ``given`` in its places, or the defaults; checked.

    A text that is given for what is a number, true or false by its default is read as
    one: addresses hold nothing but text. Raises InvalidRecipe, whose pointers begin
    with ``/recipe`` or ``/parameters``.
    """
    where = places(recipe)
    values, faults = _values(parameters, given)
    for pointer, name in where.items():
        if name not in parameters:
            text = f"There is no parameter {name}. Declare it in parameters."
            faults.append(_fault(f"/recipe{pointer}", text))
    if faults:
        raise InvalidRecipe(faults)
    try:
        return check_recipe(_filled(recipe, values))
    except InvalidRecipe as error:
        raise InvalidRecipe([_placed(one, where) for one in error.faults]) from None


def written_out(
    recipe: Mapping[str, Any], parameters: Mapping[str, Parameter]
) -> dict[str, Any]:
    """The recipe with every default of what it names written out, its places kept.

    Parts of it that are not named, as ``variants``, stay so. Raises InvalidRecipe.
    """
    made: dict[str, Any] = msgspec.to_builtins(filled(recipe, parameters, {}))
    for pointer, name in places(recipe).items():
        *way, last = pointer.split("/")[1:]
        part: Any = made
        for step in way:
            part = part[int(step) if isinstance(part, list) else step]
        part[int(last) if isinstance(part, list) else last] = {_SIGN: name}
    return {name: part for name, part in made.items() if name in recipe}


def _walked(part: Any, pointer: str) -> Iterator[tuple[str, str | None, str]]:
    """Pointer and name of each place; no name, and what is wrong with it, of others."""
    if isinstance(part, dict) and _SIGN in part:
        name = part[_SIGN]
        if len(part) > 1 or not isinstance(name, str):
            yield pointer, None, 'A place is {"$": "name"} and no more.'
        elif pointer.rpartition("/")[2] in _TAGS:
            yield pointer, None, "The operation and the format cannot be parameters."
        else:
            yield pointer, name, ""
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from _walked(inner, f"{pointer}/{escaped(str(name))}")
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from _walked(inner, f"{pointer}/{number}")


def _filled(part: Any, values: Mapping[str, Value]) -> Any:
    """A field that gets null is left to its own default."""
    if isinstance(part, dict):
        if _SIGN in part:
            return values[part[_SIGN]]
        made = {name: _filled(inner, values) for name, inner in part.items()}
        return {
            name: inner
            for name, inner in made.items()
            if inner is not None or part[name] is None
        }
    return (
        [_filled(inner, values) for inner in part] if isinstance(part, list) else part
    )


def _values(
    parameters: Mapping[str, Parameter], given: Mapping[str, Any]
) -> tuple[dict[str, Value], list[RecipeFault]]:
    values: dict[str, Value] = {n: one.default for n, one in parameters.items()}
    faults = []
    for name, value in given.items():
        pointer = f"/parameters/{escaped(name)}"
        if name not in parameters:
            known = ", ".join(sorted(parameters)) or "none"
            text = f"There is no such parameter. Known are {known}."
            faults.append(_fault(pointer, text))
            continue
        values[name] = _read(parameters[name], value)
        said = _refusal(parameters[name], values[name])
        if said is not None:
            faults.append(_fault(pointer, said))
    return values, faults


def _read(parameter: Parameter, value: Any) -> Any:
    """What a text means where the default is no text."""
    if not isinstance(value, str) or isinstance(parameter.default, str):
        return value
    try:
        found = msgspec.json.decode(value.encode(), type=bool | int | float)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return value
    return found


def _refusal(parameter: Parameter, value: Any) -> str | None:
    """Why the value cannot be taken; None where it can."""
    try:
        msgspec.convert(value, Value)
    except msgspec.ValidationError:
        return "Must be a number, a text, true, false or null."
    among = parameter.among
    if among and not any(_same(value, one) for one in among):
        listed = ", ".join(msgspec.json.encode(one).decode() for one in among)
        return f"Must be one of {listed}."
    low, high = parameter.minimum, parameter.maximum
    if value is None or (low is None and high is None):
        return None
    if isinstance(value, bool | str):
        return "Must be a number."
    if low is not None and value < low:
        return f"Must be at least {low:g}."
    return f"Must be at most {high:g}." if high is not None and value > high else None


def _same(one: Value, other: Value) -> bool:
    """True and 1 are not."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _placed(fault: RecipeFault, where: Mapping[str, str]) -> RecipeFault:
    """At the parameter, where it was one that filled the place."""
    name = where.get(fault.pointer)
    if name is None:
        return _fault(f"/recipe{fault.pointer}", fault.message)
    text = f"{fault.message} (as {fault.pointer} of the recipe)"
    return _fault(f"/parameters/{name}", text)


def _fault(pointer: str, message: str) -> RecipeFault:
    return RecipeFault(pointer=pointer, message=message)
