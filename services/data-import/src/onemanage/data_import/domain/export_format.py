"""What an export is, before anything is written: its formats, their limits, its texts."""

from collections.abc import Sequence

from onemanage.contracts.datasets.datasets import DatasetColumn
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.data_import.domain import formula_text
from onemanage.data_import.domain.planning.names import quoted

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MAX_ROWS = 1_048_576
"""Of a sheet, the header's row counted."""
_MAX_DIGITS = 38
"""Of a decimal that every reader knows."""


class InvalidExport(InvalidInput):
    """What the format cannot hold, in words for who asked. ``code`` is stable."""


def too_many_rows() -> InvalidExport:
    """More than one sheet has room for."""
    text = (
        f"A sheet of XLSX has room for {MAX_ROWS - 1:,} rows beside its header, and "
        "these are more. Filter them, or export CSV or Parquet."
    )
    return InvalidExport("export.too_many_rows", text)


def select_sql(column: DatasetColumn, *, guard_formulas: bool = False) -> str:
    """The column as text: ISO 8601, UTC with a Z, true and false, all digits."""
    name = quoted(column.name)
    if column.type == "text":
        if not guard_formulas:
            return name
        runs = formula_text.RUN.replace("'", "''")
        return f"CASE WHEN {name} ~ '{runs}' THEN '''' || {name} ELSE {name} END"
    # PostgreSQL's own text has as many parts of a second as there are.
    if column.type == "timestamptz":
        return f"replace(({name} AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'"
    if column.type == "timestamp":
        return f"replace({name}::text, ' ', 'T')"
    return f"{name}::text"


def open_ended(columns: Sequence[DatasetColumn]) -> frozenset[str]:
    """Names of numerics that have no scale in the table."""
    return frozenset(
        one.name for one in columns if one.type == "numeric" and one.scale is None
    )


def decimal_digits(column: DatasetColumn) -> tuple[int, int] | None:
    """Precision and scale of a decimal that holds the column; None where it is text in
    a file, as numbers of any or of more than 38 digits are, or no numeric."""
    precision, scale = column.precision, column.scale or 0
    if column.type != "numeric" or precision is None:
        return None
    if precision > _MAX_DIGITS or scale < 0:
        return None
    return max(precision, scale), scale
