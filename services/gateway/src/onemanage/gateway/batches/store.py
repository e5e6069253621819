"""The statements on batches: a task row for each image, and one that waits for all.

The waiting row is *held*: it has no turn while one of its children has not ended.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from onemanage.contracts.base import ListPlace
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks.rows import NOT_ENDED, TASK_COLUMNS, TaskRow, task_row

_PARENT = f"""
INSERT INTO tasks (id, workspace_id, name, subject, command, traceparent, resource,
                   idempotency_key, fingerprint, held)
VALUES ($1, $2, 'imaging.batch', $3, $4, $5, $6, $7, $8, true)
ON CONFLICT (workspace_id, idempotency_key) DO NOTHING
RETURNING {TASK_COLUMNS}
"""

# A microsecond apart: they get their turns, and are listed, in the order given.
_CHILDREN = """
INSERT INTO tasks (id, workspace_id, name, subject, command, traceparent, resource,
                   parent_id, created_at)
SELECT given.id, $1, $2, $3,
       $4::jsonb || jsonb_build_object('file_id', files.id, 'file_key', object_key,
                                       'file_name', files.name, 'file_sha256', sha256,
                                       'file_size', size,
                                       $5::text, made_id),
       $6, $7::text || made_id, $8, now() + number * interval '1 microsecond'
FROM unnest($9::text[], $10::text[], $11::text[]) WITH ORDINALITY
     AS given (id, made_id, file_id, number)
JOIN files ON files.id = given.file_id AND files.workspace_id = $1
"""

# Of two batches at once the second counts the first: each may be thousands of tasks.
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('batches ' || $1, 0))"
_WAITING = f"SELECT count(*) FROM tasks WHERE workspace_id = $1 AND {NOT_ENDED}"
_MISSING = """
SELECT number - 1 AS place FROM unnest($2::text[]) WITH ORDINALITY AS given (id, number)
WHERE NOT EXISTS (SELECT FROM files WHERE files.id = given.id AND workspace_id = $1)
LIMIT 20
"""


class BatchOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as a route gives it."""

    task_id: str
    workspace_id: str
    subject: str
    resource: str
    command: dict[str, Any]
    """Of the parent."""
    name: str
    """The children's task."""
    fields: dict[str, Any]
    """Of each child's command, besides its file and what it makes."""
    made_field: str
    """The field that names what a child makes, as transformation_id."""
    made_at: str
    """What the address of that begins with."""
    traceparent: str | None
    idempotency_key: str | None
    fingerprint: bytes


class NoRoom(Exception):
    """With these tasks the workspace would have more that wait than it may; ``used``
    are those that it has."""

    def __init__(self, used: int) -> None:
        super().__init__(f"{used} wait already")
        self.used = used


class BatchStore:
    """Every read names its workspace; what belongs to another is not there."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def missing(self, workspace_id: str, file_ids: Sequence[str]) -> list[int]:
        """Places in the list of files that are not there, 20 at most."""
        found = await self._pool.fetch(_MISSING, workspace_id, file_ids)
        return [record["place"] for record in found]

    async def accept(
        self,
        order: BatchOrder,
        task_ids: Sequence[str],
        made_ids: Sequence[str],
        file_ids: Sequence[str],
        most: int | None = None,
    ) -> tuple[TaskRow | None, bool]:
        """The parent's row and whether it is new: all rows are written, or none.

        The three lists are of the same length, which files that are there do not
        change. None where the idempotency key's own row is not to be seen yet. Raises
        NoRoom where the workspace would have more than ``most`` that have not ended.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            parent = await connection.fetchrow(_PARENT, *_parent(order))
            if parent is None:
                prior = await connection.fetchrow(
                    f"SELECT {TASK_COLUMNS} FROM tasks "
                    "WHERE workspace_id = $1 AND idempotency_key = $2",
                    order.workspace_id,
                    order.idempotency_key,
                )
                return (None if prior is None else task_row(prior)), False
            if most is not None:
                await connection.execute(_TAKE_TURNS, order.workspace_id)
                # The parent is among them.
                waiting = await connection.fetchval(_WAITING, order.workspace_id)
                if waiting + len(task_ids) > most:
                    raise NoRoom(waiting - 1)
            lists = task_ids, made_ids, file_ids
            done = await connection.execute(
                _CHILDREN, *_child(order), *lists, timeout=60
            )
            if done != f"INSERT 0 {len(task_ids)}":
                raise LookupError("a file has gone while its batch was accepted")
        return task_row(parent), True

    async def counts(self, parent_id: str) -> dict[str, int]:
        """Children by state, of a parent that was read by its workspace."""
        records = await self._pool.fetch(
            "SELECT state, count(*) FROM tasks WHERE parent_id = $1 GROUP BY state",
            parent_id,
        )
        return {record["state"]: record["count"] for record in records}

    async def children(
        self,
        parent_id: str,
        limit: int,
        after: ListPlace | None = None,
        state: str | None = None,
    ) -> list[TaskRow]:
        """In the order in which they were given, those that come after ``after``."""
        records = await self._pool.fetch(
            f"SELECT {TASK_COLUMNS} FROM tasks WHERE parent_id = $1 "
            "AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3)) "
            "AND ($4::text IS NULL OR state = $4) ORDER BY created_at, id LIMIT $5",
            parent_id,
            *(astuple(after) if after else (None, None)),
            state,
            limit,
        )
        return [task_row(record) for record in records]


def _parent(order: BatchOrder) -> tuple[object, ...]:
    return (
        order.task_id,
        order.workspace_id,
        order.subject,
        _text(order.command),
        order.traceparent,
        order.resource,
        order.idempotency_key,
        order.fingerprint,
    )


def _child(order: BatchOrder) -> tuple[object, ...]:
    """What all children have in common."""
    return (
        order.workspace_id,
        order.name,
        order.subject,
        _text(order.fields),
        order.made_field,
        order.traceparent,
        order.made_at,
        order.task_id,
    )


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
