"""A recipe as an address has it: the same text for the same recipe."""

from typing import Any

import msgspec

from onemanage.contracts.imaging.addresses.reading import (
    OPERATION_FIELDS,
    OUTPUT_FIELDS,
    READING_FIELDS,
)
from onemanage.contracts.imaging.addresses.values import Fields, text_of
from onemanage.contracts.imaging.operations.geometry import Resize
from onemanage.contracts.imaging.recipes import AnyOperation, Recipe

_RESIZE = {"width": "w", "height": "h"}


def written(recipe: Recipe) -> str:
    """Of the recipe's first variant, defaults left out; a format that is ``auto``, too.

    It needs no escapes, and `read_parts` reads the same recipe of it. The empty text
    where nothing is done.
    """
    variant = recipe.variants[0]
    steps = [_step(one) for one in [*recipe.operations, *variant.operations]]
    reading = _said(recipe.reading, READING_FIELDS)
    if reading:
        steps.insert(0, ",".join(["reading", *reading]))
    kind = str(variant.output.__struct_config__.tag)
    output = _said(variant.output, OUTPUT_FIELDS[kind])
    if output or kind != "auto":
        steps.append(",".join([f"f_{kind}", *output]))
    return "/".join(steps)


def _step(operation: AnyOperation) -> str:
    op = str(operation.__struct_config__.tag)
    is_short = isinstance(operation, Resize) and (operation.width or operation.height)
    said = _said(operation, OPERATION_FIELDS[op], _RESIZE if is_short else {})
    return ",".join(said if is_short else [f"op:{op}", *said])


def _said(part: msgspec.Struct, kinds: Fields, short: dict[str, str] = {}) -> list[str]:
    """The fields that are not as they are by default, in the order of the Struct."""
    values: dict[str, Any] = msgspec.to_builtins(part)
    found = []
    for field in msgspec.structs.fields(type(part)):
        name = field.encode_name
        value = getattr(part, field.name)
        if field.default_factory is not msgspec.NODEFAULT:
            is_default = value == field.default_factory()
        else:
            is_default = field.default is not msgspec.NODEFAULT and (
                value == field.default
            )
        if not is_default:
            head = f"{short[name]}_" if name in short else f"{name}:"
            found.append(head + text_of(values[name], kinds[name]))
    return found
