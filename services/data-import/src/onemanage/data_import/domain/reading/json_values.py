"""Where the values of a JSON file begin and end, whatever lines they stand on.

A list is read an element at a time, and objects one behind the other likewise, so that
a file of any size takes the memory of one block.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from onemanage.data_import.domain.errors import TooLarge
from onemanage.data_import.domain.rows import MAX_ROW

LINES, VALUES = "lines", "values"
_MARK = b"\xef\xbb\xbf"
"""Maybe several; no text begins with half a mark."""
_BLANK = re.compile(rb"[\s,]*")
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_FLAT = re.compile(rb'\{(?:[^{}\[\]"]++|' + _STRING + rb")*+\}", re.DOTALL)
"""An object without others within, which nearly all are."""
_TOKEN = re.compile(_STRING + rb'|[{}\[\]"]', re.DOTALL)
_SCALAR = re.compile(_STRING + rb'|[^\s,\[\]{}"]++|"', re.DOTALL)


class Values(NamedTuple):
    lines: list[int]
    """Where each begins."""
    texts: list[bytes]
    """Without newlines, where they are JSON."""


def json_layout(head: bytes) -> str | None:
    """How a file that begins so has its values: one a line, or as a list and over
    several lines. None where these are no JSON objects."""
    start = head.lstrip(_MARK).lstrip()
    first = start.split(b"\n", 1)[0].rstrip()
    if start[:1] == b"[":
        return VALUES if start[1:].lstrip()[:1] == b"{" else None
    if start[:1] != b"{" or start[1:].lstrip()[:1] not in (b'"', b"}"):
        return None
    return VALUES if first[-1:] in b"{[,:" and first != start else LINES


def is_list_of_others(head: bytes) -> bool:
    """Whether the file is, or its lines are, JSON lists of something else: as CSV they
    would be read as what they are not."""
    start = head.lstrip(_MARK).lstrip()
    if start[:1] != b"[":
        return False
    if start[1:].lstrip()[:1] in (b"[", b""):
        return True
    try:
        msgspec.json.decode(start.split(b"\n", 1)[0])
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def json_values(
    blocks: Iterable[bytes], *, only_first_list: bool = False
) -> Iterator[Values]:
    """The elements of lists, and objects beside them; some for each block. Or
    ``only_first_list``, and nothing of what follows its end.

    What is no JSON goes on to the next bracket or blank. Raises TooLarge for a value
    longer than MAX_ROW.
    """
    splitter = _Splitter(only_first_list)
    for block in blocks:
        yield splitter.take(block, final=False)
        if splitter.is_done:
            return
    yield splitter.take(b"", final=True)


class _Splitter:
    def __init__(self, only_first_list: bool) -> None:
        self._only_first_list = only_first_list
        self.is_done = False
        self._rest = b""
        self._line = 1
        self._in_list = False

    def take(self, block: bytes, final: bool) -> Values:
        data = self._rest + block
        found = Values([], [])
        at = counted = 0
        while True:
            blank = _BLANK.match(data, at)
            at = blank.end() if blank else at
            if at >= len(data):
                break
            if data[at] == ord("]" if self._in_list else "["):
                self._in_list = not self._in_list
                at += 1
                if self._only_first_list and not self._in_list:
                    self.is_done = True
                    return found
                continue
            end = _end(data, at, final)
            if end is None:
                break
            self._line += data.count(b"\n", counted, at)
            counted = at
            found.lines.append(self._line)
            found.texts.append(_plain(data[at:end]))
            at = end
        self._line += data.count(b"\n", counted, at)
        self._rest = data[at:]
        if len(self._rest) > MAX_ROW:
            raise TooLarge(
                "data_import.row_too_long",
                f"A value is longer than {MAX_ROW >> 20} MiB. Either the file is not a "
                "table, or a quote or a bracket in it is not closed.",
                f"line {self._line}",
            )
        return found


def _end(data: bytes, at: int, final: bool) -> int | None:
    """Where the value ends that begins there; None where more is needed for that."""
    if flat := _FLAT.match(data, at):
        return flat.end()
    if data[at] in b"{[":
        depth = 0
        for token in _TOKEN.finditer(data, at):
            if token[0] in (b"{", b"["):
                depth += 1
            elif token[0] in (b"}", b"]"):
                depth -= 1
                if not depth:
                    return token.end()
            elif token[0] == b'"':
                break  # it is not closed, as far as can be seen
        return len(data) if final else None
    scalar = _SCALAR.match(data, at)
    end = scalar.end() if scalar else at + 1
    is_open = scalar is not None and scalar[0] == b'"'
    if (end == len(data) or is_open) and not final:
        return None
    return len(data) if is_open else end


def _plain(text: bytes) -> bytes:
    if b"\n" not in text:
        return text
    try:
        return msgspec.json.format(text, indent=-1)
    except (msgspec.DecodeError, RecursionError):
        return text
