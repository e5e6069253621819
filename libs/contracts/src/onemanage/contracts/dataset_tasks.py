"""Tasks of data sets: snapshot and profile, export, drop. By data-import."""

from datetime import datetime

from onemanage.contracts.base import (
    AcceptedEvent,
    CancelledEvent,
    Command,
    Event,
    FailedEvent,
    ProgressEvent,
    RequestedEvent,
    StartedEvent,
)
from onemanage.contracts.datasets import (
    DatasetExport,
    DatasetSnapshot,
    DroppedDataset,
    ExportSpec,
)


class SnapshotDataset(Command, frozen=True, kw_only=True, tag="data_import.etl"):
    """Write the table as Parquet and profile it, as it is when the task runs."""

    dataset_id: str
    import_id: str
    """That has changed it."""


class SnapshotRequested(
    RequestedEvent, frozen=True, kw_only=True, tag="data_import.etl.requested"
):
    command: SnapshotDataset


class SnapshotAccepted(
    AcceptedEvent, frozen=True, kw_only=True, tag="data_import.etl.accepted"
):
    pass


class SnapshotStarted(
    StartedEvent, frozen=True, kw_only=True, tag="data_import.etl.started"
):
    pass


class SnapshotProgress(
    ProgressEvent, frozen=True, kw_only=True, tag="data_import.etl.progress"
):
    pass


class SnapshotCompleted(
    Event, frozen=True, kw_only=True, tag="data_import.etl.completed"
):
    result: DatasetSnapshot


class SnapshotFailed(
    FailedEvent, frozen=True, kw_only=True, tag="data_import.etl.failed"
):
    pass


class SnapshotCancelled(
    CancelledEvent, frozen=True, kw_only=True, tag="data_import.etl.cancelled"
):
    pass


class ExportDataset(Command, frozen=True, kw_only=True, tag="data_import.export"):
    """Write the table, or a part of it, to one file."""

    export_id: str
    dataset_id: str
    spec: ExportSpec = ExportSpec()


class ExportAccepted(
    AcceptedEvent, frozen=True, kw_only=True, tag="data_import.export.accepted"
):
    pass


class ExportStarted(
    StartedEvent, frozen=True, kw_only=True, tag="data_import.export.started"
):
    pass


class ExportProgress(
    ProgressEvent, frozen=True, kw_only=True, tag="data_import.export.progress"
):
    pass


class ExportCompleted(
    Event, frozen=True, kw_only=True, tag="data_import.export.completed"
):
    result: DatasetExport


class ExportFailed(
    FailedEvent, frozen=True, kw_only=True, tag="data_import.export.failed"
):
    pass


class ExportCancelled(
    CancelledEvent, frozen=True, kw_only=True, tag="data_import.export.cancelled"
):
    pass


class DropDataset(Command, frozen=True, kw_only=True, tag="data_import.drop"):
    """Delete the table and all that was made of it."""

    dataset_id: str
    name: str
    created_at: datetime
    """Of the data set that is meant, as another may have its name by then."""


class DropAccepted(
    AcceptedEvent, frozen=True, kw_only=True, tag="data_import.drop.accepted"
):
    pass


class DropStarted(
    StartedEvent, frozen=True, kw_only=True, tag="data_import.drop.started"
):
    pass


class DropProgress(
    ProgressEvent, frozen=True, kw_only=True, tag="data_import.drop.progress"
):
    pass


class DropCompleted(Event, frozen=True, kw_only=True, tag="data_import.drop.completed"):
    result: DroppedDataset


class DropFailed(FailedEvent, frozen=True, kw_only=True, tag="data_import.drop.failed"):
    pass


class DropCancelled(
    CancelledEvent, frozen=True, kw_only=True, tag="data_import.drop.cancelled"
):
    pass
