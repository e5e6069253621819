"""Descriptors, read from bytes that are in memory already.

psd-tools reads them from a file, value by value, and checks each of its objects when it
is made: most of the time that a small document takes. Here the same objects of its
classes are made, without those checks, of what stands at a place in the bytes; the
layout is that of Adobe's file format, "Descriptor structure". What is rare and holds
nothing else is left to psd-tools' own classes.
"""

import io
import struct
from codecs import utf_16_be_decode
from collections.abc import Callable
from typing import Any

from psd_tools.psd.descriptor import (
    TYPES,
    Bool,
    Descriptor,
    DescriptorBlock,
    DescriptorBlock2,
    Double,
    Enumerated,
    GlobalObject,
    Integer,
    List,
    ObjectArray,
    RawData,
    Reference,
    String,
    UnitFloat,
)
from psd_tools.psd.parse_limits import _ParseBudget as Budget
from psd_tools.terminology import Enum, Unit

from onemanage.psd.domain.enumerations import letters

type Read = Callable[[bytes, int, int, Budget], tuple[Any, int]]
"""From the bytes, where the value begins, how many others it stands in and what may
still be made: the value, and where it ends."""

_DEEPEST = 64
"""Descriptors and lists within each other, as psd-tools has it."""
_VERSION = 16
_LETTERS = 4
"""Of a key, and of the name of a value's type."""
_COUNT = struct.Struct(">I").unpack_from
_VERSIONS = struct.Struct(">II").unpack_from
_DOUBLE = struct.Struct(">d").unpack_from
_UNIT_FLOAT = struct.Struct(">4sd").unpack_from
_LONG = struct.Struct(">i").unpack_from
_UNITS: dict[bytes, Unit | Enum] = {
    one.value: one for kind in (Enum, Unit) for one in kind
}
"""Rulers' units are among the enumerated values."""
_new, _put = object.__new__, object.__setattr__
"""Past the checks and conversions of psd-tools' classes."""


def descriptor(data: bytes, at: int, budget: Budget) -> tuple[Descriptor, int]:
    """Name, class and items, and where they end in ``data``.

    Raises ParseLimitError where it is too deep or too large; where it is none, or
    damaged, ValueError, KeyError, OSError or struct.error.
    """
    made, end = _body(Descriptor, data, at, 1, budget)
    return made, _within(data, end)


def block(data: bytes, at: int, budget: Budget) -> tuple[DescriptorBlock, int]:
    """The same, with a version before it."""
    (version,) = _COUNT(data, at)
    made, end = _body(DescriptorBlock, data, at + 4, 1, budget)
    _put(made, "version", _expected(version))
    return made, _within(data, end)


def block2(data: bytes, at: int, budget: Budget) -> tuple[DescriptorBlock2, int]:
    """The same, with two versions before it: of what it is in, and its own."""
    version, data_version = _VERSIONS(data, at)
    made, end = _body(DescriptorBlock2, data, at + 8, 1, budget)
    _put(made, "version", version)
    _put(made, "data_version", _expected(data_version))
    return made, _within(data, end)


def _expected(version: int) -> int:
    if version != _VERSION:
        raise ValueError(f"a descriptor of version {version}")
    return version


def _within(data: bytes, end: int) -> int:
    """What is cut out past the end is short and says nothing; places only grow."""
    if end > len(data):
        raise OSError("a descriptor that ends too early")
    return end


def _body(
    kind: type, data: bytes, at: int, depth: int, budget: Budget
) -> tuple[Any, int]:
    """Name, class and items; ``depth`` counts this one."""
    _check(depth, budget)
    name, at = _characters(data, at)
    class_id, at = _key(data, at)
    (count,) = _COUNT(data, at)
    at += 4
    items = {}
    for _ in range(count):
        (length,) = _COUNT(data, at)
        at += 4
        end = at + (length or _LETTERS)
        key, at = data[at:end], end + _LETTERS
        items[key], at = _READERS[data[end:at]](data, at, depth, budget)
        budget.objects += 1
    made: Any = _new(kind)
    _put(made, "_items", items)
    _put(made, "name", name)
    _put(made, "classID", class_id)
    return made, at


def _descriptor(
    data: bytes, at: int, depth: int, budget: Budget
) -> tuple[Descriptor, int]:
    return _body(Descriptor, data, at, depth + 1, budget)


