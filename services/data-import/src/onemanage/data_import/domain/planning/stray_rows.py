"""Rows within a table that are none of it: its names again, totals and notes below it.

Most make the values of a column differ in type from the others, and are known by it: the
column has the type of the others, and these rows become rejects that are said. Others
stand behind an empty line and have little in them, which is said alone.
"""

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from onemanage.contracts.imports.plans import Warning
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.planning.candidates import Fit
from onemanage.data_import.domain.planning.different import Different

_LAST_LINES = 10
_MOST_BELOW = 3
_AT_LEAST = 5
"""Values that fit for each one that does not, so that these are the odd ones."""


class StrayRows:
    """Of one column; ``header`` is its name in the source."""

    def __init__(self, header: str) -> None:
        self._header = header
        self._names = 0
        self._first_names = self._last_line = 0

    def see(self, seen: Different, lines: pl.Series) -> None:
        """The different values of a batch, and the lines of its rows."""
        if not len(lines):
            return
        self._last_line = int(lines[-1])
        if not self._header or not len(seen.texts):
            return
        again = seen.texts == self._header
        if again.any():
            self._first_names = self._first_names or int(lines[seen.first_row(again)])
            self._names += seen.total(again)

    def explain(self, fit: Fit, values: int) -> bool:
        """Whether all of the ``values`` that do not fit are of such rows."""
        others = fit.bad - self._names
        if not fit.strays or (values - fit.bad) < fit.bad * _AT_LEAST:
            return False  # or words for what is missing, which are told as such
        return others == 0 or (others > 0 and self._is_below(fit, others))

    def _is_below(self, fit: Fit, others: int) -> bool:
        at = fit.first_bad_line
        return (
            at is not None
            and not self._names
            and others <= _MOST_BELOW
            and at > self._last_line - _LAST_LINES
        )

    def warning(self, fit: Fit) -> Warning:
        """Of those that ``explain`` is true of."""
        if self._names:
            return Warning(
                code="names_again",
                message=f"The name of the column stands among its values {self._names:,}"
                f" times, first in line {self._first_names}; those rows are rejected.",
                example=self._header,
            )
        return Warning(
            code="rows_below",
            message=f"From line {fit.first_bad_line} on stands what is no {fit.type}, as "
            "totals and notes below a table are; those rows are rejected. If they are "
            "part of the table, make the column text.",
        )


class LastRows:
    """Of a table: what stands below it."""

    def __init__(self) -> None:
        self._lines: list[int] = []
        self._filled: list[int] = []
        self._width = 0

    def see(self, batch: Batch) -> None:
        """Keep the last rows of this batch in place of those before."""
        last = batch.frame.tail(_LAST_LINES)
        if not last.height:
            return
        texts = pl.col(pl.String).fill_null("") != ""
        filled = last.select(texts, pl.exclude(pl.String).is_not_null())
        counts = filled.select(pl.sum_horizontal(pl.all())).to_series()
        self._lines = batch.lines.tail(_LAST_LINES).to_list()
        self._filled, self._width = counts.to_list(), last.width

    def warnings(self) -> Iterator[Warning]:
        """One, where little filled rows stand behind a gap at the end."""
        for at, (one, after) in enumerate(pairwise(self._lines), 1):
            is_bare = all(2 * count <= self._width for count in self._filled[at:])
            if after - one > 1 and is_bare:
                yield Warning(
                    code="rows_below",
                    message=f"Behind an empty line stand rows with little in them, from "
                    f"line {after} on, as totals and notes below a table are. Take them "
                    "out of the file if they are none of its rows.",
                )
                return
