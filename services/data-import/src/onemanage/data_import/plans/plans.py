"""Plan: fetch the files, look through them in a child, keep what it proposes."""

from contextlib import suppress
from typing import Any

import msgspec

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.imports.plans import (
    ImportPlan,
    Plan,
    PlanDocument,
    PlanImport,
    PlannedTable,
    TableFindings,
    TablePlan,
)
from onemanage.contracts.imports.sources import DatabaseSource, Source
from onemanage.data_import.domain.digest import shape_of
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.remembering import as_before
from onemanage.data_import.imports import results
from onemanage.data_import.naming import named, names
from onemanage.data_import.sources.service import Databases
from onemanage.data_import.store import Store
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Job, Jobs, Report, file_missing
from onemanage.platform.storage.storage import ObjectMissing
from onemanage.platform.tasks import InvalidInput

_CHECK_DIALECT = ChildFunction(
    "onemanage.data_import.domain.casting.checking:check_dialect", type(None)
)
_MAKE_PLAN = ChildFunction(
    "onemanage.data_import.domain.planning.planning:make_plan", Plan
)
_RECOUNTED = ChildFunction(
    "onemanage.data_import.domain.planning.recounting:recounted", Plan
)
_PLAN_REJECTS: ChildFunction[TablePlan | None] = ChildFunction(
    "onemanage.data_import.domain.planning.rejects_planning:plan_rejects",
    TablePlan | None,  # type: ignore[arg-type]  # mypy takes a union for no type
)
_STEP = "files"


class Plans:
    """Everything is written under keys made from task and run.

    A plan that is kept stays as it is: imports name it, and no copy is sent along.
    """

    def __init__(self, jobs: Jobs, store: Store, databases: Databases) -> None:
        self._jobs, self._storage = jobs, jobs.storage
        self._store, self._databases = store, databases

    async def make(self, command: PlanImport, report: Report) -> ImportPlan:
        """Raises InvalidInput for what is no table."""
        match command.sources:
            case [DatabaseSource() as database]:
                with self._jobs.blaming(database.host):
                    found = await self._databases.plan(database, command.workspace_id)
                if command.remember:
                    found = await self._as_before(command, found)
            case sources:
                found = await self._of_files(command, sources, report)
        document = PlanDocument(
            plan_id=command.plan_id,
            workspace_id=command.workspace_id,
            sources=command.sources,
            plan=found,
            created_at=utc_now(),
        )
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        made = summary(document, command.task_id, f"{prefix}plan.json")
        if len(msgspec.json.encode(made)) > results.MOST_BYTES:
            raise results.too_many_tables(len(made.tables))
        saved = await self._store.plan(command.workspace_id, command.plan_id)
        if saved is not None and saved.plan_key == made.plan_key:
            return saved  # by another attempt: somebody may have seen it by now
        await self._storage.put_bytes(
            made.plan_key, msgspec.json.encode(document), "application/json"
        )
        await self._store.save_plan(made, shape_of(_headers(found)))
        return made

    async def document(self, workspace_id: str, plan_id: str) -> PlanDocument:
        """The plan as it was proposed. Raises InvalidInput where it is gone."""
        found = await self._store.plan(workspace_id, plan_id)
        if found is not None:
            with suppress(ObjectMissing):
                stored = await self._storage.get_bytes(found.plan_key)
                return msgspec.json.decode(stored, type=PlanDocument)
        text = "The plan is no longer kept. Ask for a new one."
        raise InvalidInput("data_import.plan_gone", text, plan_id)

    async def propose_rejects(
        self, sources: list[Source], before: TablePlan
    ) -> TablePlan | None:
        """As `plan_rejects`, of the one file. Raises InvalidInput."""
        with self._jobs.begin(names(sources)) as job:
            files = await _fetch(job, sources, _silent)
            return await job.run(_PLAN_REJECTS, files[0], before)

    async def _of_files(
        self, command: PlanImport, sources: list[Source], report: Report
    ) -> Plan:
        """As proposed; or as earlier imports were, with what is found by that."""
        hint = command.hint
        with self._jobs.begin(names(sources)) as job:
            if hint is not None:
                await job.run(_CHECK_DIALECT, hint, "/dialect")
            files = await _fetch(job, sources, report)
            proposed = await job.run(_MAKE_PLAN, files, hint, command.hinted)
            if not command.remember:
                return proposed
            found = await self._as_before(command, proposed)
            if found == proposed:
                return proposed
            return await job.run(_RECOUNTED, files, proposed, found)

    async def _as_before(self, command: PlanImport, found: Plan) -> Plan:
        known = [
            await self._store.remembered(
                command.workspace_id, shape_of(_headers_of(table))
            )
            for table in found.tables
        ]
        return as_before(found, known, command.sources)


async def _fetch(job: Job, sources: list[Source], report: Report) -> list[PlannedFile]:
    files: list[PlannedFile] = []
    for number, source in enumerate(sources):
        await report(_STEP, number, len(sources) + 1)
        if isinstance(source, DatabaseSource):
            text = "A database is imported alone, without files beside it."
            raise InvalidInput("data_import.database_not_alone", text, source.host)
        missing = file_missing(source.file_id)
        path = await job.fetch(source.file_key, f"source-{number}", missing)
        files.append(PlannedFile(source.file_id, path, source.file_name))
    await report(_STEP, len(sources), len(sources) + 1)
    return files


async def _silent(*_: Any, **__: Any) -> None:
    """What is found out about a rejects file is not what the task is about."""


def summary(document: PlanDocument, task_id: str, plan_key: str) -> ImportPlan:
    """The plan in brief, for lists and events."""
    pairs = zip(document.plan.tables, document.plan.findings, strict=True)
    return ImportPlan(
        plan_id=document.plan_id,
        workspace_id=document.workspace_id,
        task_id=task_id,
        sources=[named(source) for source in document.sources],
        tables=[_planned(table, findings) for table, findings in pairs],
        plan_key=plan_key,
        created_at=document.created_at,
    )


def _planned(table: TablePlan, findings: TableFindings) -> PlannedTable:
    return PlannedTable(
        table=table.table,
        format=table.format,
        file_id=table.file_id,
        member=table.member,
        sheet=table.sheet,
        column_count=len(table.columns),
        rows=findings.rows,
        rows_exact=findings.rows_exact,
        ragged=findings.ragged,
        warning_count=len(findings.warnings)
        + sum(len(column.warnings) for column in findings.columns),
        remembered_from=findings.remembered_from,
    )


def _headers_of(table: TablePlan) -> list[str]:
    return [column.header for column in table.columns]


def _headers(plan: Plan) -> list[str]:
    return [header for table in plan.tables for header in _headers_of(table)]
