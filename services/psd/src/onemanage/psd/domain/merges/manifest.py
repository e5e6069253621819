"""What a merge has come to, as files: a manifest in CSV and Parquet, and the rejects.

Pure: paths in, paths out, in a child of the sandbox. Rows come as lines of JSON, so
memory does not grow with them.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import batched
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
from pyarrow import parquet

from onemanage.contracts.datasets.handing_over import OWN_COLUMNS
from onemanage.contracts.psd.merges import file_name
from onemanage.psd.domain.merges.written import (
    MANIFEST_CSV,
    MANIFEST_PARQUET,
    REJECTS_CSV,
    ToldRow,
    Written,
)

_ROWS = 5000
"""Of a group of Parquet."""
_RUNS = re.compile("^'*[=+\\-@\\t\\r\\n＝＋－＠]")
_NUMBER = re.compile(r"[+-][0-9.,]*[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?%?")
_NOTE = (
    " An apostrophe stands before text that a spreadsheet would run; it is taken off"
    " again when the row is sent again."
)
"""As data-import ends the error of such a row: so it knows them when they come back."""


def write_files(rows: Path, out: Path, columns: list[str], outputs: int) -> Written:
    """Three files in ``out``. ``rows`` has a ToldRow a line; ``columns`` name its cells."""
    count = rejected = 0
    with ExitStack() as stack:
        files = [
            stack.enter_context((out / name).open("w", encoding="utf-8", newline=""))
            for name in (MANIFEST_CSV, REJECTS_CSV)
        ]
        manifest, rejects = (csv.writer(file, lineterminator="\n") for file in files)
        schema = _schema(columns, outputs)
        manifest.writerow([_guarded(name) for name in schema.names])
        rejects.writerow([*map(_guarded, columns), *OWN_COLUMNS])
        groups = stack.enter_context(
            parquet.ParquetWriter(out / MANIFEST_PARQUET, schema, compression="zstd")
        )
        for told in batched(_told(rows), _ROWS):
            made = [_values(row, outputs) for row in told]
            count += len(made)
            groups.write_table(pa.Table.from_pylist(
                [dict(zip(schema.names, one, strict=True)) for one in made], schema
            ))  # fmt: skip
            manifest.writerows([_plain(cell) for cell in one] for one in made)
            bad = [_reject(row) for row in told if row.row.error is not None]
            rejects.writerows(bad)
            rejected += len(bad)
    return Written(rows=count, rejected=rejected)


def _told(rows: Path) -> Iterator[ToldRow]:
    decoder = msgspec.json.Decoder(ToldRow)
    with rows.open("rb") as lines:
        for line in lines:
            yield decoder.decode(line)


def _schema(columns: Sequence[str], outputs: int) -> Any:
    """Ours begin with an underscore, so that none is another column's."""
    fields = [("_number", pa.int64()), ("_line", pa.int64()), ("_name", pa.string())]
    fields += [("_state", pa.string())]
    fields += [(name, pa.string()) for name in columns if name not in dict(fields)]
    for number in range(1, outputs + 1):
        fields += [(f"_file_{number}", pa.string())]
        fields += [(f"_{what}_{number}", pa.int64()) for what in ("width", "height")]
        fields += [(f"_size_{number}", pa.int64()), (f"_sha256_{number}", pa.string())]
    ours = ("_warnings", "_column", "_error", "_code")
    return pa.schema([*fields, *((name, pa.string()) for name in ours)])


def _values(told: ToldRow, outputs: int) -> list[Any]:
    row = told.row
    made: list[Any] = [row.number, row.line, row.name, row.state, *told.cells]
    for number in range(outputs):
        image = row.images[number] if number < len(row.images) else None
        if image is None:
            made += [None] * 5
        else:
            name = file_name(row.name, image, len(row.images))
            made += [name, image.width, image.height, image.size, image.sha256]
    error = row.error
    blamed = [None] * 3 if error is None else [error.column, error.message, error.code]
    return [*made, " ".join(row.warnings) or None, *blamed]


def _reject(told: ToldRow) -> list[str]:
    error = told.row.error
    assert error is not None  # only such rows are rejects
    cells = [cell or "" for cell in told.cells]
    safe = [_guarded(cell) for cell in cells]
    note = _NOTE if safe != cells else ""
    return [
        *safe,
        str(told.row.line),
        _guarded(error.column or ""),
        _guarded(error.message) + note,
    ]


def _plain(cell: Any) -> str:
    return (
        "" if cell is None else _guarded(cell) if isinstance(cell, str) else str(cell)
    )


def _guarded(text: str) -> str:
    """With an apostrophe where a spreadsheet would run it."""
    runs = _RUNS.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs else text
