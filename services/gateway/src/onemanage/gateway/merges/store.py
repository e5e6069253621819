"""The statements on merges: three rows that wait for each other, and chunks between."""

from datetime import datetime
from typing import Any

import msgspec

from onemanage.contracts.datasets.handing_over import HAND_OVER
from onemanage.contracts.imaging.images import GENERATE_BACKGROUND
from onemanage.contracts.psd.merges import (
    FINISH_MERGE,
    MERGE_ROWS,
    PREPARE_MERGE,
    hand_over_of,
    preparation_of,
)
from onemanage.gateway.batches.store import NoRoom
from onemanage.gateway.pool import Connection
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks.queues import asked_for
from onemanage.gateway.tasks.rows import NOT_ENDED, TASK_COLUMNS, TaskRow, task_row

_INSERT = f"""
INSERT INTO tasks (id, workspace_id, name, subject, command, traceparent, resource,
                   idempotency_key, fingerprint, held, parent_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (workspace_id, idempotency_key) DO NOTHING
RETURNING {TASK_COLUMNS}
"""
_PRIOR = f"""
SELECT {TASK_COLUMNS} FROM tasks WHERE workspace_id = $1 AND idempotency_key = $2
"""
_WAITING = f"SELECT count(*) FROM tasks WHERE workspace_id = $1 AND {NOT_ENDED}"
_STEPS = 3


class MergeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A merge as a route gives it: the commands of its steps."""

    task_id: str
    workspace_id: str
    resource: str
    hand_over: dict[str, Any]
    prepare: dict[str, Any]
    finish: dict[str, Any]
    traceparent: str | None
    idempotency_key: str | None
    fingerprint: bytes | None


class MergeStore:
    """Every read names its workspace, or a row that was read by it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def accept(
        self, order: MergeOrder, most: int | None = None
    ) -> tuple[TaskRow | None, bool]:
        """The row of the whole and whether it is new: all rows are written, or none.

        None where the idempotency key's own row is not to be seen yet. Raises NoRoom
        where the workspace would have more than ``most`` that have not ended.
        """
        key, own = order.idempotency_key, order.workspace_id
        async with self._pool.acquire() as connection, connection.transaction():
            row = await _insert(connection, order, FINISH_MERGE.name, order.finish)
            if row is None:
                prior = await connection.fetchrow(_PRIOR, own, key)
                return (None if prior is None else task_row(prior)), False
            if most is not None:
                waiting = await connection.fetchval(_WAITING, own)  # the row among them
                if waiting + _STEPS - 1 > most:
                    raise NoRoom(waiting - 1)
            await _insert(connection, order, PREPARE_MERGE.name, order.prepare)
            await _insert(connection, order, HAND_OVER.name, order.hand_over)
        return row, True

    async def chunks(self, parent_id: str) -> dict[str, int]:
        """Chunks by state, of a merge that was read by its workspace."""
        return await self._by_state(parent_id, MERGE_ROWS.name)

    async def cut_outs(self, parent_id: str) -> dict[str, int]:
        """The same of the files that lose their background before."""
        return await self._by_state(parent_id, GENERATE_BACKGROUND.name)

    async def _by_state(self, parent_id: str, name: str) -> dict[str, int]:
        records = await self._pool.fetch(
            "SELECT state, count(*) FROM tasks WHERE parent_id = $1 AND name = $2 "
            "GROUP BY state",
            parent_id,
            name,
        )
        return {record["state"]: record["count"] for record in records}

    async def chunks_since(self, parent_id: str) -> datetime | None:
        """None where there are none."""
        found: datetime | None = await self._pool.fetchval(
            "SELECT min(created_at) FROM tasks WHERE parent_id = $1 AND name = $2",
            parent_id,
            MERGE_ROWS.name,
        )
        return found

    async def step(self, parent_id: str) -> str | None:
        """Of the steps before the chunks the one that has not ended."""
        ids = [hand_over_of(parent_id), preparation_of(parent_id)]
        found: str | None = await self._pool.fetchval(
            "SELECT name FROM tasks WHERE id = ANY($1) AND state IN "
            "('queued', 'running') ORDER BY held LIMIT 1",
            ids,
        )
        return found


async def _insert(
    connection: Connection, order: MergeOrder, name: str, command: dict[str, Any]
) -> TaskRow | None:
    """None where the idempotency key has made one before. The whole carries it."""
    whole = order.task_id
    task_id, parent_id = {
        FINISH_MERGE.name: (whole, None),
        PREPARE_MERGE.name: (preparation_of(whole), whole),
        HAND_OVER.name: (hand_over_of(whole), preparation_of(whole)),
    }[name]
    is_whole = task_id == whole
    record = await connection.fetchrow(
        _INSERT,
        task_id,
        order.workspace_id,
        name,
        asked_for(name, wait=0),
        msgspec.json.encode(command).decode(),
        order.traceparent,
        order.resource if is_whole else None,
        order.idempotency_key if is_whole else None,
        order.fingerprint if is_whole else None,
        name != HAND_OVER.name,
        parent_id,
    )
    return None if record is None else task_row(record)
