"""Every subject, with the Struct it carries, who produces it and who consumes it.

Adding an event: its Struct, a line in EVENTS, `make contracts`, an example under the
consumer's tests, a handler. Streams, consumers, JSON Schemas and docs/asyncapi.json
all follow from these four tables. The lines of imports stand in registry_imports.py,
those of data sets in registry_datasets.py.
"""

from typing import Any, get_type_hints

import msgspec

from onemanage.contracts import (
    data_import,
    datasets,
    files,
    imaging,
    imaging_batches,
    imaging_recipes,
    preview,
    psd,
    psd_diffs,
    psd_renditions,
    psd_search,
    registry_datasets,
    registry_imports,
)
from onemanage.contracts.base import Command, Event, Query, Status
from onemanage.contracts.specs import LANES as LANES
from onemanage.contracts.specs import CommandSpec as CommandSpec
from onemanage.contracts.specs import ConsumerSpec as ConsumerSpec
from onemanage.contracts.specs import EventSpec as EventSpec
from onemanage.contracts.specs import Lane as Lane
from onemanage.contracts.specs import QuerySpec as QuerySpec

COMMANDS = (
    CommandSpec("psd.parse_export", psd.ParseExport, "psd", ("gateway",)),
    CommandSpec("psd.render", psd_renditions.RenderDocument, "psd", ("gateway",)),
    CommandSpec("psd.compare", psd_diffs.CompareDocuments, "psd", ("gateway",)),
    CommandSpec("imaging.transform", imaging.TransformImage, "imaging", ("gateway",)),
    CommandSpec("imaging.analyze", imaging.AnalyzeImage, "imaging", ("gateway",)),
    CommandSpec(
        "background.generation", imaging.GenerateBackground, "imaging", ("gateway",)
    ),
    CommandSpec("imaging.batch", imaging_batches.FinishBatch, "imaging", ("gateway",)),
    CommandSpec("preview.publish", preview.PublishPreviews, "preview", ("gateway",)),
    *registry_datasets.COMMANDS,
    *registry_imports.COMMANDS,
)

EVENTS = (
    EventSpec("events.file.upload.completed", files.FileUploadCompleted, "gateway"),
    EventSpec("events.psd.parse_export.accepted", psd.ParseExportAccepted, "gateway"),
    EventSpec("events.psd.parse_export.started", psd.ParseExportStarted, "psd"),
    EventSpec("events.psd.parse_export.progress", psd.ParseExportProgress, "psd"),
    EventSpec("events.psd.parse_export.completed", psd.ParseExportCompleted, "psd"),
    EventSpec("events.psd.parse_export.failed", psd.ParseExportFailed, "psd"),
    EventSpec("events.psd.parse_export.cancelled", psd.ParseExportCancelled, "psd"),
    EventSpec("events.psd.render.accepted", psd_renditions.RenderAccepted, "gateway"),
    EventSpec("events.psd.render.started", psd_renditions.RenderStarted, "psd"),
    EventSpec("events.psd.render.progress", psd_renditions.RenderProgress, "psd"),
    EventSpec("events.psd.render.completed", psd_renditions.RenderCompleted, "psd"),
    EventSpec("events.psd.render.failed", psd_renditions.RenderFailed, "psd"),
    EventSpec("events.psd.render.cancelled", psd_renditions.RenderCancelled, "psd"),
    EventSpec("events.psd.compare.accepted", psd_diffs.CompareAccepted, "gateway"),
    EventSpec("events.psd.compare.started", psd_diffs.CompareStarted, "psd"),
    EventSpec("events.psd.compare.progress", psd_diffs.CompareProgress, "psd"),
    EventSpec("events.psd.compare.completed", psd_diffs.CompareCompleted, "psd"),
    EventSpec("events.psd.compare.failed", psd_diffs.CompareFailed, "psd"),
    EventSpec("events.psd.compare.cancelled", psd_diffs.CompareCancelled, "psd"),
    EventSpec(
        "events.imaging.transform.accepted", imaging.TransformAccepted, "gateway"
    ),
    EventSpec("events.imaging.transform.started", imaging.TransformStarted, "imaging"),
    EventSpec(
        "events.imaging.transform.progress", imaging.TransformProgress, "imaging"
    ),
    EventSpec(
        "events.imaging.transform.completed", imaging.TransformCompleted, "imaging"
    ),
    EventSpec("events.imaging.transform.failed", imaging.TransformFailed, "imaging"),
    EventSpec(
        "events.imaging.transform.cancelled", imaging.TransformCancelled, "imaging"
    ),
    EventSpec("events.imaging.analyze.requested", imaging.AnalyzeRequested, "imaging"),
    EventSpec("events.imaging.analyze.accepted", imaging.AnalyzeAccepted, "gateway"),
    EventSpec("events.imaging.analyze.started", imaging.AnalyzeStarted, "imaging"),
    EventSpec("events.imaging.analyze.progress", imaging.AnalyzeProgress, "imaging"),
    EventSpec("events.imaging.analyze.completed", imaging.AnalyzeCompleted, "imaging"),
    EventSpec("events.imaging.analyze.failed", imaging.AnalyzeFailed, "imaging"),
    EventSpec("events.imaging.analyze.cancelled", imaging.AnalyzeCancelled, "imaging"),
    EventSpec(
        "events.imaging.batch.accepted", imaging_batches.BatchAccepted, "gateway"
    ),
    EventSpec("events.imaging.batch.started", imaging_batches.BatchStarted, "imaging"),
    EventSpec(
        "events.imaging.batch.progress", imaging_batches.BatchProgress, "imaging"
    ),
    EventSpec(
        "events.imaging.batch.completed", imaging_batches.BatchCompleted, "imaging"
    ),
    EventSpec("events.imaging.batch.failed", imaging_batches.BatchFailed, "imaging"),
    EventSpec(
        "events.imaging.batch.cancelled", imaging_batches.BatchCancelled, "imaging"
    ),
    EventSpec(
        "events.background.generation.accepted", imaging.GenerationAccepted, "gateway"
    ),
    EventSpec(
        "events.background.generation.started", imaging.GenerationStarted, "imaging"
    ),
    EventSpec(
        "events.background.generation.progress", imaging.GenerationProgress, "imaging"
    ),
    EventSpec(
        "events.background.generation.completed", imaging.GenerationCompleted, "imaging"
    ),
    EventSpec(
        "events.background.generation.failed", imaging.GenerationFailed, "imaging"
    ),
    EventSpec(
        "events.background.generation.cancelled", imaging.GenerationCancelled, "imaging"
    ),
    EventSpec("events.preview.publish.requested", preview.PublishRequested, "preview"),
    EventSpec("events.preview.publish.accepted", preview.PublishAccepted, "gateway"),
    EventSpec("events.preview.publish.started", preview.PublishStarted, "preview"),
    EventSpec("events.preview.publish.progress", preview.PublishProgress, "preview"),
    EventSpec("events.preview.publish.completed", preview.PublishCompleted, "preview"),
    EventSpec("events.preview.publish.failed", preview.PublishFailed, "preview"),
    EventSpec("events.preview.publish.cancelled", preview.PublishCancelled, "preview"),
    EventSpec("events.preview.expired", preview.PreviewExpired, "preview"),
    *registry_datasets.EVENTS,
    *registry_imports.EVENTS,
)

