"""The blocks that a document has most of, read from bytes that are in memory.

psd-tools reads each value by itself, from a file. Here one of its objects is made of
all of them at once; what is damaged raises, and whoever asked sees the bytes.
"""

import io
import struct
from collections.abc import Callable
from typing import Any

from psd_tools.constants import BlendMode, SectionDivider, SheetColorType
from psd_tools.psd.base import ByteElement, IntegerElement, StringElement
from psd_tools.psd.descriptor import DescriptorBlock, DescriptorBlock2, RawData
from psd_tools.psd.engine_data import EngineData
from psd_tools.psd.image_resources import Integer, LayerGroupInfo
from psd_tools.psd.parse_limits import ParseLimitError
from psd_tools.psd.parse_limits import _ParseBudget as Budget
from psd_tools.psd.tagged_blocks import (
    MetadataSetting,
    MetadataSettings,
    ProtectedSetting,
    SectionDividerSetting,
    SheetColorSetting,
    TypeToolObjectSetting,
)
from psd_tools.psd.vector import TYPES as PATH_TYPES
from psd_tools.psd.vector import Knot, Path, Subpath, VectorMaskSetting

from onemanage.psd.domain import descriptors
from onemanage.psd.domain.engine_data import read_engine_data

type Read = Callable[[bytes, Budget], Any]

_U2, _U4, _I4 = struct.Struct(">H"), struct.Struct(">I"), struct.Struct(">i")
_TYPE_HEAD = struct.Struct(">H6dH")
_BOX = struct.Struct(">4i")
_METADATA = struct.Struct(">4s4s?3xI")
_VECTOR_HEAD = struct.Struct(">2I")
_SUBPATH = struct.Struct(">HhH2I10s")
_KNOT = struct.Struct(">6i")
_PATH_RECORD = 24
"""Bytes, after the two that name its kind."""
_ONE = 1 << 24
"""Of the coordinates of paths, which are shares of the canvas."""
_DEEPEST = 16
"""Paths within paths; Photoshop writes none."""
_ENGINE = b"EngineData"
_VECTOR_VERSION = 3
_PATH_KINDS: dict[int, Any] = {int(kind): made for kind, made in PATH_TYPES.items()}
_new, _put = object.__new__, object.__setattr__
"""Past the checks and conversions of psd-tools' classes."""


def _value(kind: type, read: Callable[[bytes], object]) -> Read:
    """Of a class that holds one value."""

    def made(data: bytes, _: Budget) -> Any:
        found: Any = _new(kind)
        _put(found, "value", read(data))
        return found

    return made


def _characters(data: bytes) -> str:
    (count,) = _U4.unpack_from(data)
    end = _U4.size + 2 * count
    if end > len(data):
        raise OSError(f"{count} characters are needed, {len(data) // 2 - 2} are there")
    return data[_U4.size : end].decode("utf-16-be")


def _divider(data: bytes, _: Budget) -> SectionDividerSetting:
    kind = SectionDivider(_U4.unpack_from(data)[0])
    signature = mode = sub_type = None
    if len(data) >= 12:
        signature, mode = data[4:8], BlendMode(data[8:12])
        if signature != b"8BIM":
            raise ValueError(f"a section is marked {signature!r}")
    at = 12 if len(data) >= 12 else 4
    if len(data) >= at + 4:
        (sub_type,) = _U4.unpack_from(data, at)
    return SectionDividerSetting(kind, signature, mode, sub_type)


def _metadata(data: bytes, budget: Budget) -> MetadataSettings:
    """Groups of values, most of them descriptors."""
    (count,) = _U4.unpack_from(data)
    at, items = _U4.size, []
    for _ in range(count):
        signature, key, is_copied, size = _METADATA.unpack_from(data, at)
        at += _METADATA.size
        raw, at = data[at : at + size], at + size
        if at > len(data) or signature not in MetadataSetting._KNOWN_SIGNATURES:
            raise OSError("metadata that are cut off")
        found: Any = raw
        if key in (b"mdyn", b"sgrp"):
            (found,) = _U4.unpack_from(raw)
        elif key in MetadataSetting._KNOWN_KEYS:
            found, _end = descriptors.block(raw, 0, budget)
        items.append(MetadataSetting(signature, key, is_copied, found))
    return MetadataSettings(items)  # type: ignore[arg-type]  # attrs' converter takes a list


