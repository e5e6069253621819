"""Every subject, with the Struct it carries, who produces it and who consumes it.

Adding a task: its declaration beside its command, and its name in TASKS. Adding another
event: its Struct, and a line in EVENTS. Then `make contracts`, and for a handler a line
in CONSUMERS. Streams, consumers, schemas and docs/asyncapi.json follow from these tables.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import msgspec

from onemanage.contracts import compute, deletion, files, uploads
from onemanage.contracts.base import (
    Command,
    Event,
    Query,
    QuickQuestion,
    QuickRefusal,
    Status,
)
from onemanage.contracts.datasets import datasets, handing_over
from onemanage.contracts.datasets import tasks as dataset_tasks
from onemanage.contracts.imaging import batches
from onemanage.contracts.imaging import deletion as imaging_deletion
from onemanage.contracts.imaging import images, quick, recipes
from onemanage.contracts.imports import deletion as import_deletion
from onemanage.contracts.imports import imports, plans
from onemanage.contracts.previews import datasets as dataset_previews
from onemanage.contracts.previews import deletion as preview_deletion
from onemanage.contracts.previews import previews, tiles
from onemanage.contracts.psd import deletion as psd_deletion
from onemanage.contracts.psd import (
    diffs,
    documents,
    filling,
    fonts,
    merge_pictures,
    merges,
)
from onemanage.contracts.psd import questions as psd_questions
from onemanage.contracts.psd import renditions, templates
from onemanage.contracts.specs import HANDLER_PREFIX as HANDLER_PREFIX
from onemanage.contracts.specs import LANES as LANES
from onemanage.contracts.specs import ConsumerSpec as ConsumerSpec
from onemanage.contracts.specs import EventSpec as EventSpec
from onemanage.contracts.specs import Lane as Lane
from onemanage.contracts.specs import QuerySpec as QuerySpec
from onemanage.contracts.specs import QuickSpec as QuickSpec
from onemanage.contracts.task import Task as Task

type AnyTask = Task[Any, Any]

TASKS: tuple[AnyTask, ...] = (
    uploads.COMPLETE,
    documents.PARSE_EXPORT,
    renditions.RENDER,
    diffs.COMPARE,
    templates.DEFINE_TEMPLATE,
    fonts.ADD_FONT,
    merges.PREPARE_MERGE,
    merges.MERGE_ROWS,
    merges.FINISH_MERGE,
    psd_deletion.DELETE_FROM_PSD,
    images.TRANSFORM,
    images.ANALYZE,
    images.GENERATE_BACKGROUND,
    batches.FINISH_BATCH,
    imaging_deletion.DELETE_FROM_IMAGING,
    previews.PUBLISH,
    dataset_previews.PUBLISH_DATASET,
    tiles.TILE,
    preview_deletion.DELETE_FROM_PREVIEW,
    plans.PLAN,
    imports.IMPORT,
    imports.UNDO,
    dataset_tasks.SNAPSHOT,
    dataset_tasks.EXPORT,
    handing_over.HAND_OVER,
    dataset_tasks.DROP,
    import_deletion.DELETE_FROM_DATA_IMPORT,
)

EVENTS = (
    EventSpec("events.file.upload.completed", files.FileUploadCompleted, "gateway"),
    *(event for task in TASKS for event in task.events()),
    EventSpec("events.preview.expired", previews.PreviewExpired, "preview"),
    *compute.EVENTS,
)

QUERIES = (
    compute.WAITING,
    merge_pictures.PICTURES,
    *psd_questions.QUERIES,
    QuerySpec(
        "queries.imaging.transformation",
        images.GetTransformation,
        images.Transformation,
        "imaging",
    ),
    QuerySpec(
        "queries.imaging.transformations",
        images.ListTransformations,
        images.TransformationPage,
        "imaging",
    ),
    QuerySpec(
        "queries.imaging.background",
        images.GetBackground,
        images.BackgroundImage,
        "imaging",
    ),
    QuerySpec("queries.imaging.asset", images.GetAsset, images.Asset, "imaging"),
    QuerySpec(
        "queries.imaging.similar",
        images.FindSimilar,
        images.SimilarImages,
        "imaging",
        scans=True,
    ),
    QuerySpec(
        "queries.imaging.dependents",
        imaging_deletion.FindImagingDependents,
        deletion.Dependents,
        "imaging",
        scans=True,
    ),
    QuerySpec("queries.preview.get", previews.GetPreview, previews.Preview, "preview"),
    QuerySpec(
        "queries.preview.list", previews.ListPreviews, previews.PreviewPage, "preview"
    ),
    QuerySpec(
        "queries.preview.pyramid", tiles.GetPyramid, tiles.TilePyramid, "preview"
    ),
    QuerySpec(
        "queries.preview.dependents",
        preview_deletion.FindPreviewDependents,
        deletion.Dependents,
        "preview",
        scans=True,
    ),
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
    QuerySpec(
        "queries.data_import.plan", plans.GetPlan, plans.ImportPlan, "data_import"
    ),
    QuerySpec(
        "queries.data_import.import", imports.GetImport, imports.Import, "data_import"
    ),
    QuerySpec(
        "queries.data_import.imports",
        imports.ListImports,
        imports.ImportPage,
        "data_import",
    ),
    QuerySpec(
        "queries.data_import.rejects",
        imports.ListRejects,
        imports.RejectPage,
        "data_import",
    ),
    QuerySpec(
        "queries.data_import.dependents",
        import_deletion.FindDataImportDependents,
        deletion.Dependents,
        "data_import",
        scans=True,
    ),
)

QUICK = (
    QuickSpec(
        "quick.imaging.image",
        quick.MakeImage,
        quick.MadeImage,
        "imaging",
        askers=("gateway", "psd"),
    ),
    QuickSpec("quick.psd.template", filling.FillTemplate, quick.MadeImage, "psd"),
)


def _discards() -> Iterator[ConsumerSpec]:
    """One of each service, for each kind of thing that runs without a result leave."""

    def owner(task: AnyTask) -> tuple[str, str]:
        return task.worker, task.leaves or ""

    for (worker, left), tasks in groupby(sorted(TASKS, key=owner), owner):
        if left:
            subjects = tuple(
                task.event_subject(status)
                for task in tasks
                for status in (Status.FAILED, Status.CANCELLED)
            )
            yield ConsumerSpec(
                f"on_{worker}_run_ended_discard_{left}", worker, subjects
            )


CONSUMERS = (  # and on_<worker>_run_ended_discard_<leaves>, which follow from TASKS
    ConsumerSpec("on_task_event_project_task", "gateway", ("events.>",)),
    ConsumerSpec("on_task_requested_accept_task", "gateway", ("events.*.*.requested",)),
    ConsumerSpec("on_event_record_webhook_deliveries", "gateway", ("events.>",)),
    ConsumerSpec(
        "on_file_upload_completed_analyze_image",
        "imaging",
        ("events.file.upload.completed",),
    ),
    ConsumerSpec(
        "on_psd_parse_export_completed_publish_preview",
        "preview",
        ("events.psd.parse_export.completed",),
    ),
    ConsumerSpec(
        "on_data_import_completed_etl",
        "data_import",
        ("events.data_import.completed",),
    ),
    ConsumerSpec(
        "on_data_import_undo_completed_etl",
        "data_import",
        ("events.data_import.undo.completed",),
    ),
    ConsumerSpec(
        "on_data_import_etl_completed_publish_preview",
        "preview",
        ("events.data_import.etl.completed",),
    ),
    ConsumerSpec(
        "on_data_import_drop_completed_discard_previews",
        "preview",
        ("events.data_import.drop.completed",),
    ),
    ConsumerSpec(
        "on_psd_delete_completed_discard_previews",
        "preview",
        ("events.psd.delete.completed",),
    ),
    ConsumerSpec(
        "on_imaging_delete_completed_discard_tiles",
        "preview",
        ("events.imaging.delete.completed",),
    ),
    ConsumerSpec(
        "on_psd_delete_completed_discard_images",
        "imaging",
        ("events.psd.delete.completed",),
    ),
    *_discards(),
)

_TASKS_BY_NAME = {task.name: task for task in TASKS}
_TASKS_BY_COMMAND: dict[type[Command], AnyTask] = {task.command: task for task in TASKS}
_EVENTS_BY_SUBJECT = {spec.subject: spec for spec in EVENTS}
_SUBJECT_BY_EVENT: dict[type[Event], str] = {spec.type: spec.subject for spec in EVENTS}
_QUERIES_BY_TYPE: dict[type[Query], QuerySpec] = {
    spec.question: spec for spec in QUERIES
}
_QUICK_BY_TYPE = {spec.question: spec for spec in QUICK}


def task_named(name: str) -> AnyTask | None:
    """The task of this name, or None where this release does not know it."""
    return _TASKS_BY_NAME.get(name)


def task_of(command: Command) -> AnyTask:
    """The task that this is an order for."""
    return _TASKS_BY_COMMAND[type(command)]


def event_spec(subject: str) -> EventSpec | None:
    """The event of this subject, or None where this release does not know it."""
    return _EVENTS_BY_SUBJECT.get(subject)


def subject_of(event: Event) -> str:
    """Where this event is published. Raises KeyError for a type that is not in EVENTS."""
    return _SUBJECT_BY_EVENT[type(event)]


def query_spec(query: type[Query]) -> QuerySpec:
    """Who answers it, and where. Raises KeyError for a type that is not in QUERIES."""
    return _QUERIES_BY_TYPE[query]


def quick_spec(question: type[QuickQuestion]) -> QuickSpec:
    """Who answers it, and where. Raises KeyError for a type that is not in QUICK."""
    return _QUICK_BY_TYPE[question]


def task_name_of(subject: str) -> str:
    """``psd.parse_export`` for ``events.psd.parse_export.completed``."""
    return subject.removeprefix("events.").rpartition(".")[0]


def cancel_subject(task_id: str) -> str:
    """Control, on core NATS: whoever runs this task is to stop it."""
    return f"control.cancel.{task_id}"


def withdraw_subject(owner: str) -> str:
    """Control, on core NATS: the id of a question that nobody waits for any more."""
    return f"control.withdraw.{owner}"


def holder_subject(task_id: str) -> str:
    """Control, on core NATS: a worker that has this task in hand answers."""
    return f"control.holder.{task_id}"


def capacity_subject(worker: str) -> str:
    """Control, on core NATS: how many tasks each process of this worker can run."""
    return f"control.capacity.{worker}"


def handle_subject(handler: str) -> str:
    """Control, on core NATS: an event that this handler alone is to be given again."""
    return f"control.handle.{handler}"


def asker_subject(process: str) -> str:
    """Control, on core NATS: what this gateway process has had made, it hands on."""
    return f"control.asker.{process}"


def consumers_of(subject: str) -> tuple[ConsumerSpec, ...]:
    """The handlers that see an event published on ``subject``."""
    return tuple(
        spec
        for spec in CONSUMERS
        if any(matches(pattern, subject) for pattern in spec.subjects)
    )


def matches(pattern: str, subject: str) -> bool:
    """Whether a NATS subject falls under a pattern with ``*`` and ``>``."""
    wanted, given = pattern.split("."), subject.split(".")
    for position, token in enumerate(wanted):
        if token == ">":
            return len(given) > position
        if position >= len(given) or token not in ("*", given[position]):
            return False
    return len(wanted) == len(given)


def message_types() -> dict[str, Any]:
    """Every Struct that crosses between services, by what it is and its subject."""
    named: dict[str, Any] = {f"commands/{task.name}": task.command for task in TASKS}
    for event in EVENTS:
        named[event.subject.replace("events.", "events/", 1)] = event.type
    for query in QUERIES:
        stem = query.subject.replace("queries.", "queries/", 1)
        named[f"{stem}.query"], named[f"{stem}.answer"] = query.question, query.answer
    for quickly in QUICK:
        stem = quickly.subject.replace("quick.", "quick/", 1)
        named[f"{stem}.question"] = quickly.question
        named[f"{stem}.answer"] = quickly.answer
    named["quick/refusal"] = QuickRefusal
    named["documents/psd.manifest"] = documents.Manifest
    named["documents/psd.rendition"] = renditions.RenditionManifest
    named["documents/psd.diff"] = diffs.DiffManifest
    named["documents/data_import.profile"] = datasets.DatasetProfile
    named["documents/imaging.recipe"] = recipes.Recipe
    named["documents/data_import.plan"] = plans.PlanDocument
    return named
