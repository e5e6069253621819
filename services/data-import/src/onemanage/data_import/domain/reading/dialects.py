"""Delimiter, quote and header row, from the first rows of a table."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from onemanage.contracts.imports.plans import Dialect

DELIMITERS = ",;\t|\x01\x1f"
"""The last two, SOH and US, stand in no text."""
_RARE = "~^"
"""Looked for where none of the others parts every row alike; these must."""
_ROWS = 200
_LOOK = 20
"""Rows among which the header is looked for."""
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[%]?(?:[eE][+-]?\d+)?")
_TIME = re.compile(r"\d{1,4}[-/.年:]\d{1,2}(?:[-/.月:]\d{1,4})?.*")
_BOOLEAN = re.compile(r"(?i:true|false|yes|no)")
_SINGLE = re.compile(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|$)", re.MULTILINE)


class Row(NamedTuple):
    line: int
    fields: Sequence[str | None]


def sniff_dialect(
    text: str, encoding: str, said: Mapping[str, Any] = {}
) -> tuple[Dialect, list[Row]]:
    """From the beginning of a file; the rows are those that ``text`` holds whole.

    What the user has ``said`` of a Dialect holds, and the rest is found out by it.
    """
    quote: str | None = '"'
    if '"' not in text and len(_SINGLE.findall(text)) > text.count("\n") // 2 + 1:
        quote = "'"
    quote = said.get("quote", quote)
    delimiters = said.get("delimiter", DELIMITERS)
    found = {delimiter: _rows(text, delimiter, quote) for delimiter in delimiters}
    delimiter = max(found, key=lambda one: _regularity(found[one]))
    if "delimiter" not in said and _regularity(found[delimiter])[1] < 1:
        found |= {rare: _rows(text, rare, quote) for rare in _RARE}
        regular = (rare for rare in _RARE if _regularity(found[rare])[1] == 1)
        delimiter = next(regular, delimiter)
    rows = found[delimiter]
    given = {"encoding": encoding, "delimiter": delimiter, "quote": quote, **said}
    if "header_row" not in said:
        given["header_row"] = find_header(rows)
    return Dialect(**given), rows


def _rows(text: str, delimiter: str, quote: str | None) -> list[Row]:
    lines = re.split("\r\n|\n|\r", text)
    reader = csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=delimiter,
        quotechar=quote,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    rows, line = [], 1
    limit = csv.field_size_limit(len(text) + 1)
    try:
        for fields in islice(reader, _ROWS):
            if fields:
                rows.append(Row(line, fields))
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)
    return rows


def _width(rows: list[Row]) -> tuple[int, float]:
    """The most common number of fields, and the share of rows that have it."""
    if not rows:
        return 0, 0.0
    # Titles stand above a table, so its rows count more the later they come.
    counts = Counter(len(row.fields) for row in rows[len(rows) // 3 :] or rows)
    width, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    return width, count / sum(counts.values())


def _regularity(rows: list[Row]) -> tuple[float, float, int]:
    """How much the rows look like those of one table; the greater the more."""
    width, share = _width(rows)
    if width < 2:
        return 0.0, 0.0, 0
    same = sum(len(row.fields) == width for row in rows)
    return share, same / len(rows), width


def table_width(rows: list[Row], header_row: int | None) -> int:
    """How many columns the table has: as the header says, or most of its rows."""
    for row in rows:
        if row.line == header_row:
            return len(row.fields)
    return _width(rows)[0]


def find_header(rows: list[Row]) -> int | None:
    """The line of the names; None where the first row is data already.

    What stands above is titles: rows of fewer cells than the table is wide.
    """
    width = _width(rows)[0]
    for at, row in enumerate(rows[:_LOOK]):
        cells = [cell for cell in row.fields if cell and cell.strip()]
        if len(cells) < max(1, min(2, width), width // 2):
            continue
        if len(row.fields) < width:
            continue
        return row.line if _is_header(row, rows[at + 1 :]) else None
    return rows[0].line if rows and not _kinds(rows[0].fields) else None


def _is_header(row: Row, below: list[Row]) -> bool:
    """Names are text above what is none, or text that never comes again."""
    score = 0.0
    for column, cell in enumerate(row.fields):
        values = [
            str(one.fields[column])
            for one in below[:50]
            if column < len(one.fields) and one.fields[column]
        ]
        if not cell or not cell.strip():
            continue
        if _kind(cell) != "text":
            score -= 1
        elif values and _majority(values) != "text":
            score += 2
        elif cell in values:
            score -= 1
        else:
            score += 0.25
    return score > 0


def _majority(values: list[str]) -> str:
    return Counter(map(_kind, values)).most_common(1)[0][0]


def _kinds(fields: Sequence[str | None]) -> set[str]:
    return {_kind(one) for one in fields if one} - {"text"}


def _kind(value: str) -> str:
    value = value.strip()
    for kind, pattern in (("number", _NUMBER), ("time", _TIME), ("bool", _BOOLEAN)):
        if pattern.fullmatch(value):
            return kind
    return "text"
