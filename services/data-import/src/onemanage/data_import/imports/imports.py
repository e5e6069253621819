"""Import: check the plan, fetch the files, load them; and undo that."""

import asyncio
import hashlib
import tempfile
import time
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

from anyio import to_thread

from onemanage.contracts.base import artifacts_prefix
from onemanage.contracts.imports.imports import (
    Import,
    RunImport,
    UndoImport,
    kept_rejects_key,
)
from onemanage.contracts.imports.plans import (
    DatabaseSource,
    FileSource,
    Plan,
    Source,
    TablePlan,
)
from onemanage.data_import.domain.casting.checking import check_plan
from onemanage.data_import.domain.planning.remembering import (
    NotTheseRejects,
    rejects_options,
    rejects_plan,
)
from onemanage.data_import.domain.reading.read_fast import read_to_load
from onemanage.data_import.domain.reading.read_rejects import read_rejects
from onemanage.data_import.domain.rejects import kept_path
from onemanage.data_import.fetching import fetch
from onemanage.data_import.imports.load_job import (
    LoadJob,
    LoadProgress,
    LoadResult,
    LoadTable,
    rejects_path,
)
from onemanage.data_import.imports.loading import Loader
from onemanage.data_import.imports.results import check_size
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.plans.plans import Plans, Report
from onemanage.data_import.refusals import told
from onemanage.data_import.sources.opened import Opened
from onemanage.data_import.sources.reading import read_database
from onemanage.data_import.sources.service import Databases
from onemanage.data_import.store import Store
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput

_CSV = "text/csv"
_LOAD = "load"


class Imports:
    """One transaction each, with the ledger: a repeat finds what it has done."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        loader: Loader,
        undo: Undo,
        plans: Plans,
        databases: Databases,
    ) -> None:
        self._storage, self._store, self._plans = storage, store, plans
        self._loader, self._undo, self._databases = loader, undo, databases

    async def run(self, command: RunImport, report: Report) -> Import:
        """Raises InvalidInput for what the plan or the sources are to blame for."""
        done = await self._store.import_of(command.workspace_id, command.import_id)
        if done is not None:
            return done
        plan = await self._plan(command, report)
        with told(command.sources):
            check_plan(plan, [_id(source) for source in command.sources])
        with tempfile.TemporaryDirectory() as folder, told(command.sources):
            async with AsyncExitStack() as stack:
                opened = [
                    await stack.enter_async_context(
                        self._databases.open(source, command.workspace_id)
                    )
                    for source in command.sources
                    if isinstance(source, DatabaseSource)
                ]
                await self._load(command, plan, Path(folder), report, opened)
        return await self._import(command.workspace_id, command.import_id)

    async def undo(self, command: UndoImport) -> Import:
        """Raises InvalidInput where it is too late, or others have built on it."""
        with told():
            await self._undo.undo(command.import_id, command.workspace_id)
        return await self._import(command.workspace_id, command.import_id)

    async def _import(self, workspace_id: str, import_id: str) -> Import:
        found = await self._store.import_of(workspace_id, import_id)
        assert found is not None  # its row was committed a moment ago
        return found

    async def _plan(self, command: RunImport, report: Report) -> Plan:
        if command.resubmits is None:
            return command.plan
        before = await self._store.plan_of(command.workspace_id, command.resubmits)
        if before is None:
            text = "The import that these rejects belong to is gone. Import the file again."
            raise InvalidInput("data_import.not_found", text, command.resubmits)
        table = before.tables[command.resubmitted_part - 1]
        found = await self._plans.propose(command.sources, None, _silent)
        try:
            made = rejects_plan(found.tables[0], table)
        except NotTheseRejects:
            text = (
                f"The file has no column that the table {table.table!r} was imported "
                "from; send the rejects file as it was downloaded, with its header."
            )
            raise InvalidInput("data_import.not_these_rejects", text) from None
        return Plan(tables=[made], options=rejects_options(before.options))

    async def _load(
        self,
        command: RunImport,
        plan: Plan,
        folder: Path,
        report: Report,
        opened: list[Opened],
    ) -> None:
        await report("files", 0, len(command.sources))
        paths = {
            source.file_id: await fetch(self._storage, source, folder / str(number))
            for number, source in enumerate(_files(command.sources))
        }
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        job = LoadJob(
            import_id=command.import_id,
            task_id=command.task_id,
            workspace_id=command.workspace_id,
            options=plan.options,
            tables=[
                (
                    _from_database(table, opened[0], command.import_id)
                    if opened
                    else await _load_table(command, table, paths)
                )
                for table in plan.tables
                if table.include
            ],
            files=command.sources,
            plan_id=command.plan_id,
            resubmits=command.resubmits,
            rejects_prefix=prefix,
        )
        scratch = folder / _LOAD
        scratch.mkdir()
        committing = asyncio.Event()

        async def store_rejects(result: LoadResult) -> None:
            check_size(command, [part.plan for part in job.tables], result)
            await self._storage.abort_unfinished(prefix)
            for ordinal, table in enumerate(result.tables):
                if table.rejects_key is not None:
                    path = rejects_path(scratch, ordinal)
                    await self._storage.put_file(table.rejects_key, path, _CSV)
                    if (kept := kept_path(path)).exists():
                        key = kept_rejects_key(table.rejects_key)
                        await self._storage.put_file(key, kept, _CSV)
            committing.set()

        tell = Teller(report, command.expected_rows)
        with told(command.sources):
            await whole_or_not_at_all(
                asyncio.ensure_future(
                    self._loader.load(
                        job, scratch, on_progress=tell, before_commit=store_rejects
                    )
                ),
                committing,
            )


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


class Teller:
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


async def _load_table(
    command: RunImport, table: TablePlan, paths: dict[str, Path]
) -> LoadTable:
    file = next(
        source
        for source in _files(command.sources)
        if table.file_id in (None, source.file_id)
    )
    read = read_to_load if command.resubmits is None else read_rejects
    path = paths[file.file_id]
    return LoadTable(
        plan=table,
        read=partial(read, path),
        folders=(path.parent,),
        source=file.sha256 or await to_thread.run_sync(_sha256, path),
    )


def _from_database(table: TablePlan, opened: Opened, import_id: str) -> LoadTable:
    """No other import has the same source: what a database holds changes."""
    return LoadTable(
        plan=table,
        read=partial(read_database, opened),
        folders=(opened.folder,),
        port=opened.end.port,
        source=hashlib.sha256(import_id.encode()).hexdigest(),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _silent(*_: Any, **__: Any) -> None:
    """What is found out about a rejects file is not what the task is about."""
