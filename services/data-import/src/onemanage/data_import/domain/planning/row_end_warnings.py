"""What a plan says of rows that lack fields or have too many, over the whole file."""

from collections.abc import Iterator, Sequence

from onemanage.contracts.imports.plans import Warning


class RowEndCounts:
    """Rows that were given the right number of fields."""

    def __init__(self) -> None:
        self._filled = self._trimmed = 0
        self._first_filled: int | None = None
        self._first_trimmed: int | None = None

    def add(self, filled: Sequence[int], trimmed: Sequence[int]) -> None:
        """Their lines."""
        if filled and self._first_filled is None:
            self._first_filled = min(filled)
        if trimmed and self._first_trimmed is None:
            self._first_trimmed = min(trimmed)
        self._filled += len(filled)
        self._trimmed += len(trimmed)

    def warnings(self) -> Iterator[Warning]:
        """For rows that were filled, and for rows that were trimmed."""
        if self._filled:
            yield Warning(
                code="short_rows",
                message=f"{self._filled:,} rows have fewer fields than there are "
                f"columns, the first in line {self._first_filled}. Those that they lack "
                "at the end are taken for empty; to reject these rows, set "
                "dialect.short_rows to reject.",
            )
        if self._trimmed:
            yield Warning(
                code="long_rows",
                message=f"{self._trimmed:,} rows have empty fields beyond the last "
                f"column, the first in line {self._first_trimmed}. They are left out; "
                "to reject these rows, set dialect.long_rows to reject.",
            )
