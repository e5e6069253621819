"""What a reader hands on: some rows of a source, in the source's order."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from onemanage.contracts.imports.plans import Reject


class Batch(NamedTuple):
    """Rows that could be split, and those that could not.

    Its rows of the source are ``frame.height + len(rejects)``: a row that could not be
    split, or that the source itself calls wrong (``#DIV/0!`` of a workbook), has exactly
    one Reject and is never in ``frame``.
    """

    frame: pl.DataFrame
    """Columns that the plan includes, named by position: "1", "2", …; String for text
    formats, typed for typed sources."""
    lines: pl.Series
    """Int64, one per row of ``frame``: line, or number of the row, where it begins."""
    rejects: list[Reject]
    """One per rejected row; ``column`` is None unless one cell is at fault."""
    rejected_rows: pl.DataFrame | None = None
    """Their raw fields as far as known, in the order of ``rejects``: String, named by
    position, with more columns than the plan where a row has more fields."""
    filled: Sequence[int] = ()
    """Lines of the rows that lacked fields at their end."""
    trimmed: Sequence[int] = ()
    """Lines of the rows that had empty fields beyond the last column."""
    nulled: Sequence[tuple[str, int]] = ()
    """Errors of the source that became NULL as the plan wants it: the name of the
    column and the line. In ``frame`` they are NULL already."""


MAX_VALUE = 200
"""Characters of a value that a Reject carries."""


def shown(value: str) -> str:
    """The value as a Reject carries it; NULs, which PostgreSQL cannot hold, as ␀."""
    value = value.replace("\0", "␀")
    return value if len(value) <= MAX_VALUE else value[: MAX_VALUE - 1] + "…"


def raw_rows(rows: Sequence[Sequence[str | None]]) -> pl.DataFrame | None:
    """Fields of rejected rows as a frame; a short row is filled up with NULL."""
    if not rows:
        return None
    width = max(map(len, rows))
    return pl.DataFrame(
        [[*row, *[None] * (width - len(row))] for row in rows],
        schema={str(position): pl.String for position in range(1, width + 1)},
        orient="row",
    )
