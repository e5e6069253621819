"""The lines of data sets in the subject registry's four tables."""

from onemanage.contracts import dataset_tasks, datasets, preview_datasets
from onemanage.contracts.specs import CommandSpec, ConsumerSpec, EventSpec, QuerySpec

COMMANDS = (
    CommandSpec(
        "preview.publish_dataset",
        preview_datasets.PublishDataset,
        "preview",
        ("gateway",),
    ),
    CommandSpec(
        "data_import.etl",
        dataset_tasks.SnapshotDataset,
        "data_import",
        ("gateway",),
        timeout=1800.0,
    ),
    CommandSpec(
        "data_import.export",
        dataset_tasks.ExportDataset,
        "data_import",
        ("gateway",),
        timeout=1800.0,
    ),
    CommandSpec(
        "data_import.drop",
        dataset_tasks.DropDataset,
        "data_import",
        ("gateway",),
        timeout=1800.0,
    ),
)

EVENTS = (
    EventSpec(
        "events.preview.publish_dataset.requested",
        preview_datasets.PublishDatasetRequested,
        "preview",
    ),
    EventSpec(
        "events.preview.publish_dataset.accepted",
        preview_datasets.PublishDatasetAccepted,
        "gateway",
    ),
    EventSpec(
        "events.preview.publish_dataset.started",
        preview_datasets.PublishDatasetStarted,
        "preview",
    ),
    EventSpec(
        "events.preview.publish_dataset.progress",
        preview_datasets.PublishDatasetProgress,
        "preview",
    ),
    EventSpec(
        "events.preview.publish_dataset.completed",
        preview_datasets.PublishDatasetCompleted,
        "preview",
    ),
    EventSpec(
        "events.preview.publish_dataset.failed",
        preview_datasets.PublishDatasetFailed,
        "preview",
    ),
    EventSpec(
        "events.preview.publish_dataset.cancelled",
        preview_datasets.PublishDatasetCancelled,
        "preview",
    ),
    EventSpec(
        "events.data_import.etl.requested",
        dataset_tasks.SnapshotRequested,
        "data_import",
    ),
    EventSpec(
        "events.data_import.etl.accepted", dataset_tasks.SnapshotAccepted, "gateway"
    ),
    EventSpec(
        "events.data_import.etl.started", dataset_tasks.SnapshotStarted, "data_import"
    ),
    EventSpec(
        "events.data_import.etl.progress", dataset_tasks.SnapshotProgress, "data_import"
    ),
    EventSpec(
        "events.data_import.etl.completed",
        dataset_tasks.SnapshotCompleted,
        "data_import",
    ),
    EventSpec(
        "events.data_import.etl.failed", dataset_tasks.SnapshotFailed, "data_import"
    ),
    EventSpec(
        "events.data_import.etl.cancelled",
        dataset_tasks.SnapshotCancelled,
        "data_import",
    ),
    EventSpec(
        "events.data_import.export.accepted", dataset_tasks.ExportAccepted, "gateway"
    ),
    EventSpec(
        "events.data_import.export.started", dataset_tasks.ExportStarted, "data_import"
    ),
    EventSpec(
        "events.data_import.export.progress",
        dataset_tasks.ExportProgress,
        "data_import",
    ),
    EventSpec(
        "events.data_import.export.completed",
        dataset_tasks.ExportCompleted,
        "data_import",
    ),
    EventSpec(
        "events.data_import.export.failed", dataset_tasks.ExportFailed, "data_import"
    ),
    EventSpec(
        "events.data_import.export.cancelled",
        dataset_tasks.ExportCancelled,
        "data_import",
    ),
    EventSpec(
        "events.data_import.drop.accepted", dataset_tasks.DropAccepted, "gateway"
    ),
    EventSpec(
        "events.data_import.drop.started", dataset_tasks.DropStarted, "data_import"
    ),
    EventSpec(
        "events.data_import.drop.progress", dataset_tasks.DropProgress, "data_import"
    ),
    EventSpec(
        "events.data_import.drop.completed", dataset_tasks.DropCompleted, "data_import"
    ),
    EventSpec(
        "events.data_import.drop.failed", dataset_tasks.DropFailed, "data_import"
    ),
    EventSpec(
        "events.data_import.drop.cancelled", dataset_tasks.DropCancelled, "data_import"
    ),
)

QUERIES = (
    QuerySpec(
        "queries.data_import.datasets",
        datasets.ListDatasets,
        datasets.DatasetPage,
        "data_import",
    ),
    QuerySpec(
        "queries.data_import.dataset",
        datasets.GetDataset,
        datasets.Dataset,
        "data_import",
    ),
    QuerySpec(
        "queries.data_import.rows",
        datasets.ListRows,
        datasets.RowPage,
        "data_import",
        scans=True,
    ),
    QuerySpec(
        "queries.data_import.profile",
        datasets.GetProfile,
        datasets.DatasetSnapshot,
        "data_import",
    ),
    QuerySpec(
        "queries.data_import.export",
        datasets.GetExport,
        datasets.DatasetExport,
        "data_import",
    ),
)

CONSUMERS = (
    ConsumerSpec(
        "on_data_import_completed_etl",
        "data_import",
        "events.data_import.completed",
    ),
    ConsumerSpec(
        "on_data_import_undo_completed_etl",
        "data_import",
        "events.data_import.undo.completed",
    ),
    ConsumerSpec(
        "on_preview_publish_dataset_failed_discard_previews",
        "preview",
        "events.preview.publish_dataset.failed",
    ),
    ConsumerSpec(
        "on_preview_publish_dataset_cancelled_discard_previews",
        "preview",
        "events.preview.publish_dataset.cancelled",
    ),
    ConsumerSpec(
        "on_data_import_etl_completed_publish_preview",
        "preview",
        "events.data_import.etl.completed",
    ),
    ConsumerSpec(
        "on_data_import_drop_completed_discard_previews",
        "preview",
        "events.data_import.drop.completed",
    ),
    ConsumerSpec(
        "on_data_import_etl_failed_discard_artifacts",
        "data_import",
        "events.data_import.etl.failed",
    ),
    ConsumerSpec(
        "on_data_import_etl_cancelled_discard_artifacts",
        "data_import",
        "events.data_import.etl.cancelled",
    ),
    ConsumerSpec(
        "on_data_import_export_failed_discard_artifacts",
        "data_import",
        "events.data_import.export.failed",
    ),
    ConsumerSpec(
        "on_data_import_export_cancelled_discard_artifacts",
        "data_import",
        "events.data_import.export.cancelled",
    ),
)
