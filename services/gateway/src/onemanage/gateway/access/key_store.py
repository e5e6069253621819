"""The statements on API keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import asyncpg
import msgspec
from msgspec import Meta

from onemanage.contracts.base import ListPlace, example_id
from onemanage.contracts.public import shows
from onemanage.gateway.access.grants import Grant
from onemanage.gateway.access.scopes import Scope
from onemanage.gateway.access.secrets import NewSecret
from onemanage.gateway.limits.standing import STANDING, standing
from onemanage.gateway.pool import newest
from onemanage.gateway.store import LOCK_WORKSPACE, Pool

_MARKED_EVERY = "1 minute"
"""So often at most is written down that a key is in use."""


@shows(
    *("id", "name", "begins_with", "scopes", "networks", "created_at", "last_used_at"),
    *("expires_at", "revoked_at", "replaces"),
)
class KeyRow(msgspec.Struct, kw_only=True):
    """An API key, without the key."""

    id: Annotated[str, Meta(examples=[example_id("key")])]
    workspace_id: str
    name: Annotated[str, Meta(examples=["shop"])]
    begins_with: Annotated[
        str,
        Meta(
            description="Its first characters, to tell it by; empty for one made "
            "before these were kept.",
            examples=["om_live_Xy3f"],
        ),
    ]
    scopes: Annotated[Sequence[Scope], Meta(examples=[["read", "write"]])]
    networks: Annotated[
        Sequence[str],
        Meta(
            description="Where it may be used from; anywhere where there are none.",
            examples=[["203.0.113.0/24"]],
        ),
    ]
    created_at: datetime
    last_used_at: Annotated[
        datetime | None, Meta(description="To the minute; null: never yet.")
    ]
    expires_at: datetime | None
    revoked_at: Annotated[
        datetime | None,
        Meta(
            description="From when it is good for nothing. In the future where it was "
            "rotated."
        ),
    ]
    replaces: Annotated[
        str | None, Meta(description="The key that it was rotated from.")
    ]


class LastAdminKey(Exception):
    """Nobody could make a key in this workspace any more."""


_COLUMNS = ", ".join(KeyRow.__struct_fields__)
_VALID = (
    "(revoked_at IS NULL OR revoked_at > now()) "
    "AND (expires_at IS NULL OR expires_at > now())"
)
_GRANT = f"""
WITH found AS (
    SELECT k.id, k.name, workspace_id, scopes, admin AS is_operator, networks,
           least(revoked_at, expires_at) AS ends_at, NOT ({_VALID}) AS is_over,
           w.suspended_at IS NOT NULL AS is_suspended, {STANDING} AS standing
    FROM api_keys k JOIN workspaces w ON w.id = workspace_id
    WHERE key_hash = $1
), used AS (
    UPDATE api_keys SET last_used_at = now() FROM found WHERE api_keys.id = found.id
    AND NOT is_over AND (last_used_at IS NULL OR last_used_at < now() - interval '{_MARKED_EVERY}')
)
SELECT * FROM found
"""
_ADD = f"""
INSERT INTO api_keys (id, workspace_id, key_hash, name, begins_with, scopes, networks,
                      expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING {_COLUMNS}
"""
# The workspace's row is locked, so that two who revoke the last two keys take turns.
_LASTING_ADMINS = """
SELECT id FROM api_keys WHERE workspace_id = $1 AND 'admin' = ANY (scopes)
AND revoked_at IS NULL AND expires_at IS NULL LIMIT 2
"""
_REVOKE = f"""
UPDATE api_keys SET revoked_at = least(revoked_at, now())
WHERE workspace_id = $1 AND id = $2 RETURNING {_COLUMNS}
"""
_ROTATE = f"""
WITH old AS (
    UPDATE api_keys SET revoked_at = now() + make_interval(secs => $6)
    WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > now())
    RETURNING *
)
INSERT INTO api_keys (id, workspace_id, key_hash, name, begins_with, scopes, admin,
                      networks, expires_at, replaces)
SELECT $3, workspace_id, $4, name, $5, scopes, admin, networks, expires_at, id FROM old
RETURNING {_COLUMNS}
"""


class KeyStore:
    """Every read names its workspace, but for that of whoever brings a key."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def grant(self, key_hash: bytes) -> Grant | None:
        """None where there is no such key."""
        found = await self._pool.fetchrow(_GRANT, key_hash)
        if found is None:
            return None
        return Grant(**dict(found) | {"standing": standing(found["standing"])})

    async def add(
        self,
        workspace_id: str,
        key: NewSecret,
        *,
        name: str,
        scopes: Sequence[Scope],
        networks: Sequence[str],
        expires_at: datetime | None,
    ) -> KeyRow:
        """The new row."""
        record = await self._pool.fetchrow(
            _ADD,
            key.id,
            workspace_id,
            key.hashed,
            name,
            key.begins_with,
            scopes,
            networks,
            expires_at,
        )
        assert record is not None  # it inserts
        return KeyRow(**record)

    async def get(self, workspace_id: str, key_id: str) -> KeyRow | None:
        """None where the workspace has no key of this id."""
        record = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM api_keys WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            key_id,
        )
        return _row(record)

    async def page(
        self, workspace_id: str, limit: int, before: ListPlace | None
    ) -> list[KeyRow]:
        """The newest first."""
        records = await newest(
            self._pool, _COLUMNS, "api_keys", workspace_id, limit, before
        )
        return [KeyRow(**record) for record in records]

    async def revoke(self, workspace_id: str, key_id: str) -> KeyRow | None:
        """The row as it is then; None where there is none. Raises LastAdminKey."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCK_WORKSPACE, workspace_id)
            admins = await connection.fetch(_LASTING_ADMINS, workspace_id)
            if [admin["id"] for admin in admins] == [key_id]:
                raise LastAdminKey
            return _row(await connection.fetchrow(_REVOKE, workspace_id, key_id))

    async def rotate(
        self, workspace_id: str, key_id: str, new: NewSecret, overlap: float
    ) -> KeyRow | None:
        """``new`` is a key like it, which is good for ``overlap`` seconds more.

        None where the workspace has no such key, or it is good no more.
        """
        given = new.id, new.hashed, new.begins_with
        record = await self._pool.fetchrow(
            _ROTATE, workspace_id, key_id, *given, overlap
        )
        return _row(record)


def _row(record: asyncpg.Record | None) -> KeyRow | None:
    return None if record is None else KeyRow(**record)
