"""Rows that have more or fewer fields than there are columns, as the dialect wants them.

Only what is missing at the end is filled up, and only empty fields are left out; so no
value moves to another column and none is lost.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from onemanage.contracts.imports.plans import Dialect
from onemanage.data_import.domain.rows import Chunk

FILL, TRIM = "fill", "trim"
_LONE = 2
"""Up to so many fields a row of one field is filled: beyond, it is a remark."""


class Evened(NamedTuple):
    """A chunk after some of its rows were given the right number of fields."""

    chunk: Chunk
    filled: list[int]
    trimmed: list[int]
    """Lines of these rows."""


class RowEnds:
    """What may be done with the ends of rows that are ``width`` fields wide."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self._width = width
        self._fills = dialect.short_rows == FILL
        self._trims = dialect.long_rows == TRIM
        self._delimiter = dialect.delimiter.encode()
        quotes = re.escape((dialect.quote or "").encode() * 2)
        empty = rb"%b[ \t]*(?:%b)?[ \t]*" % (re.escape(self._delimiter), quotes)
        if self._delimiter in b" \t":
            empty = rb"%b(?:%b)?" % (re.escape(self._delimiter), quotes)
        self._empty = empty

    def evened(self, chunk: Chunk, ragged: Sequence[Any]) -> Evened | None:
        """With the ``ragged`` rows of pyarrow as far as they can be helped; None where
        none of them can."""
        bounds = [*chunk.starts.tolist(), len(chunk.data)]
        made: dict[int, bytes] = {}
        filled: list[int] = []
        trimmed: list[int] = []
        for row in ragged:
            at = row.number - 1
            body = chunk.data[bounds[at] : bounds[at + 1]].rstrip(b"\r\n")
            short = row.actual_columns < self._width
            new = self._evened(body, row.actual_columns)
            if new is not None:
                made[at] = new + b"\n"
                (filled if short else trimmed).append(int(chunk.lines[at]))
        if not made:
            return None
        data = chunk.data
        rows = [
            made.get(at) or data[start:end]
            for at, (start, end) in enumerate(pairwise(bounds))
        ]
        starts = np.cumsum([0, *map(len, rows)])[:-1]
        whole = chunk._replace(data=b"".join(rows), starts=starts)
        return Evened(whole, filled, trimmed)

    def _evened(self, body: bytes, fields: int) -> bytes | None:
        if fields < self._width:
            lone = fields == 1 and self._width > _LONE
            if not self._fills or lone:
                return None
            return body + self._delimiter * (self._width - fields)
        beyond = fields - self._width
        if not self._trims:
            return None
        if body.endswith(self._delimiter * beyond):
            return body[:-beyond]
        found = re.search(rb"(?:%b){%d}\Z" % (self._empty, beyond), body)
        return body[: found.start()] if found else None
