"""Plans and imports that routes look up before they do anything with them."""

from typing import Any

import msgspec

from onemanage.contracts.imports.imports import GetImport, Import
from onemanage.contracts.imports.plans import GetPlan, ImportPlan, PlanDocument
from onemanage.contracts.imports.sources import FileSource
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.downloads import read
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.store import FileRow
from onemanage.platform.messaging.queries import ask


async def known_plan(gateway: Gateway, caller: Caller, plan_id: str) -> ImportPlan:
    """In brief. Raises QueryFailed where the workspace has none of this id."""
    query = GetPlan(workspace_id=caller.workspace_id, plan_id=plan_id)
    return await ask(gateway.nats, query, ImportPlan)


async def kept_plan(gateway: Gateway, caller: Caller, plan_id: str) -> ImportPlan:
    """Whoever imports by a plan that is gone hears of it at once. Raises Problem."""
    found = await known_plan(gateway, caller, plan_id)
    if not await gateway.storage.keys(found.plan_key):
        raise _plan_gone()
    return found


async def plan_document(gateway: Gateway, plan_key: str) -> PlanDocument:
    """The plan whole. Raises a 404 Problem where it is no longer kept."""
    stored = await read(gateway.storage, plan_key, _plan_gone)
    return msgspec.json.decode(stored, type=PlanDocument)


def _plan_gone() -> Problem:
    return Problem(404, "plan_gone", "The plan is no longer kept. Ask for a new one.")


async def known_import(gateway: Gateway, caller: Caller, import_id: str) -> Import:
    """Raises QueryFailed where the workspace has none of this id."""
    query = GetImport(workspace_id=caller.workspace_id, import_id=import_id)
    return await ask(gateway.nats, query, Import)


def file_source(file: FileRow) -> dict[str, Any]:
    """As a command carries it."""
    source = FileSource(
        file_id=file.id,
        file_key=file.object_key,
        file_name=file.name,
        sha256=file.sha256,
        size=file.size,
    )
    fields: dict[str, Any] = msgspec.to_builtins(source)
    return fields
