"""What was made of data sets, in PostgreSQL: snapshots and exports; and dropping."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from onemanage.contracts.base import utc_now
from onemanage.contracts.datasets.datasets import (
    Dataset,
    DatasetExport,
    DatasetSnapshot,
)
from onemanage.data_import.datasets import tables
from onemanage.data_import.datasets.datasets import NoDataset
from onemanage.data_import.datasets.tables import TableName
from onemanage.data_import.models import (
    DatasetRow,
    ExportRow,
    ImportTableRow,
    SnapshotRow,
)
from onemanage.platform.database.sessions import Sessions, one_of

type Made = DatasetSnapshot | DatasetExport


def folder_of(made: Made) -> str:
    """The prefix of all objects that its task has left."""
    key = made.profile_key if isinstance(made, DatasetSnapshot) else made.object_key
    return key.rpartition("/")[0] + "/"


class MadeStore:
    """Every read names its workspace, and finds nothing of what was dropped."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def save(self, made: Made, dataset: Dataset) -> None:
        """Saving again replaces what was there.

        Raises NoDataset where what it was made of was dropped meanwhile, even if there
        is a new one of that name.
        """
        values: dict[str, Any] = msgspec.structs.asdict(made)
        row: type[SnapshotRow] | type[ExportRow] = SnapshotRow
        key = "task_id"
        if isinstance(made, DatasetExport):
            row, key = ExportRow, "export_id"
            values["spec"] = msgspec.to_builtins(made.spec)
        statement = insert(row).values([values])
        changed = {name: statement.excluded[name] for name in values}
        async with self._sessions.begin() as session:
            asked = _dataset(dataset.dataset_id, dataset.created_at)
            held = await session.scalars(asked.with_for_update(read=True))
            if held.first() is None:
                raise NoDataset(dataset.dataset_id)
            await session.execute(
                statement.on_conflict_do_update(index_elements=[key], set_=changed)
            )

    async def snapshot(
        self, workspace_id: str, dataset_id: str
    ) -> DatasetSnapshot | None:
        """The newest one."""
        asked = _snapshots(dataset_id).where(
            SnapshotRow.workspace_id == workspace_id, ~col(SnapshotRow.dropped)
        )
        async with self._sessions() as session:
            row = (await session.scalars(asked.limit(1))).first()
        return None if row is None else _snapshot(row)

    async def export(self, workspace_id: str, export_id: str) -> DatasetExport | None:
        """None where it is not the workspace's, or its data set was dropped."""
        async with self._sessions() as session:
            row = await session.get(ExportRow, export_id)
        if row is None or row.workspace_id != workspace_id or row.dropped:
            return None
        return _export(row)

    async def superseded(self, dataset_id: str) -> list[Made]:
        """Snapshots but the newest, and all that was made of what was dropped."""
        exports = select(ExportRow).where(
            ExportRow.dataset_id == dataset_id, col(ExportRow.dropped)
        )
        async with self._sessions() as session:
            snapshots = (await session.scalars(_snapshots(dataset_id))).all()
            dropped = (await session.scalars(exports)).all()
        newest = next((row for row in snapshots if not row.dropped), None)
        old = [_snapshot(row) for row in snapshots if row is not newest]
        return [*old, *map(_export, dropped)]

    async def forget(self, made: Iterable[Made]) -> None:
        """Once their objects are gone."""
        keys = list(made)
        snapshots = [m.profile_key for m in keys if isinstance(m, DatasetSnapshot)]
        exports = [m.object_key for m in keys if isinstance(m, DatasetExport)]
        async with self._sessions.begin() as session:
            await session.execute(
                delete(SnapshotRow).where(
                    one_of(col(SnapshotRow.profile_key), snapshots)
                )
            )
            await session.execute(
                delete(ExportRow).where(one_of(col(ExportRow.object_key), exports))
            )

    async def discard(self, task_id: str, prefix: str) -> None:
        """Forget what the task has made if its artifacts lie under ``prefix``."""
        async with self._sessions.begin() as session:
            for row, key in (
                (SnapshotRow, SnapshotRow.profile_key),
                (ExportRow, ExportRow.object_key),
            ):
                await session.execute(
                    delete(row)
                    .where(col(row.task_id) == task_id)
                    .where(col(key).startswith(prefix, autoescape=True))
                )

    async def drop(
        self, workspace_id: str, dataset_id: str, created_at: datetime
    ) -> None:
        """The table, what replaces have kept of it, and its row. Safe to repeat.

        ``created_at`` tells it from a new one of that name, which stays. The ledger
        says from then on that nothing of it is there any more.
        """
        asked = _dataset(dataset_id, created_at).where(
            DatasetRow.workspace_id == workspace_id
        )
        async with self._sessions.begin() as session:
            row = (await session.scalars(asked)).first()
            if row is None:
                return
            name = TableName(row.schema_name, row.table_name)
            # Imports take it first, too: neither waits for the other crosswise.
            await _lock(session, name)
            if (await session.scalars(asked.with_for_update())).first() is None:
                return
            await _drop_tables(session, name, dataset_id)
            for made in (SnapshotRow, ExportRow):
                of_it = col(made.dataset_id) == dataset_id
                await session.execute(update(made).where(of_it).values(dropped=True))
            await session.delete(row)


async def _lock(session: AsyncSession, name: TableName) -> None:
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert driver is not None  # it has just been used
    await tables.lock(driver, name.sql)


async def _drop_tables(session: AsyncSession, name: TableName, dataset_id: str) -> None:
    ledger = col(ImportTableRow.dataset_id) == dataset_id
    kept = (
        await session.scalars(select(ImportTableRow.kept_table).where(ledger))
    ).all()
    connection = await session.connection()
    for table in sorted({name.table, *filter(None, kept)}):
        named = TableName(name.schema, table).sql
        await connection.exec_driver_sql(f"DROP TABLE IF EXISTS {named}")
    await session.execute(
        update(ImportTableRow)
        .where(ledger)
        .values(
            undone_at=func.coalesce(col(ImportTableRow.undone_at), utc_now()),
            kept_table=None,
            kept_until=None,
        )
    )


def _dataset(dataset_id: str, created_at: datetime) -> SelectOfScalar[DatasetRow]:
    return select(DatasetRow).where(
        DatasetRow.dataset_id == dataset_id, DatasetRow.created_at == created_at
    )


def _snapshots(dataset_id: str) -> SelectOfScalar[SnapshotRow]:
    """Newest first."""
    return (
        select(SnapshotRow)
        .where(SnapshotRow.dataset_id == dataset_id)
        .order_by(col(SnapshotRow.taken_at).desc())
    )


def _snapshot(row: SnapshotRow) -> DatasetSnapshot:
    return msgspec.convert(row.model_dump(), DatasetSnapshot)


def _export(row: ExportRow) -> DatasetExport:
    return msgspec.convert(row.model_dump(), DatasetExport)
