"""Tasks of data sets: snapshot and profile, export, drop. By data-import."""

from datetime import datetime

from onemanage.contracts.base import Command
from onemanage.contracts.datasets.datasets import (
    DatasetExport,
    DatasetSnapshot,
    DroppedDataset,
    ExportSpec,
)
from onemanage.contracts.imports.imports import HEAVY_ROWS
from onemanage.contracts.task import Task


class SnapshotDataset(Command, frozen=True, kw_only=True, tag="data_import.etl"):
    """Write the table as Parquet and profile it, as it is when the task runs."""

    dataset_id: str
    import_id: str
    """That has changed it."""
    loaded_rows: int = 0
    """By that import; 0 by an older release."""


SNAPSHOT = Task(
    "data_import.etl",
    command=SnapshotDataset,
    result=DatasetSnapshot,
    worker="data_import",
    requester="data_import",
    timeout=1800.0,
    heavy=lambda command: command.loaded_rows >= HEAVY_ROWS,
)
"""``data_import.etl`` to clients and on the wire, where names do not change; what it
makes is a snapshot, and is called so everywhere else."""


class ExportDataset(Command, frozen=True, kw_only=True, tag="data_import.export"):
    """Write the table, or a part of it, to one file."""

    export_id: str
    dataset_id: str
    spec: ExportSpec = ExportSpec()


EXPORT = Task(
    "data_import.export",
    command=ExportDataset,
    result=DatasetExport,
    worker="data_import",
    makes="export_id",
    timeout=1800.0,
)


class DropDataset(Command, frozen=True, kw_only=True, tag="data_import.drop"):
    """Delete the table and all that was made of it."""

    dataset_id: str
    name: str
    created_at: datetime
    """Of the data set that is meant, as another may have its name by then."""


DROP = Task(
    "data_import.drop",
    command=DropDataset,
    result=DroppedDataset,
    worker="data_import",
    timeout=1800.0,
    leaves=None,
)
