"""Files as banks, shops, offices, laboratories, ERP systems and spreadsheets give them.

They are drawn in understanding_exports.txt, from memory of such files; what stands in
them is made up. ``## group`` and ``# name`` begin one. A line ``: ; all cp1252`` says
how it is written: delimiter, quotes, encoding, ``crlf``, ``nameless``, ``blank`` lines
between rows, and what lines ``end=`` in. Lines with ``^`` stand above the names, with
``>`` below them, with ``_`` below the rows. All others are columns: ``name :: cells``,
and ``:: missing|words`` where some are empty (∅ is nothing, ␣ a blank). Cells are

    @{dd}.{mm}.{y}   days and times, after @+2 with that offset
    #-1.234,50       numbers, after #3/ of at most three digits before the point
    ~de              words of a language
    =AA-000          codes
    ?a|b             one of these
    !yes|no          true or false
    +1               numbers of the rows
    'EUR             always the same
    *                nothing

and ``<1,2>`` before them puts blanks around.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from .understanding_cells import (
    Cell,
    Recipe,
    code,
    count,
    fixed,
    flags,
    gaps,
    num,
    padded,
    pick,
    when,
    words,
)
from .understanding_files import Kind, Sheet, Text

_FILE = Path(__file__).with_suffix(".txt")
_PADDED = re.compile(r"<(\d),(\d)>")
_QUOTED = ("all", "texts", "none")


def kinds() -> Iterator[Kind]:
    group, name, lines = "", "", list[str]()
    for line in [*_FILE.read_text("utf-8").splitlines(), "## end"]:
        if line.startswith(("# ", "## ")):
            if lines:
                yield Kind(group, name, _sheet(lines).__call__)
            lines = []
            if line.startswith("## "):
                group = line[3:]
            else:
                name = line[2:]
        elif line:
            lines.append(line.replace("\\t", "\t"))


def _sheet(lines: list[str]) -> Sheet:
    text, header = Text(), True
    if lines[0].startswith(": "):
        words_ = lines[0][2:].split()
        header = "nameless" not in words_
        text = _text(words_)
        lines = lines[1:]
    parts: dict[str, list[str]] = {"^": [], ">": [], "_": []}
    columns: list[tuple[str, Recipe]] = []
    for line in lines:
        if line[0] in parts and line[1:2] in ("", " "):
            parts[line[0]].append(line[2:])
        else:
            columns.append(_column(line))
    text = text._replace(head=parts["^"], between=parts[">"], tail=parts["_"])
    return Sheet(columns, text, header=header)


def _text(said: list[str]) -> Text:
    sign, *others = said
    delimiter = {"tab": "\t", ",_": ", "}.get(sign, sign)
    text = Text(delimiter)
    for word in others:
        key, _, value = word.partition("=")
        if value:
            value = {"tab": "\t", ",_": ", "}.get(value, value)
            text = text._replace(**{key: value})  # type: ignore[arg-type]  # end, row_end
        elif word in _QUOTED:
            text = text._replace(quoted=word)
        elif word == "crlf":
            text = text._replace(newline="\r\n")
        elif word == "blank":
            text = text._replace(blank=1)
        elif word != "nameless":
            text = text._replace(encoding=word)
    return text


def _column(line: str) -> tuple[str, Recipe]:
    name, spec, *missing = line.split(" :: ")
    recipe = _recipe(spec)
    if missing:
        none = [one.replace("∅", "").replace("␣", " ") for one in missing[0].split("|")]
        recipe = gaps(recipe, *none)
    return name.replace("␣", " "), recipe


def _recipe(spec: str) -> Recipe:
    if around := _PADDED.match(spec):
        return padded(_recipe(spec[around.end() :]), int(around[1]), int(around[2]))
    sign, rest = spec[0], spec[1:]
    match sign:
        case "@":
            if rest[0] == "+":
                offset, _, template = rest.partition(" ")
                return when(template, offset=float(offset))
            return when(rest)
        case "#":
            if rest[1] == "/":
                return num(rest[2:], most=int(rest[0]), sure=False)
            return num(rest)
        case "~":
            return words(rest)
        case "=":
            return code(rest)
        case "?":
            return pick(*rest.split("|"))
        case "!":
            true, false = rest.split("|")
            return flags(true, false)
        case "+":
            return count(int(rest))
        case "'":
            return fixed(rest)
        case "*":
            return lambda chance, at: Cell("", None)
    raise ValueError(f"no such cells: {spec}")
