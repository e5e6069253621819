"""The gateway's statements on workspaces and files, by asyncpg.

Those on tasks are in tasks/store.py and outbox.py.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import astuple

from onemanage.contracts.base import ListPlace, derived_id, example_id
from onemanage.contracts.public import shows
from onemanage.gateway.pool import Pool as Pool  # said again for the other stores
from onemanage.gateway.pool import open_pool as open_pool

OWNER_WORKSPACE = derived_id("wsp", "owner")
LOCK_WORKSPACE = """
SELECT closed_at IS NOT NULL FROM workspaces WHERE id = $1 FOR NO KEY UPDATE
"""
"""Whether it is closed; nobody else changes it until the transaction ends. Who writes
into a workspace and locks more than one row locks this one first."""
NOT_CLOSED = """
NOT EXISTS (SELECT FROM workspaces WHERE id = $2::varchar AND closed_at IS NOT NULL)
"""
"""Of the workspace that a statement names second."""
GIVEN_UP_AFTER = "2 minutes"
"""Without a word of its gateway an upload is over."""


@shows("id", "name", "size", "sha256", "media_type", "created_at")
class FileRow(msgspec.Struct, kw_only=True):
    """An uploaded file; ``sha256`` as 64 hex digits."""

    id: Annotated[str, Meta(examples=[example_id("fil")])]
    workspace_id: str
    name: Annotated[str, Meta(examples=["poster.psd"])]
    size: Annotated[int, Meta(description="Bytes.", examples=[1048576])]
    sha256: str
    media_type: Annotated[str, Meta(examples=["image/vnd.adobe.photoshop"])]
    object_key: str
    created_at: datetime | None = None


class StoredBefore(FileRow, kw_only=True):
    """One that an earlier request with the same Idempotency-Key has stored."""


class NoSlot(Exception):
    """The workspace has as many uploads at this moment as it may."""


class WorkspaceClosed(Exception):
    """It is being deleted: nothing is added to it."""


class StorageFull(Exception):
    """The workspace stores ``used`` bytes, and there is no room for this file."""

    def __init__(self, used: int) -> None:
        super().__init__(f"{used} bytes are stored")
        self.used = used


FILE_COLUMNS = ", ".join(FileRow.__struct_fields__)

# A slot that two take at once is one's alone, by the index; the other looks again.
_BEGIN_UPLOAD = """
WITH workspace AS (
    SELECT stored_bytes, stored_bytes + $5::bigint > $4::bigint AS is_full,
           $4 IS NULL OR EXISTS (
               SELECT FROM files WHERE workspace_id = $2 AND idempotency_key = $6
           ) AS is_free
    FROM workspaces WHERE id = $2
), free AS (
    SELECT slot FROM generate_series(1, $3::int) AS slot
    WHERE slot NOT IN (SELECT slot FROM uploads WHERE workspace_id = $2
                       AND slot IS NOT NULL)
      AND (SELECT count(slot) FROM uploads WHERE workspace_id = $2) < $3
    ORDER BY random() LIMIT 1
), begun AS (
    INSERT INTO uploads (object_key, workspace_id, slot, alive_at)
    SELECT $1, $2, (SELECT slot FROM free), now() FROM workspace
    WHERE (is_free OR NOT is_full) AND ($3 IS NULL OR EXISTS (SELECT FROM free))
    ON CONFLICT (workspace_id, slot) WHERE slot IS NOT NULL DO NOTHING
    RETURNING object_key
)
SELECT stored_bytes, is_free, is_free OR NOT is_full AS has_room,
       $3 IS NULL OR EXISTS (SELECT FROM free) AS has_slot,
       EXISTS (SELECT FROM begun) AS is_begun
FROM workspace
"""
# The workspace's row is locked: of two files for which there is room once, one is made.
_ADD_FILE = f"""
WITH begun AS (SELECT FROM uploads WHERE object_key = $7 FOR UPDATE),
room AS (
    SELECT FROM workspaces WHERE id = $2 AND (
        $9::bigint IS NULL OR stored_bytes + $4 <= $9
        OR EXISTS (SELECT FROM files WHERE workspace_id = $2 AND idempotency_key = $8)
    ) FOR NO KEY UPDATE
),
made AS (
    INSERT INTO files (id, workspace_id, name, size, sha256, media_type, object_key,
        idempotency_key)
    SELECT $1, $2::varchar, $3, $4::bigint, $5, $6, $7, $8 FROM begun, room
    WHERE {NOT_CLOSED}
    ON CONFLICT (workspace_id, idempotency_key)
    DO UPDATE SET idempotency_key = excluded.idempotency_key
    RETURNING {FILE_COLUMNS}
),
ended AS (DELETE FROM uploads USING made WHERE uploads.object_key = made.object_key)
SELECT made.*, (SELECT count(*) FROM begun) AS begun,
       EXISTS (SELECT FROM room) AS has_room
