"""Reads single values out of what psd-tools parsed, and remembers what went wrong.

Descriptors and text engine data hold wrapped numbers, strings ending in NUL and codes
of four characters. Whatever is of another type than it should be counts as absent.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Any

from psd_tools.api._descriptor import DESCRIPTOR_BLEND_MODES
from psd_tools.api.layers import Layer
from psd_tools.constants import Tag
from psd_tools.psd.descriptor import UnitFloat
from psd_tools.psd.tagged_blocks import TYPES, TaggedBlocks
from psd_tools.terminology import Unit

from onemanage.psd.domain.read import describe

MAX_NAME = 1_000
"""Characters of a name."""
MAX_TEXT = 100_000
"""Characters of a layer's text."""
MAX_RUNS = 10_000
MAX_STOPS = 1_000
MAX_KNOTS = 5_000
"""Of all paths of a mask."""
MAX_ENTRIES = 2_000
"""Of any other list."""

_TAGS = frozenset(tag.value for tag in Tag)
_LARGEST = 1e12
_MAX_WARNINGS = 50
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@dataclass
class Reading:
    """What could not be read of one layer or document, or was too much."""

    warnings: list[str] = field(default_factory=list)

    def name_unknown(self, blocks: TaggedBlocks | None) -> None:
        """Blocks whose keys psd-tools does not have."""
        for key in blocks or ():
            plain = bytes(getattr(key, "value", key))
            if plain not in _TAGS:
                self.warn(f"The block {ascii(plain)[1:]} is not known: it is left out")

    def value[T](self, name: str, read: Callable[[], T], default: T) -> T:
        """One property; a damaged one is a warning and does not sink the rest."""
        try:
            return read()
        except Exception as error:  # psd-tools' structures may hold anything
            self.warn(f"Its {name} cannot be read: {describe(error)}")
            return default

    def capped[T](self, name: str, items: Iterable[T], count: int) -> list[T]:
        """The first ``count`` of them."""
        kept = list(islice(items, count + 1))
        if len(kept) > count:
            self.warn(f"It has too many {name}: the first {count} are kept")
        return kept[:count]

    def block(self, layer: Layer, name: str, *tags: Tag) -> Any:
        """The first of these blocks that the layer has and psd-tools could parse.

        Of one that it could not parse it keeps the bytes.
        """
        for tag in tags:
            stored = layer.tagged_blocks.get(tag)
            if stored is None:
                continue
            if isinstance(stored.data, bytes):
                self.warn(f"Its {name} cannot be read: {_fault(tag, stored.data)}")
                continue
            return layer.tagged_blocks.get_data(tag)
        return None

    def unknown(self, value: Any) -> None:
        """Name an enumerated value that no table has; one that is absent is none."""
        if found := code(value):
            kind = ascii(bytes(getattr(value, "typeID", b"")))[2:-1]
            self.warn(f"The value {ascii(found)[1:]} of {kind} is not known")

    def warn(self, text: str) -> None:
        """Say it once; above a number of them no more are kept."""
        if text not in self.warnings and len(self.warnings) < _MAX_WARNINGS:
            self.warnings.append(text)


def number(value: Any, default: float = 0.0) -> float:
    """A finite number, rounded to four places, of whatever holds one."""
    found = optional(value)
    return default if found is None else found


def optional(value: Any) -> float | None:
    """A finite number of at most the largest, with four decimals; None for others."""
    plain = getattr(value, "value", value)
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        return None
    if not math.isfinite(plain) or abs(plain) > _LARGEST:
        return None
    return round(float(plain), 4)


def integer(value: Any, default: int = 0) -> int:
    """The value as a whole number, cut towards zero; ``default`` for anything else."""
    return int(number(value, default))


def share(value: Any, default: float = 1.0) -> float:
    """Percent as 0 to 1."""
    found = optional(value)
    return default if found is None else round(found / 100, 6)


def optional_share(value: Any) -> float | None:
    """Percent as 0 to 1; None where there is none."""
    found = optional(value)
    return None if found is None else round(found / 100, 6)


def pixels(value: Any, ppi: float = 72.0) -> float | None:
    """A length; what is in points takes the resolution, in pixels per inch."""
    found = optional(value)
    if found is not None and isinstance(value, UnitFloat) and value.unit is Unit.Points:
        return round(found * ppi / 72, 4)
    return found


def flag(value: Any, default: bool = False) -> bool:
    """The value as a Boolean; ``default`` for anything else."""
    plain = getattr(value, "value", value)
    return bool(plain) if isinstance(plain, bool | int) else default


def name(value: Any) -> str:
    """A string of at most MAX_NAME characters that any JSON and database can hold.

    Names of Photoshop's own are stored as ``$$$/Key=Name``, to be translated by key.
    """
    plain = getattr(value, "value", value)
    if not isinstance(plain, str):
        return ""
    text = clean(plain[: 2 * MAX_NAME])
    if text.startswith("$$$/"):
        text = text.partition("=")[2] or text
    return text[:MAX_NAME]


def clean(text: str) -> str:
    """Without NUL, and without halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def file_name(value: Any) -> str:
    """The last part of a path by the rules of any system."""
    return re.split(r"[/\\:]", name(value))[-1]


def snake(text: str) -> str:
    """someWords and SomeWords as some_words."""
    return _WORDS.sub("_", text).strip("_").lower()


def code(value: Any) -> bytes:
    """Of an enumerated value."""
    found = getattr(value, "enum", b"")
    return bytes(found) if isinstance(found, bytes) else b""


def word(value: Any, words: type[Enum], reading: Reading) -> str | None:
    """An enumerated value by the name that psd-tools has for it; ``reading`` is warned
    of one that has none."""
    try:
        return words(code(value)).name.lower()
    except ValueError:
        reading.unknown(value)
        return None


def blend_mode(value: Any, reading: Reading) -> str:
    """normal, where it is absent or not known; ``reading`` is warned of the latter."""
    mode = DESCRIPTOR_BLEND_MODES.get(code(value))
    if mode is None:
        reading.unknown(value)
    return mode.name.lower() if mode else "normal"


def _fault(tag: Tag, stored: bytes) -> str:
    """Why psd-tools could not read the block."""
    try:
        TYPES[tag].frombytes(stored)
    except Exception as error:  # psd-tools raises anything
        return f"the block is damaged: {describe(error)}"
    return "the block is damaged"


def ascii_word(value: bytes) -> str:
    """A four-letter key or a longer one as snake_case."""
    return snake(value.decode("ascii", "replace")[:MAX_NAME])