QUERIES = (
    QuerySpec("queries.psd.document", psd.GetDocument, psd.Document, "psd"),
    QuerySpec("queries.psd.documents", psd.ListDocuments, psd.DocumentPage, "psd"),
    QuerySpec("queries.psd.layer", psd.GetLayer, psd.Layer, "psd"),
    QuerySpec("queries.psd.layers", psd.ListLayers, psd.LayerPage, "psd"),
    QuerySpec(
        "queries.psd.search",
        psd_search.SearchLayers,
        psd_search.FoundLayers,
        "psd",
        scans=True,
    ),
    QuerySpec(
        "queries.psd.rendition",
        psd_renditions.GetRendition,
        psd_renditions.Rendition,
        "psd",
    ),
    QuerySpec(
        "queries.psd.renditions",
        psd_renditions.ListRenditions,
        psd_renditions.RenditionPage,
        "psd",
    ),
    QuerySpec("queries.psd.diff", psd_diffs.GetDiff, psd_diffs.DocumentDiff, "psd"),
    QuerySpec(
        "queries.imaging.transformation",
        imaging.GetTransformation,
        imaging.Transformation,
        "imaging",
    ),
    QuerySpec(
        "queries.imaging.transformations",
        imaging.ListTransformations,
        imaging.TransformationPage,
        "imaging",
    ),
    QuerySpec(
        "queries.imaging.background",
        imaging.GetBackground,
        imaging.BackgroundImage,
        "imaging",
    ),
    QuerySpec("queries.imaging.asset", imaging.GetAsset, imaging.Asset, "imaging"),
    QuerySpec(
        "queries.imaging.similar",
        imaging.FindSimilar,
        imaging.SimilarImages,
        "imaging",
        scans=True,
    ),
    QuerySpec("queries.preview.get", preview.GetPreview, preview.Preview, "preview"),
    QuerySpec(
        "queries.preview.list", preview.ListPreviews, preview.PreviewPage, "preview"
    ),
    *registry_datasets.QUERIES,
    *registry_imports.QUERIES,
)