FROM (SELECT) AS nothing LEFT JOIN made ON true
"""
_TAKE_OVERDUE = f"""
DELETE FROM uploads WHERE object_key = (
    SELECT object_key FROM uploads WHERE begun_at < now() - make_interval(secs => $1)
    OR alive_at < now() - interval '{GIVEN_UP_AFTER}'
    ORDER BY begun_at LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING object_key
"""


class Store:
    """Rows of workspaces and files; every read names its workspace."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def check(self) -> None:
        """Raises where the database does not answer, or has no tables."""
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
                "INSERT INTO api_keys (id, workspace_id, key_hash, name, admin) "
                "VALUES ($1, $2, $3, 'owner', true)",
                derived_id("key", key_hash.hex()),
                made,
                key_hash,
            )
            return True

    async def begin_upload(
        self,
        object_key: str,
        workspace_id: str,
        *,
        at_once: int | None = None,
        most_bytes: int | None = None,
        size: int = 1,
        idempotency_key: str | None = None,
    ) -> int | None:
        """Before its first byte is stored: what is begun and not ended is swept.

        Bytes for which there is room; None: there is no such limit, or it is a repeat,
        of which nothing is kept. Raises NoSlot where the workspace has ``at_once``
        uploads, StorageFull where ``size`` bytes more were more than ``most_bytes``.
        """
        asked = at_once, most_bytes, size, idempotency_key
        while True:
            found = await self._pool.fetchrow(
                _BEGIN_UPLOAD, object_key, workspace_id, *asked
            )
            if found is None:
                raise LookupError(workspace_id)
            used: int = found["stored_bytes"]
            if found["is_begun"]:
                return None if found["is_free"] else (most_bytes or 0) - used
            if not found["has_room"]:
                raise StorageFull(used)
            if not found["has_slot"]:
                raise NoSlot

    async def keep_uploads(self, object_keys: Collection[str]) -> None:
        """Say that they are under way."""
        await self._pool.execute(
            "UPDATE uploads SET alive_at = now() WHERE object_key = ANY($1)",
            list(object_keys),
        )

    async def give_up_upload(self, object_key: str) -> None:
        """It makes room for another at once; what it has stored is swept."""
        await self._pool.execute(
            "UPDATE uploads SET slot = NULL, alive_at = '-infinity' "
            "WHERE object_key = $1",
            object_key,
        )

    @asynccontextmanager
    async def overdue_upload(self, older_than: float) -> AsyncIterator[str | None]:
        """The key of one begun so many seconds ago, or whose gateway is gone; forgotten
        when the block ends well.

        Until then nobody else is given it, and no file is made of it after that.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            yield await connection.fetchval(_TAKE_OVERDUE, older_than)

    async def add_file(
        self,
        file: FileRow,
        idempotency_key: str | None,
        most_bytes: int | None = None,
    ) -> FileRow | None:
        """The new row, or the one that this idempotency key made before.

        None where the upload has been swept, because it took too long. Raises
        StorageFull where the workspace would store more than ``most_bytes``, and
        WorkspaceClosed.
        """
        record = await self._pool.fetchrow(
            _ADD_FILE,
            file.id,
            file.workspace_id,
            file.name,
            file.size,
            file.sha256,
            file.media_type,
            file.object_key,
            idempotency_key,
            most_bytes,
        )
        assert record is not None  # it selects from one row, whatever is found
        if record["id"] is not None:
            return FileRow(**{name: record[name] for name in FileRow.__struct_fields__})
        if record["begun"] and record["has_room"]:
            raise WorkspaceClosed
        if record["begun"]:
            raise StorageFull(await self._stored_bytes(file.workspace_id))
        return None

    async def _stored_bytes(self, workspace_id: str) -> int:
        found: int = await self._pool.fetchval(
            "SELECT stored_bytes FROM workspaces WHERE id = $1", workspace_id
        )
        return found

    async def files_of(self, workspace_id: str, media_types: Collection[str]) -> int:
        """How many files of these types the workspace has."""
        found: int = await self._pool.fetchval(
            "SELECT count(*) FROM files "
            "WHERE workspace_id = $1 AND media_type = ANY($2)",
            workspace_id,
            list(media_types),
        )
        return found

    async def file(self, workspace_id: str, file_id: str) -> FileRow | None:
        """None where the workspace has no file of this id."""
        record = await self._pool.fetchrow(
            f"SELECT {FILE_COLUMNS} FROM files WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            file_id,
        )
        return None if record is None else FileRow(**record)

    async def files(
        self, workspace_id: str, limit: int, before: ListPlace | None
    ) -> list[FileRow]:
        """Newest first."""
        records = await self._pool.fetch(
            f"SELECT {FILE_COLUMNS} FROM files WHERE workspace_id = $1 "
            "AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3)) "
            "ORDER BY created_at DESC, id DESC LIMIT $4",
            workspace_id,
            *(astuple(before) if before else (None, None)),
            limit,
        )
        return [FileRow(**record) for record in records]
