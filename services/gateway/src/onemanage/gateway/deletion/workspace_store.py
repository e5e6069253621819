"""The statements that close a workspace and, once its services have let go, empty it."""

from typing import Literal

import asyncpg
import msgspec
from cachetools import TTLCache

from onemanage.gateway.deletion.store import (
    NotThere,
    Refused,
    Request,
    insert_task,
    prior_task,
)
from onemanage.gateway.pool import Connection
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks.queues import DELETION
from onemanage.gateway.tasks.store import TaskRow

_KEPT_SECONDS = 2.0
"""A link of a workspace that is closed or suspended is good for no longer."""
_BATCH = 5_000
_CLOSE = """
UPDATE workspaces SET closed_at = now(), deletion_task_id = $2,
    suspended_at = coalesce(suspended_at, now())
WHERE id = $1 AND closed_at IS NULL RETURNING id
"""
_SHUT_OUT = (
    "UPDATE api_keys SET revoked_at = now() "
    "WHERE workspace_id = $1 AND (revoked_at IS NULL OR revoked_at > now())",
    "UPDATE sessions SET ended_at = now() WHERE workspace_id = $1 AND ended_at IS NULL",
    "DELETE FROM invitations WHERE workspace_id = $1",
    "UPDATE resumable_uploads SET state = 'expired', ended_at = now() "
    "WHERE workspace_id = $1 AND state = 'open'",
)
_CANCEL = f"""
UPDATE tasks SET
    state = CASE WHEN released_at IS NULL THEN 'cancelled' ELSE state END,
    finished_at = CASE WHEN released_at IS NULL THEN now() END,
    cancel_requested_at = now()
WHERE workspace_id = $1 AND state IN ('queued', 'running')
  AND cancel_requested_at IS NULL AND name NOT LIKE '%{DELETION}'
"""
_COUNTED = """
SELECT (SELECT count(*) FROM files WHERE workspace_id = $1) AS file,
       (SELECT count(*) FROM tasks WHERE workspace_id = $1) AS task,
       (SELECT count(*) FROM api_keys WHERE workspace_id = $1) AS api_key,
       (SELECT count(*) FROM members WHERE workspace_id = $1) AS member
"""
_CLOSING = (
    "SELECT id FROM workspaces WHERE closed_at IS NOT NULL AND emptied_at IS NULL"
)
_LET_GO = """
SELECT w.id FROM workspaces w JOIN tasks t ON t.id = w.deletion_task_id
WHERE w.closed_at IS NOT NULL AND w.emptied_at IS NULL AND t.state = 'completed'
  AND NOT EXISTS (SELECT FROM resumable_uploads WHERE workspace_id = w.id
                  AND state <> 'completed' AND cleared_at IS NULL)
  AND NOT EXISTS (SELECT FROM uploads WHERE workspace_id = w.id)
"""
_TABLES = """
SELECT quote_ident(table_name) FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'gateway' AND column_name = 'workspace_id'
  AND table_type = 'BASE TABLE' ORDER BY table_name
"""
# What stays tells late events, and whoever has the id, that nothing is there any more.
_EMPTIED = "UPDATE workspaces SET emptied_at = now(), name = '' WHERE id = $1"


type Door = Literal["open", "suspended", "closed"] | None
"""None: there never was such a workspace."""


class WorkspaceDeletionStore:
    """Of any workspace: who may ask for it is checked by the route."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._doors: TTLCache[str, Door] = TTLCache(10_000, _KEPT_SECONDS)

    async def door(self, workspace_id: str) -> Door:
        """Who is let in without a key, by a link: as it was two seconds ago at most."""
        found = self._doors.get(workspace_id)
        if found is None:
            found = self._doors[workspace_id] = await self._pool.fetchval(
                "SELECT CASE WHEN closed_at IS NOT NULL THEN 'closed' "
                "WHEN suspended_at IS NOT NULL THEN 'suspended' ELSE 'open' END "
                "FROM workspaces WHERE id = $1",
                workspace_id,
            )
        return found

    async def close(self, request: Request, workspace_id: str) -> tuple[TaskRow, bool]:
        """The task that deletes it, and whether it is new. Nobody gets in from here on,
        and what was ordered is taken back. Raises NotThere, Refused."""
        async with self._pool.acquire() as connection, connection.transaction():
            counted = await connection.fetchrow(_COUNTED, workspace_id, timeout=60)
            assert counted is not None  # a SELECT without FROM has one row
            first, *others = request.tasks
            counts = {kind: n for kind, n in counted.items() if n}
            first = msgspec.structs.replace(
                first, command={**first.command, "counts": counts}
            )
            row = await insert_task(connection, request, first, is_first=True)
            if row is None:
                prior = await prior_task(connection, request)
                if prior is None:
                    raise Refused
                return prior, False
            for task in others:  # while the key is good still
                await insert_task(connection, request, task)
            if await connection.fetchval(_CLOSE, workspace_id, row.id) is None:
                raise NotThere
            for statement in _SHUT_OUT:
                await connection.execute(statement, workspace_id)
            await connection.execute(_CANCEL, workspace_id, timeout=60)
        self._doors[workspace_id] = "closed"
        return row, True

    async def sweep(self) -> int:
        """Take back what was ordered by who was just being shut out, and empty those
        that all services have let go of; how many. Safe to repeat, and for several."""
        for record in await self._pool.fetch(_CLOSING):
            await self._pool.execute(_CANCEL, record["id"], timeout=60)
        found = await self._pool.fetch(_LET_GO)
        for record in found:
            await self._empty(record["id"])
        return len(found)

    async def _empty(self, workspace_id: str) -> None:
        """Every row of every table that names the workspace; rows that others refer to
        after those."""
        async with self._pool.acquire() as connection:
            left = [record[0] for record in await connection.fetch(_TABLES)]
            while left:
                stuck = [
                    table
                    for table in left
                    if not await _emptied(connection, table, workspace_id)
                ]
                if stuck == left:
                    raise LookupError(f"rows of {', '.join(stuck)} are referred to")
                left = stuck
            await connection.execute(_EMPTIED, workspace_id)


async def _emptied(connection: Connection, table: str, workspace_id: str) -> bool:
    """False where another table still refers to its rows."""
    statement = (
        f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("
        f"SELECT ctid FROM {table} WHERE workspace_id = $1 LIMIT {_BATCH}))"
    )
    try:
        while (
            await connection.execute(statement, workspace_id, timeout=60) != "DELETE 0"
        ):
            pass
    except asyncpg.ForeignKeyViolationError:
        return False
    return True