def _type_tool(data: bytes, budget: Budget) -> TypeToolObjectSetting:
    version, *transform, text_version = _TYPE_HEAD.unpack_from(data)
    text, at = descriptors.block(data, _TYPE_HEAD.size, budget)
    engine = text.get(_ENGINE)
    if isinstance(engine, RawData):
        _put(engine, "value", _engine_data(engine.value, budget))
    (warp_version,) = _U2.unpack_from(data, at)
    warp, at = descriptors.block(data, at + _U2.size, budget)
    box = _BOX.unpack_from(data, at)
    return TypeToolObjectSetting(
        version, tuple(transform), text_version, text, warp_version, warp, *box
    )


def _engine_data(data: bytes, budget: Budget) -> bytes | EngineData:
    """Its bytes where it is damaged: then a layer has no styles, and its details say
    so."""
    try:
        return read_engine_data(data, budget)
    except ParseLimitError:
        raise
    except Exception:  # what is no engine data raises anything
        return data


def _vector_mask(data: bytes, budget: Budget) -> VectorMaskSetting:
    version, flags = _VECTOR_HEAD.unpack_from(data)
    if version != _VECTOR_VERSION:
        raise ValueError(f"a vector mask of version {version}")
    at, items = _VECTOR_HEAD.size, []
    while len(data) - at >= _PATH_RECORD + _U2.size:
        item, at = _path_record(data, at, 0, budget)
        items.append(item)
    path = _new(Path)
    _put(path, "_items", items)
    return VectorMaskSetting(version, flags, path)


def _path_record(data: bytes, at: int, depth: int, budget: Budget) -> tuple[Any, int]:
    """One record; of a subpath, with its knots, which follow it."""
    (selector,) = _U2.unpack_from(data, at)
    kind = _PATH_KINDS[selector]
    begin, at = at + _U2.size, at + _U2.size + _PATH_RECORD
    budget.objects += 1
    if issubclass(kind, Knot):
        values = [number / _ONE for number in _KNOT.unpack_from(data, begin)]
        knot = _new(kind)
        _put(knot, "preceding", tuple(values[:2]))
        _put(knot, "anchor", tuple(values[2:4]))
        _put(knot, "leaving", tuple(values[4:]))
        return knot, at
    if not issubclass(kind, Subpath):
        with io.BytesIO(data[begin:at]) as file:
            return kind.read(file), at
    budget.check(depth, _DEEPEST, "max_nesting_depth")
    budget.check(budget.objects, budget.limits.max_objects, "max_objects")
    count, operation, one, other, index, rest = _SUBPATH.unpack_from(data, begin)
    items = []
    for _ in range(count):
        item, at = _path_record(data, at, depth + 1, budget)
        items.append(item)
    made = kind(
        items=items,
        operation=operation,
        index=index,
        unknown1=one,
        unknown2=other,
        unknown3=rest,
    )
    return made, at


READERS: dict[Any, Read] = {
    DescriptorBlock: lambda data, budget: descriptors.block(data, 0, budget)[0],
    DescriptorBlock2: lambda data, budget: descriptors.block2(data, 0, budget)[0],
    TypeToolObjectSetting: _type_tool,
    MetadataSettings: _metadata,
    SectionDividerSetting: _divider,
    VectorMaskSetting: _vector_mask,
    IntegerElement: _value(IntegerElement, lambda data: _U4.unpack_from(data)[0]),
    ProtectedSetting: _value(ProtectedSetting, lambda data: _U4.unpack_from(data)[0]),
    Integer: _value(Integer, lambda data: _I4.unpack_from(data)[0]),
    ByteElement: _value(ByteElement, lambda data: data[0]),
    StringElement: _value(StringElement, _characters),
    SheetColorSetting: _value(
        SheetColorSetting, lambda data: SheetColorType(_U2.unpack_from(data)[0])
    ),
    LayerGroupInfo: lambda data, _: LayerGroupInfo(
        struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2])
    ),
}
"""By psd-tools' class, what we read by ourselves."""
