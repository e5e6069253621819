"""The rows of a source database, as the plan wants them."""

from collections.abc import Iterator

import polars as pl

from onemanage.contracts.imports.plans import TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.sources import statements
from onemanage.data_import.sources.describing import as_frame, describe_columns
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.kinds import SourceColumn
from onemanage.data_import.sources.opened import Opened
from onemanage.data_import.sources.reader import read_arrow


def read_database(opened: Opened, table: TablePlan) -> Iterator[Batch]:
    """The table's or query's rows, some 20,000 at a time; lines are numbers of rows.

    Integers, floats and booleans are typed, all else is text. Raises SourceFailed, at
    any batch; never ends early without it.
    """
    sql = statements.rows(opened.source, _wanted(opened, table), None)
    done = 0
    for batch in read_arrow(opened, sql):
        frame = as_frame(batch)
        if not frame.height:
            continue
        lines = pl.int_range(done + 1, done + frame.height + 1, eager=True)
        done += frame.height
        yield Batch(frame, lines.alias("line"), [])


def _wanted(opened: Opened, table: TablePlan) -> list[tuple[int, SourceColumn]]:
    """The included columns as the database has them now."""
    found = {column.name: column for column in describe_columns(opened)}
    wanted = []
    for column in table.columns:
        if not column.include:
            continue
        if column.header not in found:
            text = "The source lost a column of the plan. Plan the source again."
            raise SourceFailed("database.missing", text, column.header)
        wanted.append((column.position, found[column.header]))
    if not wanted:
        text = "The plan includes no column of the source."
        raise SourceFailed("database.invalid", text)
    return wanted
