"""Cells as they come into columns of a sheet, however they lie."""

from array import array

import polars as pl

from onemanage.data_import.domain.errors import check_columns
from onemanage.data_import.domain.reading.cell_range import CellRange


class CellGrid:
    """Takes cells with a text; rows and columns are from 0."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._rows, self._columns = array("q"), array("q")
        self._texts: list[str] = []
        self.errors: dict[int, dict[int, str]] = {}
        self._height = self._width = 0

    def put(self, row: int, column: int, text: str, is_error: bool = False) -> None:
        """Raises TooLarge for more columns than a table has."""
        if column >= self._width:
            check_columns(column + 1, self._where)
            self._width = column + 1
        if row >= self._height:
            self._height = row + 1
        if is_error:
            self.errors.setdefault(row, {})[column] = text
            return
        self._rows.append(row)
        self._columns.append(column)
        self._texts.append(text)

    def frame(self) -> pl.DataFrame:
        """String columns "1", "2", … and all rows from the first of the sheet.

        Raises TooLarge where the cells lie out of all proportion.
        """
        if not self._width:
            return pl.DataFrame()
        reach = CellRange(self._where)
        reach.see(0, 0, 0)
        count = len(self._texts) + sum(map(len, self.errors.values()))
        reach.see(self._height - 1, self._width - 1, count)
        reach.check()
        cells = pl.DataFrame(
            {
                "row": pl.Series(self._rows, dtype=pl.Int64),
                "column": pl.Series(self._columns, dtype=pl.Int64),
                "text": pl.Series(self._texts, dtype=pl.String),
            }
        )
        empty = pl.Series([None], dtype=pl.String).new_from_index(0, self._height)
        made = [empty.alias(str(at)) for at in range(1, self._width + 1)]
        for (column,), part in cells.partition_by("column", as_dict=True).items():
            made[column] = made[column].scatter(part["row"], part["text"])
        return pl.DataFrame(made)
