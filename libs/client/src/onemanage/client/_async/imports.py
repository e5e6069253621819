"""``client.imports``: tables into PostgreSQL, and what was wrong with their rows."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

from onemanage.client import types
from onemanage.client._async import operations
from onemanage.client._async.tasks import OnProgress
from onemanage.client.errors import Rejected
from onemanage.client.frames import ArrowStream, is_frame, write
from onemanage.client.requests import given
from onemanage.client.sources import Source
from onemanage.client.threads import async_run


class AsyncImports(operations.AsyncImports):
    """What each operation does, and loading a file in one call."""

    async def load(
        self,
        source: Source | ArrowStream | None = None,
        *,
        table: str | None = None,
        mode: Literal["append", "replace", "upsert"] | None = None,
        keys: Sequence[str] | None = None,
        schema_policy: Literal["evolve", "freeze", "reject"] | None = None,
        dedupe: Literal["none", "last"] | None = None,
        max_rejects: int | None = None,
        on_bad_value: Literal["reject", "null", "text"] | None = None,
        rejects: Literal["keep", "raise"] = "keep",
        file_id: str | None = None,
        dialect: types.DialectBody | None = None,
        name: str | None = None,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> types.ImportResult:
        """Plan an import, load the good rows, and tell what became of all.

        ``table`` is where the rows go, where the source has one table; else the tables
        have the names of the plan. Bad rows are kept for ``client.imports.rejects``;
        with ``rejects="raise"`` Rejected is raised when there are any, after the good
        ones were loaded. ``max_rejects`` is how many there may be before nothing is
        loaded at all. ``timeout`` is for the plan and for the import, each. The source
        may be a data frame, of polars, pandas, pyarrow or another library.
        """
        if table is not None and source is not None and is_frame(source):
            name = name or table
        plan = await self.plan(
            source,
            file_id=file_id,
            dialect=dialect,
            name=name,
            timeout=timeout,
            on_progress=on_progress,
        )
        changed = given(mode=mode, keys=keys, schema_policy=schema_policy)
        changed |= given(dedupe=dedupe, max_rejects=max_rejects)
        changed |= given(on_bad_value=on_bad_value)
        task = await self.create(
            plan_id=plan.id,
            tables=_renamed(plan, table),
            options=_changed(plan, changed),
        )
        made = await self._client.tasks.result(
            task, timeout=timeout, on_progress=on_progress
        )
        return _checked(made, rejects)

    async def plan(
        self,
        source: Source | ArrowStream | None = None,
        *,
        file_id: str | None = None,
        database: types.DatabaseIn | None = None,
        dialect: types.DialectBody | None = None,
        name: str | None = None,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> types.PlanOut:
        """What an import would do; nothing is loaded. Waits for the plan."""
        body: Source | None = None
        if source is not None and is_frame(source):
            file_id = (await self.uploaded(source, name or "frame")).id
        elif source is not None:
            sent = await self._client.files.sendable(
                cast(Source, source), name, uploaded=dialect is not None
            )
            body, name, file_id = sent.source, sent.name, sent.file_id or file_id
        found = await self.plans.create(
            body, name=name, file_id=file_id, database=database, dialect=dialect
        )
        if isinstance(found, types.PlanOut):
            return found
        ended = await self._client.tasks.wait(
            found, timeout=timeout, on_progress=on_progress
        )
        return await self.plans.get(str(ended.resource).rpartition("/")[2])

    async def uploaded(self, frame: ArrowStream, name: str) -> types.FileOut:
        """A data frame as a file of the server's. Raises NoArrow, NotAFrame."""
        folder = Path(await async_run(tempfile.mkdtemp, ".frame"))
        try:
            path = await async_run(write, frame, folder)
            return await self._client.files.upload(path, name=name)
        finally:
            await async_run(shutil.rmtree, folder)


def _changed(plan: types.PlanOut, options: dict[str, Any]) -> Any:
    """The plan's options with these in place of its own; None where there are none."""
    return {**plan.options, **options} if options else None


def _checked(made: types.ImportResult, rejects: str) -> types.ImportResult:
    """Raises Rejected where there are rejects, and that was asked for."""
    if not made.rejected or rejects != "raise":
        return made
    raise Rejected(
        f"{made.rejected} of {made.read} rows were rejected; {made.loaded} were loaded.",
        import_id=made.id,
        rejected=made.rejected,
        hint=f"client.imports.rejects.list({made.id!r}) names each, and "
        f"client.imports.undo({made.id!r}) takes the import back.",
    )


def _renamed(plan: types.PlanOut, table: str | None) -> Any:
    """The tables of the plan, where the one that it has is to be called otherwise."""
    if table is None:
        return None
    tables = plan.to_dict()["tables"]
    if len(tables) != 1:
        named = ", ".join(one["table"] for one in tables) or "none"
        raise ValueError(
            f"table={table!r} is for a source with one table; this one has "
            f"{len(tables)}: {named}. Leave it out, or load by imports.plan and create."
        )
    return [{**tables[0], "table": table}]
