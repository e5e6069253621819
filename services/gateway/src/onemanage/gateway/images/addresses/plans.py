"""From the words of an address to what is made, and under which key it is kept."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from cachetools import LRUCache

from onemanage.contracts.imaging.addresses.assembling import assembled
from onemanage.contracts.imaging.addresses.faults import AddressFault, InvalidAddress
from onemanage.contracts.imaging.addresses.reading import (
    MAX_CHARACTERS,
    Parts,
    UsedPreset,
    read_parts,
)
from onemanage.contracts.imaging.recipe_checks import is_negotiated, negotiated
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.gateway.http.problems import Problem

PRESET_SECONDS = 2.0
"""For which a preset is used as it was."""
_MAX_READ = 20_000_000
_MAX_PLANNED = 40_000_000
_STEP_BYTES = 1_000
"""Or a little less, of a step that was read; so the two above are bytes, nearly."""

type Words = tuple[str, str, str, str | None, str | None]
"""Workspace, source, recipe and format of an address, and what is accepted."""
type FindPreset = Callable[[str, UsedPreset], Awaitable[dict[str, Any]]]
"""The recipe of a workspace's preset, its parameters filled in. Raises Problem."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is made of a source."""

    recipe: Recipe
    """Of one variant, its output settled as far as Accept says."""
    identity: str
    """Of the source that it is for."""
    store_key: str
    varies: bool
    """By Accept."""
    is_fixed: bool
    """The same bytes for ever: neither a preset nor an outside address is in it."""
    good_until: float
    """By the monotonic clock: then the preset is looked up again."""


class Plans:
    """Those that were asked for lately: whoever writes long recipes displaces the rest,
    and fills no memory."""

    def __init__(self) -> None:
        self._kept: LRUCache[Words, Plan] = LRUCache(_MAX_PLANNED, getsizeof=_planned)

    def get(self, words: Words, identity: str) -> Plan | None:
        """None also where the source is another by now, or a preset may be."""
        found = self._kept.get(words)
        if found is None or found.identity != identity:
            return None
        return found if time.monotonic() < found.good_until else None

    def keep(self, words: Words, plan: Plan) -> None:
        """Until there is no room."""
        self._kept[words] = plan


class Readers:
    """Recipes of addresses, each read once."""

    def __init__(self) -> None:
        self._read: LRUCache[str, Parts] = LRUCache(_MAX_READ, getsizeof=_read)

    def parts(self, recipe: str) -> Parts:
        """Raises a 422 or 414 Problem."""
        found = self._read.get(recipe)
        if found is None:
            if len(recipe) > MAX_CHARACTERS:
                raise _too_long(len(recipe))
            found = self._read[recipe] = refusing(read_parts, recipe)
        return found


def refusing[**P, R](read: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
    """What it returns. Raises a 422 Problem in place of InvalidAddress."""
    try:
        return read(*args, **more)
    except InvalidAddress as error:
        raise _refused(error.faults) from None


async def recipe_of(
    parts: Parts, ending: str | None, workspace_id: str, find_preset: FindPreset
) -> Recipe:
    """Checked; its output may still be ``auto``. Raises Problem."""
    presets = [await find_preset(workspace_id, used) for used in parts.presets]
    return refusing(assembled, parts, presets, ending)


def settled(recipe: Recipe, accepted: str | None) -> tuple[Recipe, bool]:
    """With the format for whoever accepts this one, and whether that decides."""
    (variant,) = recipe.variants
    if not is_negotiated(variant.output):
        return recipe, False
    output = negotiated(variant.output, f"image/{accepted}" if accepted else "")
    variant = msgspec.structs.replace(variant, output=output)
    return msgspec.structs.replace(recipe, variants=[variant]), True


def _read(parts: Parts) -> int:
    return _STEP_BYTES * (2 + len(parts.steps))


def _planned(plan: Plan) -> int:
    return _STEP_BYTES * (3 + len(plan.recipe.operations))


def _refused(faults: list[AddressFault]) -> Problem:
    errors = [{"pointer": one.pointer, "detail": one.message} for one in faults]
    detail = "The recipe in the address cannot be carried out. See errors."
    return Problem(422, "image.bad_address", detail, errors=errors)


def _too_long(characters: int) -> Problem:
    detail = (
        f"The recipe in the address has {characters:,} characters, and "
        f"{MAX_CHARACTERS:,} are the most. Save it as a preset, and name that."
    )
    return Problem(414, "image.address_too_long", detail)
