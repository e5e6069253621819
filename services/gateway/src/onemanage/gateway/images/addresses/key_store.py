"""The statements on keys that sign addresses, and on hosts that addresses may name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import asyncpg
import msgspec
from msgspec import Meta

from onemanage.contracts.base import ListPlace, example_id
from onemanage.contracts.public import shows
from onemanage.gateway.limits.limits import Standing
from onemanage.gateway.limits.standing import STANDING, standing
from onemanage.gateway.pool import newest
from onemanage.gateway.store import LOCK_WORKSPACE, Pool

MOST_KEYS = 2
"""That are good at the same time: one in use, and the one that takes its place."""
type Covers = Literal["address", "source"]


@shows(
    *("id", "signs_as", "name", "covers", "widths", "heights", "dprs", "presets"),
    *("created_at", "revoked_at"),
)
class SigningKeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A key that signs addresses, without its secret."""

    id: Annotated[str, Meta(examples=[example_id("isk")])]
    workspace_id: str
    signs_as: Annotated[
        str,
        Meta(
            description="Stands before the dot of a signature.", examples=["9f3c01ab"]
        ),
    ]
    name: Annotated[str, Meta(examples=["shop"])]
    covers: Annotated[
        Covers,
        Meta(
            description="address: a signature is good for one address. source: for one "
            "source, with any recipe that the lists allow."
        ),
    ]
    widths: Annotated[
        Sequence[int], Meta(description="That addresses may ask for; empty: any.")
    ]
    heights: Sequence[int]
    dprs: Sequence[float]
    presets: Sequence[str]
    created_at: datetime
    revoked_at: datetime | None

    @property
    def is_bounded(self) -> bool:
        """Whether there is anything that its addresses may not ask for."""
        lists = self.widths, self.heights, self.dprs, self.presets
        return self.covers == "source" or any(lists)


class SigningGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A key as its addresses are checked by, and what its workspace may do now."""

    key: SigningKeyRow
    sealed_secret: str
    is_open: bool
    """Whether anybody gets into the workspace."""
    is_suspended: bool
    standing: Standing


class TooManyKeys(Exception):
    """The workspace has as many that are good as it may."""


_COLUMNS = ", ".join(SigningKeyRow.__struct_fields__)
_OWN = "workspace_id = $1 AND id = $2"
_LIVE = (
    "SELECT count(*) FROM signing_keys WHERE workspace_id = $1 AND revoked_at IS NULL"
)
_ADD = f"""
INSERT INTO signing_keys (workspace_id, id, signs_as, name, covers, widths, heights,
                          dprs, presets, sealed_secret)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING {_COLUMNS}
"""
_GRANT = f"""
SELECT {", ".join(f"k.{name}" for name in SigningKeyRow.__struct_fields__)},
       k.sealed_secret, w.closed_at IS NULL AS is_open,
       w.suspended_at IS NOT NULL AS is_suspended, {STANDING} AS standing
FROM signing_keys k JOIN workspaces w ON w.id = k.workspace_id
WHERE k.signs_as = $1
"""
_SET_HOSTS = """
INSERT INTO image_hosts (workspace_id, hosts) VALUES ($1, $2)
ON CONFLICT (workspace_id) DO UPDATE SET hosts = excluded.hosts, updated_at = now()
"""


class SigningKeyStore:
    """Every read names its workspace, but for that of whoever brings an address."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, row: SigningKeyRow, sealed_secret: str) -> SigningKeyRow:
        """As it is stored. Raises TooManyKeys."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCK_WORKSPACE, row.workspace_id)
            if await connection.fetchval(_LIVE, row.workspace_id) >= MOST_KEYS:
                raise TooManyKeys
            given = row.signs_as, row.name, row.covers
            lists = row.widths, row.heights, row.dprs, row.presets
            added = await connection.fetchrow(
                _ADD, row.workspace_id, row.id, *given, *lists, sealed_secret
            )
        assert added is not None  # it inserts
        return SigningKeyRow(**added)

    async def get(self, workspace_id: str, key_id: str) -> SigningKeyRow | None:
        """None where the workspace has no key of this id."""
        return _row(
            await self._pool.fetchrow(
                f"SELECT {_COLUMNS} FROM signing_keys WHERE {_OWN}",
                workspace_id,
                key_id,
            )
        )

    async def page(
        self, workspace_id: str, limit: int, before: ListPlace | None
    ) -> list[SigningKeyRow]:
        """The newest first."""
        records = await newest(
            self._pool, _COLUMNS, "signing_keys", workspace_id, limit, before
        )
        return [SigningKeyRow(**record) for record in records]

    async def revoke(self, workspace_id: str, key_id: str) -> SigningKeyRow | None:
        """The row as it is then; None where there is none."""
        return _row(
            await self._pool.fetchrow(
                "UPDATE signing_keys SET revoked_at = least(revoked_at, now()) "
                f"WHERE {_OWN} RETURNING {_COLUMNS}",
                workspace_id,
                key_id,
            )
        )

    async def lock(self, workspace_id: str) -> None:
        """Nobody else changes keys or hosts until the transaction ends."""
        await self._pool.execute(LOCK_WORKSPACE, workspace_id)

    async def grant(self, signs_as: str) -> SigningGrant | None:
        """None where there is no such key."""
        found = await self._pool.fetchrow(_GRANT, signs_as)
        if found is None:
            return None
        record = dict(found)
        names = SigningKeyRow.__struct_fields__
        row = SigningKeyRow(**{name: record.pop(name) for name in names})
        return SigningGrant(
            key=row, **record | {"standing": standing(record["standing"])}
        )

    async def hosts(self, workspace_id: str) -> list[str]:
        """Those that addresses of images may name."""
        found = await self._pool.fetchval(
            "SELECT hosts FROM image_hosts WHERE workspace_id = $1", workspace_id
        )
        return found or []

    async def set_hosts(self, workspace_id: str, hosts: Sequence[str]) -> None:
        """In place of those before."""
        await self._pool.execute(_SET_HOSTS, workspace_id, hosts)


def _row(record: asyncpg.Record | None) -> SigningKeyRow | None:
    return None if record is None else SigningKeyRow(**record)
