"""The one way to read a source's rows, whatever its format."""

from collections.abc import Callable, Iterator
from pathlib import Path

from onemanage.contracts.imports.plans import TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import WrongPlan
from onemanage.data_import.domain.reading.html_tables import read_html
from onemanage.data_import.domain.reading.read_columnar import (
    read_arrow,
    read_parquet,
)
from onemanage.data_import.domain.reading.read_csv import read_csv
from onemanage.data_import.domain.reading.read_jsonl import read_jsonl
from onemanage.data_import.domain.reading.read_sqlite import read_sqlite
from onemanage.data_import.domain.reading.read_workbook import read_workbook
from onemanage.data_import.domain.reading.xml_workbook import read_xml_workbook

_READERS: dict[str, Callable[[Path, TablePlan], Iterator[Batch]]] = {
    "csv": read_csv,
    "excel": read_workbook,
    "html": read_html,
    "xml": read_xml_workbook,
    "parquet": read_parquet,
    "arrow": read_arrow,
    "jsonl": read_jsonl,
    "sqlite": read_sqlite,
}


def read_table(path: Path, table: TablePlan) -> Iterator[Batch]:
    """The rows of one part of a file, about 4 MiB or 50,000 at a time.

    ``table.columns`` names every column of the source, also those not included.
    Raises InvalidSource subclasses, at any batch, for what cannot be read at all.
    """
    reader = _READERS.get(table.format)
    if reader is None:
        raise WrongPlan(
            "data_import.no_such_part",
            f"No file has the format {table.format!r}. Plan the file again.",
        )
    return reader(path, table)
