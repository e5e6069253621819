"""Text engine data: the styles of a type layer, in a language like that of PDF.

    << /EngineDict << /Editor << /Text (..UTF-16..) >> /RunArray [ 1 .5 true ] >> >>

psd-tools tries a dozen patterns on each word, and makes a checked object of each. Here
the words are cut in one go, equal ones become one object, and keys are plain strings.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from psd_tools.psd.engine_data import (
    Bool,
    EngineData,
    Float,
    Integer,
    List,
    Property,
    String,
    Tag,
)
from psd_tools.psd.parse_limits import _ParseBudget as Budget

_DEEPEST = 64
"""Dictionaries and lists within each other, as psd-tools has it."""
_STRING = re.compile(rb"(\(\xfe\xff(?:[^\\)]|\\.)*\))", re.S)
_ESCAPED = re.compile(rb"\\([\\()])")
_TAG = re.compile(rb"\([a-zA-Z0-9]*\)")
_OPEN, _CLOSE = b"<<", b">>"
_new, _put = object.__new__, object.__setattr__
"""Past the checks and conversions of psd-tools' classes."""


class Named(EngineData):
    """A dictionary, whose keys are plain strings; psd-tools' are found among them."""

    def __getitem__(self, key: str | Property) -> Any:
        return self._items[_plain(key)]

    def __contains__(self, key: object) -> bool:
        return _plain(key) in self._items

    def get(self, key: str | Property, *default: Any) -> Any:
        """As a dictionary's own."""
        return self._items.get(_plain(key), *default)


def read_engine_data(data: bytes, budget: Budget) -> EngineData:
    """All of it; where it is cut off, what there is.

    Raises ValueError where it is none, ParseLimitError where there is too much of it.
    """
    return _Reader(_words(data), budget).dictionary(1)


def _words(data: bytes) -> Iterator[bytes]:
    """Strings whole, and what stands between them by its blanks."""
    parts = _STRING.split(data)
    return chain.from_iterable(
        [part] if number % 2 else part.split() for number, part in enumerate(parts)
    )


class _Reader:
    def __init__(self, words: Iterator[bytes], budget: Budget) -> None:
        self._words, self._budget = words, budget
        self._made: dict[bytes, Any] = {}
        self._keys: dict[bytes, str] = {}

    def dictionary(self, depth: int) -> Named:
        """What stands before its end. What is no key where one should be is passed over:
        of the outermost dictionary that is how it begins."""
        self._check(depth)
        items: dict[str, Any] = {}
        for word in self._words:
            key = self._keys.get(word)
            if key is None:
                if word[:2] == _CLOSE:
                    break
                if word[:1] != b"/":
                    continue
                self._keys[word] = key = word[1:].decode("macroman")
            items[key] = self._value(next(self._words, b""), depth)
        self._budget.objects += len(items)
        made = _new(Named)
        _put(made, "_items", items)
        return made

    def _list(self, depth: int) -> List:
        self._check(depth)
        items = []
        for word in self._words:
            if word == b"]":
                break
            items.append(self._value(word, depth))
        self._budget.objects += len(items)
        made = _new(List)
        _put(made, "_items", items)
        return made

    def _value(self, word: bytes, depth: int) -> Any:
        found = self._made.get(word)
        if found is not None:
            return found
        if word == _OPEN:
            return self.dictionary(depth + 1)
        if word == b"[":
            return self._list(depth + 1)
        found = self._made[word] = _scalar(word)
        return found

    def _check(self, depth: int) -> None:
        budget = self._budget
        budget.check(depth, _DEEPEST, "max_nesting_depth")
        budget.check(budget.objects, budget.limits.max_objects, "max_objects")


def _scalar(word: bytes) -> Any:
    kind: type
    value: object
    if word[:3] == b"(\xfe\xff":
        kind, value = String, _ESCAPED.sub(rb"\1", word[1:-1]).decode("utf-16")
    elif word in (b"true", b"false"):
        kind, value = Bool, word == b"true"
    elif word[:1] == b"/":
        kind, value = Property, word[1:].decode("macroman")
    elif _TAG.fullmatch(word):
        kind, value = Tag, word
    elif b"." in word:
        kind, value = Float, float(word)
    else:
        kind, value = Integer, int(word)
    made = _new(kind)
    _put(made, "value", value)
    return made


def _plain(key: object) -> object:
    return key.value if isinstance(key, Property) else key
