"""Rows as they are handed over to another service: Parquet, every value as text.

Pure: paths in, a path out, in a child of the sandbox. Memory does not grow with the
rows.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
from msgspec.structs import replace
from pyarrow import parquet

from onemanage.contracts.datasets.handing_over import LINE
from onemanage.contracts.imports.plans import ColumnPlan, Reject, TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.casting.cast_typed import as_text
from onemanage.data_import.domain.errors import NotATable, WrongPlan
from onemanage.data_import.domain.handed_over import HandedOver, too_many
from onemanage.data_import.domain.planning.names import column_names
from onemanage.data_import.domain.planning.plan_parts import drafts
from onemanage.data_import.domain.reading.read_rejects import read_rejects
from onemanage.data_import.domain.rejects_told import OURS

type Report = Callable[[int], None]

ERROR = OURS[-1]
"""Of a row that cannot be read: why; so that who is given the rows can name it."""
_SECONDS = 10.0
"""Of processor time, to find out what the file is."""


def hand_over_file(
    path: Path, target: Path, wanted: Sequence[str], most: int, report: Report
) -> HandedOver:
    """Write the rows of the file's first table into ``target``: ``_line``, the columns
    by their headers, ``_error``.

    Of a file that has a column ``_line`` with a number in it, that is the row's. Raises
    InvalidSource for what is no table, InvalidInput for a column that is not there and
    for more than ``most`` rows, where that is not 0.
    """
    draft = next(drafts(path, {}, _SECONDS), None)
    if draft is None:
        raise NotATable("data_import.empty", "The file holds no table with columns.")
    table = _as_text(draft.table, draft.headers)
    own = {one.header: str(one.position) for one in table.columns}
    names = _names(table.columns)
    chosen = _chosen(names, wanted)
    fields = [(LINE, pa.int64()), *((name, pa.string()) for name in chosen)]
    schema = pa.schema([*fields, (ERROR, pa.string())])
    rows = 0
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in read_rejects(path, table):
            for frame in _frames(batch, [names[one] for one in chosen], own.get(LINE)):
                rows += frame.height
                if most and rows > most:
                    raise too_many(most)
                arrow = frame.rename(dict(zip(frame.columns, schema.names)))
                writer.write_table(arrow.to_arrow().cast(schema))
            report(rows)
    return HandedOver(rows, chosen)


def _as_text(table: TablePlan, headers: Sequence[str]) -> TablePlan:
    """Every column is read, and nothing in it means NULL but nothing."""
    named = zip(headers, column_names(headers), strict=True)
    columns = [
        ColumnPlan(position=at, header=header, name=name, nulls=[""])
        for at, (header, name) in enumerate(named, 1)
    ]
    return replace(table, columns=columns)


def _names(columns: Sequence[ColumnPlan]) -> dict[str, str]:
    """Names to positions: the header, or where that does not tell, what a data set's
    column would be called."""
    counts = Counter(one.header for one in columns)
    return {
        one.header if one.header and counts[one.header] == 1 else one.name: str(
            one.position
        )
        for one in columns
        if one.header not in OURS
    }


def _chosen(names: dict[str, str], wanted: Sequence[str]) -> list[str]:
    missing = next((name for name in wanted if name not in names), None)
    if missing is not None:
        known = ", ".join(list(names)[:30])
        text = f"The file has no column {missing!r}. It has {known}."
        raise WrongPlan("hand_over.no_column", text, missing)
    return list(wanted) or list(names)


def _frames(
    batch: Batch, places: Sequence[str], line: str | None
) -> Iterator[pl.DataFrame]:
    """What could be read, and what could not."""
    if batch.frame.height:
        yield _frame(batch.frame, places, batch.lines, line, [None])
    if batch.rejects:
        raw = batch.rejected_rows
        raw = pl.DataFrame() if raw is None else raw
        lines = pl.Series([one.line for one in batch.rejects], dtype=pl.Int64)
        yield _frame(raw, places, lines, line, [_told(one) for one in batch.rejects])


def _frame(
    frame: pl.DataFrame,
    places: Sequence[str],
    lines: pl.Series,
    line: str | None,
    errors: Sequence[str | None],
) -> pl.DataFrame:
    height = len(lines)
    nothing = pl.repeat(None, height, dtype=pl.String, eager=True)
    if line is not None and line in frame.columns:
        said = as_text(frame[line]).cast(pl.Int64, strict=False)
        lines = said.fill_null(lines)
    cells = [
        _cells(as_text(frame[place])) if place in frame.columns else nothing
        for place in places
    ]
    told = pl.Series(list(errors), dtype=pl.String)
    told = told if len(told) == height else nothing
    made = [lines.cast(pl.Int64), *cells, told]
    return pl.DataFrame([one.alias(str(at)) for at, one in enumerate(made)])


def _cells(texts: pl.Series) -> pl.Series:
    """Nothing is NULL, whichever format it is from."""
    return texts.set((texts == "").fill_null(False), None)


def _told(reject: Reject) -> str:
    return reject.message or reject.reason
