"""The data-import service's rows in PostgreSQL, as contract Structs in and out."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import delete, insert, tuple_
from sqlmodel import col, select

from onemanage.contracts.base import ListPlace
from onemanage.contracts.imports.imports import (
    Import,
    ImportedTable,
    ImportPage,
    ListRejects,
    RejectPage,
    TableReject,
)
from onemanage.contracts.imports.plans import (
    ImportOptions,
    ImportPlan,
    Plan,
    Reject,
    TablePlan,
)
from onemanage.contracts.imports.sources import Source
from onemanage.data_import.datasets.store import MadeStore
from onemanage.data_import.domain.planning.remembering import Remembered
from onemanage.data_import.imports.load_spec import LoadedTable
from onemanage.data_import.imports.results import fitted, imported_table
from onemanage.data_import.models import ImportRow, ImportTableRow, PlanRow
from onemanage.data_import.naming import named
from onemanage.platform.database.sessions import Sessions, one_of

_MOST_REMEMBERED = 200
"""Tables of one shape."""


class DonePlan(msgspec.Struct, frozen=True):
    """How an import went."""

    options: ImportOptions
    tables: list[TablePlan]


class Store:
    """Every read names its workspace; what belongs to another is not there."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = self._sessions = sessions
        self.made = MadeStore(sessions)

    async def save_plan(self, plan: ImportPlan, shape: str) -> None:
        """Saving again replaces what was there."""
        row = {
            "plan_id": plan.plan_id,
            "workspace_id": plan.workspace_id,
            "task_id": plan.task_id,
            "object_key": plan.plan_key,
            "shape": shape,
            "sources": msgspec.to_builtins(plan.sources),
            "tables": msgspec.to_builtins(plan.tables),
            "created_at": plan.created_at,
        }
        found = col(PlanRow.plan_id) == plan.plan_id
        async with self._sessions.begin() as session:
            await session.execute(delete(PlanRow).where(found))
            await session.execute(insert(PlanRow), [row])

    async def plan(self, workspace_id: str, plan_id: str) -> ImportPlan | None:
        """In brief; None where it is not the workspace's."""
        async with self._sessions() as session:
            row = await session.get(PlanRow, plan_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        fields = row.model_dump()
        return msgspec.convert(fields | {"plan_key": row.object_key}, ImportPlan)

    async def discard_plan(self, task_id: str, prefix: str) -> None:
        """Forget what the task has planned if its artifacts lie under ``prefix``."""
        async with self._sessions.begin() as session:
            await session.execute(
                delete(PlanRow)
                .where(col(PlanRow.task_id) == task_id)
                .where(col(PlanRow.object_key).startswith(prefix, autoescape=True))
            )

    async def remembered(self, workspace_id: str, shape: str) -> list[Remembered]:
        """How sources of this shape were imported, the newest first, where that was
        not undone. Only as many as anybody looks through."""
        alike = (
            select(ImportTableRow, ImportRow)
            .join(ImportRow, col(ImportRow.import_id) == ImportTableRow.import_id)
            .where(ImportTableRow.workspace_id == workspace_id)
            .where(ImportTableRow.shape == shape)
            .where(col(ImportTableRow.undone_at).is_(None))
            .where(col(ImportRow.resubmits).is_(None))
            .order_by(
                col(ImportTableRow.created_at).desc(),
                col(ImportTableRow.import_id),
                col(ImportTableRow.ordinal),
            )
            .limit(_MOST_REMEMBERED)
        )
        async with self._sessions() as session:
            rows = (await session.execute(alike)).all()
        tables: dict[str, list[TablePlan]] = defaultdict(list)
        imports: dict[str, ImportRow] = {}
        for table, done in rows:
            tables[done.import_id].append(msgspec.convert(table.table_plan, TablePlan))
            imports[done.import_id] = done
        return [
            Remembered(
                import_id=import_id,
                tables=tables[import_id],
                options=msgspec.convert(done.plan, Plan).options,
                sources=msgspec.convert(done.files, list[Source]),
            )
            for import_id, done in imports.items()
        ]

    async def import_of(self, workspace_id: str, import_id: str) -> Import | None:
        """With all its tables; None where it is not the workspace's."""
        async with self._sessions() as session:
            row = await session.get(ImportRow, import_id)
            if row is None or row.workspace_id != workspace_id:
                return None
            tables = await session.scalars(_tables_of([import_id]))
            return _import(row, tables.all())

    async def import_by(self, workspace_id: str, task_id: str) -> str | None:
        """The import that the task has loaded, whatever was said of it afterwards."""
        asked = (
            select(ImportRow.import_id)
            .where(ImportRow.workspace_id == workspace_id)
            .where(ImportRow.task_id == task_id)
        )
        async with self._sessions() as session:
            return (await session.scalars(asked)).first()

    async def imports(
        self, workspace_id: str, limit: int, place: ListPlace | None
    ) -> ImportPage:
        """Newest first, those that come after ``place``."""
        key = (col(ImportRow.created_at), col(ImportRow.import_id))
        asked = (
            select(ImportRow)
            .where(ImportRow.workspace_id == workspace_id)
            .order_by(*(column.desc() for column in key))
            .limit(limit + 1)
        )
        if place is not None:
            asked = asked.where(tuple_(*key) < (place.created_at, place.id))
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
            ids = [row.import_id for row in rows[:limit]]
            tables = (await session.scalars(_tables_of(ids))).all()
        items = [
            _import(row, [one for one in tables if one.import_id == row.import_id])
            for row in rows[:limit]
        ]
        return ImportPage(items=items, has_more=len(rows) > limit)

    async def plan_of(self, workspace_id: str, import_id: str) -> DonePlan | None:
        """How it was carried out; None where it is not the workspace's."""
        async with self._sessions() as session:
            row = await session.get(ImportRow, import_id)
            if row is None or row.workspace_id != workspace_id:
                return None
            tables = (await session.scalars(_tables_of([import_id]))).all()
        return DonePlan(
            options=msgspec.convert(row.plan, Plan).options,
            tables=[msgspec.convert(one.table_plan, TablePlan) for one in tables],
        )

    async def rejects(self, query: ListRejects) -> RejectPage:
        """Of the first ones of each table, those that are asked for."""
        async with self._sessions() as session:
            asked = _tables_of([query.import_id])
            tables = (await session.scalars(asked)).all()
        every = [
            (table, msgspec.convert(reject, Reject))
            for table in tables
            for reject in table.rejects
        ]
        wanted = [
            TableReject(
                number=number,
                part=table.ordinal + 1,
                table=table.table_name,
                **msgspec.structs.asdict(reject),
            )
            for number, (table, reject) in enumerate(every, 1)
            if number > query.after
            and query.table in (None, table.table_name)
            and query.reason in (None, reject.reason)
            and query.column in (None, reject.column)
        ]
        more = len(wanted) > query.limit
        return RejectPage(items=wanted[: query.limit], has_more=more)


def _tables_of(import_ids: list[str]) -> Any:
    return (
        select(ImportTableRow)
        .where(one_of(col(ImportTableRow.import_id), import_ids))
        .order_by(col(ImportTableRow.import_id), col(ImportTableRow.ordinal))
    )


def _import(row: ImportRow, tables: Iterable[ImportTableRow]) -> Import:
    made = [_table(table) for table in tables]
    read = sum(table.read for table in made)
    found = Import(
        import_id=row.import_id,
        workspace_id=row.workspace_id,
        task_id=row.task_id,
        status=row.status,
        sources=[named(msgspec.convert(one, Source)) for one in row.files],
        tables=made,
        read=read,
        loaded=sum(table.loaded for table in made),
        updated=sum(table.updated for table in made),
        rejected=sum(table.rejected for table in made),
        rows_per_second=round(read / row.seconds, 1) if row.seconds else 0.0,
        seconds=round(row.seconds, 3),
        created_at=row.created_at,
        plan_id=row.plan_id,
        resubmits=row.resubmits,
        undone_at=row.undone_at,
    )
    return fitted(found)


def _table(row: ImportTableRow) -> ImportedTable:
    plan = msgspec.convert(row.table_plan, TablePlan)
    fields = row.model_dump(exclude={"rejects"}) | {"table": row.table_name}
    return imported_table(plan, msgspec.convert(fields, LoadedTable))
