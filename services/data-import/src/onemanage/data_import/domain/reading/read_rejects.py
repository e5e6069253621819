"""Rejects that somebody has put right, without the guards that we gave them."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import TablePlan
from onemanage.data_import.domain import formulas
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.formula_text import NOTE
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.domain.rejects_told import OURS


def read_rejects(path: Path, table: TablePlan) -> Iterator[Batch]:
    """As `read_table`. A row is ours to change where its error says that it is."""
    error = next((one for one in table.columns if one.header == OURS[-1]), None)
    if error is None:
        yield from read_table(path, table)
        return
    columns = [
        replace(one, include=True, type="text", nulls=[]) if one is error else one
        for one in table.columns
    ]
    place = str(error.position)
    for batch in read_table(path, replace(table, columns=columns)):
        raw = batch.rejected_rows
        yield batch._replace(
            frame=_unguarded(batch.frame, place).drop(place),
            rejected_rows=None if raw is None else _unguarded(raw, place),
        )


def _unguarded(frame: pl.DataFrame, place: str) -> pl.DataFrame:
    if place not in frame.columns or frame[place].dtype != pl.String:
        return frame
    note = NOTE.strip()
    ours = frame[place].str.strip_chars().str.ends_with(note).fill_null(False)
    if not ours.any():
        return frame
    return frame.with_columns(
        formulas.unguarded(one).zip_with(ours, one)
        for one in frame.get_columns()
        if one.dtype == pl.String
    )
