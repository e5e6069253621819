"""Any descriptor as plain JSON, within a budget."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from psd_tools.psd.descriptor import (
    Descriptor,
    Enumerated,
    List,
    ObjectArray,
    RawData,
    UnitFloats,
)
from psd_tools.terminology import Enum as Value
from psd_tools.terminology import Key

from onemanage.psd.domain.details.colors import descriptor_color
from onemanage.psd.domain.details.reading import (
    Reading,
    ascii_word,
    name,
    optional,
    snake,
)

_MAX_VALUES = 5_000
_MAX_DEPTH = 12
_NAMES = {b"Grn ": "green", b"Yllw": "yellow", b"Strt": "saturation"}
"""Where the terminology has another word first, or none."""


def plain(data: Descriptor, reading: Reading) -> dict[str, Any]:
    """Names and values in the words of Adobe's terminology.

    Numbers keep their unit: percent, degrees or pixels. A colour becomes ``#rrggbb``;
    bytes are left out.
    """
    return _Plain(reading).object(data, 0)


@dataclass
class _Plain:
    reading: Reading
    left: int = _MAX_VALUES

    def object(self, data: Descriptor | ObjectArray, depth: int) -> dict[str, Any]:
        found = {}
        for key, value in data.items():
            if self.left <= 0 or depth > _MAX_DEPTH:
                self.reading.warn("Its parameters are too many: some are left out")
                break
            if not isinstance(value, RawData):
                found[_NAMES.get(bytes(key)) or _word(bytes(key), Key)] = self.value(
                    value, depth
                )
        return found

    def value(self, value: Any, depth: int) -> Any:
        self.left -= 1
        if isinstance(value, Descriptor):
            return descriptor_color(value) or self.object(value, depth + 1)
        if isinstance(value, ObjectArray):
            return self.object(value, depth + 1)
        if isinstance(value, List | UnitFloats):
            kept = [x for x, _ in zip(value, range(max(0, self.left)), strict=False)]
            if len(kept) < len(value) or depth > _MAX_DEPTH:
                self.reading.warn("Its parameters are too many: some are left out")
                kept = kept if depth <= _MAX_DEPTH else []
            return [self.value(x, depth + 1) for x in kept]
        if isinstance(value, Enumerated):
            return _word(bytes(value.enum), Value)
        inner = getattr(value, "value", value)
        if isinstance(inner, bool):
            return inner
        if isinstance(inner, str):
            return name(inner)
        if isinstance(inner, int):
            return inner if abs(inner) < 2**53 else None
        return optional(inner)


def _word(code: bytes, words: type[Enum]) -> str:
    try:
        return snake(words(code).name)
    except ValueError:
        return ascii_word(code)
