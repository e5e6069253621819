"""How far the cells of a sheet reach, against how many of them the file really has.

Whoever reads a sheet makes room for the whole rectangle around its cells. Two cells in
opposite corners make a rectangle of 17,179,869,184, so it is measured before.
"""

from onemanage.data_import.domain.errors import TooLarge

FREE_CELLS = 1 << 24
"""As many as a sheet of the older Excel has in all: room that is always given."""
CELLS_FOR_ONE = 8
"""Beyond that, cells of room for each cell that the file has."""
MAX_ROWS = 1 << 20
MAX_COLUMNS = 1 << 14
"""Of a sheet, in Excel and in LibreOffice."""


class CellRange:
    """The rectangle around the cells that have been seen; positions are from 0."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.cells = 0
        self._top = self._left = -1
        self._bottom = self._right = -1

    def see(self, row: int, column: int, cells: int = 1) -> None:
        """A cell, or ``cells`` of them of which this is one corner."""
        self.cells += cells
        self._top = row if self._top < 0 else min(self._top, row)
        self._left = column if self._left < 0 else min(self._left, column)
        self._bottom, self._right = max(self._bottom, row), max(self._right, column)

    def check(self) -> None:
        """Raises TooLarge where the rectangle is out of all proportion."""
        if self._bottom >= MAX_ROWS or self._right >= MAX_COLUMNS:
            raise _too_large(
                f"A cell stands in row {self._bottom + 1:,}, column {self._right + 1:,}; "
                f"a sheet has at most {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns. "
                "Delete what stands beyond.",
                self.where,
            )
        if self._bottom < 0:
            return
        width = self._right - self._left + 1
        room = (self._bottom - self._top + 1) * width
        if room > max(FREE_CELLS, CELLS_FOR_ONE * self.cells):
            raise _too_large(
                f"The cells of the sheet reach over {room:,} places and {self.cells:,} "
                f"of them are filled; at most {FREE_CELLS:,} places, or "
                f"{CELLS_FOR_ONE} for each filled one, are read. Delete the cells that "
                "stand far away from the table.",
                self.where,
            )


def _too_large(message: str, where: str) -> TooLarge:
    return TooLarge("data_import.too_many_cells", message, where)
