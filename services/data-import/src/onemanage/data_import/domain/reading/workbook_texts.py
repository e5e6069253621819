"""Cells that are put right after the library has read them, by what the file says."""

import zipfile
from pathlib import Path

import polars as pl

from onemanage.data_import.domain.reading.binary_workbook_times import (
    xlsb_leap_days,
    xlsb_lengths,
)
from onemanage.data_import.domain.reading.cell_facts import (
    CellFact,
    is_ods,
    xlsx_leap_days,
)
from onemanage.data_import.domain.reading.old_workbook_encoding import old_texts
from onemanage.data_import.domain.reading.old_workbook_times import (
    xls_leap_days,
    xls_lengths,
)

_LEAP_DAY_READ = "1900-02-28"
"""What the library makes of day 60, and of day 59 too."""


class WorkbookTexts:
    """``source`` is what the library reads, ``names`` are all sheets that it names."""

    def __init__(
        self, path: Path, source: Path | bytes, names: list[str], encoding: str | None
    ) -> None:
        self._path, self._source, self._names = path, source, names
        self._is_zip, self._is_ods = zipfile.is_zipfile(path), is_ods(path)
        self._lengths: list[list[CellFact]] | None = None
        # Of the file itself, as the library is given another code page.
        self.old = None if self._is_zip else old_texts(path.read_bytes(), encoding)

    def put_right(self, frame: pl.DataFrame, first: int, sheet: str) -> pl.DataFrame:
        """The sheet with texts of old code pages, and with lengths of time of XLS and
        XLSB, and days 60, as texts.

        ``first`` is the column of the sheet, from 0, that the frame begins with.
        """
        if self.old is not None:
            frame = _with_texts(frame, first, self._of_old(sheet))
        frame = _with_texts(frame, first, self._of_lengths(sheet))
        if not any(one.str.starts_with(_LEAP_DAY_READ).any() for one in frame):
            return frame
        return _with_texts(frame, first, self._of_leap_days(sheet), _LEAP_DAY_READ)

    def _of_old(self, sheet: str) -> list[CellFact]:
        at = self._names.index(sheet)
        return self.old.cells[at] if self.old and at < len(self.old.cells) else []

    def _of_lengths(self, sheet: str) -> list[CellFact]:
        if self._is_zip:
            return [] if self._is_ods else xlsb_lengths(self._path, sheet)
        if self._lengths is None:
            self._lengths = xls_lengths(self._bytes())
        at = self._names.index(sheet)
        return self._lengths[at] if at < len(self._lengths) else []

    def _of_leap_days(self, sheet: str) -> list[CellFact]:
        if self._is_ods:
            return []
        if not self._is_zip:
            return xls_leap_days(self._bytes(), self._names.index(sheet))
        found = xlsx_leap_days(self._path, sheet)
        return found or xlsb_leap_days(self._path, sheet)

    def _bytes(self) -> bytes:
        source = self._source
        return source if isinstance(source, bytes) else source.read_bytes()


def _with_texts(
    frame: pl.DataFrame, first: int, facts: list[CellFact], before: str = ""
) -> pl.DataFrame:
    """With these texts, where those that were read begin with ``before``."""
    changed: dict[int, dict[int, str | None]] = {}
    for fact in facts:
        column = fact.column - first
        if 0 <= column < frame.width and fact.row < frame.height:
            if (frame[fact.row, column] or "").startswith(before):
                changed.setdefault(column, {})[fact.row] = fact.text
    return put(frame, changed)


def put(frame: pl.DataFrame, changed: dict[int, dict[int, str | None]]) -> pl.DataFrame:
    """The frame with other values in these rows of these columns."""
    made = []
    for column, cells in changed.items():
        values = pl.Series(list(cells.values()), dtype=pl.String)
        made.append(frame.to_series(column).scatter(list(cells), values))
    return frame.with_columns(made) if made else frame
