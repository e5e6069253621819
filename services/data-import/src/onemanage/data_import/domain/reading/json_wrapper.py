"""A JSON object around the rows, as answers of APIs have it: ``{"data": [{…}, …]}``."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_MARK = b"\xef\xbb\xbf"
_USUAL = frozenset(
    "data items results result rows records values value list entries elements content "
    "objects features hits documents docs response payload".split()
)
"""Names of such lists, where other names stand beside them."""
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,\[\]{}":]++')
_BLANK = re.compile(rb"\s*")


class Wrapper(NamedTuple):
    key: str
    """Under which the rows stand."""
    start: int
    """Where their list begins: bytes of the text without a mark."""


class _Member(NamedTuple):
    key: bytes
    start: int
    is_rows: bool
    end: int | None
    """None where the beginning of the file does not hold all of it."""


def find_wrapper(head: bytes, is_whole: bool) -> Wrapper | None:
    """Of a file that begins so, and is no longer if ``is_whole``. None where its first
    value is a row itself."""
    head = head.lstrip(_MARK)  # the reader of rows sees none either
    at = _skip(head, 0)
    if head[at : at + 1] != b"{":
        return None
    members, end = _members(head, at + 1)
    lists = [one for one in members if one.is_rows]
    if len(lists) != 1 or (end is None and is_whole):
        return None
    if end is not None and (not is_whole or _skip(head, end) < len(head)):
        return None
    key = lists[0].key.decode(errors="replace")
    if len(members) > 1 and key.lower() not in _USUAL:
        return None
    return Wrapper(key, lists[0].start)


def _members(head: bytes, at: int) -> tuple[list[_Member], int | None]:
    """Of the object that begins before ``at``, and where it ends."""
    found: list[_Member] = []
    while True:
        at = _skip(head, at)
        if head[at : at + 1] == b"}":
            return found, at + 1
        if head[at : at + 1] == b",":
            at += 1
            continue
        name = _STRING.match(head, at)
        if name is None:
            return found, None
        at = _skip(head, name.end())
        if head[at : at + 1] != b":":
            return found, None
        at = _skip(head, at + 1)
        first = _skip(head, at + 1)
        is_rows = head[at : at + 1] == b"[" and head[first : first + 1] == b"{"
        end = _end(head, at)
        found.append(_Member(name[0][1:-1], at, is_rows, end))
        if end is None:
            return found, None
        at = end


def _end(head: bytes, at: int) -> int | None:
    """Where the value ends that begins there."""
    depth = 0
    while at < len(head):
        sign = head[at : at + 1]
        if sign == b'"':
            text = _STRING.match(head, at)
            if text is None:
                return None
            at = text.end()
        elif sign in b"[{":
            depth, at = depth + 1, at + 1
        elif sign in b"]}":
            depth, at = depth - 1, at + 1
        else:
            scalar = _SCALAR.match(head, at)
            at = scalar.end() if scalar else at + 1
        if not depth:
            return at
    return None


def _skip(head: bytes, at: int) -> int:
    blank = _BLANK.match(head, at)
    return blank.end() if blank else at


def unwrapped(blocks: Iterable[bytes], wrapper: Wrapper | None) -> Iterator[bytes]:
    """The list alone, on the lines where it stands; what follows it is for the reader
    to leave out."""
    skip = wrapper.start if wrapper else 0
    for block in blocks:
        if skip:
            gone = block[:skip]
            skip -= len(gone)
            block = b"\n" * gone.count(b"\n") + block[len(gone) :]
        if block:
            yield block
