"""Where lines may be broken: UAX 14, and what a document keeps from their edges."""

import re
from collections.abc import Iterator, Set
from functools import lru_cache

from uniseg.linebreak import line_break_boundaries  # type: ignore[import-untyped]

_AT_ONCE = 500
"""Characters: the library's time grows with them faster than they do."""
_UNBROKEN = 0x0E00
"""Words of letters below are broken nowhere; from here on Thai and others follow."""
_WORDS = re.compile(r"[^ \t]+|[ \t]+")


def breaks(text: str, no_start: str, no_end: str) -> Set[int]:
    """Indices of the characters before which a line may begin.

    There is no dictionary for Thai, Lao, Khmer and Burmese, which are broken at spaces.
    """
    found: set[int] = set()
    for word in _WORDS.finditer(text):
        start, end = word.span()
        if not text[start].isspace():
            found.add(start)
            found |= {start + at for at in _within(word[0])}
    starts, ends = set(no_start), set(no_end)
    return {
        at
        for at in found
        if 0 < at < len(text) and text[at] not in starts and text[at - 1] not in ends
    }


def _within(word: str) -> Iterator[int]:
    """Where a word may be broken."""
    if word.isalnum() and max(word) < chr(_UNBROKEN):
        return
    for start in range(0, len(word), _AT_ONCE):
        part = word[start : start + _AT_ONCE]
        yield from (start + at for at in _in_part(part))


@lru_cache(maxsize=4096)
def _in_part(part: str) -> tuple[int, ...]:
    return tuple(line_break_boundaries(part))[1:-1]
