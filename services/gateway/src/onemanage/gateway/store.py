"""The gateway's statements on its tables, by asyncpg: these are its hot paths."""

from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from onemanage.contracts.base import derived_id

type Pool = asyncpg.Pool[asyncpg.Record]

OWNER_WORKSPACE = derived_id("wsp", "owner")


class FileRow(msgspec.Struct, kw_only=True):
    id: str
    workspace_id: str
    name: str
    size: int
    sha256: str
    media_type: str
    object_key: str
    created_at: datetime | None = None


class TaskRow(msgspec.Struct, kw_only=True):
    id: str
    workspace_id: str
    name: str
    state: str
    created_at: datetime
    lane: str | None = None
    command: Any = None
    traceparent: str | None = None
    resource: str | None = None
    attempt: int = 0
    progress: Any = None
    result: Any = None
    error: Any = None
    fingerprint: bytes | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Acceptance(msgspec.Struct, kw_only=True):
    """What the one accepting statement found: who asked, and the row if there is one."""

    workspace_id: str | None
    has_source: bool
    is_new: bool
    task: TaskRow | None


_JSON = ("command", "progress", "result", "error")
_TASK = ", ".join(TaskRow.__struct_fields__)
_FILE = ", ".join(FileRow.__struct_fields__)

_ACCEPT = f"""
WITH caller AS (
    SELECT workspace_id FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL
), source AS (
    SELECT f.* FROM files f JOIN caller USING (workspace_id) WHERE f.id = $2
), prior AS (
    SELECT t.* FROM tasks t JOIN caller USING (workspace_id)
    WHERE t.idempotency_key = $3
), made AS (
    INSERT INTO tasks (id, workspace_id, name, lane, command, traceparent, resource,
                       idempotency_key, fingerprint)
    SELECT $4, workspace_id, $5, $6, $7::jsonb || coalesce(
               (SELECT jsonb_build_object('file_id', id, 'file_key', object_key,
                                          'file_name', name) FROM source), '{{}}'),
           $8, $9, $3, $10
    FROM caller
    WHERE NOT EXISTS (SELECT FROM prior)
      AND ($2::text IS NULL OR EXISTS (SELECT FROM source))
    ON CONFLICT (workspace_id, idempotency_key) DO NOTHING
    RETURNING *
), found AS (
    SELECT {_TASK}, true AS is_new FROM made
    UNION ALL SELECT {_TASK}, false FROM prior
)
SELECT (SELECT workspace_id FROM caller) AS caller,
       $2::text IS NULL OR EXISTS (SELECT FROM source) AS has_source, found.*
FROM (SELECT) AS nothing LEFT JOIN found ON true
"""

_PROJECT = f"""
INSERT INTO tasks (id, workspace_id, name, state, attempt, progress, result, error,
                   started_at, finished_at, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())
ON CONFLICT (id) DO UPDATE SET
    state = CASE WHEN tasks.state = 'running' AND excluded.state = 'queued'
                 THEN tasks.state ELSE excluded.state END,
    attempt = greatest(tasks.attempt, excluded.attempt),
    progress = CASE WHEN (tasks.progress->>'done')::bigint
                         >= (excluded.progress->>'done')::bigint
                    THEN tasks.progress
                    ELSE coalesce(excluded.progress, tasks.progress) END,
    result = excluded.result,
    error = excluded.error,
    started_at = least(tasks.started_at, excluded.started_at),
    finished_at = excluded.finished_at
WHERE tasks.state NOT IN ('completed', 'failed', 'cancelled')
  AND tasks.workspace_id = excluded.workspace_id
RETURNING {_TASK}
"""


def _task(record: asyncpg.Record) -> TaskRow:
    values = {name: record[name] for name in TaskRow.__struct_fields__}
    for name in _JSON:
        if values[name] is not None:
            values[name] = msgspec.json.decode(values[name])
    return TaskRow(**values)


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


async def open_pool(url: str, size: int = 10) -> Pool:
    """Connections of the gateway's own role, its schema first on their search path."""
    return await asyncpg.create_pool(url, min_size=1, max_size=size, command_timeout=10)


