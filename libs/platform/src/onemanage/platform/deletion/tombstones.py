"""Deleting for good: rows and their tombstones at once, then the objects.

A tombstone is written in the transaction that takes the row away. It says which objects
are still to go, so that whoever dies in between leaves nothing that nobody knows of, and
what was deleted, so that a task that is carried out twice says the same twice.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from itertools import batched
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    MetaData,
    String,
    Table,
    and_,
    case,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from onemanage.contracts.base import utc_now
from onemanage.contracts.deletion import (
    HAS_DEPENDENTS,
    MOST_NAMED,
    Delete,
    Deleted,
    Thing,
)
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.platform.database.sessions import Sessions, one_of
from onemanage.platform.process.gather import gather_few
from onemanage.platform.sandbox.job import Report
from onemanage.platform.storage.storage import Storage

SWEEP_SECONDS = 60.0
"""So often what a worker has left is looked for; five minutes are promised."""
_LEFT_FOR = timedelta(minutes=1)
"""A task that is at work is left alone."""
_KEPT_FOR = timedelta(days=8)
"""One more than what events are kept for."""
_AT_ONCE = 4
_BATCH = 200
_ROWS = 1000


class Grave(msgspec.Struct, frozen=True):
    """Something that is deleted, and the prefix of its objects where they go along.

    The prefix ends in a slash: nothing beside it begins like it.
    """

    kind: str
    id: str
    prefix: str | None = None
    count: int = 1
    """More where it stands for many, as a workspace does."""


type Forget = Callable[[AsyncSession], Awaitable[Iterable[Grave]]]
"""Takes the rows away, and says of what. Raises InvalidInput."""


def tombstone_table(metadata: MetaData) -> Table:
    """The table ``tombstones`` of a service."""
    moment = DateTime(timezone=True)
    return Table(
        "tombstones",
        metadata,
        Column("kind", String, primary_key=True),
        Column("id", String, primary_key=True),
        Column("workspace_id", String, nullable=False),
        Column("task_id", String, nullable=False, index=True),
        Column("prefix", String),
        Column("count", BigInteger, nullable=False),
        Column("deleted_at", moment, nullable=False, server_default=text("now()")),
        Column("collected_at", moment),
        Index(
            "tombstones_uncollected",
            "deleted_at",
            postgresql_where=text("collected_at IS NULL"),
        ),
    )


class Tombstones:
    """Of one service. Two processes may work on the same at the same time."""

    def __init__(self, sessions: Sessions, storage: Storage, table: Table) -> None:
        self._sessions, self._storage = sessions, storage
        self._table, self._columns = table, table.c

    async def carry_out(
        self, command: Delete, report: Report, forget: Forget
    ) -> Deleted:
        """What ``forget`` takes away is gone for readers when it is committed; its
        objects when this returns. A repeat goes on where the attempt before has ended.
        """
        if command.failed:
            text = (
                "A part of what was to go is still there. Retry the task that has "
                "failed, then this one."
            )
            raise InvalidInput("deletion_incomplete", text)
        async with self._sessions.begin() as session:
            graves = list(await forget(session))
            await self._mark(session, command.workspace_id, command.task_id, graves)
        await self._collect(command, report)
        return await self._told(command)

    async def leave_to_sweep(
        self, workspace_id: str, task_id: str, grave: Grave
    ) -> None:
        """What somebody may still be writing: its objects go in a minute, by ``sweep``."""
        async with self._sessions.begin() as session:
            await self._mark(session, workspace_id, task_id, [grave])

    async def sweep(self, left_for: timedelta = _LEFT_FOR) -> int:
        """Delete what was left, and forget what was deleted long ago; says how many
        prefixes went."""
        cut = self._columns.deleted_at < utc_now() - left_for
        count = 0
        while prefixes := await self._uncollected(cut):
            await self._delete(prefixes)
            count += len(prefixes)
        async with self._sessions.begin() as session:
            old = self._columns.collected_at < utc_now() - _KEPT_FOR
            await session.execute(delete(self._table).where(old))
        return count

    async def _mark(
        self,
        session: AsyncSession,
        workspace_id: str,
        task_id: str,
        graves: list[Grave],
    ) -> None:
        """Again, where something of this id was made and deleted before."""
        now = utc_now()
        for some in batched(graves, _ROWS):
            rows = [
                {
                    **msgspec.structs.asdict(grave),
                    "workspace_id": workspace_id,
                    "task_id": task_id,
                    "deleted_at": now,
                    "collected_at": None if grave.prefix else now,
                }
                for grave in some
            ]
            statement = insert(self._table)
            changed: dict[str, Any] = {
                name: statement.excluded[name] for name in rows[0]
            }
            # A repeat finds less to count than the attempt before it.
            again = self._columns.task_id == statement.excluded.task_id
            most = func.greatest(self._columns["count"], statement.excluded["count"])
            changed["count"] = case((again, most), else_=changed["count"])
            await session.execute(
                statement.on_conflict_do_update(
                    index_elements=["kind", "id"], set_=changed
                ),
                rows,
            )

    async def _collect(self, command: Delete, report: Report) -> None:
        own = self._columns.task_id == command.task_id
        done = 0
        while prefixes := await self._uncollected(own):
            await self._delete(prefixes)
            done += len(prefixes)
            await report("objects", done, 0)

    async def _uncollected(self, which: object) -> list[str]:
        asked = (
            select(self._columns.prefix)
            .where(and_(which, self._columns.collected_at.is_(None)))  # type: ignore[arg-type]  # a condition on a column
            .order_by(self._columns.deleted_at)
            .limit(_BATCH)
        )
        async with self._sessions() as session:
            return list((await session.scalars(asked)).all())

    async def _delete(self, prefixes: list[str]) -> None:
        calls = [(prefix,) for prefix in prefixes]
        await gather_few(self._storage.delete_prefix, calls, _AT_ONCE)
        async with self._sessions.begin() as session:
            await session.execute(
                update(self._table)
                .where(self._columns.collected_at.is_(None))
                .where(one_of(self._columns.prefix, prefixes))
                .values(collected_at=utc_now())
            )

    async def _told(self, command: Delete) -> Deleted:
        own = self._columns.task_id == command.task_id
        count = func.sum(self._columns["count"])
        kinds = select(self._columns.kind, count).where(own).group_by("kind")
        things = (
            select(self._columns.kind, self._columns.id).where(own).limit(MOST_NAMED)
        )
        async with self._sessions() as session:
            counts = {kind: int(n) for kind, n in await session.execute(kinds)}
            found = (await session.execute(things)).all()
        for kind, n in command.counts.items():
            counts[kind] = counts.get(kind, 0) + n
        return Deleted(
            counts={kind: counts[kind] for kind in sorted(counts) if counts[kind]},
            things=[Thing(kind=kind, id=thing_id) for kind, thing_id in found],
        )


def refuse_dependents(found: Iterable[Thing]) -> None:
    """Raises InvalidInput where there are any: a deletion without cascade."""
    first = next(iter(found), None)
    if first is not None:
        text = (
            f"The {first.kind} {first.id} depends on it, and may not be the only one. "
            "Delete that first, or both with ?cascade=true."
        )
        raise InvalidInput(HAS_DEPENDENTS, text, first.id)


def folder_of(object_key: str) -> str:
    """The prefix that an object shares with all that the same run has left."""
    return object_key.rpartition("/")[0] + "/"


def ids_of(command: Delete, kind: str) -> list[str]:
    """Those of one kind that are to be deleted."""
    return [thing.id for thing in command.things if thing.kind == kind]
