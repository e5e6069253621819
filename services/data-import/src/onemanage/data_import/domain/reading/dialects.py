"""Delimiter and quoting of text: those by which most rows have the same fields.

Each way to cut the first lines is tried as the import would, so that what cannot be cut
counts against it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any, NamedTuple

from msgspec.structs import replace

from onemanage.contracts.imports.plans import Dialect
from onemanage.data_import.domain.reading.cell_kinds import (
    TEXT,
    is_blank,
    is_rule,
    is_typed,
    kind_of,
)
from onemanage.data_import.domain.reading.headers import Row
from onemanage.data_import.domain.reading.loose_rows import splitter_of
from onemanage.data_import.domain.reading.read_csv import split_fields

DELIMITERS = ",;\t|\x01\x1f"
"""The last two, SOH and US, stand in no text."""
_RARE = "~^: "
"""Looked for where none of the others parts every row alike; these must."""
_LINES = 300
_SAMPLE = 64 << 10
_HALF = 0.5
"""The share of rows that must have fields of one number."""
_LONE = 0.25
"""The share of rows that may have one field alone, once the table has begun."""
_SHORT = 0.7
"""What a row counts that may lack fields at its end."""
_WRAPPED = r"(?:^|{d}) *{q}(?:[^{q}\n]|{q}{q})*{q} *(?={d}|$)"
_WRAPPED_FIELD = re.compile(r"\s*(?:\".*\"|'.*')\s*", re.DOTALL)
_VALUE = re.compile(
    r"[+-]?\d+(?:[ .]\d{3})*[.,]\d+|[+-]?\d{1,3}(?:[ .,]\d{3})+"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]\d{1,2}:\d\d[^,;]*|\d{1,2}:\d\d(?::\d\d[^,;]*)?"
    r"|[+-]?\d[\d.,]* ?[^\d\W]{1,3}|[+-]?\d[\d.,]* ?[%€$£]"
    r"|(?:[0-9A-Fa-f]{0,4}:){3,}[0-9A-Fa-f]{0,4}|[a-z]+://\S*"
)


class Cut(NamedTuple):
    """One way to cut the text, and what comes of it."""

    dialect: Dialect
    rows: list[Row]
    bad: int
    """Rows whose quoting breaks the rules."""
    width: int = 0
    """Fields of most rows."""
    regular: float = 0.0
    """The share of rows that have them, those at the top counted less."""
    all_alike: bool = False
    score: float = 0.0


class Sniffed(NamedTuple):
    dialect: Dialect
    """All but how its rows begin and end."""
    best: Cut
    others: list[Cut]
    """That would do nearly as well, with other delimiters."""


def sniff_dialect(
    text: str, encoding: str, said: Mapping[str, Any] = {}, *, is_cut: bool = False
) -> Sniffed:
    """From the beginning of a file, which may be ``is_cut`` behind any line.

    What the user has ``said`` of a Dialect holds, and the rest is found out by it.
    """
    sample = "".join(text[:_SAMPLE].splitlines(keepends=True)[:_LINES])
    is_cut = is_cut or len(sample) < len(text)
    usual = Dialect(**{**said, "encoding": encoding})
    cuts = list(_cuts(sample, usual, said, DELIMITERS, is_cut))
    best = max(cuts, key=lambda cut: (cut.score, cut.width), default=None)
    if "delimiter" not in said and (best is None or not best.all_alike):
        rare = [
            cut
            for cut in _cuts(sample, usual, said, _RARE, is_cut)
            if _is_sure(cut, best)
        ]
        cuts += rare
        best = max(rare, key=lambda cut: (cut.score, cut.width), default=best)
    if best is None or (best.width < 2 and "delimiter" not in said):
        free = next((one for one in DELIMITERS if one not in sample), ",")
        best = _cut(
            sample, replace(usual, delimiter=said.get("delimiter", free)), is_cut
        )
    others = {
        cut.dialect.delimiter: cut
        for cut in sorted(cuts, key=lambda cut: cut.score)
        if cut.score > best.score * 0.8 and cut.width > 1
    }
    others.pop(best.dialect.delimiter, None)
    return Sniffed(best.dialect, best, list(others.values()))


def rows_of(text: str, dialect: Dialect, is_cut: bool) -> tuple[list[Row], int]:
    """The rows of the text as the import will cut them, and how many are bad: these
    are cut leniently. Where the text ``is_cut`` its last row is left out if it is bad.
    """
    found: list[tuple[int, list[str]]] = []
    bad = 0
    for chunk in splitter_of(dialect).split([text.encode("utf-8", "replace")]):
        bounds = pairwise([*chunk.starts.tolist(), len(chunk.data)])
        for line, (start, end) in zip(chunk.lines.tolist(), bounds, strict=True):
            row = chunk.data[start:end].decode().rstrip("\r\n")
            found.append((line, split_fields(row, dialect)))
        for one in chunk.bad:
            fields = one.raw.decode().split(dialect.delimiter)
            found.append((one.line, [_bare(field, dialect) for field in fields]))
            bad += 1
    found.sort(key=lambda row: row[0])
    return [Row(line, fields) for line, fields in found], bad


def _bare(field: str, dialect: Dialect) -> str:
    return field.strip(dialect.quote) if dialect.quote else field


def _cuts(
    text: str,
    usual: Dialect,
    said: Mapping[str, Any],
    delimiters: Sequence[str],
    is_cut: bool,
) -> Iterator[Cut]:
    for delimiter in said.get("delimiter", delimiters):
        if delimiter not in text:
            continue
        named = replace(usual, delimiter=delimiter)
        least = 0.0
        for dialect in _quotings(text, named, said):
            cut = _cut(text, dialect, is_cut)
            least = min(least or cut.bad, cut.bad)
            yield cut
        # Where nearly every quote is out of place they are signs like others.
        if "quote" not in said and least >= max(3, len(cut.rows) * 0.05):
            if not _wrapped(text, delimiter, '"'):
                yield _cut(text, replace(named, quote=None), is_cut)


def _quotings(text: str, usual: Dialect, said: Mapping[str, Any]) -> Iterator[Dialect]:
    """The usual one first, and those that the text has signs of."""
    d = re.escape(usual.delimiter)
    quotes: list[str | None] = [said.get("quote", '"')]
    if "quote" not in said and "'" in text:
        quotes += _single_quotes(text, usual.delimiter)
    for quote in quotes:
        escapes: list[str | None] = [said.get("escape")]
        if "escape" not in said and quote and f"\\{quote}" in text:
            escapes.append("\\")
        skips = [said.get("skip_blanks", False)]
        if "skip_blanks" not in said:
            q = re.escape(quote) if quote else "[^ ]"
            if usual.delimiter == " ":
                skips = [False, True] if "  " in text or text[:1] == " " else skips
            elif re.search(f"{d} +{q}", text) or _all_spaced(text, usual.delimiter):
                skips.append(True)
        for escape, skip in product(escapes, skips):
            yield replace(usual, quote=quote, escape=escape, skip_blanks=skip)


def _single_quotes(text: str, delimiter: str) -> list[str]:
    """Where as many fields stand in them as makes a habit, or one that needs them."""
    single = _wrapped(text, delimiter, "'")
    is_habit = len(single) > 1 and len(single) * 10 >= text.count("\n")
    needed = any(delimiter in one[1:] for one in single)
    more = len(single) > len(_wrapped(text, delimiter, '"'))
    return ["'"] if more and (is_habit or needed) else []


def _wrapped(text: str, delimiter: str, quote: str) -> list[str]:
    """The fields that stand in these quotes, with what is before them."""
    pattern = _WRAPPED.format(d=re.escape(delimiter), q=quote)
    return re.findall(pattern, text, re.MULTILINE)


def _all_spaced(text: str, delimiter: str) -> bool:
    """Whether a blank follows each delimiter, but at the end of a line."""
    lines = [line.rstrip() for line in text.splitlines() if not is_rule(line)]
    count = sum(line.count(delimiter) - line.endswith(delimiter) for line in lines)
    spaced = sum(line.count(f"{delimiter} ") for line in lines)
    return count > 1 and spaced >= count * 0.98


def _cut(text: str, dialect: Dialect, is_cut: bool) -> Cut:
    rows, bad = rows_of(text, dialect, is_cut)
    if is_cut and bad and len(rows) > 1:
        bad -= 1  # the last row goes on beyond
    tail = rows[len(rows) // 3 :]
    if not tail:
        return Cut(dialect, rows, bad)
    counts = Counter(len(row.fields) for row in tail)
    width = max(
        (one for one in counts if one > 1),
        key=lambda one: (sum(_fits(row, one) for row in tail), one),
        default=1,
    )
    if width < 2:
        return Cut(dialect, rows, bad, 1)
    regular = sum(_fits(row, width) for row in tail) / len(tail)
    start = next(at for at, row in enumerate(rows) if len(row.fields) == width)
    lone = sum(len(row.fields) == 1 for row in rows[start:])
    all_of = sum(_fits(row, width) for row in rows) / len(rows)
    typed = _typed(tail, width)
    score = regular * (1 + typed) + all_of / 4 - 2 * bad / len(rows)
    score -= _loose_marks(tail, dialect)
    if (
        regular < _HALF
        or lone > len(rows[start:]) * _LONE
        or _are_values(tail, dialect.delimiter, rows[0])
    ):
        return Cut(dialect, rows, bad, 1)
    alike = all(len(row.fields) == width for row in rows) and not bad
    if not alike and not typed and _all_spaced(text, dialect.delimiter):
        return Cut(dialect, rows, bad, 1)  # prose
    return Cut(dialect, rows, bad, width, regular, alike, score)


def _fits(row: Row, width: int) -> float:
    fields = len(row.fields)
    if fields == width:
        return 1.0
    if fields > width:
        return float(not any(map(_is_filled, row.fields[width:])))
    return _SHORT if fields > 1 else 0.0


def _is_filled(field: str | None) -> bool:
    return bool(field and field.strip())


def _typed(rows: Sequence[Row], width: int) -> float:
    """The share of cells that are numbers, times or truths."""
    cells = [
        str(cell)
        for row in rows[:100]
        if len(row.fields) == width
        for cell in row.fields
        if not is_blank(cell)
    ]
    return sum(map(is_typed, cells)) / max(1, len(cells))


def _loose_marks(rows: Sequence[Row], dialect: Dialect) -> float:
    """How many fields are left with the signs of another quoting around them."""
    fields = [str(field) for row in rows for field in row.fields if field]
    spaced = sum(one[0] == " " and one[1:2] != "" for one in fields)
    quoted = sum(_WRAPPED_FIELD.fullmatch(one) is not None for one in fields)
    marks = quoted + sum(f"\\{dialect.quote}" in one for one in fields)
    if dialect.delimiter != " " and spaced > len(fields) / 3:
        marks += spaced
    # A field cut in two has one quote of a pair.
    halves = sum(one.count(dialect.quote or '"') % 2 for one in fields)
    count = max(1, len(fields))
    # Tabs hardly ever stand within a field.
    tabs = dialect.delimiter != "\t" and sum("\t" in one.strip() for one in fields)
    return min(0.2, marks / count) + min(1.0, 2 * (halves + tabs) / count)


def _are_values(rows: Sequence[Row], delimiter: str, first: Row) -> bool:
    """Whether the delimiter only stands within single numbers, times or addresses."""
    if delimiter not in ",: " or len(first.fields) > 1 and delimiter == ",":
        return False
    lines = [delimiter.join(map(str, row.fields)) for row in rows if row.fields]
    values = sum(_VALUE.fullmatch(line.strip()) is not None for line in lines)
    return values * 10 > len(lines) * 9


def _is_sure(cut: Cut, best: Cut | None) -> bool:
    """Whether one of the rare delimiters parts every row, and leaves values behind."""
    if cut.width < 2 or cut.bad:
        return False
    rows = cut.rows
    if best is None or best.width < 2:
        # Remarks may stand above, of words that the delimiter parts as well.
        start = next(
            (at for at, row in enumerate(rows) if len(row.fields) == cut.width), 0
        )
        rows = rows[start:] if start <= len(rows) // 3 else rows
    if len(rows) < 2 or any(len(row.fields) != cut.width for row in rows):
        return False
    if cut.dialect.delimiter not in ": ":
        return True
    if len(rows) < 3:
        return False
    typed = [
        all(is_typed(str(row.fields[at])) for row in rows[1:])
        for at in range(cut.width)
    ]
    named = [kind_of(str(one)) == TEXT and not is_blank(one) for one in rows[0].fields]
    if cut.width == 2:
        return all(named) and (
            all(typed) or (cut.dialect.delimiter == ":" and any(typed))
        )
    return any(typed)
