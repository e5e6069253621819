"""Codes that sign a browser in, once: an address may have one, and no key."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.public import shows
from onemanage.gateway.access.secrets import NewSecret
from onemanage.gateway.store import Pool

GOOD_FOR = "15 minutes"


@shows("expires_at")
class CodeRow(msgspec.Struct, kw_only=True):
    """A code, without itself."""

    expires_at: Annotated[datetime, Meta(description="It is good until then, once.")]


class CodeOf(msgspec.Struct, kw_only=True):
    """Whom a code signs in, and where."""

    user_id: str
    workspace_id: str


class CodeStore:
    """Codes are few: what is too old goes when one is added."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, code: NewSecret, whose: CodeOf) -> CodeRow:
        """A code of this user, for this workspace."""
        record = await self._pool.fetchrow(
            "WITH old AS (DELETE FROM sign_in_codes WHERE expires_at < now()) "
            "INSERT INTO sign_in_codes (code_hash, user_id, workspace_id, expires_at) "
            f"VALUES ($1, $2, $3, now() + interval '{GOOD_FOR}') RETURNING expires_at",
            code.hashed,
            whose.user_id,
            whose.workspace_id,
        )
        assert record is not None  # it inserts
        return CodeRow(**record)

    async def take(self, code_hash: bytes) -> CodeOf | None:
        """Whose it is, and it is gone; None where it was, or is too old."""
        record = await self._pool.fetchrow(
            "WITH taken AS (DELETE FROM sign_in_codes WHERE code_hash = $1 RETURNING *) "
            "SELECT user_id, workspace_id FROM taken WHERE expires_at > now()",
            code_hash,
        )
        return None if record is None else CodeOf(**record)
