"""Import: check the plan, fetch the files, load them; and undo that."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from anyio import to_thread

from onemanage.contracts.base import artifacts_prefix
from onemanage.contracts.imports.imports import (
    Import,
    RunImport,
    UndoImport,
    kept_rejects,
    rejects_name,
)
from onemanage.contracts.imports.plans import Plan, TablePlan
from onemanage.contracts.imports.sources import DatabaseSource, FileSource, Source
from onemanage.data_import.domain.casting.on_bad_value import settled
from onemanage.data_import.domain.planning.changes import changed_plan, expected_rows
from onemanage.data_import.domain.planning.plan_warnings import warnings_of
from onemanage.data_import.domain.planning.remembering import rejects_options
from onemanage.data_import.imports.load_spec import (
    LoadProgress,
    LoadResult,
    LoadSpec,
    LoadTable,
)
from onemanage.data_import.imports.loading import Loader
from onemanage.data_import.imports.results import check_size
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.naming import names
from onemanage.data_import.plans.plans import Plans
from onemanage.data_import.sources.opened import Opened
from onemanage.data_import.sources.service import Databases
from onemanage.data_import.store import Store
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Job, Jobs, file_missing
from onemanage.platform.tasks import InvalidInput

type Report = Callable[..., Awaitable[None]]
"""``Progress.report`` with all it takes: counts, rows a second and seconds left."""

_CHECK_PLAN = ChildFunction(
    "onemanage.data_import.domain.casting.checking:check_plan", type(None)
)
_READ_TO_LOAD: ChildFunction[Any] = ChildFunction(
    "onemanage.data_import.domain.reading.read_fast:read_to_load", object
)
_READ_REJECTS: ChildFunction[Any] = ChildFunction(
    "onemanage.data_import.domain.reading.read_rejects:read_rejects", object
)
_READ_DATABASE: ChildFunction[Any] = ChildFunction(
    "onemanage.data_import.sources.reading:read_database", object
)
_CSV = "text/csv"


class _Wanted(NamedTuple):
    """What is to be loaded, wherever the order for it has that from."""

    sources: list[Source]
    plan: Plan
    expected_rows: int
    """For the time left; 0 where nobody knows."""
    proposed: Plan = Plan(tables=[])
    """What the plan was before it was changed, with its findings."""


class _Fetched(NamedTuple):
    source: FileSource
    path: Path


class Imports:
    """One transaction each, with the ledger: a repeat finds what it has done."""

    def __init__(
        self,
        jobs: Jobs,
        store: Store,
        loader: Loader,
        undo: Undo,
        plans: Plans,
        databases: Databases,
    ) -> None:
        self._jobs, self._store, self._plans = jobs, store, plans
        self._loader, self._undo, self._databases = loader, undo, databases

    async def run(self, command: RunImport, report: Report) -> Import:
        """Raises InvalidInput for what the plan or the sources are to blame for."""
        done = await self._store.import_of(command.workspace_id, command.import_id)
        if done is not None:
            return done
        wanted = await self._wanted(command)
        ids = [_id(source) for source in wanted.sources]
        with self._jobs.begin(names(wanted.sources), _prefix(command)) as job:
            await job.run(_CHECK_PLAN, wanted.plan, ids)
            async with AsyncExitStack() as stack:
                opened = [
                    await stack.enter_async_context(
                        self._databases.open(source, command.workspace_id)
                    )
                    for source in wanted.sources
                    if isinstance(source, DatabaseSource)
                ]
                await self._load(command, wanted, job, report, opened)
        return await self._import(command.workspace_id, command.import_id)

    async def undo(self, command: UndoImport) -> Import:
        """Raises InvalidInput where it is too late, or others have built on it."""
        await self._undo.undo(command.import_id, command.workspace_id)
        return await self._import(command.workspace_id, command.import_id)

    async def _import(self, workspace_id: str, import_id: str) -> Import:
        found = await self._store.import_of(workspace_id, import_id)
        assert found is not None  # its row was committed a moment ago
        return found

    async def _wanted(self, command: RunImport) -> _Wanted:
        """Raises InvalidInput where the plan, or the import resubmitted, is gone."""
        sources = [] if command.sources is msgspec.UNSET else command.sources
        if command.resubmits is not None:
            plan = await self._rejects_plan(command, command.resubmits, sources)
            return _Wanted(sources, plan, command.expected_rows)
        if command.plan is not msgspec.UNSET:  # the gateway is of an older release
            return _Wanted(sources, command.plan, command.expected_rows)
        kept = await self._plans.document(command.workspace_id, command.plan_id or "")
        plan = changed_plan(kept.plan, command.changes)
        return _Wanted(kept.sources, plan, expected_rows(plan, kept), kept.plan)

    async def _rejects_plan(
        self, command: RunImport, resubmits: str, sources: list[Source]
    ) -> Plan:
        before = await self._store.plan_of(command.workspace_id, resubmits)
        if before is None:
            text = "The import that these rejects belong to is gone. Import the file again."
            raise InvalidInput("data_import.not_found", text, resubmits)
        table = before.tables[command.resubmitted_part - 1]
        made = await self._plans.propose_rejects(sources, table)
        if made is None:
            text = (
                f"The file has no column that the table {table.table!r} was imported "
                "from; send the rejects file as it was downloaded, with its header."
            )
            raise InvalidInput("data_import.not_these_rejects", text)
        return Plan(tables=[made], options=rejects_options(before.options))

    async def _load(
        self,
        command: RunImport,
        wanted: _Wanted,
        job: Job,
        report: Report,
        opened: list[Opened],
    ) -> None:
        await report("files", 0, len(wanted.sources))
        files = await _fetch(job, wanted.sources)
        tables = [
            (
                _from_database(table, opened[0], command.import_id)
                if opened
                else await _from_file(command, table, files)
            )
            for table in _settled(wanted.plan)
            if table.include
        ]
        tables = [
            one._replace(warnings=tuple(warnings_of(one.plan, wanted.proposed)))
            for one in tables
        ]
        load = _load_spec(command, wanted, tables)
        committing = asyncio.Event()

        async def before_commit(result: LoadResult) -> None:
            plans = [part.plan for part in load.tables]
            check_size(command, wanted.sources, plans, result)
            await _store_rejects(job, result)
            committing.set()

        progress = ImportProgress(report, wanted.expected_rows)
        # Its children are no job's: they write into FIFOs, whose readers stop their
        # clocks, and those of databases may connect to a port.
        with self._jobs.blaming(job.name):
            loading = self._loader.load(
                load, job.out, on_progress=progress, before_commit=before_commit
            )
            await whole_or_not_at_all(asyncio.ensure_future(loading), committing)


async def _fetch(job: Job, sources: list[Source]) -> dict[str, _Fetched]:
    """By their ids; none of a database."""
    found = {}
    for number, source in enumerate(_files(sources)):
        missing = file_missing(source.file_id)
        path = await job.fetch(source.file_key, f"source-{number}", missing)
        found[source.file_id] = _Fetched(source, path)
    return found


async def _store_rejects(job: Job, result: LoadResult) -> None:
    """Under the keys that ``result`` names, and as they were where that differs."""
    async with job.uploads() as upload:
        for ordinal, table in enumerate(result.tables):
            if table.rejects_key is None:
                continue
            name = rejects_name(ordinal)
            await upload(name, _CSV)
            if (job.out / kept_rejects(name)).exists():
                await upload(kept_rejects(name), _CSV)


async def whole_or_not_at_all(
    loading: asyncio.Future[LoadResult], committing: asyncio.Event
) -> None:
    """Cancelled before the commit nothing stays; cancelled during it, it is done.

    Else somebody would be told that it is cancelled, and find the rows all the same.
    """
    try:
        await asyncio.shield(loading)
    except asyncio.CancelledError:
        if not committing.is_set():
            loading.cancel()
        await asyncio.wait({loading})
        if loading.cancelled() or loading.exception() is not None:
            raise


class ImportProgress:
    """Rows of all tables together, as progress."""

    def __init__(self, report: Report, expected: int) -> None:
        self._report, self._expected = report, expected
        self._tables: dict[int, LoadProgress] = {}
        self._started = time.monotonic()

    async def __call__(self, progress: LoadProgress) -> None:
        self._tables[progress.ordinal] = progress
        read = sum(one.rows_read for one in self._tables.values())
        loaded = sum(one.rows_loaded for one in self._tables.values())
        rejected = sum(one.rows_rejected for one in self._tables.values())
        seconds = time.monotonic() - self._started
        speed = read / seconds if seconds else 0.0
        total = max(self._expected, read) if self._expected else 0
        left = (total - read) / speed if total and speed else None
        await self._report(
            "rows",
            read,
            total,
            counts={"loaded": loaded, "rejected": rejected},
            per_second=round(speed, 1),
            seconds_left=None if left is None else round(left, 1),
        )


def _files(sources: list[Source]) -> list[FileSource]:
    return [source for source in sources if isinstance(source, FileSource)]


def _id(source: Source) -> str:
    return source.file_id if isinstance(source, FileSource) else ""


def _load_spec(
    command: RunImport, wanted: _Wanted, tables: list[LoadTable]
) -> LoadSpec:
    return LoadSpec(
        import_id=command.import_id,
        task_id=command.task_id,
        workspace_id=command.workspace_id,
        options=wanted.plan.options,
        tables=tables,
        files=wanted.sources,
        plan_id=command.plan_id,
        resubmits=command.resubmits,
        rejects_prefix=_prefix(command),
    )


def _prefix(command: RunImport) -> str:
    return artifacts_prefix(command.workspace_id, command.task_id, command.run)


def _settled(plan: Plan) -> list[TablePlan]:
    return [settled(table, plan.options) for table in plan.tables]


async def _from_file(
    command: RunImport, table: TablePlan, files: dict[str, _Fetched]
) -> LoadTable:
    """Without a ``file_id`` of the table, it is in the only file there is."""
    file_id = table.file_id if table.file_id is not None else next(iter(files))
    source, path = files[file_id]
    read = _READ_TO_LOAD if command.resubmits is None else _READ_REJECTS
    return LoadTable(
        plan=table,
        read=partial(read, path),
        folders=(path.parent,),
        source=source.sha256 or await to_thread.run_sync(_sha256, path),
    )


def _from_database(table: TablePlan, opened: Opened, import_id: str) -> LoadTable:
    """No other import has the same source: what a database holds changes."""
    return LoadTable(
        plan=table,
        read=partial(_READ_DATABASE, opened),
        folders=(opened.folder,),
        port=opened.end.port,
        source=hashlib.sha256(import_id.encode()).hexdigest(),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
