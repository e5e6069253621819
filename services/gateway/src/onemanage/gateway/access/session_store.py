"""The statements on sessions and on attempts to log in."""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import ListPlace, example_id
from onemanage.contracts.public import shows
from onemanage.gateway.access.grants import Grant
from onemanage.gateway.access.roles import SCOPES_OF, Role
from onemanage.gateway.access.secrets import NewSecret
from onemanage.gateway.audit.entries import Fact
from onemanage.gateway.audit.store import given, writing
from onemanage.gateway.limits.standing import STANDING, standing
from onemanage.gateway.pool import Connection
from onemanage.gateway.store import Pool

_MARKED_EVERY = "1 minute"
"""So often at most a session's end is moved on."""
_FREE = {"account": 5, "address": 20}
"""Wrong passwords, after which there is a pause."""
_LONGEST_PAUSE_SECONDS = 900
_FORGOTTEN = timedelta(hours=1)


class Lifetime(msgspec.Struct, frozen=True):
    """Seconds: of a session that nobody uses, and of any."""

    idle: float
    whole: float


@shows(
    *("id", "workspace_id", "created_at", "last_used_at", "expires_at", "ends_at"),
    *("address", "user_agent"),
)
class SessionRow(msgspec.Struct, kw_only=True):
    """A session, without its token."""

    id: Annotated[str, Meta(examples=[example_id("ses")])]
    user_id: str
    workspace_id: Annotated[str, Meta(examples=[example_id("wsp")])]
    created_at: datetime
    last_used_at: Annotated[datetime, Meta(description="To the minute.")]
    expires_at: Annotated[
        datetime, Meta(description="Where it is not used before; use moves it on.")
    ]
    ends_at: Annotated[datetime, Meta(description="Whatever happens.")]
    address: Annotated[
        str | None,
        Meta(description="Where it was begun from.", examples=["203.0.113.9"]),
    ]
    user_agent: Annotated[str | None, Meta(examples=["Mozilla/5.0"])]


_COLUMNS = ", ".join(SessionRow.__struct_fields__)
_LIVE = "ended_at IS NULL AND expires_at > now() AND ends_at > now()"
_GRANT = f"""
WITH found AS (
    SELECT s.id, s.workspace_id, s.user_id, s.ends_at, m.role, u.operator, u.email,
           m.role IS NULL OR NOT ({_LIVE}) AS is_over,
           w.suspended_at IS NOT NULL AS is_suspended, {STANDING} AS standing
    FROM sessions s LEFT JOIN members m USING (workspace_id, user_id)
    JOIN users u ON u.id = s.user_id JOIN workspaces w ON w.id = s.workspace_id
    WHERE s.token_hash = $1
), used AS (
    UPDATE sessions SET last_used_at = now(),
        expires_at = least(sessions.ends_at, now() + make_interval(secs => $2))
    FROM found WHERE sessions.id = found.id AND NOT is_over
    AND last_used_at < now() - interval '{_MARKED_EVERY}'
)
SELECT * FROM found
"""
_BEGIN = f"""
WITH made AS (
    INSERT INTO sessions (id, token_hash, user_id, workspace_id, address, user_agent,
                          expires_at, ends_at)
    VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7),
            now() + make_interval(secs => $8))
    RETURNING {_COLUMNS}
), audited AS (
    {writing(9, "made", 201)}
)
SELECT * FROM made
"""
# Seconds that are left of a pause. After the free attempts it is 15 seconds, and with
# each further one twice the one before.
_PAUSE = """
    CASE WHEN login_attempts.failures >= $2
              AND login_attempts.last_at > now() - $4::interval
    THEN greatest(extract(epoch FROM login_attempts.last_at - now())
                  + least($3, 15 * 2 ^ least(login_attempts.failures - $2, 9)), 0)
    ELSE 0 END::float8
"""
# The pause is looked for where the row is locked: whoever comes at the same moment, also
# before there is a row, waits for it and sees what was counted. No row: there is a pause.
_COUNT = f"""
INSERT INTO login_attempts (what, failures, last_at) VALUES ($1, 1, now())
ON CONFLICT (what) DO UPDATE SET last_at = now(), failures = CASE
    WHEN login_attempts.last_at > now() - $4::interval
    THEN login_attempts.failures + 1 ELSE 1 END
WHERE {_PAUSE} = 0
RETURNING true
"""


