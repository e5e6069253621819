"""Which columns of a sheet have cells with errors."""

from onemanage.data_import.domain.planning.bad_value_choice import (
    MISSING_ERROR,
    ErrorCells,
)
from onemanage.data_import.domain.reading.sheets import Sheet, letters


def error_cells(sheet: Sheet, header_row: int | None) -> dict[int, ErrorCells]:
    """By position of the column, of the rows below the header."""
    found: dict[int, ErrorCells] = {}
    for row in sorted(sheet.errors):
        if row < (header_row or 0):
            continue
        for column, error in sheet.errors[row].items():
            seen = found.get(column + 1, ErrorCells())
            if error != MISSING_ERROR:
                seen = seen._replace(others=True)
            else:
                cell = f"{letters(sheet.first_column + column)}{row + 1}"
                seen = ErrorCells(seen.missing + 1, seen.first or cell, seen.others)
            found[column + 1] = seen
    return found
