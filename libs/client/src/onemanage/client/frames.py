"""Data frames on their way in and out, by the Arrow C stream interface.

https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html

Nothing here depends on a library of data frames: the one that a frame comes from is
there already, and writes it. What is written keeps the frame's own types.
"""

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import (
    Any,
    Callable,
    Optional,
    Protocol,
    TypeGuard,
    Union,
    runtime_checkable,
)

from onemanage.client.errors import OneManageError

ROWS = 65_536
"""Of a batch: whoever reads the file holds one in memory."""
_INSTALL = (
    "Install pyarrow, polars, or nanoarrow: pip install 'onemanage-client[arrow]'."
)


class NoArrow(OneManageError):
    """Nothing is installed that could write or read a data frame as a file."""


class NotAFrame(OneManageError):
    """A data frame that cannot be written as it is."""


@runtime_checkable
class ArrowStream(Protocol):
    """A data frame of polars, pandas, pyarrow, DuckDB or another library."""

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        """A capsule of an ArrowArrayStream."""


def is_frame(given: object) -> TypeGuard[ArrowStream]:
    """Whether it is a data frame, by the interface alone.

    Raises NotAFrame for what would be one after another step.
    """
    if hasattr(given, "__arrow_c_stream__"):
        return True
    kind = type(given)
    library = kind.__module__.partition(".")[0]
    if library == "polars" and kind.__name__ == "LazyFrame":
        raise NotAFrame("This is a LazyFrame: nothing is computed yet. Say .collect().")
    if library == "pandas" and hasattr(given, "columns"):
        raise NotAFrame(
            "Data frames of pandas are taken from its version 2.2 on. Renew pandas, or "
            "give the frame as a file."
        )
    return False


def write(frame: Any, folder: Path) -> Path:
    """The frame as a file in ``folder``: Parquet, or Arrow IPC.

    Raises NoArrow, or NotAFrame where a library refuses what is in the frame.
    """
    for name, writes, only_own in _WRITERS:
        module = _own(frame, name) if only_own else _there(name)
        if module is not None:
            return _written(writes, module, frame, folder)
    raise NoArrow(
        f"Nothing that could write a {type(frame).__name__} is installed. {_INSTALL}"
    )


def read(path: Path) -> Any:
    """What a Parquet file holds: a Table of pyarrow where that is installed, else a
    DataFrame of polars, else the bytes as they are."""
    pyarrow = _there("pyarrow.parquet")
    if pyarrow is not None:
        return pyarrow.read_table(os.fspath(path))
    polars = _there("polars")
    if polars is not None:
        return polars.read_parquet(path)
    return path.read_bytes()


def _written(
    writes: Callable[[Any, Any, Path], Path], module: Any, frame: Any, folder: Path
) -> Path:
    try:
        return writes(module, frame, folder)
    except (MemoryError, OneManageError):
        raise
    except Exception as error:  # each library has errors of its own, for many reasons
        why = " ".join(str(error).split())[:300].rstrip(".")
        raise NotAFrame(
            f"The {type(frame).__name__} cannot be written as a file: {why}. Convert "
            "the column that it names, or give the data as a file."
        ) from error


def _by_polars(polars: Any, frame: Any, folder: Path) -> Path:
    path = folder / "frame.parquet"
    own = isinstance(frame, (polars.DataFrame, polars.Series))
    made = frame if own else polars.DataFrame(frame)
    if isinstance(made, polars.Series):
        made = made.to_frame()
    made.write_parquet(path, compression="zstd", row_group_size=2 * ROWS)
    return path


def _by_duckdb(duckdb: Any, frame: Any, folder: Path) -> Path:
    path = folder / "frame.parquet"
    frame.write_parquet(os.fspath(path), compression="zstd")
    return path


def _by_pyarrow(pyarrow: Any, frame: Any, folder: Path) -> Path:
    """As an IPC stream, which holds every type of Arrow."""
    ipc = _there("pyarrow.ipc")
    assert ipc is not None
    path = folder / "frame.arrow"
    options = ipc.IpcWriteOptions(compression="zstd", emit_dictionary_deltas=True)
    with pyarrow.RecordBatchReader.from_stream(frame) as reader:
        with ipc.new_stream(os.fspath(path), reader.schema, options=options) as file:
            for batch in reader:
                for first in range(0, batch.num_rows, ROWS):
                    file.write_batch(batch.slice(first, ROWS))
    return path


def _by_nanoarrow(nanoarrow: Any, frame: Any, folder: Path) -> Path:
    ipc = _there("nanoarrow.ipc")
    assert ipc is not None
    path = folder / "frame.arrow"
    try:
        with ipc.StreamWriter.from_path(path) as file:
            file.write_stream(frame)
    except RuntimeError as error:  # as all that it refuses is
        # Its writer lacks views, as which polars and others give text, and casts nothing.
        raise NoArrow(
            f"nanoarrow cannot write this {type(frame).__name__} ({error}). Install "
            "pyarrow or polars, which can; or give the data as a file."
        ) from error
    return path


_Writes = Callable[[Any, Any, Path], Path]
_WRITERS: tuple[tuple[str, _Writes, bool], ...] = (
    ("polars", _by_polars, True),
    ("pyarrow", _by_pyarrow, False),
    ("polars", _by_polars, False),
    ("duckdb", _by_duckdb, True),
    ("nanoarrow", _by_nanoarrow, False),
)
"""The first that is there; the last says whether for its own frames alone. DuckDB writes
intervals and huge integers to Parquet as something else, and so comes late."""


def _own(frame: object, name: str) -> Optional[ModuleType]:
    """The library, where it is the one that the frame is of."""
    of = type(frame).__module__.partition(".")[0].lstrip("_")
    return sys.modules.get(name) if of == name else None


def _there(name: str) -> Optional[ModuleType]:
    """The library, where it is installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