class SessionStore:
    """Every read but for that of whoever brings a token names its user."""

    def __init__(self, pool: Pool, lifetime: Lifetime) -> None:
        self._pool, self.lifetime = pool, lifetime

    async def grant(self, token_hash: bytes) -> Grant | None:
        """None where there is no such session. It is over, too, where who began it is a
        member of the workspace no more."""
        found = await self._pool.fetchrow(_GRANT, token_hash, self.lifetime.idle)
        if found is None:
            return None
        role: Role | None = found["role"]
        return Grant(
            id=found["id"],
            name=found["email"],
            workspace_id=found["workspace_id"],
            user_id=found["user_id"],
            scopes=() if role is None else SCOPES_OF[role],
            is_operator=found["operator"],
            is_suspended=found["is_suspended"],
            ends_at=found["ends_at"],
            is_over=found["is_over"],
            standing=standing(found["standing"]),
        )

    async def begin(
        self,
        token: NewSecret,
        user_id: str,
        workspace_id: str,
        *,
        address: str | None,
        user_agent: str | None,
        audit: Fact | None,
    ) -> SessionRow:
        """A session of one who has shown the password, and its entry in the audit."""
        record = await self._pool.fetchrow(
            _BEGIN,
            token.id,
            token.hashed,
            user_id,
            workspace_id,
            address,
            user_agent,
            self.lifetime.idle,
            self.lifetime.whole,
            *given(audit),
        )
        assert record is not None  # it inserts
        return SessionRow(**record)

    async def page(
        self, user_id: str, limit: int, before: ListPlace | None
    ) -> list[SessionRow]:
        """Those that are good now, the newest first."""
        records = await self._pool.fetch(
            f"SELECT {_COLUMNS} FROM sessions WHERE user_id = $1 AND {_LIVE} "
            "AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::text)) "
            "ORDER BY created_at DESC, id DESC LIMIT $4",
            user_id,
            before.created_at if before else None,
            before.id if before else None,
            limit,
        )
        return [SessionRow(**record) for record in records]

    async def get(self, user_id: str, session_id: str) -> SessionRow | None:
        """None where the user has no such session that is good now."""
        record = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM sessions WHERE user_id = $1 AND id = $2 "
            f"AND {_LIVE}",
            user_id,
            session_id,
        )
        return None if record is None else SessionRow(**record)

    async def end(self, user_id: str, session_id: str) -> bool:
        """False where the user has no such session that is good now."""
        done = await self._pool.fetchval(
            "UPDATE sessions SET ended_at = now() WHERE user_id = $1 AND id = $2 "
            f"AND {_LIVE} RETURNING id",
            user_id,
            session_id,
        )
        return done is not None

    async def end_all(self, user_id: str, but: str | None = None) -> None:
        """All of the user's, or all others."""
        await self._pool.execute(
            "UPDATE sessions SET ended_at = now() WHERE user_id = $1 "
            "AND ended_at IS NULL AND id IS DISTINCT FROM $2",
            user_id,
            but,
        )

    async def move(self, session_id: str, workspace_id: str) -> None:
        """To another workspace, of which the user is a member."""
        await self._pool.execute(
            "UPDATE sessions SET workspace_id = $2 WHERE id = $1",
            session_id,
            workspace_id,
        )

    async def sweep(self) -> int:
        """Forget what ended a day ago, and old attempts to log in; how many."""
        gone = await self._pool.fetch(
            "DELETE FROM sessions WHERE least(ended_at, expires_at, ends_at) "
            "< now() - interval '1 day' RETURNING id"
        )
        await self._pool.execute(
            "DELETE FROM login_attempts WHERE last_at < now() - $1::interval",
            _FORGOTTEN,
        )
        return len(gone)

    async def attempt(self, email: str, address: str | None) -> float:
        """Count an attempt to log in; seconds to wait before it, 0 where it may be made.

        It counts as one with a wrong password until ``succeeded`` says otherwise, so
        that a hundred at once are a hundred.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            pauses = [
                await _pause(connection, _FREE[kind], hashed)
                for kind, hashed in _places(email, address)
            ]
            return max(pauses)

    async def succeeded(self, email: str, address: str | None) -> None:
        """The attempt that was counted last was right."""
        for kind, hashed in _places(email, address):
            await self._pool.execute(
                "UPDATE login_attempts SET failures = CASE WHEN $2 THEN 0 "
                "ELSE greatest(failures - 1, 0) END WHERE what = $1",
                hashed,
                kind == "account",
            )


async def _pause(connection: Connection, free: int, place: bytes) -> float:
    """Seconds; where it is none, the attempt is counted."""
    given = (place, free, _LONGEST_PAUSE_SECONDS, _FORGOTTEN)
    if await connection.fetchval(_COUNT, *given):
        return 0.0
    left: float = await connection.fetchval(
        f"SELECT {_PAUSE} FROM login_attempts WHERE what = $1", *given
    )
    return left


def _places(email: str, address: str | None) -> list[tuple[str, bytes]]:
    """Sorted, so that two attempts lock in the same order."""
    given = {"account": email, "address": address}
    found = [
        (kind, hashlib.sha256(f"{kind}:{value}".encode()).digest())
        for kind, value in given.items()
        if value is not None
    ]
    return sorted(found, key=lambda place: place[1])