CONSUMERS = (
    ConsumerSpec("on_task_event_project_task", "gateway", "events.>"),
    ConsumerSpec("on_task_requested_accept_task", "gateway", "events.*.*.requested"),
    ConsumerSpec(
        "on_psd_parse_export_failed_discard_artifacts",
        "psd",
        "events.psd.parse_export.failed",
    ),
    ConsumerSpec(
        "on_psd_parse_export_cancelled_discard_artifacts",
        "psd",
        "events.psd.parse_export.cancelled",
    ),
    ConsumerSpec(
        "on_psd_render_failed_discard_artifacts",
        "psd",
        "events.psd.render.failed",
    ),
    ConsumerSpec(
        "on_psd_render_cancelled_discard_artifacts",
        "psd",
        "events.psd.render.cancelled",
    ),
    ConsumerSpec(
        "on_psd_compare_failed_discard_artifacts",
        "psd",
        "events.psd.compare.failed",
    ),
    ConsumerSpec(
        "on_psd_compare_cancelled_discard_artifacts",
        "psd",
        "events.psd.compare.cancelled",
    ),
    ConsumerSpec(
        "on_file_upload_completed_analyze_image",
        "imaging",
        "events.file.upload.completed",
    ),
    ConsumerSpec(
        "on_imaging_transform_failed_discard_artifacts",
        "imaging",
        "events.imaging.transform.failed",
    ),
    ConsumerSpec(
        "on_imaging_transform_cancelled_discard_artifacts",
        "imaging",
        "events.imaging.transform.cancelled",
    ),
    ConsumerSpec(
        "on_imaging_batch_failed_discard_artifacts",
        "imaging",
        "events.imaging.batch.failed",
    ),
    ConsumerSpec(
        "on_imaging_batch_cancelled_discard_artifacts",
        "imaging",
        "events.imaging.batch.cancelled",
    ),
    ConsumerSpec(
        "on_background_generation_failed_discard_artifacts",
        "imaging",
        "events.background.generation.failed",
    ),
    ConsumerSpec(
        "on_background_generation_cancelled_discard_artifacts",
        "imaging",
        "events.background.generation.cancelled",
    ),
    ConsumerSpec(
        "on_psd_parse_export_completed_publish_preview",
        "preview",
        "events.psd.parse_export.completed",
    ),
    ConsumerSpec(
        "on_preview_publish_failed_discard_previews",
        "preview",
        "events.preview.publish.failed",
    ),
    ConsumerSpec(
        "on_preview_publish_cancelled_discard_previews",
        "preview",
        "events.preview.publish.cancelled",
    ),
    *registry_datasets.CONSUMERS,
    *registry_imports.CONSUMERS,
)

_COMMANDS_BY_NAME = {spec.name: spec for spec in COMMANDS}
_EVENTS_BY_SUBJECT = {spec.subject: spec for spec in EVENTS}
_RESULTS_BY_TASK: dict[str, type[msgspec.Struct]] = {
    spec.name: get_type_hints(
        _EVENTS_BY_SUBJECT[spec.event_subject(Status.COMPLETED)].type
    )["result"]
    for spec in COMMANDS
}
_SUBJECT_BY_EVENT: dict[type[Event], str] = {spec.type: spec.subject for spec in EVENTS}
_QUERIES_BY_TYPE: dict[type[Query], QuerySpec] = {
    spec.question: spec for spec in QUERIES
}


def command_spec(name: str) -> CommandSpec | None:
    """The task of this name, or None where this release does not know it."""
    return _COMMANDS_BY_NAME.get(name)


def event_spec(subject: str) -> EventSpec | None:
    """The event of this subject, or None where this release does not know it."""
    return _EVENTS_BY_SUBJECT.get(subject)


def result_type(spec: CommandSpec) -> type[msgspec.Struct]:
    """What a task of this kind returns, as its completed event carries it."""
    return _RESULTS_BY_TASK[spec.name]


def subject_of(event: Event) -> str:
    return _SUBJECT_BY_EVENT[type(event)]


def query_spec(query: type[Query]) -> QuerySpec:
    return _QUERIES_BY_TYPE[query]


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


def consumers_of(subject: str) -> tuple[ConsumerSpec, ...]:
    """The handlers that see an event published on ``subject``."""
    return tuple(spec for spec in CONSUMERS if matches(spec.subject, subject))


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
    """Every Struct that crosses between services, by the name of its schema file."""
    named: dict[str, Any] = {f"commands/{spec.name}": spec.type for spec in COMMANDS}
    for event in EVENTS:
        named[event.subject.replace("events.", "events/", 1)] = event.type
    for query in QUERIES:
        stem = query.subject.replace("queries.", "queries/", 1)
        named[f"{stem}.query"], named[f"{stem}.answer"] = query.question, query.answer
    named["documents/psd.manifest"] = psd.Manifest
    named["documents/psd.rendition"] = psd_renditions.RenditionManifest
    named["documents/psd.diff"] = psd_diffs.DiffManifest
    named["documents/data_import.profile"] = datasets.DatasetProfile
    named["documents/imaging.recipe"] = imaging_recipes.Recipe
    named["documents/data_import.plan"] = data_import.PlanDocument
    return named
