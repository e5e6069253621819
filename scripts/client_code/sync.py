"""The sync twin of the async source: the same text with other names.

``await`` and ``async`` go. ``AsyncThing`` becomes ``Thing``, ``async_thing`` ``thing``,
``aiter_bytes`` ``iter_bytes``, ``__aenter__`` ``__enter__``, wherever they stand, in
docstrings, too.
"""

from __future__ import annotations

import io
import re
import tokenize

NAMES = {
    "AsyncIterator": "Iterator",
    "AsyncGenerator": "Generator",
    "StopAsyncIteration": "StopIteration",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "_async": "_sync",
    "aclose": "close",
    "aclosing": "closing",
    "anext": "next",
    "aread": "read",
    "asynccontextmanager": "contextmanager",
}
_PREFIXES = (("Async", ""), ("async_", ""), ("aiter_", "iter_"))
_DROPPED = ("async", "await")
_WORD = re.compile(r"\w+")


def twin(text: str) -> str:
    """Of one module, not yet formatted."""
    lines = [list(line) for line in text.splitlines(keepends=True)]
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for number in range(len(tokens) - 1, -1, -1):
        token = tokens[number]
        new = _renewed(token)
        if new == token.string:
            continue
        (row, start), (last, end) = token.start, token.end
        if new == "":  # with the blank after it
            end = tokens[number + 1].start[1]
        if row == last:
            lines[row - 1][start:end] = [new]
        else:
            lines[row - 1][start:] = [new]
            for between in range(row, last - 1):
                lines[between] = []
            lines[last - 1][:end] = []
    return "".join("".join(line) for line in lines)


def _renewed(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return "" if token.string in _DROPPED else _renamed(token.string)
    is_text = token.type in (tokenize.STRING, tokenize.COMMENT)
    if is_text or tokenize.tok_name[token.type] == "FSTRING_MIDDLE":
        text = re.sub(r"\b(async|await) (?=\w)", "", token.string)
        return _WORD.sub(lambda word: _renamed(word[0]), text)
    return token.string


def _renamed(name: str) -> str:
    if name in NAMES:
        return NAMES[name]
    for before, after in _PREFIXES:
        if name.startswith(before) and name != before:
            return after + name[len(before) :]
    return name
