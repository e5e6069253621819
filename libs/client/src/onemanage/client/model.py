"""What the server answers: objects that read themselves out of the JSON when asked.

A server may be newer than this client. What it says is kept as it came: a field that the
client does not know is reached by ``answer["field"]``, and a value that is none of those
that a type lists is given as it is. A class says its fields by annotations alone, and
nothing of an answer is converted before somebody looks at it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin
from typing import get_type_hints as _hints

Reader = Callable[[Any], Any]
_SECRETS = frozenset({"key", "token", "secret", "password"})
"""Fields that are not shown by ``repr``, which ends up in logs and notebooks."""

_FIELDS: dict[type[Any], frozenset[str]] = {}
_READERS: dict[type[Any], dict[str, Reader]] = {}
"""Of each class, once somebody has asked."""


class Model:
    """An answer, or a part of one. Its fields are read only."""

    __slots__ = ("__dict__", "_data", "_etag")
    _data: dict[str, Any]
    _etag: str | None

    def __init__(self, data: dict[str, Any], etag: str | None = None) -> None:
        object.__setattr__(self, "_data", data)
        object.__setattr__(self, "_etag", etag)

    if not TYPE_CHECKING:  # or no misspelt field would be noticed

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            value = self._read(name)
            self.__dict__[name] = value
            return value

        def __setattr__(self, name: str, value: Any) -> None:
            raise AttributeError(
                f"{type(self).__name__} is what the server said, and cannot be changed. "
                "Change what to_dict() gives."
            )

    def _read(self, name: str) -> Any:
        reader = _readers(type(self)).get(name)
        if name in self._data:
            value = self._data[name]
            return value if reader is None or value is None else reader(value)
        if reader is not None or name in _fields(type(self)):
            return None  # an optional field, or one that an older server lacks
        raise AttributeError(
            f"{type(self).__name__} has no field {name!r}. It has: "
            + ", ".join(self._data)
        )

    def __getitem__(self, name: str) -> Any:
        """The field as JSON has it, whether the client knows it or not."""
        return self._data[name]

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def to_dict(self) -> Any:
        """A copy of the JSON, to be kept, changed and sent again."""
        return _copied(self._data)

    def unknown_fields(self) -> dict[str, Any]:
        """What a newer server says and this client has no name for."""
        known = _fields(type(self))
        return {name: one for name, one in self._data.items() if name not in known}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._data == self._data

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={_shown(self, name)}" for name in self._data)
        return f"{type(self).__name__}({told})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._data, self._etag)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._data]


def etag_of(answer: Model) -> str | None:
    """For ``if_match``: the version that was read, where the server told one."""
    return answer._etag


def _shown(answer: Model, name: str) -> str:
    value = answer._data[name]
    if isinstance(value, str) and name in _SECRETS:
        return "'…'"
    if isinstance(value, str) and name == "url":  # a query may hold a signature
        return repr(value.partition("?")[0])
    if isinstance(value, list) and len(value) > 3:
        return f"[… {len(value)} items]"
    try:
        return repr(getattr(answer, name))
    except (TypeError, ValueError):  # otherwise than the type says: as it came
        return repr(value)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_copied(one) for one in value]
    return value


def _fields(kind: type[Any]) -> frozenset[str]:
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = frozenset(
            name
            for one in kind.__mro__
            for name in getattr(one, "__annotations__", ())
            if not name.startswith("_")
        )
    return found


def _readers(kind: type[Any]) -> dict[str, Reader]:
    """How to read each field that is more than JSON has, from the annotations."""
    found = _READERS.get(kind)
    if found is None:
        module = vars(sys.modules[kind.__module__])
        found = _READERS[kind] = {
            name: reader
            for name, hint in _hints(kind, globalns=module).items()
            if (reader := _reader(hint, module)) is not None
        }
    return found


def _reader(hint: Any, module: dict[str, Any]) -> Reader | None:
    if isinstance(hint, TypeVar):
        bound = hint.__bound__
        return _reader(getattr(bound, "__forward_arg__", bound), module)
    if isinstance(hint, str):
        return _reader(module[hint], module)
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _union([one for one in args if one is not type(None)], module)
    if origin is list:
        return _many(_reader(args[0], module))
    if origin is dict:
        return _named(_reader(args[1], module))
    plain = origin or hint
    if isinstance(plain, type):
        if issubclass(plain, Model):
            return plain
        if issubclass(plain, datetime):
            return moment
    return None


def _many(reader: Reader | None) -> Reader | None:
    if reader is None:
        return None
    return lambda value: [one if one is None else reader(one) for one in value]


def _named(reader: Reader | None) -> Reader | None:
    if reader is None:
        return None
    return lambda value: {
        name: one if one is None else reader(one) for name, one in value.items()
    }


def _union(kinds: list[Any], module: dict[str, Any]) -> Reader | None:
    """Of one kind that is read, or of several classes."""
    readers = [one for one in (_reader(kind, module) for kind in kinds) if one]
    if len(readers) < 2:
        return readers[0] if readers else None
    classes = [kind for kind in kinds if isinstance(kind, type)]
    return lambda value: _closest(classes, value)(value)


def _closest(classes: list[type[Model]], value: dict[str, Any]) -> type[Model]:
    """The class that shares most fields with what came, and lacks fewest."""

    def likeness(kind: type[Model]) -> tuple[int, int]:
        fields = _fields(kind)
        shared = len(fields & value.keys())
        return shared, shared - len(fields)

    return max(classes, key=likeness)


def moment(text: str) -> datetime:
    """RFC 3339, as the server writes it."""
    import msgspec

    return msgspec.convert(text, datetime)
