"""Files whose every value is known, and how delimited ones are written."""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .understanding_cells import Cell, Recipe, Value


class Case(NamedTuple):
    name: str
    """As its sender calls it."""
    data: bytes
    headers: list[str] | None
    """None where there are none."""
    rows: list[list[Cell]]
    lines: list[int] | None = None
    """Where each row begins; None where that is not told."""
    asks: bool = False
    """Whether the file alone leaves it open: then a warning is as good as the value."""
    reads_as: str = "text"
    """Which readers can be asked: text, excel or json."""


class Kind(NamedTuple):
    group: str
    name: str
    make: Callable[[random.Random], Case]


class Text(NamedTuple):
    """How a table becomes delimited text."""

    delimiter: str = ","
    quote: str = '"'
    quoted: str = "needed"
    """needed, all, texts (all but numbers) or none."""
    escape: str = ""
    """Before a quote within a field; a second quote where empty."""
    newline: str = "\n"
    encoding: str = "utf-8"
    head: Sequence[str] = ()
    """Lines above the names."""
    between: Sequence[str] = ()
    """Lines between the names and the rows."""
    tail: Sequence[str] = ()
    start: str = ""
    """Of every line, as of `end`."""
    end: str = ""
    row_end: str = ""
    """Of rows alone."""
    blank: int = 0
    """An empty line after so many rows; 0 for never."""
    last_newline: bool = True


def cells(
    chance: random.Random, recipes: Sequence[Recipe], rows: int
) -> list[list[Cell]]:
    return [[recipe(chance, at) for recipe in recipes] for at in range(rows)]


def written(
    name: str,
    headers: list[str] | None,
    rows: list[list[Cell]],
    text: Text = Text(),
    *,
    asks: bool = False,
    shown: list[str] | None = None,
) -> Case:
    """The file. ``shown`` is the line of names where it differs from them."""
    above = list(text.head)
    if headers is not None:
        names = shown if shown is not None else headers
        fields = [field(one, None, text) for one in names]
        above.append(text.start + text.delimiter.join(fields) + text.end)
    above += text.between
    made, lines = [*above], []
    line = 1 + sum(1 + _breaks(one) for one in above)
    for at, row in enumerate(rows, 1):
        fields = [field(one.text, one.value, text) for one in row]
        body = text.delimiter.join(fields)
        made.append(text.start + body + text.row_end + text.end)
        lines.append(line)
        line += 1 + _breaks(body)
        if text.blank and at % text.blank == 0:
            made.append("")
            line += 1
    made += text.tail
    whole = text.newline.join(made) + (text.newline if text.last_newline else "")
    return Case(name, whole.encode(text.encoding), headers, rows, lines, asks)


def _breaks(text: str) -> int:
    return text.replace("\r\n", "\n").count("\n")


def field(text: str, value: Value, how: Text) -> str:
    """As it stands between delimiters."""
    if how.quoted == "none":
        return text
    marks = (how.delimiter, how.quote, "\n", "\r")
    needed = any(one and one in text for one in marks)
    is_number = isinstance(value, int) or (value is not None and _bare(text))
    if how.quoted == "needed" and not needed:
        return text
    if how.quoted == "texts" and not needed and is_number:
        return text
    inner = text.replace(how.quote, (how.escape or how.quote) + how.quote)
    return f"{how.quote}{inner}{how.quote}"


def _bare(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit()


class Sheet(NamedTuple):
    """A table in a few words: names, recipes, and how it is written."""

    columns: Sequence[tuple[str, Recipe]]
    text: Text = Text()
    rows: tuple[int, int] = (14, 40)
    name: str = "table.csv"
    header: bool = True
    asks: bool = False

    def __call__(self, chance: random.Random) -> Case:
        count = chance.randint(*self.rows)
        rows = cells(chance, [recipe for _, recipe in self.columns], count)
        headers = [name for name, _ in self.columns] if self.header else None
        return written(self.name, headers, rows, self.text, asks=self.asks)
