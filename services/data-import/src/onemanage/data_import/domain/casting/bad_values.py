"""What becomes of values that the type of their column cannot hold."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import TablePlan, Warning
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.casting.on_bad_value import is_asked
from onemanage.data_import.domain.reading.read_fast import Ready


def with_text(
    table: TablePlan, read: Callable[[TablePlan], Iterator[Batch | Ready]]
) -> TablePlan:
    """The table as it is to be made: columns that are to be text where a value is bad,
    and have one, are. Reads the source to its end."""
    bad: set[str] = set()
    columns = [one for one in table.columns if one.include]
    for batch in read(table):
        if isinstance(batch, Ready):
            bad |= batch.reasons.keys()
        else:
            bad |= cast_batch(batch.frame, columns, table.dialect).reasons.keys()
            bad |= {one.column for one in batch.rejects if one.column}
    return replace(
        table,
        columns=[
            (
                replace(one, type="text", precision=None, scale=None, format=None)
                if one.name in bad and is_asked(table, one.name)
                else one
            )
            for one in table.columns
        ],
    )


class Nulled:
    """Counts bad values that became NULL, with the first line of each column."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._lines: dict[str, int] = {}

    def see(self, nulled: dict[str, pl.Series], lines: pl.Series | int) -> None:
        """``lines`` of the rows, or that of the first where each row is one line."""
        for name, bad in nulled.items():
            first = int(bad.arg_true()[0])
            line = lines + first if isinstance(lines, int) else int(lines[first])
            self._add(name, int(bad.sum()), line)

    def see_errors(self, cells: Sequence[tuple[str, int]]) -> None:
        """Of a batch, as it names them."""
        for name, line in cells:
            self._add(name, 1, line)

    def _add(self, name: str, count: int, line: int) -> None:
        """The least line counts: a batch tells of its errors after its values."""
        self._counts[name] = self._counts.get(name, 0) + count
        self._lines[name] = min(line, self._lines.get(name, line))

    def warnings(self) -> tuple[Warning, ...]:
        """One for each column in which there were any."""
        return tuple(
            Warning(
                code="bad_values_null",
                message=f"{name}: {count:,} values that the type cannot hold became "
                f"NULL, the first in line {self._lines[name]:,}.",
            )
            for name, count in self._counts.items()
        )
