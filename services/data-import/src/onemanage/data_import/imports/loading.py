"""Loads tables into PostgreSQL: all of an import in one transaction, or nothing.

What is read and cast happens in a child that can be killed; its bytes come through a
FIFO and go on into a binary COPY. Rows, ledger and the data set's figures are committed
together, so a worker may die at any point: the same import, started again, finds
either all of it or nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import asyncpg
import msgspec
from anyio import move_on_after

from onemanage.contracts.imports.imports import rejects_name
from onemanage.contracts.imports.plans import TablePlan, Warning
from onemanage.data_import.datasets import tables
from onemanage.data_import.datasets.tables import Connection, TableName
from onemanage.data_import.domain.casting.encoding import Encoded, Encoding
from onemanage.data_import.domain.casting.fitting import Fitted, check_options, fit
from onemanage.data_import.domain.casting.on_bad_value import may_become_text
from onemanage.data_import.domain.digest import load_digest
from onemanage.data_import.imports import ledger
from onemanage.data_import.imports.copying import copy_from_child
from onemanage.data_import.imports.ledger import Dataset, Kept
from onemanage.data_import.imports.load_spec import (
    LoadedTable,
    LoadProgress,
    LoadResult,
    LoadSpec,
    LoadTable,
)
from onemanage.platform.process.figures import ROWS
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.sandbox import Sandbox

type OnProgress = Callable[[LoadProgress], Awaitable[None]]
type BeforeCommit = Callable[[LoadResult], Awaitable[None]]

_WITH_TEXT = ChildFunction(
    "onemanage.data_import.domain.casting.bad_values:with_text", TablePlan
)
_SECONDS_TO_ROLL_BACK = 5.0


@asynccontextmanager
async def transaction(database_url: str) -> AsyncIterator[Connection]:
    """A connection of its own, and a transaction that only a good end commits.

    Cancelled, the connection is cut: PostgreSQL then stops whatever it was doing.
    """
    connection = await asyncpg.connect(
        database_url,
        command_timeout=None,
        server_settings={"client_connection_check_interval": "1000"},
    )
    try:
        scope = connection.transaction()
        await scope.start()
        try:
            yield connection
        except Exception:
            with move_on_after(_SECONDS_TO_ROLL_BACK), suppress(Exception):
                await scope.rollback()  # a lost connection has done that already
            raise
        await scope.commit()
    finally:
        connection.terminate()


class Loader:
    """``seconds`` is what one table's child may take, ``keep`` how long a replaced table
    can be brought back. The sandbox needs 3 GiB of address space."""

    def __init__(
        self,
        database_url: str,
        sandbox: Sandbox,
        *,
        seconds: float = 3600.0,
        keep: timedelta = timedelta(days=7),
    ) -> None:
        self._url, self._sandbox = database_url, sandbox
        self._seconds, self._keep = seconds, keep

    async def load(
        self,
        job: LoadSpec,
        scratch: Path,
        *,
        on_progress: OnProgress | None = None,
        before_commit: BeforeCommit | None = None,
    ) -> LoadResult:
        """Load all tables. ``scratch`` is an empty directory.

        ``before_commit`` is called when all rows are in and none can be seen yet; the
        rejects lie in it, by ``rejects_name``. Done again, it gives the first result, marked
        as repeated, and calls nothing. Raises LoadRefused, InvalidSource, SandboxError,
        and asyncpg's errors for what may go well another time.
        """
        for part in job.tables:
            check_options(part.plan, job.options)
        await self._make_schema(job.workspace_id)
        async with transaction(self._url) as connection:
            await tables.lock(connection, f"import {job.import_id}")
            done = await ledger.find_result(connection, job.import_id, job.workspace_id)
            if done is not None:
                return done
            load = _Load(connection, self._sandbox, self._seconds, self._keep, job)
            result = await load.run(scratch, on_progress)
            if before_commit is not None:
                await before_commit(result)
        ROWS.add("loaded", by=result.rows_loaded)
        ROWS.add("rejected", by=result.rows_rejected)
        return result

    async def _make_schema(self, workspace_id: str) -> None:
        """In a transaction of its own: an import would make the next one wait."""
        schema = TableName.of_workspace(workspace_id, "").schema
        async with transaction(self._url) as connection:
            await tables.make_schema(connection, schema)


class _Target(NamedTuple):
    """Where the rows of one table go."""

    name: TableName
    fresh: bool
    """Made in this transaction."""
    fitted: Fitted


class _Load:
    """One import within its transaction."""

    def __init__(
        self,
        connection: Connection,
        sandbox: Sandbox,
        seconds: float,
        keep: timedelta,
        job: LoadSpec,
    ) -> None:
        self._connection, self._sandbox = connection, sandbox
        self._seconds, self._keep, self._job = seconds, keep, job
        self._now = datetime.now(UTC)
        self._replaced: set[str] = set()

    async def run(self, scratch: Path, on_progress: OnProgress | None) -> LoadResult:
        started = monotonic()
        # Always in one order: two imports of the same tables never wait crosswise.
        for table in sorted({part.plan.table for part in self._job.tables}):
            await tables.lock(self._connection, self._name(table).sql)
        done: list[tuple[LoadedTable, Kept | None]] = []
        rejected = 0
        for ordinal in range(len(self._job.tables)):
            done.append(await self._table(ordinal, scratch, rejected, on_progress))
            rejected += done[-1][0].rows_rejected
        result = LoadResult(
            import_id=self._job.import_id,
            tables=[loaded for loaded, _ in done],
            seconds=monotonic() - started,
        )
        await ledger.put_import(self._connection, self._job, result, self._now)
        for ordinal, (loaded, kept) in enumerate(done):
            name = self._name(loaded.table)
            await ledger.put_table(
                self._connection, self._job, ordinal, loaded, name, kept, self._now
            )
        return result

    def _name(self, table: str) -> TableName:
        return TableName.of_workspace(self._job.workspace_id, table)

    async def _table(
        self,
        ordinal: int,
        scratch: Path,
        rejected: int,
        on_progress: OnProgress | None,
    ) -> tuple[LoadedTable, Kept | None]:
        part, options = self._job.tables[ordinal], self._job.options
        plan = await self._settled(part)
        there = await ledger.dataset(
            self._connection, self._name(plan.table), self._job.workspace_id
        )
        target = await self._target(there, plan, ordinal)
        most = options.max_rejects
        encoding = Encoding(
            read=part.read,
            table=target.fitted.table,
            fifo=scratch / f"rows-{ordinal}",
            rejects=scratch / rejects_name(ordinal),
            first_id=there.next_id,
            keys=self._keys(),
            keys_required=options.mode == "upsert",
            max_rejects=None if most is None else most - rejected,
        )

        async def tell(done: Encoded) -> None:
            if on_progress is not None:
                await on_progress(LoadProgress(plan.table, ordinal, *done[:4]))

        reach = [scratch, *part.folders]
        encoded, updated = await self._fill(target, encoding, reach, part.port, tell)
        kept = await self._swap(there, target, ordinal)
        await self._put(there, target, encoded, updated)
        loaded = await self._loaded(ordinal, there, target, encoded, updated, kept)
        return loaded, kept

    async def _settled(self, part: LoadTable) -> TablePlan:
        """With the types that the table gets, which a bad value may decide."""
        if not may_become_text(part.plan):
            return part.plan
        return await self._sandbox.run(
            _WITH_TEXT,
            part.plan,
            part.read,
            timeout=self._seconds,
            folders=list(part.folders),
            port=part.port,
        )

    def _keys(self) -> tuple[str, ...]:
        options = self._job.options
        wanted = options.mode == "upsert" or options.dedupe != "none"
        return tuple(options.keys) if wanted else ()

    def _replaces(self, there: Dataset) -> bool:
        """The second part of one import for a table adds to what the first one did."""
        replace = self._job.options.mode == "replace"
        return replace and there.name.table not in self._replaced

    async def _target(self, there: Dataset, plan: TablePlan, ordinal: int) -> _Target:
        options = self._job.options
        if there.is_new or self._replaces(there):
            name = there.name
            if not there.is_new:
                new = tables.aside(self._job.import_id, ordinal, "new")
                name = TableName(name.schema, new)
            columns = [one for one in plan.columns if one.include]
            await tables.make_table(self._connection, name, columns)
            return _Target(name, True, Fitted(plan, [], []))
        present = await tables.columns_of(self._connection, there.name)
        fitted = fit(plan, present, options)
        await tables.add_columns(self._connection, there.name, fitted.added)
        return _Target(there.name, False, fitted)

    async def _fill(
        self,
        target: _Target,
        encoding: Encoding,
        folders: list[Path],
        port: int | None,
        tell: Callable[[Encoded], Awaitable[None]],
    ) -> tuple[Encoded, int]:
        """What the child says, and how many rows were updated rather than inserted."""
        columns = [one for one in target.fitted.table.columns if one.include]
        keys = list(self._job.options.keys)
        merges = self._job.options.mode == "upsert" and not target.fresh
        into: TableName | str = target.name
        if merges:
            await tables.make_unique(self._connection, target.name, keys)
            into = await tables.make_stage(self._connection, target.name)

        async def copy(source: AsyncIterator[bytes]) -> int:
            return await tables.copy_rows(
                self._connection, into, columns, source, fresh=target.fresh or merges
            )

        encoded = await copy_from_child(
            self._connection,
            self._sandbox,
            encoding,
            copy,
            timeout=self._seconds,
            folders=folders,
            port=port,
            on_progress=tell,
        )
        if isinstance(into, str):  # the stage
            _, updated = await tables.merge_stage(
                self._connection, into, target.name, columns, keys
            )
            await self._connection.execute(f"DROP TABLE {into}")
            return encoded, updated
        if target.fresh:
            await self._index(target.name, keys)
        return encoded, 0

    async def _index(self, name: TableName, keys: list[str]) -> None:
        """After the rows are there, which takes half the time."""
        await tables.index_rows(self._connection, name)
        if self._job.options.mode == "upsert":
            await tables.make_unique(self._connection, name, keys)

    async def _swap(self, there: Dataset, target: _Target, ordinal: int) -> Kept | None:
        """Put a replacing table in the place of the one that was there."""
        self._replaced.add(there.name.table)
        if there.is_new or not target.fresh:
            return None
        aside = tables.aside(self._job.import_id, ordinal, "kept")
        await tables.rename(self._connection, there.name, aside)
        await tables.rename(self._connection, target.name, there.name.table)
        return Kept(aside, there.next_id, there.row_count, self._now + self._keep)

    async def _put(
        self, there: Dataset, target: _Target, encoded: Encoded, updated: int
    ) -> None:
        before = 0 if target.fresh else there.row_count
        made = there._replace(
            row_count=before + encoded.rows_loaded - updated,
            next_id=there.next_id + encoded.rows_loaded,
        )
        await ledger.put_dataset(self._connection, made, self._job, self._now)

    async def _loaded(
        self,
        ordinal: int,
        there: Dataset,
        target: _Target,
        encoded: Encoded,
        updated: int,
        kept: Kept | None,
    ) -> LoadedTable:
        part = self._job.tables[ordinal]
        repeats = await self._repeats(there, part)
        warnings = _nothing_loaded(encoded) + target.fitted.warnings
        warnings += encoded.warnings
        if repeats is not None:
            text = f"The import {repeats} loaded the same source by the same plan."
            warnings.append(
                Warning(code="imported_before", message=text, example=repeats)
            )
        return LoadedTable(
            table=there.name.table,
            dataset_id=there.dataset_id,
            mode=self._job.options.mode,
            rows_read=encoded.rows_read,
            rows_loaded=encoded.rows_loaded,
            rows_updated=updated,
            rows_rejected=encoded.rows_rejected,
            first_id=there.next_id,
            last_id=there.next_id + encoded.rows_loaded - 1,
            reject_counts=list(encoded.reject_counts),
            rejects=list(encoded.rejects),
            added_columns=[one.name for one in target.fitted.added],
            warnings=[*warnings, *part.warnings],
            kept_until=kept.until if kept else None,
            repeats=repeats,
            rejects_key=(
                self._job.rejects_prefix + rejects_name(ordinal)
                if encoded.rows_rejected
                else None
            ),
        )

    async def _repeats(self, there: Dataset, part: LoadTable) -> str | None:
        digest = load_digest(part.source, part.plan, self._job.options)
        return await ledger.earlier_import(
            self._connection, self._job.workspace_id, there.name.table, digest
        )


def _nothing_loaded(encoded: Encoded) -> list[Warning]:
    if encoded.rows_loaded or not encoded.rows_read:
        return []
    text = (
        f"No row was loaded: all {encoded.rows_read:,} were rejected. Look at the "
        "reasons; the types or formats of the plan may not suit the source."
    )
    return [Warning(code="nothing_loaded", message=text)]
