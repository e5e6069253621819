"""Rows that were handed over, looked through: names, values, which picture each wants.

Pure: a path in, in a child of the sandbox. What cannot be shown is named, row by row;
what concerns all rows is refused at once.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from pyarrow import parquet  # type: ignore[import-untyped]  # it has no types

from onemanage.contracts.base import derived_id
from onemanage.contracts.datasets.handing_over import LINE, OWN_COLUMNS
from onemanage.contracts.psd.merge_checks import PatternPart, name_pattern
from onemanage.contracts.psd.merges import RowError
from onemanage.psd.domain.merges.cells import CellRejected, RowValues, row_values
from onemanage.psd.domain.merges.names import Names, row_name
from onemanage.psd.domain.merges.prepared import Preparation, Prepared, PreparedRow

_ROWS = 500
"""That are read, and handed on, at a time."""
_ERROR = OWN_COLUMNS[-1]

type Report = Callable[[list[PreparedRow]], None]


def prepare_rows(path: Path, asked: Preparation, report: Report) -> Prepared:
    """Reports the rows, some at a time, and returns how many there are."""
    pattern, names = name_pattern(asked.name), Names()
    rows = rejected = 0
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(_ROWS):
            made = []
            for row in batch.to_pylist():
                rows += 1
                made.append(_row(asked, row, rows, pattern, names))
            rejected += sum(one.error is not None for one in made)
            report(made)
    return Prepared(rows=rows, rejected=rejected)


def _row(
    asked: Preparation,
    row: Mapping[str, Any],
    number: int,
    pattern: Sequence[PatternPart],
    names: Names,
) -> PreparedRow:
    line = row.get(LINE) or number
    wanted = row_name(pattern, row, number, line)
    name = names.unique(wanted)
    taken = f"{wanted} is the name of an earlier row, so this one is called {name}."
    return PreparedRow(
        number=number,
        line=line,
        name=name,
        cells=[row[column] for column in asked.columns],
        warnings=[] if name == wanted else [taken],
        **_outcome(asked, row),
    )


def _outcome(asked: Preparation, row: Mapping[str, Any]) -> dict[str, Any]:
    """The picture it wants, or why it can have none."""
    if row.get(_ERROR):
        error = RowError(code="merge.unreadable_row", message=row[_ERROR])
        return {"error": error}
    try:
        values = row_values(asked.slots, asked.mapping, row, on_empty=asked.on_empty)
    except CellRejected as refused:
        return {"error": refused.error}
    return {"picture_id": picture_id(asked.made_by, values)}


def picture_id(made_by: Sequence[str], values: RowValues) -> str:
    """The same for the same values, template, outputs and fonts: whoever asks, and
    whenever."""
    said = [sorted(values.values.items()), sorted(values.pictures.items())]
    digest = hashlib.sha256(msgspec.json.encode([made_by, said])).hexdigest()
    return derived_id("pic", digest)