class Store:
    """Rows of workspaces, keys, files and tasks; every read names its workspace."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def check(self) -> None:
        await self._pool.fetchval("SELECT 1 FROM workspaces LIMIT 1")

    async def ensure_owner(self, key_hash: bytes) -> bool:
        """Make the owner's workspace and key where there is no workspace yet."""
        async with self._pool.acquire() as connection, connection.transaction():
            made = await connection.fetchval(
                "INSERT INTO workspaces (id, name) SELECT $1, 'Owner' "
                "WHERE NOT EXISTS (SELECT FROM workspaces) "
                "ON CONFLICT DO NOTHING RETURNING id",
                OWNER_WORKSPACE,
            )
            if made is None:
                return False
            await connection.execute(
                "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
                "VALUES ($1, $2, $3, 'owner')",
                derived_id("key", key_hash.hex()),
                made,
                key_hash,
            )
            return True

    async def workspace_of(self, key_hash: bytes) -> str | None:
        found: str | None = await self._pool.fetchval(
            "SELECT workspace_id FROM api_keys "
            "WHERE key_hash = $1 AND revoked_at IS NULL",
            key_hash,
        )
        return found

    async def accept(
        self,
        key_hash: bytes,
        *,
        task_id: str,
        name: str,
        lane: str,
        command: dict[str, Any],
        file_id: str | None = None,
        resource: str | None = None,
        traceparent: str | None = None,
        idempotency_key: str | None = None,
        fingerprint: bytes | None = None,
    ) -> Acceptance:
        """Authenticate, look for the idempotency key, write the row: one statement."""
        record = await self._pool.fetchrow(
            _ACCEPT,
            key_hash,
            file_id,
            idempotency_key,
            task_id,
            name,
            lane,
            _json(command),
            traceparent,
            resource,
            fingerprint,
        )
        assert record is not None  # it selects from one row, whatever is found
        return Acceptance(
            workspace_id=record["caller"],
            has_source=record["has_source"],
            is_new=bool(record["is_new"]),
            task=None if record["id"] is None else _task(record),
        )

    async def project(
        self,
        *,
        task_id: str,
        workspace_id: str,
        name: str,
        state: str,
        attempt: int = 0,
        progress: Any = None,
        result: Any = None,
        error: Any = None,
        started_at: datetime | None = None,
        finished_at: datetime | None = None,
    ) -> TaskRow | None:
        """Apply one fact; None where the row has ended already. Any order, any number."""
        record = await self._pool.fetchrow(
            _PROJECT,
            task_id,
            workspace_id,
            name,
            state,
            attempt,
            _json(progress),
            _json(result),
            _json(error),
            started_at,
            finished_at,
        )
        return None if record is None else _task(record)

    async def task(self, workspace_id: str, task_id: str) -> TaskRow | None:
        record = await self._pool.fetchrow(
            f"SELECT {_TASK} FROM tasks WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            task_id,
        )
        return None if record is None else _task(record)

    async def tasks(
        self, workspace_id: str, limit: int, before: tuple[datetime, str] | None
    ) -> list[TaskRow]:
        """Newest first."""
        records = await self._pool.fetch(
            f"SELECT {_TASK} FROM tasks WHERE workspace_id = $1 "
            "AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3)) "
            "ORDER BY created_at DESC, id DESC LIMIT $4",
            workspace_id,
            *(before or (None, None)),
            limit,
        )
        return [_task(record) for record in records]

    async def unpublished(self, limit: int) -> list[TaskRow]:
        """Rows whose command has not been confirmed for two seconds, oldest first."""
        records = await self._pool.fetch(
            f"SELECT {_TASK} FROM tasks WHERE published_at IS NULL "
            "AND state = 'queued' AND created_at < now() - interval '2 s' "
            "ORDER BY created_at LIMIT $1",
            limit,
        )
        return [_task(record) for record in records]

    async def mark_published(self, task_id: str) -> None:
        await self._pool.execute(
            "UPDATE tasks SET published_at = now() WHERE id = $1", task_id
        )

    async def forget_idempotency_keys(self) -> None:
        """They stand for 24 hours."""
        for table in ("tasks", "files"):
            await self._pool.execute(
                f"UPDATE {table} SET idempotency_key = NULL "
                "WHERE idempotency_key IS NOT NULL "
                "AND created_at < now() - interval '24 h'"
            )

    async def add_file(self, file: FileRow, idempotency_key: str | None) -> FileRow:
        """The new row, or the one that this idempotency key made before."""
        record = await self._pool.fetchrow(
            "INSERT INTO files (id, workspace_id, name, size, sha256, media_type, "
            "object_key, idempotency_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
            "ON CONFLICT (workspace_id, idempotency_key) "
            f"DO UPDATE SET idempotency_key = excluded.idempotency_key "
            f"RETURNING {_FILE}",
            file.id,
            file.workspace_id,
            file.name,
            file.size,
            file.sha256,
            file.media_type,
            file.object_key,
            idempotency_key,
        )
        assert record is not None  # inserted or updated, a row comes back
        return FileRow(**record)

    async def file(self, workspace_id: str, file_id: str) -> FileRow | None:
        record = await self._pool.fetchrow(
            f"SELECT {_FILE} FROM files WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            file_id,
        )
        return None if record is None else FileRow(**record)

    async def unannounced_files(self, limit: int) -> list[FileRow]:
        records = await self._pool.fetch(
            f"SELECT {_FILE} FROM files WHERE announced_at IS NULL "
            "AND created_at < now() - interval '2 s' ORDER BY created_at LIMIT $1",
            limit,
        )
        return [FileRow(**record) for record in records]

    async def mark_announced(self, file_id: str) -> None:
        await self._pool.execute(
            "UPDATE files SET announced_at = now() WHERE id = $1", file_id
        )
