"""Rows of text with escapes, or with blanks beside delimiters, as rows without.

What comes after knows plain quoting alone: ``\\"`` within quotes becomes ``""``, and
blanks between a field and its delimiters are left out. Lines stay what they are.
"""

import re
from itertools import pairwise

import numpy as np

from onemanage.contracts.imports.plans import Dialect
from onemanage.data_import.domain.rows import BadRow, Chunk, Patterns, Splitter


def is_loose(dialect: Dialect) -> bool:
    """Whether Python's own rules must read it, row by row."""
    return dialect.escape is not None or dialect.skip_blanks


def splitter_of(dialect: Dialect) -> Splitter:
    """Whose chunks are plain, whatever the dialect is."""
    if is_loose(dialect):
        return _LooseSplitter(dialect)
    return Splitter(dialect.delimiter, dialect.quote)


class _LooseSplitter(Splitter):
    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect.delimiter, dialect.quote)
        self._loose = _Loose(dialect)
        if dialect.quote:
            self._patterns = self._loose

    def _cut(self, data: bytes, last: bool) -> tuple[Chunk | None, int]:
        marked = self._quote is not None and self._quote in data
        cut = self._cut_slowly if marked else super()._cut
        chunk, used = cut(data, last)
        return None if chunk is None else self._plain(chunk), used

    def _plain(self, chunk: Chunk) -> Chunk:
        bounds = [*chunk.starts.tolist(), len(chunk.data)]
        rows = [
            self._loose.plain(chunk.data[start:end].rstrip(b"\r\n")) + b"\n"
            for start, end in pairwise(bounds)
        ]
        filled = [row != b"\n" for row in rows]  # of blanks alone
        starts = np.cumsum([0, *(len(row) for row in rows if row != b"\n")])[:-1]
        data = b"".join(row for row in rows if row != b"\n")
        return Chunk(data, chunk.lines[np.array(filled, bool)], starts, chunk.bad)

    def _bad(self, raw: bytes) -> BadRow:
        row = super()._bad(raw)
        return row._replace(raw=row.raw.strip(b" ")) if self._loose.skips else row


class _Loose(Patterns):
    """How rows are cut, and made plain afterwards."""

    def __init__(self, dialect: Dialect) -> None:
        self.skips = dialect.skip_blanks
        self._strips = self.skips and dialect.delimiter == " "
        self._sign = (dialect.quote or "").encode()
        self._escape = (dialect.escape or "").encode() if self._sign else b""
        d, q, e = map(re.escape, (dialect.delimiter.encode(), self._sign, self._escape))
        blank = rb" *+" if self.skips else b""
        start = rb"(?:(?<=%b)|\A)%b" % (d, blank)
        self._field = re.compile(rb"%b()([^%b]*+)" % (start, d), re.DOTALL)
        self._escaped = re.compile(rb"%b(%b|%b)" % (e, q, e)) if e else None
        if not q:
            return
        inside = rb"(?:[^%b%b]++|%b%b" % (q, e, q, q) + (
            rb"|%b.)*+" % e if e else rb")*+"
        )
        close = q if self._strips else q + blank
        bare = rb"%b(?:[^%b%b\r\n][^%b\r\n]*+)?+" % (blank, d, q, d)
        self._set(d, blank + q + inside, close, bare)
        field = rb"%b(?:%b(%b)%b(?=%b|\Z)|([^%b]*+))" % (start, q, inside, close, d, d)
        self._field = re.compile(field, re.DOTALL)

    def plain(self, row: bytes) -> bytes:
        """Without its end of the line."""
        if self._strips:
            row = row.strip(b" ")
        if not self.skips and not (self._escape and self._escape in row):
            return row
        return self._field.sub(self._plain_field, row)

    def _plain_field(self, found: re.Match[bytes]) -> bytes:
        quoted, bare = found.groups()
        if bare is not None:
            escaped = self._escape + self._sign
            bare = bare.rstrip(b" ") if self.skips else bare
            if not self._escape or escaped not in bare:
                return bytes(bare)
            value = bare.replace(escaped, self._sign)
            value = value.replace(self._sign, self._sign * 2)
            return self._sign + value + self._sign
        if self._escaped:
            quoted = self._escaped.sub(self._unescaped, quoted)
        return self._sign + bytes(quoted) + self._sign

    def _unescaped(self, found: re.Match[bytes]) -> bytes:
        return self._sign * 2 if found[1] == self._sign else self._escape
