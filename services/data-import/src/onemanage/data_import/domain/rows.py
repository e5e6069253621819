"""Where the rows of delimited text begin and end.

Blocks whose quoting is flawless, which is nearly all of them, are cut by looking at
the newlines and quotes alone, vectorised: a newline after an even number of quotes
ends a row. That is true if every odd quote opens a field or continues one (a doubled
quote) and every even one closes a field or is doubled. Where it is not, the block is
cut row by row, and the rows that break the rules are set aside.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onemanage.data_import.domain.errors import TooLarge

MAX_ROW = 8 << 20
"""Bytes of one row. An open quote that has not closed by then never will."""
_LF, _CR = 10, 13


class BadRow(NamedTuple):
    line: int
    raw: bytes
    reason: str
    """text_after_quote or unterminated_quote."""


class Chunk(NamedTuple):
    """Whole rows with flawless quoting, blank lines among them."""

    data: bytes
    lines: NDArray[np.int64]
    """Of every row of ``data`` that is not blank, the line where it begins."""
    starts: NDArray[np.int64]
    """Where in ``data`` those rows begin."""
    bad: list[BadRow]
    """Rows taken out of ``data``."""


class Splitter:
    """Cuts blocks of UTF-8 into chunks of whole rows."""

    def __init__(self, delimiter: str, quote: str | None) -> None:
        self._delimiter = ord(delimiter)
        self._quote = ord(quote) if quote else None
        self._patterns = Patterns(delimiter, quote) if quote else None
        self._line = 1

    def split(self, blocks: Iterable[bytes]) -> Iterator[Chunk]:
        """Raises TooLarge for a row longer than MAX_ROW."""
        rest = b""
        for block in blocks:
            # Most blocks are used up to their last newline, and so copied once.
            end = block.rfind(b"\n") + 1 or len(block)
            rest = b"".join((rest, memoryview(block)[:end]))
            used = len(rest)
            while used and rest:
                chunk, used = self._cut(rest, last=False)
                if chunk is not None:
                    yield chunk
                rest = rest[used:]
                if len(rest) <= MAX_ROW:
                    break
            rest += block[end:]
            if len(rest) > MAX_ROW:
                self._refuse()
        if not rest:
            return
        chunk, used = self._cut(rest + b"\n" if rest[-1] != _LF else rest, last=True)
        if chunk is not None:
            yield chunk

    def _refuse(self) -> None:
        raise TooLarge(
            "data_import.row_too_long",
            f"A row is longer than {MAX_ROW >> 20} MiB. Either the file is not a table, or "
            "the delimiter or the newlines are not what the plan says.",
            f"line {self._line}",
        )

    def _cut(self, data: bytes, last: bool) -> tuple[Chunk | None, int]:
        """The whole rows of ``data`` and how many bytes they are."""
        array = np.frombuffer(data, np.uint8)
        newlines = _newlines(data, array, last)
        quotes = self._quotes(data, array)
        inside = np.searchsorted(quotes, newlines) & 1 if quotes.size else None
        rows = np.flatnonzero(inside == 0) if inside is not None else None
        ends = newlines if rows is None else newlines[rows]
        used = int(ends[-1]) + 1 if ends.size else 0
        broken = bool(quotes.size) and not self._flawless(
            array, quotes[: np.searchsorted(quotes, used)], used
        )
        if self._patterns and (broken or (last and used < len(data))):
            return self._cut_slowly(data, last)
        if not used and len(data) > MAX_ROW and self._patterns:
            return self._cut_slowly(data, last=False)
        if not used:
            return None, 0
        starts = np.concatenate(([0], ends[:-1] + 1))
        at = np.arange(ends.size) if rows is None else rows
        lines = self._line + np.concatenate(([0], at[:-1] + 1))
        length = ends - starts
        blank = (length == 0) | ((length == 1) & (array[starts] == _CR))
        self._line += int(at[-1]) + 1
        whole = data if used == len(data) else data[:used]
        if blank.any():
            lines, starts = lines[~blank], starts[~blank]
        return Chunk(whole, lines, starts, []), used

    def _quotes(self, data: bytes, array: NDArray[np.uint8]) -> NDArray[np.int64]:
        if self._quote is None or self._quote not in data:
            return np.empty(0, np.int64)
        return np.flatnonzero(array == self._quote)

    def _flawless(
        self, array: NDArray[np.uint8], quotes: NDArray[np.int64], used: int
    ) -> bool:
        opening, closing = quotes[::2], quotes[1::2]
        if opening.size != closing.size:
            return False
        before = array[opening - 1]  # of the very first byte: the last, set right below
        opens = self._borders(before)
        if opening.size and opening[0] == 0:
            opens[0] = True
        # A doubled quote closes and opens at once, so it needs no border.
        doubled = np.zeros(opening.size, bool)
        doubled[1:] = opening[1:] == closing[:-1] + 1
        if not (opens | doubled).all():
            return False
        # The last byte of what is used is a newline, so there is one after each quote.
        closes = self._borders(array[np.minimum(closing + 1, used - 1)])
        closes[:-1] |= doubled[1:]
        return bool(closes.all())

    def _borders(self, byte: NDArray[np.uint8]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = byte == self._delimiter
        found |= byte == _LF
        found |= byte == _CR
        return found

    def _cut_slowly(self, data: bytes, last: bool) -> tuple[Chunk | None, int]:
        assert self._patterns is not None
        good: list[bytes] = []
        lines: list[int] = []
        bad: list[BadRow] = []
        at = 0
        while at < len(data):
            found = self._patterns.row.match(data, at)
            if found is None or (found.end() == len(data) and not last):
                # A row that reaches the end may go on in the next block.
                waits = found is not None or self._patterns.open.match(data, at)
                if waits and not last and len(data) - at <= MAX_ROW:
                    break
                found = self._patterns.line.match(data, at)
                if found is None:
                    break
                bad.append(self._bad(found.group()))
            elif found.group().strip(b"\r\n"):
                good.append(found.group())
                lines.append(self._line)
            self._line += _count_newlines(found.group())
            at = found.end()
        if not at:
            return None, 0
        starts = np.cumsum([0, *map(len, good)])[:-1]
        return Chunk(b"".join(good), np.array(lines, np.int64), starts, bad), at

    def _bad(self, raw: bytes) -> BadRow:
        assert self._patterns is not None
        whole = self._patterns.lenient.fullmatch(raw)
        reason = "text_after_quote" if whole else "unterminated_quote"
        return BadRow(self._line, raw.rstrip(b"\r\n"), reason)


class Patterns:
    """How a row is cut where its quoting is not flawless."""

    row: re.Pattern[bytes]
    lenient: re.Pattern[bytes]
    """A row with text behind quotes."""
    open: re.Pattern[bytes]
    """A row that the block's end cuts, in a quoted field or anywhere else."""
    line: re.Pattern[bytes]

    def __init__(self, delimiter: str, quote: str) -> None:
        d, q = (re.escape(one).encode() for one in (delimiter, quote))
        quoted = rb"%b[^%b]*+(?:%b%b[^%b]*+)*+" % (q, q, q, q, q)
        bare = rb"(?:[^%b%b\r\n][^%b\r\n]*+)?+" % (d, q, d)
        self._set(d, quoted, q, bare)

    def _set(self, d: bytes, quoted: bytes, close: bytes, bare: bytes) -> None:
        """From a field with a quote that is not closed yet, what closes it, and a field
        without."""
        end = rb"(?:\r\n|\n|\r)"
        field = rb"(?:%b%b|%b)" % (quoted, close, bare)
        loose = rb"(?:%b%b[^%b\r\n]*+|%b)" % (quoted, close, d, bare)
        row = rb"%b(?:%b%b)*+%b" % (field, d, field, end)
        lenient = rb"%b(?:%b%b)*+%b" % (loose, d, loose, end)
        cut = rb"(?:%b%b)*+(?:%b(?:%b)?|%b)\r?\Z" % (field, d, quoted, close, bare)
        self.row = re.compile(row, re.DOTALL)
        self.lenient = re.compile(lenient, re.DOTALL)
        self.open = re.compile(cut, re.DOTALL)
        self.line = re.compile(rb"[^\r\n]*+%b" % end)


def _newlines(data: bytes, array: NDArray[np.uint8], last: bool) -> NDArray[np.int64]:
    """Where lines end: at LF, and at CR without LF."""
    found = np.flatnonzero(array == _LF)
    if b"\r" not in data:
        return found
    returns = np.flatnonzero(array == _CR)
    following = np.append(array[1:], 0 if last else _LF)  # the last one may be CRLF
    lone = returns[following[returns] != _LF]
    return np.sort(np.concatenate((found, lone))) if lone.size else found


def _count_newlines(data: bytes) -> int:
    lone = data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0
    return data.count(b"\n") + lone