def _global_object(
    data: bytes, at: int, depth: int, budget: Budget
) -> tuple[GlobalObject, int]:
    return _body(GlobalObject, data, at, depth + 1, budget)


def _object_array(
    data: bytes, at: int, depth: int, budget: Budget
) -> tuple[ObjectArray, int]:
    (count,) = _COUNT(data, at)
    made, at = _body(ObjectArray, data, at + 4, depth + 1, budget)
    _put(made, "items_count", count)
    return made, at


def _items(
    kind: type, data: bytes, at: int, depth: int, budget: Budget
) -> tuple[Any, int]:
    (count,) = _COUNT(data, at)
    at += 4
    items = []
    for number in range(count):
        if not number % 1024:
            _check(depth, budget)
        begin = at + _LETTERS
        value, at = _READERS[data[at:begin]](data, begin, depth, budget)
        items.append(value)
        budget.objects += 1
    made: Any = _new(kind)
    _put(made, "_items", items)
    return made, at


def _list(data: bytes, at: int, depth: int, budget: Budget) -> tuple[List, int]:
    return _items(List, data, at, depth + 1, budget)


def _reference(
    data: bytes, at: int, depth: int, budget: Budget
) -> tuple[Reference, int]:
    return _items(Reference, data, at, depth + 1, budget)


def _check(depth: int, budget: Budget) -> None:
    if depth > _DEEPEST:
        budget.check(depth, _DEEPEST, "max_nesting_depth")
    budget.check(budget.objects, budget.limits.max_objects, "max_objects")


def _key(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _COUNT(data, at)
    end = at + 4 + (length or _LETTERS)
    return data[at + 4 : end], end


def _characters(data: bytes, at: int) -> tuple[str, int]:
    (count,) = _COUNT(data, at)
    end = at + 4 + 2 * count
    return utf_16_be_decode(data[at + 4 : end], "strict", True)[0], end


def _double(data: bytes, at: int, _: int, __: Budget) -> tuple[Double, int]:
    made = _new(Double)
    _put(made, "value", _DOUBLE(data, at)[0])
    return made, at + 8


def _unit_float(data: bytes, at: int, _: int, __: Budget) -> tuple[UnitFloat, int]:
    unit, value = _UNIT_FLOAT(data, at)
    made = _new(UnitFloat)
    _put(made, "value", value)
    _put(made, "unit", _UNITS[unit])
    return made, at + 12


def _string(data: bytes, at: int, _: int, __: Budget) -> tuple[String, int]:
    made = _new(String)
    value, end = _characters(data, at)
    _put(made, "value", value)
    return made, end


def _enumerated(data: bytes, at: int, _: int, __: Budget) -> tuple[Enumerated, int]:
    kind, at = _key(data, at)
    value, at = _key(data, at)
    made = _new(Enumerated)
    _put(made, "typeID", kind)
    _put(made, "enum", value if len(value) == _LETTERS else letters(kind, value))
    return made, at


def _integer(data: bytes, at: int, _: int, __: Budget) -> tuple[Integer, int]:
    made = _new(Integer)
    _put(made, "value", _LONG(data, at)[0])
    return made, at + 4


def _boolean(data: bytes, at: int, _: int, __: Budget) -> tuple[Bool, int]:
    made = _new(Bool)
    _put(made, "value", bool(data[at]))
    return made, at + 1


def _raw(data: bytes, at: int, _: int, __: Budget) -> tuple[RawData, int]:
    (length,) = _COUNT(data, at)
    end = at + 4 + length
    made = _new(RawData)
    _put(made, "value", data[at + 4 : end])
    return made, end


def _left_to(kind: Any) -> Read:
    """One of psd-tools' classes that holds no others."""

    def read(data: bytes, at: int, _: int, __: Budget) -> tuple[Any, int]:
        with io.BytesIO(data) as file:
            file.seek(at)
            return kind.read(file), file.tell()

    return read


_READERS: dict[bytes, Read] = {
    **{ostype.value: _left_to(kind) for ostype, kind in TYPES.items()},
    b"Objc": _descriptor,
    b"GlbO": _global_object,
    b"ObAr": _object_array,
    b"VlLs": _list,
    b"obj ": _reference,
    b"doub": _double,
    b"UntF": _unit_float,
    b"TEXT": _string,
    b"enum": _enumerated,
    b"long": _integer,
    b"bool": _boolean,
    b"tdta": _raw,
}
