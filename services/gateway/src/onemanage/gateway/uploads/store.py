"""The statements on uploads in parts.

A row knows from its start which file it will be, and which task will complete it: so a
completion that is asked for twice is one, and what storage holds has one owner.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import asyncpg
import msgspec
from msgspec import Meta
from msgspec.structs import astuple

from onemanage.contracts.base import ErrorInfo, ListPlace, example_id
from onemanage.contracts.public import shows
from onemanage.gateway.store import (
    FILE_COLUMNS,
    LOCK_WORKSPACE,
    FileRow,
    Pool,
    StorageFull,
    WorkspaceClosed,
)


@shows(
    *("id", "name", "size", "sha256", "media_type", "part_size", "state"),
    *("error", "created_at", "expires_at", "ended_at"),
)
class UploadRow(msgspec.Struct, kw_only=True):
    """An upload in parts, as it stands."""

    id: Annotated[str, Meta(examples=[example_id("upl")])]
    workspace_id: str
    name: Annotated[str, Meta(examples=["orders.parquet"])]
    size: Annotated[int, Meta(description="Bytes.", examples=[40_000_000_000])]
    sha256: Annotated[
        str | None,
        Meta(description="What the file must have, as 64 hex digits.", examples=[None]),
    ]
    media_type: Annotated[
        str | None,
        Meta(description="What its first bytes must say that it is.", examples=[None]),
    ]
    part_size: Annotated[
        int,
        Meta(description="Bytes of each part but the last.", examples=[16777216]),
    ]
    object_key: str
    storage_id: str | None
    file_id: str
    task_id: str
    error: Annotated[
        ErrorInfo | None, Meta(description="Why it failed.", examples=[None])
    ]
    created_at: datetime
    expires_at: Annotated[
        datetime,
        Meta(description="Later each time that addresses of parts are asked for."),
    ]
    ended_at: datetime | None
    state: Annotated[
        str,
        Meta(
            description="open, completing, completed, failed, aborted or expired.",
            examples=["open"],
        ),
    ]


_COLUMNS = ", ".join(f"u.{name}" for name in UploadRow.__struct_fields__[:-1])
# Until its end the row says open; what its task has come to is said by that one's row.
_SEEN = f"""
SELECT {_COLUMNS}, CASE
    WHEN u.state <> 'open' OR t.id IS NULL THEN u.state
    WHEN t.state = 'cancelled' THEN 'aborted'
    WHEN t.state = 'failed' THEN 'failed'
    ELSE 'completing'
END AS state
FROM resumable_uploads u LEFT JOIN tasks t ON t.id = u.task_id
"""
_ROOM = """
SELECT stored_bytes + coalesce((
    SELECT sum(size) FROM resumable_uploads WHERE workspace_id = $1 AND state = 'open'
), 0)::bigint AS used FROM workspaces WHERE id = $1
"""
_BEGIN = """
INSERT INTO resumable_uploads (id, workspace_id, name, size, sha256, media_type,
    part_size, object_key, file_id, task_id, idempotency_key, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + make_interval(secs => $12))
ON CONFLICT (workspace_id, idempotency_key) DO NOTHING
RETURNING id
"""
_GO_ON = f"""
WITH kept AS (
    UPDATE resumable_uploads SET expires_at = greatest(expires_at, least(
        now() + make_interval(secs => $3), created_at + make_interval(secs => $4)
    )) WHERE workspace_id = $1 AND id = $2 AND state = 'open'
)
{_SEEN} WHERE u.workspace_id = $1 AND u.id = $2
"""
# What ended without a file lets go of its idempotency key: the next is another upload.
_ABORT = """
UPDATE resumable_uploads u
SET state = 'aborted', ended_at = now(), idempotency_key = NULL
WHERE workspace_id = $1 AND id = $2 AND state = 'open' AND NOT EXISTS (
    SELECT FROM tasks WHERE id = u.task_id
    AND state IN ('queued', 'running', 'completed')
) RETURNING id
"""
_FAIL = """
UPDATE resumable_uploads
SET state = 'failed', error = $2, ended_at = now(), idempotency_key = NULL
WHERE id = $1 AND state = 'open'
"""
_FINISH = f"""
WITH done AS (
    UPDATE resumable_uploads u SET state = 'completed', ended_at = now()
    WHERE id = $1 AND state = 'open' AND NOT EXISTS (
        SELECT FROM tasks WHERE id = u.task_id AND state = 'cancelled'
    ) RETURNING u.*
)
INSERT INTO files (id, workspace_id, name, size, sha256, media_type, object_key)
SELECT file_id, workspace_id, name, size, $2, $3, object_key FROM done
RETURNING {FILE_COLUMNS}
"""
# One that is being completed is left alone, and one whose task failed on our side may
# be tried again for as long as others may be idle.
_EXPIRE = """
UPDATE resumable_uploads u
SET ended_at = now(), idempotency_key = NULL, state = CASE WHEN EXISTS (
    SELECT FROM tasks WHERE id = u.task_id AND state = 'cancelled'
) THEN 'aborted' ELSE 'expired' END
WHERE u.state = 'open' AND ((expires_at < now() AND NOT EXISTS (
    SELECT FROM tasks WHERE id = u.task_id AND (
        state IN ('queued', 'running')
        OR finished_at > now() - make_interval(secs => $1)
    )
)) OR EXISTS (SELECT FROM tasks WHERE id = u.task_id AND state = 'cancelled'))
"""
_TO_CLEAR = """
SELECT id, object_key FROM resumable_uploads
WHERE cleared_at IS NULL AND state IN ('failed', 'aborted', 'expired')
  AND ($1::text IS NULL OR id = $1)
