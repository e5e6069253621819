"""Questions about plans and imports, from whoever shows them."""

from onemanage.contracts.deletion import Dependents
from onemanage.contracts.imports.deletion import FindDataImportDependents
from onemanage.contracts.imports.imports import (
    GetImport,
    Import,
    ImportPage,
    ListImports,
    ListRejects,
    RejectPage,
)
from onemanage.contracts.imports.plans import GetPlan, ImportPlan
from onemanage.data_import.datasets.queries import DATASET_QUERIES
from onemanage.data_import.handlers import Deps
from onemanage.platform.messaging.queries import QueryFailed, refuse_older_page


async def get_plan(query: GetPlan, deps: Deps) -> ImportPlan:
    """In brief; the document in storage has it whole. Raises QueryFailed."""
    found = await deps.store.plan(query.workspace_id, query.plan_id)
    if found is None:
        text = f"There is no plan {query.plan_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def get_import(query: GetImport, deps: Deps) -> Import:
    """Raises QueryFailed."""
    found = await deps.store.import_of(query.workspace_id, query.import_id)
    if found is None:
        text = f"There is no import {query.import_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def list_imports(query: ListImports, deps: Deps) -> ImportPage:
    """Newest first. Raises QueryFailed for a page of an older release."""
    refuse_older_page(query.before)
    return await deps.store.imports(query.workspace_id, query.limit, query.place)


async def list_rejects(query: ListRejects, deps: Deps) -> RejectPage:
    """Raises QueryFailed where there is no such import."""
    question = GetImport(workspace_id=query.workspace_id, import_id=query.import_id)
    await get_import(question, deps)
    return await deps.store.rejects(query)


async def find_dependents(query: FindDataImportDependents, deps: Deps) -> Dependents:
    """What stands on the things that are asked about."""
    return await deps.deletion.dependents(query)


QUERIES = (
    get_plan,
    get_import,
    list_imports,
    list_rejects,
    find_dependents,
    *DATASET_QUERIES,
)
