"""The gateway's statements on workspaces and files, by asyncpg.

Those on tasks are in tasks/store.py and outbox.py.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import asyncpg
import msgspec
from msgspec import Meta

from onemanage.contracts.base import derived_id, example_id
from onemanage.contracts.public import shows

type Pool = asyncpg.Pool[asyncpg.Record]

OWNER_WORKSPACE = derived_id("wsp", "owner")


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


FILE_COLUMNS = ", ".join(FileRow.__struct_fields__)

_ADD_FILE = f"""
WITH begun AS (SELECT FROM uploads WHERE object_key = $7 FOR UPDATE),
made AS (
    INSERT INTO files (id, workspace_id, name, size, sha256, media_type, object_key,
        idempotency_key)
    SELECT $1, $2::varchar, $3, $4::bigint, $5, $6, $7, $8 FROM begun
    WHERE NOT EXISTS (
        SELECT FROM workspaces WHERE id = $2::varchar AND closed_at IS NOT NULL
    )
    ON CONFLICT (workspace_id, idempotency_key)
    DO UPDATE SET idempotency_key = excluded.idempotency_key
    RETURNING {FILE_COLUMNS}
),
ended AS (DELETE FROM uploads USING made WHERE uploads.object_key = made.object_key)
SELECT * FROM made
"""
_TAKE_OVERDUE = """
DELETE FROM uploads WHERE object_key = (
    SELECT object_key FROM uploads WHERE begun_at < now() - make_interval(secs => $1)
    ORDER BY begun_at LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING object_key
"""


async def open_pool(url: str, size: int = 10) -> Pool:
    """Connections of the gateway's own role, its schema first on their search path."""
    return await asyncpg.create_pool(
        url, min_size=1, max_size=size, command_timeout=10, reset=_keep_session
    )


async def _keep_session(_: object) -> None:
    """Our statements leave nothing behind; asyncpg's own reset costs a round trip."""


class Store:
    """Rows of workspaces and files; every read names its workspace."""

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
                "INSERT INTO api_keys (id, workspace_id, key_hash, name, admin) "
                "VALUES ($1, $2, $3, 'owner', true)",
                derived_id("key", key_hash.hex()),
                made,
                key_hash,
            )
            return True

    async def begin_upload(self, object_key: str) -> None:
        """Before its first byte is stored: what is begun and not ended is swept."""
        await self._pool.execute(
            "INSERT INTO uploads (object_key) VALUES ($1)", object_key
        )

    @asynccontextmanager
    async def overdue_upload(self, older_than: float) -> AsyncIterator[str | None]:
        """The key of one begun so many seconds ago; forgotten when the block ends well.

        Until then nobody else is given it, and no file is made of it after that.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            yield await connection.fetchval(_TAKE_OVERDUE, older_than)

    async def add_file(
        self, file: FileRow, idempotency_key: str | None
    ) -> FileRow | None:
        """The new row, or the one that this idempotency key made before.

        None where the upload has been swept, because it took too long.
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
        )
        return None if record is None else FileRow(**record)

    async def file(self, workspace_id: str, file_id: str) -> FileRow | None:
        """None where the workspace has no file of this id."""
        record = await self._pool.fetchrow(
            f"SELECT {FILE_COLUMNS} FROM files WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            file_id,
        )
        return None if record is None else FileRow(**record)
