"""Is this text one SELECT? The first of two guards; the server's read-only the other.

Only so much SQL is understood as says where literals, quoted names and comments end.
A query is later put in parentheses: one whose own are balanced, never closed before
they were opened, and which has no semicolon, cannot be more than one statement.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from onemanage.data_import.sources.errors import SourceFailed

MAX_QUERY = 100_000
"""Characters."""


class Token(NamedTuple):
    kind: str
    """word, literal, name, comment or sign."""
    text: str


_COMMON = (
    ("comment", r"/\*"),
    ("word", r"[^\W\d]\w*"),
    ("number", r"\d[\w.]*"),
    ("space", r"\s+"),
    ("sign", r"."),
)
_RULES = {
    "postgresql": (
        ("literal", r"[eE]'(?:[^'\\]|\\.|'')*'|[bBxXnN]?'(?:[^']|'')*'"),
        ("literal", r"(?P<tag>\$(?:[^\W\d]\w*)?\$).*?(?P=tag)"),
        ("name", r'"(?:[^"]|"")*"'),
        ("comment", r"--[^\n]*"),
    ),
    "mysql": (
        ("literal", r"'(?:[^'\\]|\\.|'')*'" + r'|"(?:[^"\\]|\\.|"")*"'),
        ("name", r"`(?:[^`]|``)*`"),
        # Without a blank behind it, it is minus minus.
        ("comment", r"#[^\n]*|--(?=\s|$)[^\n]*"),
    ),
    "sqlserver": (
        ("literal", r"[nN]?'(?:[^']|'')*'"),
        ("name", r'"(?:[^"]|"")*"|\[(?:[^\]]|\]\])*\]'),
        ("comment", r"--[^\n]*"),
    ),
}
_PATTERNS = {
    kind: [(name, re.compile(text, re.DOTALL)) for name, text in (*rules, *_COMMON)]
    for kind, rules in _RULES.items()
}


def one_select(kind: str, query: str) -> str:
    """The query without its comments and its last semicolon, fit for parentheses.

    Raises SourceFailed.
    """
    if not query.strip():
        raise _refused("The query is empty.")
    if len(query) > MAX_QUERY:
        raise _refused(f"The query is longer than {MAX_QUERY:,} characters.")
    if "\0" in query:
        raise _refused("The query contains a NUL character.")
    # A comment becomes a blank, so that it cannot hide a closing parenthesis.
    tokens = [
        Token("space", " ") if token.kind == "comment" else token
        for token in _tokens(kind, query)
    ]
    text = "".join(token.text for token in tokens)
    significant = [token for token in tokens if token.kind != "space"]
    while significant and significant[-1].text == ";":
        significant.pop()
        text = text[: text.rindex(";")]
    _check_start(kind, significant)
    _check_signs(significant)
    return text.strip()


def _check_start(kind: str, tokens: list[Token]) -> None:
    first = next((token for token in tokens if token.text != "("), Token("sign", ""))
    word = first.text.lower()
    if word == "with" and kind == "sqlserver":
        raise _refused(
            "SQL Server takes no WITH inside a query; write its parts as subqueries,"
            " or make a view of it and pick that."
        )
    if first.kind != "word" or word not in ("select", "with"):
        raise _refused("The query must begin with SELECT or WITH.", first.text)


def _check_signs(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.kind != "sign":
            continue
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == ";":
            raise _refused("The query must be one statement; a semicolon splits it.")
        if depth < 0:
            raise _refused("A parenthesis is closed that was never opened.")
        if token.text in "'\"`":
            raise _refused("A quote is opened and never closed.", token.text)
    if depth:
        raise _refused("A parenthesis is opened and never closed.")


def _tokens(kind: str, query: str) -> Iterator[Token]:
    patterns, place = _PATTERNS[kind], 0
    while place < len(query):
        name, match = next(
            (name, match)
            for name, pattern in patterns
            if (match := pattern.match(query, place)) is not None
        )
        end = match.end()
        if match.group() == "/*":
            end = _end_of_comment(kind, query, place)
        yield Token(name, query[place:end])
        place = end


def _end_of_comment(kind: str, query: str, start: int) -> int:
    """Behind the comment; they nest in PostgreSQL and SQL Server."""
    if query[start + 2 : start + 3] in ("!", "M") and kind == "mysql":
        raise _refused("Leave out comments that MySQL executes: /*! … */.")
    depth, place = 1, start + 2
    for mark in re.finditer(r"/\*|\*/", query[place:]):
        if mark.group() == "*/":
            depth -= 1
        elif kind != "mysql":
            depth += 1
        if depth == 0:
            return place + mark.end()
    raise _refused("A comment is opened and never closed.")


def _refused(message: str, where: str | None = None) -> SourceFailed:
    return SourceFailed("database.not_a_select", message, where[:60] if where else None)