ORDER BY ended_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_FORGET = """
DELETE FROM resumable_uploads WHERE ended_at < now() - make_interval(secs => $1)
AND (state = 'completed' OR cleared_at IS NOT NULL)
"""
_FORGET_KEYS = """
UPDATE resumable_uploads SET idempotency_key = NULL
WHERE idempotency_key IS NOT NULL AND ended_at < now() - interval '24 h'
"""


class UploadStore:
    """Uploads in parts; every read names its workspace, but for the worker's."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(
        self,
        new: UploadRow,
        idempotency_key: str | None,
        seconds: float,
        most_bytes: int | None = None,
    ) -> UploadRow:
        """The new row, good for so many seconds; or the one that the key made before.

        Raises WorkspaceClosed, and StorageFull where the workspace would have more than ``most_bytes``, those
        counted that others, which are open, have announced.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(LOCK_WORKSPACE, new.workspace_id):
                raise WorkspaceClosed
            used = await connection.fetchval(_ROOM, new.workspace_id)
            made = await connection.fetchval(
                _BEGIN,
                *(new.id, new.workspace_id, new.name, new.size, new.sha256),
                *(new.media_type, new.part_size, new.object_key, new.file_id),
                *(new.task_id, idempotency_key, seconds),
            )
            if made and most_bytes is not None and used + new.size > most_bytes:
                raise StorageFull(used)
            where = "u.id = $2" if made else "u.idempotency_key = $2"
            record = await connection.fetchrow(
                f"{_SEEN} WHERE u.workspace_id = $1 AND {where}",
                new.workspace_id,
                made or idempotency_key,
            )
        assert record is not None  # one of the two is there
        return _row(record)

    async def set_storage_id(self, upload_id: str, storage_id: str) -> str:
        """What storage calls it: this, or what another process has begun meanwhile."""
        found: str | None = await self._pool.fetchval(
            "UPDATE resumable_uploads SET storage_id = coalesce(storage_id, $2) "
            "WHERE id = $1 RETURNING storage_id",
            upload_id,
            storage_id,
        )
        return found or storage_id

    async def get(self, workspace_id: str, upload_id: str) -> UploadRow | None:
        """None where the workspace has no upload of this id."""
        record = await self._pool.fetchrow(
            f"{_SEEN} WHERE u.workspace_id = $1 AND u.id = $2", workspace_id, upload_id
        )
        return None if record is None else _row(record)

    async def go_on(
        self, workspace_id: str, upload_id: str, idle: float, longest: float
    ) -> UploadRow | None:
        """As ``get``; from now on it is good for ``idle`` seconds more, and for
        ``longest`` from its start."""
        record = await self._pool.fetchrow(
            _GO_ON, workspace_id, upload_id, idle, longest
        )
        return None if record is None else _row(record)

    async def page(
        self, workspace_id: str, limit: int, before: ListPlace | None
    ) -> list[UploadRow]:
        """Newest first."""
        records = await self._pool.fetch(
            f"{_SEEN} WHERE u.workspace_id = $1 "
            "AND ($2::timestamptz IS NULL OR (u.created_at, u.id) < ($2, $3)) "
            "ORDER BY u.created_at DESC, u.id DESC LIMIT $4",
            workspace_id,
            *(astuple(before) if before else (None, None)),
            limit,
        )
        return [_row(record) for record in records]

    async def abort(self, workspace_id: str, upload_id: str) -> bool:
        """False where it has ended, or is being completed."""
        return bool(await self._pool.fetchval(_ABORT, workspace_id, upload_id))

    async def fail(self, upload_id: str, error: ErrorInfo) -> None:
        """Before its object goes: whoever comes again is told the same."""
        await self._pool.execute(_FAIL, upload_id, msgspec.json.encode(error).decode())

    async def finish(
        self, upload_id: str, sha256: str, media_type: str
    ) -> FileRow | None:
        """The file that it is from now on. None where it was no longer open, or where
        its completion was cancelled."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "SELECT FROM workspaces WHERE id = (SELECT workspace_id "
                "FROM resumable_uploads WHERE id = $1) FOR NO KEY UPDATE",
                upload_id,
            )
            record = await connection.fetchrow(_FINISH, upload_id, sha256, media_type)
        return None if record is None else FileRow(**record)

    async def expire(self, idle: float) -> None:
        """End those that nobody has gone on with, and those whose task was cancelled."""
        await self._pool.execute(_EXPIRE, idle)

    @asynccontextmanager
    async def to_clear(self, upload_id: str | None = None) -> AsyncIterator[str | None]:
        """The key of what one, or this one, has left in storage; gone when the block
        ends well. Until then nobody else is given it.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            found = await connection.fetchrow(_TO_CLEAR, upload_id)
            yield None if found is None else found["object_key"]
            if found is not None:
                await connection.execute(
                    "UPDATE resumable_uploads SET cleared_at = now() WHERE id = $1",
                    found["id"],
                )

    async def forget(self, seconds: float) -> None:
        """Rows of what ended so long ago, and idempotency keys a day after the end."""
        await self._pool.execute(_FORGET, seconds)
        await self._pool.execute(_FORGET_KEYS)


def _row(record: asyncpg.Record) -> UploadRow:
    values = dict(record)
    if values["error"] is not None:
        values["error"] = msgspec.json.decode(values["error"], type=ErrorInfo)
    return UploadRow(**values)
