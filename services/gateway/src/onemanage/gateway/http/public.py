"""What of a Struct leaves the gateway: what it declares public, at any depth.

The same shapes cut answers and the API's description, so the two cannot differ.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeAliasType, get_args, get_origin

import msgspec

from onemanage.contracts.public import public_fields

type Shape = dict[str, Any] | None
"""Public fields by their names in JSON, each with its own shape; None for a value of
which all is public."""


def public(value: Any, kind: Any) -> Any:
    """``value`` is of ``kind``, as JSON has it; what is not public is left out.

    Raises LookupError where a Struct in it does not say what is.
    """
    return _cut(value, shape_of(kind))


def structs_in(kind: Any) -> frozenset[type[msgspec.Struct]]:
    """All Structs that a value of this type may hold, itself among them."""
    found: set[type[msgspec.Struct]] = set()
    _collect(kind, found)
    return frozenset(found)


@cache
def shape_of(kind: Any) -> Shape:
    """Raises LookupError as ``public``, and TypeError for a union or a mapping of what
    is public in part: JSON does not tell which of them a value is.
    """
    if isinstance(kind, TypeAliasType):
        return shape_of(kind.__value__)
    cut = [each for each in structs_in(kind) if not _is_whole(each)]
    if not cut:
        return None
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _of_struct(kind)
    if get_origin(kind) is dict:
        raise TypeError(f"{kind} holds what is public in part")
    shapes = [found for each in get_args(kind) if (found := shape_of(each)) is not None]
    if len(shapes) > 1:
        raise TypeError(f"{kind} is a choice of what is public in part")
    return shapes[0]


def _of_struct(kind: type[msgspec.Struct]) -> Shape:
    shown = public_fields(kind)
    shape = {
        field.encode_name: shape_of(field.type)
        for field in msgspec.structs.fields(kind)
        if field.name in shown
    }
    config = kind.__struct_config__
    return shape if config.tag is None else {str(config.tag_field): None, **shape}


def _is_whole(kind: type[msgspec.Struct]) -> bool:
    return public_fields(kind) == frozenset(kind.__struct_fields__)


def _collect(kind: Any, found: set[type[msgspec.Struct]]) -> None:
    if isinstance(kind, TypeAliasType):
        _collect(kind.__value__, found)
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if kind not in found:
            found.add(kind)
            shown = public_fields(kind)
            _collect_all(
                (f.type for f in msgspec.structs.fields(kind) if f.name in shown), found
            )
    else:
        _collect_all(get_args(kind), found)


def _collect_all(kinds: Iterable[Any], found: set[type[msgspec.Struct]]) -> None:
    for each in kinds:
        _collect(each, found)


def _cut(value: Any, shape: Shape) -> Any:
    if shape is None:
        return value
    if isinstance(value, Mapping):
        return {
            name: _cut(each, shape[name])
            for name, each in value.items()
            if name in shape
        }
    if isinstance(value, list):
        return [_cut(each, shape) for each in value]
    return value
