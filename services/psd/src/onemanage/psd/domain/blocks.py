"""Tagged blocks and image resources, which are parsed when somebody looks at them.

A document of Photoshop's holds some twenty of them a layer and as many itself, and most
are never asked for. Each keeps its bytes, or its place in the file where they are many,
until then. Descriptors and text engine data are read by our own readers, the rest by
psd-tools' classes.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psd_tools.constants import Resource, Tag
from psd_tools.psd.descriptor import (
    Enumerated,
    _DescriptorMixin,
    read_length_and_key,
)
from psd_tools.psd.image_resources import TYPES as RESOURCE_TYPES
from psd_tools.psd.image_resources import ImageResource, ImageResources
from psd_tools.psd.parse_limits import ParseLimitError, ParseLimits
from psd_tools.psd.parse_limits import _budget as current_budget
from psd_tools.psd.parse_limits import _ParseBudget as Budget
from psd_tools.psd.tagged_blocks import TYPES as BLOCK_TYPES
from psd_tools.psd.tagged_blocks import TaggedBlock

from onemanage.psd.domain import descriptors
from onemanage.psd.domain.enumerations import letters
from onemanage.psd.domain.notes import Notes
from onemanage.psd.domain.places import Place
from onemanage.psd.domain.readers import READERS

_new, _put = object.__new__, object.__setattr__
"""Past the checks and conversions of psd-tools' classes."""


class Parsing:
    """What all that is parsed of one document has in common."""

    def __init__(self) -> None:
        self.budget = Budget(ParseLimits())
        """How much may still be made, at once and later."""
        self.notes = Notes()
        """What could not be read or understood, and what became of it."""

    @contextmanager
    def of_psd_tools(self) -> Iterator[None]:
        """Inside, psd-tools' own classes read descriptors as we do, and count with us."""
        theirs = _DescriptorMixin.__dict__["_read_body"], Enumerated.__dict__["read"]
        token = current_budget.set(self.budget)
        replaced: tuple[Any, Any] = _DescriptorMixin, Enumerated
        replaced[0]._read_body = classmethod(_body)
        replaced[1].read = classmethod(_enumerated)
        try:
            yield
        finally:
            replaced[0]._read_body, replaced[1].read = theirs
            current_budget.reset(token)


class Block(TaggedBlock):
    """A tagged block. ``data`` is what psd-tools makes of it; its bytes where there is
    no class for it, or where it is damaged."""

    _left: tuple[bytes | Place, int, Parsing] | None = None
    _data: Any = b""

    @property
    def data(self) -> Any:
        """Parsed at the first look."""
        if self._left is not None:
            found = self._parsed(*self._left)
            _put(self, "_data", found)
            _put(self, "_left", None)
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        """What is put here is there at once."""
        _put(self, "_data", value)
        _put(self, "_left", None)

    def _parsed(self, stored: bytes | Place, version: int, parsing: Parsing) -> Any:
        raw = stored if isinstance(stored, bytes) else stored.read()
        kind = BLOCK_TYPES.get(self.key)
        if kind is None:
            return raw
        try:
            if own := READERS.get(kind):
                return own(raw, parsing.budget)
            with parsing.of_psd_tools():
                return kind.frombytes(raw, version=version)
        except ParseLimitError:
            raise
        except Exception:  # damaged, or not what psd-tools expects there
            if self.key in TaggedBlock._STRUCTURAL:
                raise
            return raw


def block(
    signature: bytes, key: bytes, data: bytes | Place, version: int, parsing: Parsing
) -> Block:
    """One that is parsed when it is looked at; ``version`` is the file's, 1 or 2."""
    made: Block = _new(Block)
    _put(made, "signature", signature)
    _put(made, "key", key)
    _put(made, "_left", (data, version, parsing))
    return made


class Resources(ImageResources):
    """Image resources. One that is damaged counts as absent, and ``parsing`` names it."""

    parsing: Parsing

    def get_data(self, key: Any, default: Any = None) -> Any:
        """As psd-tools has it."""
        found = self._items.get(key)
        if isinstance(found, _Resource) and found.is_damaged:
            return default
        return super().get_data(key, default)


class _Resource(ImageResource):
    _left: tuple[bytes, Parsing] | None = None
    _data: Any = b""
    _damaged = False

    @property
    def data(self) -> Any:
        """Parsed at the first look."""
        if self._left is not None:
            raw, parsing = self._left
            _put(self, "_data", raw)
            _put(self, "_left", None)
            if kind := RESOURCE_TYPES.get(self.key):
                self._parse(kind, raw, parsing)
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        _put(self, "_data", value)
        _put(self, "_left", None)

    @property
    def is_damaged(self) -> bool:
        """Whether it holds something else than it should."""
        self.data  # noqa: B018  # parses it
        return self._damaged

    def _parse(self, kind: Any, raw: bytes, parsing: Parsing) -> None:
        try:
            if own := READERS.get(kind):
                _put(self, "_data", own(raw, parsing.budget))
                return
            with parsing.of_psd_tools():
                _put(self, "_data", kind.frombytes(raw))
        except ParseLimitError:
            raise
        except Exception:  # damaged, or not what psd-tools expects there
            _put(self, "_damaged", True)
            name = self.key.name if isinstance(self.key, Resource) else "?"
            words = name.lower().replace("_", " ")
            parsing.notes.say(
                f"Image resource {int(self.key)} cannot be read ({words})"
            )


def resource(
    signature: bytes, key: int, name: str, data: bytes, parsing: Parsing
) -> ImageResource:
    """One that is parsed when it is looked at."""
    made: _Resource = _new(_Resource)
    _put(made, "signature", signature)
    _put(made, "key", key)
    _put(made, "name", name)
    _put(made, "_left", (data, parsing))
    return made


def _body(cls: type[_DescriptorMixin], /, fp: Any) -> dict[str, Any]:
    """``_DescriptorMixin._read_body`` of psd-tools, for what is in memory."""
    data, at = fp.getvalue(), fp.tell()
    budget = current_budget.get()
    assert budget is not None  # set above
    try:
        found, end = descriptors.descriptor(data, at, budget)
    except KeyError as error:
        raise ValueError(f"an unknown type of value: {error}") from error
    except struct.error as error:
        raise OSError(str(error)) from error
    fp.seek(end)
    return {"name": found.name, "classID": found.classID, "items": found._items}


def _enumerated(cls: type[Any], /, fp: Any, **_: Any) -> Any:
    kind, value = read_length_and_key(fp), read_length_and_key(fp)
    return cls(kind, letters(kind, value))
