"""Deleting plans, rejects and exports: rows at once, then their objects; and all that a
workspace has, tables included."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from onemanage.contracts.deletion import (
    FILE,
    MOST_DEPENDENTS,
    WORKSPACE,
    Deleted,
    Dependents,
    Thing,
)
from onemanage.contracts.imports.deletion import (
    DATASET,
    EXPORT,
    IMPORT,
    PLAN,
    REJECTS,
    DeleteFromDataImport,
    FindDataImportDependents,
)
from onemanage.data_import.datasets.tables import TableName
from onemanage.data_import.domain.planning.names import quoted
from onemanage.data_import.models import (
    DatasetRow,
    ExportRow,
    ImportRow,
    ImportTableRow,
    PlanRow,
    SnapshotRow,
    tombstones,
)
from onemanage.data_import.store import Store
from onemanage.platform.database.sessions import none_of, one_of
from onemanage.platform.deletion.tombstones import (
    Grave,
    Tombstones,
    folder_of,
    ids_of,
    refuse_dependents,
)
from onemanage.platform.sandbox.job import Report
from onemanage.platform.storage.storage import Storage

_KINDS: dict[str, tuple[Any, Any, Any]] = {
    PLAN: (PlanRow, PlanRow.plan_id, PlanRow.object_key),
    EXPORT: (ExportRow, ExportRow.export_id, ExportRow.object_key),
}
"""Of each kind: its rows, their id, and a key in the folder of their objects."""
_COUNTED: tuple[tuple[str, Any], ...] = (
    (PLAN, PlanRow),
    (EXPORT, ExportRow),
    (IMPORT, ImportRow),
    (DATASET, DatasetRow),
)
_AT_ONCE = 100
"""Data sets: each takes locks until its transaction ends."""


class Deletion:
    """Of what data-import keeps. Safe to repeat from any point."""

    def __init__(self, storage: Storage, store: Store) -> None:
        self._store, self._sessions = store, store.sessions
        self._tombstones = Tombstones(store.sessions, storage, tombstones)
        self.sweep = self._tombstones.sweep

    async def delete(self, command: DeleteFromDataImport, report: Report) -> Deleted:
        """Raises InvalidInput where something depends on it, and is not to go along."""
        forget = partial(_forget, command)
        done = await self._tombstones.carry_out(command, report, forget)
        for workspace_id in ids_of(command, WORKSPACE):
            await self._drop_all(workspace_id)
        return done

    async def dependents(self, query: FindDataImportDependents) -> Dependents:
        """Of files the plans that read them."""
        async with self._sessions() as session:
            items = await _plans_of(session, query.workspace_id, query.things)
            unknown = [
                thing
                for thing in query.things
                if thing.kind in (*_KINDS, REJECTS)
                and not await _is_there(session, query.workspace_id, thing)
            ]
        return Dependents(items=items[:MOST_DEPENDENTS], unknown=unknown)

    async def _drop_all(self, workspace_id: str) -> None:
        """Every data set by itself, under the locks that imports take; then the rest."""
        asked = (
            select(DatasetRow)
            .where(DatasetRow.workspace_id == workspace_id)
            .limit(_AT_ONCE)
        )
        while True:
            async with self._sessions() as session:
                found = (await session.scalars(asked)).all()
            if not found:
                break
            for one in found:
                await self._store.made.drop(
                    workspace_id, one.dataset_id, one.created_at
                )
        async with self._sessions.begin() as session:
            for row in (PlanRow, ImportRow, SnapshotRow, ExportRow):
                of_it = _of_workspace(row, workspace_id)
                await session.execute(delete(row).where(of_it))
            schema = TableName.of_workspace(workspace_id, "any").schema
            connection = await session.connection()
            sql = f"DROP SCHEMA IF EXISTS {quoted(schema)} CASCADE"
            await connection.exec_driver_sql(sql)


async def _forget(command: DeleteFromDataImport, session: AsyncSession) -> list[Grave]:
    workspaces = ids_of(command, WORKSPACE)
    if workspaces:
        return await _counted(session, workspaces)
    workspace_id = command.workspace_id
    plans = await _plans_of(session, workspace_id, command.things, limit=None)
    if not command.cascade:
        refuse_dependents(plans)
    graves = []
    for kind, (row, own_id, _) in _KINDS.items():
        ids = ids_of(command, kind)
        ids += [plan.id for plan in plans if plan.kind == kind]
        if command.older is not None and command.older.kind == kind:
            ids += await _older(session, command)
        which = _of_workspace(row, workspace_id) & one_of(col(own_id), ids)
        graves += await _forget_rows(session, kind, which)
    rejects = ids_of(command, REJECTS)
    return [*graves, *await _forget_rejects(session, workspace_id, rejects)]


async def _forget_rows(
    session: AsyncSession, kind: str, which: ColumnElement[bool]
) -> list[Grave]:
    row, own_id, key = _KINDS[kind]
    gone = await session.execute(delete(row).where(which).returning(own_id, key))
    return [Grave(kind, one, folder_of(object_key)) for one, object_key in gone]


async def _forget_rejects(
    session: AsyncSession, workspace_id: str, import_ids: Sequence[str]
) -> list[Grave]:
    """The files, and the bad cells that are told of; how many there were stays."""
    row = ImportTableRow
    having = _with_rejects(workspace_id, import_ids)
    found = await session.execute(
        select_columns(col(row.import_id), func.min(col(row.rejects_key)))
        .where(having)
        .group_by(col(row.import_id))
    )
    graves = [Grave(REJECTS, one, folder_of(str(key))) for one, key in found]
    await session.execute(
        update(row).where(having).values(rejects=[], rejects_key=None)
    )
    return graves


async def _counted(session: AsyncSession, workspaces: list[str]) -> list[Grave]:
    """What there is. It goes afterwards, table by table."""
    graves = []
    for workspace_id in workspaces:
        for kind, row in _COUNTED:
            asked = select_columns(func.count()).where(_of_workspace(row, workspace_id))
            count = (await session.execute(asked)).scalar_one()
            if count:
                graves.append(Grave(kind, workspace_id, count=count))
    return graves


async def _older(session: AsyncSession, command: DeleteFromDataImport) -> list[str]:
    older = command.older
    assert older is not None  # it is asked for
    row, own_id, _ = _KINDS[older.kind]
    found = await session.scalars(
        select_columns(own_id)
        .where(_of_workspace(row, command.workspace_id))
        .where(col(row.created_at) < older.before)
        .where(none_of(col(own_id), older.but))
        .order_by(col(row.created_at))
        .limit(older.limit)
    )
    return list(found.all())


async def _plans_of(
    session: AsyncSession,
    workspace_id: str,
    things: Sequence[Thing],
    limit: int | None = MOST_DEPENDENTS,
) -> list[Thing]:
    """Plans that read one of the files among these."""
    reads = [
        col(PlanRow.sources).contains([{"file_id": thing.id}])
        for thing in things
        if thing.kind == FILE
    ]
    found = await session.scalars(
        select_columns(col(PlanRow.plan_id))
        .where(_of_workspace(PlanRow, workspace_id), or_(false(), *reads))
        .order_by(col(PlanRow.created_at))
        .limit(limit)
    )
    return [Thing(kind=PLAN, id=one) for one in found]


async def _is_there(session: AsyncSession, workspace_id: str, thing: Thing) -> bool:
    if thing.kind == REJECTS:
        which = _with_rejects(workspace_id, [thing.id])
    else:
        row, own_id, _ = _KINDS[thing.kind]
        which = _of_workspace(row, workspace_id) & (col(own_id) == thing.id)
        if row is ExportRow:
            which &= ~col(ExportRow.dropped)
    asked = select_columns(func.count()).where(which)
    return (await session.execute(asked)).scalar_one() > 0


def _with_rejects(workspace_id: str, import_ids: Sequence[str]) -> ColumnElement[bool]:
    return (
        _of_workspace(ImportTableRow, workspace_id)
        & one_of(col(ImportTableRow.import_id), import_ids)
        & col(ImportTableRow.rejects_key).is_not(None)
    )


def _of_workspace(row: Any, workspace_id: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = col(row.workspace_id) == workspace_id
    return found
