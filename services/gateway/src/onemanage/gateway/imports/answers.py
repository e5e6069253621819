"""Plans, imports and rejects -> HTTP answers."""

from contextlib import suppress
from typing import Any

import msgspec
from starlette.responses import Response

from onemanage.contracts.imports.imports import Import, TableReject, kept_rejects
from onemanage.contracts.imports.plans import PlanDocument
from onemanage.gateway.http.downloads import (
    Conditions,
    download,
    missing_as,
    tag_of,
)
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.imports.schemas import ImportedTableOut, ImportOut, RejectOut
from onemanage.platform.storage.storage import ObjectMissing, Storage


def plan(document: PlanDocument, task_id: str) -> dict[str, Any]:
    """Each table with its findings beside it."""
    made = document.plan
    pairs = zip(made.tables, made.findings, strict=True)
    return {
        "id": document.plan_id,
        "task_id": task_id,
        "sources": [_source(one) for one in document.sources],
        "tables": [
            msgspec.to_builtins(table) | {"findings": msgspec.to_builtins(findings)}
            for table, findings in pairs
        ],
        "source_tables": [
            {"schema": one.db_schema, "table": one.table, "kind": one.kind}
            for one in made.source_tables
        ],
        "options": msgspec.to_builtins(made.options),
        "created_at": document.created_at,
    }


def _source(source: Any) -> dict[str, Any]:
    fields = msgspec.to_builtins(source)
    if fields["type"] == "file":
        return {
            "kind": "file",
            "name": fields["file_name"],
            "file_id": fields["file_id"],
        }
    name = f"{fields['host']}/{fields['database']}"
    return {"kind": "database", "name": name, "file_id": None}


def done(found: Import) -> dict[str, Any]:
    """An import with the addresses of its rejects."""
    at = f"/v1/imports/{found.import_id}/rejects.csv?part="
    tables = [
        ImportedTableOut.shown(
            table, rejects_url=f"{at}{number}" if table.rejects_key else None
        )
        for number, table in enumerate(found.tables, 1)
    ]
    return ImportOut.shown(found, tables=tables)


def reject(found: TableReject) -> dict[str, Any]:
    """A rejected row as the API shows it."""
    return RejectOut.shown(found)


async def csv(
    storage: Storage,
    object_key: str,
    file_name: str,
    asked: Conditions,
    *,
    guard_formulas: bool,
) -> Response:
    """Stream it out, as it was where no guard is wanted. Raises a 404 Problem."""

    async def sent(key: str) -> Response:
        return await download(
            storage,
            key,
            tag_of(key),
            asked,
            file_name=file_name,
            kind="attachment",
            gone=None,
        )

    with missing_as(_rejects_gone):
        if not guard_formulas:
            with suppress(ObjectMissing):  # where nothing had to be guarded
                return await sent(kept_rejects(object_key))
        return await sent(object_key)


def _rejects_gone() -> Problem:
    detail = "The rejects are no longer kept. Import the file again."
    return Problem(404, "rejects_gone", detail)
