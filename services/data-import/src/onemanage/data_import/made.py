"""What was made of data sets, in PostgreSQL: snapshots and exports; and dropping."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import delete, exists, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from onemanage.contracts.base import utc_now
from onemanage.contracts.datasets import DatasetExport, DatasetSnapshot
from onemanage.data_import.datasets import NoDataset
from onemanage.data_import.domain.pages import table_sql
from onemanage.data_import.models import (
    DatasetRow,
    ExportRow,
    ImportTableRow,
    SnapshotRow,
)
from onemanage.platform.db import Sessions

type Made = DatasetSnapshot | DatasetExport


def folder_of(made: Made) -> str:
    """The prefix of all objects that its task has left."""
    key = made.profile_key if isinstance(made, DatasetSnapshot) else made.object_key
    return key.rpartition("/")[0] + "/"


class MadeStore:
    """Every read names its workspace, and finds nothing of what was dropped."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def save(self, made: Made) -> None:
        """Saving again replaces what was there. Raises NoDataset."""
        values: dict[str, Any] = msgspec.structs.asdict(made)
        row: type[SnapshotRow] | type[ExportRow] = SnapshotRow
        key = "task_id"
        if isinstance(made, DatasetExport):
            row, key = ExportRow, "export_id"
            values["spec"] = msgspec.to_builtins(made.spec)
        statement = insert(row).values([values])
        changed = {name: statement.excluded[name] for name in values}
        async with self._sessions.begin() as session:
            await _hold(session, made.workspace_id, made.dataset_id)
            await session.execute(
                statement.on_conflict_do_update(index_elements=[key], set_=changed)
            )

    async def snapshot(
        self, workspace_id: str, dataset_id: str
    ) -> DatasetSnapshot | None:
        """The newest one."""
        asked = (
            select(SnapshotRow)
            .where(SnapshotRow.workspace_id == workspace_id)
            .where(SnapshotRow.dataset_id == dataset_id)
            .where(_is_there(SnapshotRow))
            .order_by(col(SnapshotRow.taken_at).desc())
            .limit(1)
        )
        async with self._sessions() as session:
            row = (await session.scalars(asked)).first()
        return None if row is None else _struct(row)

    async def superseded(self, dataset_id: str) -> list[DatasetSnapshot]:
        """All but the newest; all where the data set was dropped."""
        asked = (
            select(SnapshotRow)
            .where(SnapshotRow.dataset_id == dataset_id)
            .order_by(col(SnapshotRow.taken_at).desc())
        )
        there = select(DatasetRow).where(DatasetRow.dataset_id == dataset_id)
        async with self._sessions() as session:
            rows = list((await session.scalars(asked)).all())
            kept = 0 if (await session.scalars(there)).first() is None else 1
        return [_struct(row) for row in rows[kept:]]

    async def export(self, workspace_id: str, export_id: str) -> DatasetExport | None:
        asked = (
            select(ExportRow)
            .where(ExportRow.workspace_id == workspace_id)
            .where(ExportRow.export_id == export_id)
            .where(_is_there(ExportRow))
        )
        async with self._sessions() as session:
            row = (await session.scalars(asked)).first()
        return None if row is None else msgspec.convert(row.model_dump(), DatasetExport)

    async def left_over(self, dataset_id: str) -> list[DatasetExport]:
        """Exports of a data set that was dropped."""
        asked = select(ExportRow).where(ExportRow.dataset_id == dataset_id)
        async with self._sessions() as session:
            rows = (await session.scalars(asked.where(~_is_there(ExportRow)))).all()
        return [msgspec.convert(row.model_dump(), DatasetExport) for row in rows]

    async def forget(self, made: Iterable[Made]) -> None:
        """Once their objects are gone."""
        keys = list(made)
        snapshots = [m.profile_key for m in keys if isinstance(m, DatasetSnapshot)]
        exports = [m.object_key for m in keys if isinstance(m, DatasetExport)]
        async with self._sessions.begin() as session:
            await session.execute(
                delete(SnapshotRow).where(col(SnapshotRow.profile_key).in_(snapshots))
            )
            await session.execute(
                delete(ExportRow).where(col(ExportRow.object_key).in_(exports))
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

    async def drop(self, workspace_id: str, dataset_id: str) -> None:
        """The table, what replaces have kept of it, and its row. Safe to repeat.

        The ledger stays, and says that nothing of it is there any more.
        """
        async with self._sessions.begin() as session:
            row = await _hold(session, workspace_id, dataset_id, to_drop=True)
            if row is None:
                return
            ledger = col(ImportTableRow.dataset_id) == dataset_id
            kept = select(ImportTableRow.kept_table).where(ledger)
            tables = {row.table_name, *(await session.scalars(kept)).all()} - {None}
            connection = await session.connection()
            for table in sorted(filter(None, tables)):
                named = table_sql(row.schema_name, table)
                await connection.exec_driver_sql(f"DROP TABLE IF EXISTS {named}")
            await session.execute(
                update(ImportTableRow)
                .where(ledger, col(ImportTableRow.undone_at).is_(None))
                .values(undone_at=utc_now())
            )
            await session.execute(
                update(ImportTableRow)
                .where(ledger)
                .values(kept_table=None, kept_until=None)
            )
            await session.delete(row)


async def _hold(
    session: AsyncSession, workspace_id: str, dataset_id: str, *, to_drop: bool = False
) -> DatasetRow | None:
    """Keep the data set from being dropped until the transaction ends."""
    asked = (
        select(DatasetRow)
        .where(DatasetRow.workspace_id == workspace_id)
        .where(DatasetRow.dataset_id == dataset_id)
        .with_for_update(read=not to_drop)
    )
    row = (await session.scalars(asked)).first()
    if row is None and not to_drop:
        raise NoDataset(dataset_id)
    return row


def _is_there(made: type[SnapshotRow] | type[ExportRow]) -> Any:
    return exists().where(col(DatasetRow.dataset_id) == col(made.dataset_id))


def _struct(row: SnapshotRow) -> DatasetSnapshot:
    return msgspec.convert(row.model_dump(), DatasetSnapshot)
