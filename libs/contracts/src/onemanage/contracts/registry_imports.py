"""The lines of imports in the subject registry's four tables."""

from onemanage.contracts import data_import
from onemanage.contracts.specs import CommandSpec, ConsumerSpec, EventSpec, QuerySpec

_OWNER = "data_import"

COMMANDS = (
    CommandSpec(
        "data_import.plan", data_import.PlanImport, _OWNER, ("gateway",), timeout=600.0
    ),
    CommandSpec(
        "data_import", data_import.RunImport, _OWNER, ("gateway",), timeout=3600.0
    ),
    CommandSpec(
        "data_import.undo", data_import.UndoImport, _OWNER, ("gateway",), timeout=600.0
    ),
)

EVENTS = (
    EventSpec("events.data_import.plan.accepted", data_import.PlanAccepted, "gateway"),
    EventSpec("events.data_import.plan.started", data_import.PlanStarted, _OWNER),
    EventSpec("events.data_import.plan.progress", data_import.PlanProgress, _OWNER),
    EventSpec("events.data_import.plan.completed", data_import.PlanCompleted, _OWNER),
    EventSpec("events.data_import.plan.failed", data_import.PlanFailed, _OWNER),
    EventSpec("events.data_import.plan.cancelled", data_import.PlanCancelled, _OWNER),
    EventSpec("events.data_import.accepted", data_import.ImportAccepted, "gateway"),
    EventSpec("events.data_import.started", data_import.ImportStarted, _OWNER),
    EventSpec("events.data_import.progress", data_import.ImportProgress, _OWNER),
    EventSpec("events.data_import.completed", data_import.ImportCompleted, _OWNER),
    EventSpec("events.data_import.failed", data_import.ImportFailed, _OWNER),
    EventSpec("events.data_import.cancelled", data_import.ImportCancelled, _OWNER),
    EventSpec("events.data_import.undo.accepted", data_import.UndoAccepted, "gateway"),
    EventSpec("events.data_import.undo.started", data_import.UndoStarted, _OWNER),
    EventSpec("events.data_import.undo.progress", data_import.UndoProgress, _OWNER),
    EventSpec("events.data_import.undo.completed", data_import.UndoCompleted, _OWNER),
    EventSpec("events.data_import.undo.failed", data_import.UndoFailed, _OWNER),
    EventSpec("events.data_import.undo.cancelled", data_import.UndoCancelled, _OWNER),
)

QUERIES = (
    QuerySpec(
        "queries.data_import.plan", data_import.GetPlan, data_import.ImportPlan, _OWNER
    ),
    QuerySpec(
        "queries.data_import.import", data_import.GetImport, data_import.Import, _OWNER
    ),
    QuerySpec(
        "queries.data_import.imports",
        data_import.ListImports,
        data_import.ImportPage,
        _OWNER,
    ),
    QuerySpec(
        "queries.data_import.rejects",
        data_import.ListRejects,
        data_import.RejectPage,
        _OWNER,
    ),
)

CONSUMERS = (
    ConsumerSpec(
        "on_data_import_plan_failed_discard_artifacts",
        _OWNER,
        "events.data_import.plan.failed",
    ),
    ConsumerSpec(
        "on_data_import_plan_cancelled_discard_artifacts",
        _OWNER,
        "events.data_import.plan.cancelled",
    ),
    ConsumerSpec(
        "on_data_import_failed_discard_artifacts",
        _OWNER,
        "events.data_import.failed",
    ),
    ConsumerSpec(
        "on_data_import_cancelled_discard_artifacts",
        _OWNER,
        "events.data_import.cancelled",
    ),
)
