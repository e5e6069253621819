"""The statements on workspaces, users, members and invitations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Annotated, Any

import asyncpg
import msgspec
from msgspec import Meta

from onemanage.contracts.base import ListPlace, example_id, new_id
from onemanage.contracts.public import shows, shows_all
from onemanage.gateway.access.roles import Role
from onemanage.gateway.access.secrets import NewSecret
from onemanage.gateway.audit.entries import Fact
from onemanage.gateway.audit.store import given, writing
from onemanage.gateway.pool import Connection, newest
from onemanage.gateway.store import LOCK_WORKSPACE, Pool

INVITED_FOR = "7 days"


class UserRow(msgspec.Struct, kw_only=True):
    """A person, in all workspaces."""

    id: str
    email: str
    name: str
    password_hash: str


@shows_all
class WorkspaceRow(msgspec.Struct, kw_only=True):
    """What separates one company's work from another's."""

    id: Annotated[str, Meta(examples=[example_id("wsp")])]
    name: Annotated[str, Meta(examples=["Acme"])]
    created_at: datetime
    suspended_at: Annotated[
        datetime | None, Meta(description="Since when nobody gets in; null: all do.")
    ]
    role: Annotated[
        Role | None, Meta(description="One's own in it; null for a key's workspace.")
    ] = None


@shows("user_id", "email", "name", "role", "created_at")
class MemberRow(msgspec.Struct, kw_only=True):
    """A user in a workspace."""

    user_id: Annotated[str, Meta(examples=[example_id("usr")])]
    email: Annotated[str, Meta(examples=["ada@example.com"])]
    name: Annotated[str, Meta(examples=["Ada"])]
    role: Role
    created_at: Annotated[datetime, Meta(description="Since when.")]


@shows("id", "email", "role", "created_at", "expires_at")
class InvitationRow(msgspec.Struct, kw_only=True):
    """An invitation that nobody has used, without its token."""

    id: Annotated[str, Meta(examples=[example_id("inv")])]
    workspace_id: str
    email: Annotated[str, Meta(examples=["ada@example.com"])]
    role: Role
    created_at: datetime
    expires_at: datetime


class LastOwner(Exception):
    """Nobody could administer this workspace any more."""


_WORKSPACE = "id, name, created_at, suspended_at"
_INVITATION = ", ".join(InvitationRow.__struct_fields__)
_USER = ", ".join(UserRow.__struct_fields__)
_MEMBER = "m.user_id, u.email, u.name, m.role, m.created_at"
_OPEN = "used_at IS NULL AND expires_at > now()"
_JOINED = f"""
WITH joined AS (SELECT $1::text AS workspace_id)
{writing(2, "joined", 201)}
"""
_OWNERS = (
    "SELECT user_id FROM members WHERE workspace_id = $1 AND role = 'owner' LIMIT 2"
)


class PeopleStore:
    """What belongs to another workspace is not there."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def user(self, email: str) -> UserRow | None:
        """By the address in small letters; None where there is nobody."""
        return await self._user("email = $1", email)

    async def user_of(self, user_id: str) -> UserRow:
        """Who is logged in. Raises LookupError where the user is gone."""
        found = await self._user("id = $1", user_id)
        if found is None:
            raise LookupError(user_id)
        return found

    async def _user(self, which: str, value: str) -> UserRow | None:
        found = await self._pool.fetchrow(
            f"SELECT {_USER} FROM users WHERE {which}", value
        )
        return None if found is None else UserRow(**found)

    async def set_password(self, user_id: str, password_hash: str) -> None:
        """In place of the one before."""
        await self._pool.execute(
            "UPDATE users SET password_hash = $2 WHERE id = $1", user_id, password_hash
        )

    async def workspaces_of(self, user_id: str) -> list[WorkspaceRow]:
        """Those the user is a member of, the oldest membership first."""
        records = await self._pool.fetch(
            "SELECT w.id, w.name, w.created_at, w.suspended_at, m.role "
            "FROM members m JOIN workspaces w ON w.id = m.workspace_id "
            "WHERE m.user_id = $1 AND w.closed_at IS NULL ORDER BY m.created_at, w.id",
            user_id,
        )
        return [WorkspaceRow(**record) for record in records]

    async def workspace(self, workspace_id: str) -> WorkspaceRow | None:
        """None where there is none of this id."""
        return await self._workspace(
            f"SELECT {_WORKSPACE} FROM workspaces WHERE id = $1 AND closed_at IS NULL",
            workspace_id,
        )

    async def add_workspace(self, name: str) -> WorkspaceRow:
        """One without anybody in it yet."""
        made = await self._workspace(
            f"INSERT INTO workspaces (id, name) VALUES ($1, $2) RETURNING {_WORKSPACE}",
            new_id("wsp"),
            name,
        )
        assert made is not None  # it inserts
        return made

    async def rename(self, workspace_id: str, name: str) -> WorkspaceRow | None:
        """None where there is none."""
        return await self._workspace(
            "UPDATE workspaces SET name = $2 WHERE id = $1 AND closed_at IS NULL "
            f"RETURNING {_WORKSPACE}",
            workspace_id,
            name,
        )

    async def suspend(self, workspace_id: str, is_so: bool) -> WorkspaceRow | None:
        """Let nobody in, or everybody again. None where there is no such workspace."""
        return await self._workspace(
            "UPDATE workspaces SET suspended_at = "
            "CASE WHEN $2 THEN coalesce(suspended_at, now()) END "
            f"WHERE id = $1 AND closed_at IS NULL RETURNING {_WORKSPACE}",
            workspace_id,
            is_so,
        )

    async def _workspace(self, sql: str, *given: Any) -> WorkspaceRow | None:
        found = await self._pool.fetchrow(sql, *given)
        return None if found is None else WorkspaceRow(**found)

    async def lock(self, workspace_id: str) -> None:
        """Nobody else changes it, its members or keys until the transaction ends."""
        await self._pool.execute(LOCK_WORKSPACE, workspace_id)

    async def member(self, workspace_id: str, user_id: str) -> MemberRow | None:
        """None where the workspace has no such member."""
        found = await self._pool.fetchrow(
            f"SELECT {_MEMBER} FROM members m JOIN users u ON u.id = m.user_id "
            "WHERE m.workspace_id = $1 AND m.user_id = $2",
            workspace_id,
            user_id,
        )
        return None if found is None else MemberRow(**found)

    async def members(
        self, workspace_id: str, limit: int, before: ListPlace | None
    ) -> list[MemberRow]:
        """The newest first."""
        records = await self._pool.fetch(
            f"SELECT {_MEMBER} FROM members m JOIN users u ON u.id = m.user_id "
            "WHERE m.workspace_id = $1 AND ($2::timestamptz IS NULL "
            "OR (m.created_at, m.user_id) < ($2, $3::text)) "
            "ORDER BY m.created_at DESC, m.user_id DESC LIMIT $4",
            workspace_id,
            before.created_at if before else None,
            before.id if before else None,
            limit,
        )
        return [MemberRow(**record) for record in records]

    async def set_role(
        self, workspace_id: str, user_id: str, role: Role
    ) -> MemberRow | None:
        """None where the workspace has no such member. Raises LastOwner."""
        async with self._locked(workspace_id) as connection:
            if role != "owner":
                await _check_owners(connection, workspace_id, user_id)
            found = await connection.fetchrow(
                "UPDATE members m SET role = $3 FROM users u WHERE workspace_id = $1 "
                f"AND user_id = $2 AND u.id = user_id RETURNING {_MEMBER}",
                workspace_id,
                user_id,
                role,
            )
            return None if found is None else MemberRow(**found)

    async def remove(self, workspace_id: str, user_id: str) -> bool:
        """False where the workspace has no such member. Raises LastOwner."""
        async with self._locked(workspace_id) as connection:
            await _check_owners(connection, workspace_id, user_id)
            done = await connection.fetchval(
                "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2 "
                "RETURNING user_id",
                workspace_id,
                user_id,
            )
            await connection.execute(
                "UPDATE sessions SET ended_at = now() WHERE workspace_id = $1 "
                "AND user_id = $2 AND ended_at IS NULL",
                workspace_id,
                user_id,
            )
            return done is not None

    @asynccontextmanager
    async def _locked(self, workspace_id: str) -> AsyncIterator[Connection]:
        """Who changes members of a workspace takes turns, so that one owner stays."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCK_WORKSPACE, workspace_id)
            yield connection

    async def invite(
        self, workspace_id: str, token: NewSecret, email: str, role: Role
    ) -> InvitationRow:
        """In place of any that this address has there and has not used."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "DELETE FROM invitations WHERE workspace_id = $1 AND email = $2 "
                "AND used_at IS NULL",
                workspace_id,
                email,
            )
            made = await connection.fetchrow(
                "INSERT INTO invitations (id, workspace_id, token_hash, email, role, "
                f"expires_at) VALUES ($1, $2, $3, $4, $5, now() + '{INVITED_FOR}') "
                f"RETURNING {_INVITATION}",
                token.id,
                workspace_id,
                token.hashed,
                email,
                role,
            )
            assert made is not None  # it inserts
            return InvitationRow(**made)

    async def invitations(
        self, workspace_id: str, limit: int, before: ListPlace | None
    ) -> list[InvitationRow]:
        """Those that can be used, the newest first."""
        records = await newest(
            self._pool,
            _INVITATION,
            "invitations",
            workspace_id,
            limit,
            before,
            only=_OPEN,
        )
        return [InvitationRow(**record) for record in records]

    async def invitation_of(
        self, workspace_id: str, invitation_id: str
    ) -> InvitationRow | None:
        """None where the workspace has no such invitation that can be used."""
        found = await self._pool.fetchrow(
            f"SELECT {_INVITATION} FROM invitations WHERE workspace_id = $1 "
            f"AND id = $2 AND {_OPEN}",
            workspace_id,
            invitation_id,
        )
        return None if found is None else InvitationRow(**found)

    async def withdraw(self, workspace_id: str, invitation_id: str) -> bool:
        """False where the workspace has no such invitation that can be used."""
        done = await self._pool.fetchval(
            "DELETE FROM invitations WHERE workspace_id = $1 AND id = $2 "
            f"AND {_OPEN} RETURNING id",
            workspace_id,
            invitation_id,
        )
        return done is not None

    async def invitation(self, token_hash: bytes) -> InvitationRow | None:
        """None where it is unknown, used, withdrawn or too old."""
        found = await self._pool.fetchrow(
            f"SELECT {_INVITATION} FROM invitations WHERE token_hash = $1 AND {_OPEN}",
            token_hash,
        )
        return None if found is None else InvitationRow(**found)

    async def join(
        self, token_hash: bytes, user: UserRow, audit: Fact | None
    ) -> str | None:
        """Use an invitation: the workspace. None where somebody was quicker.

        ``user`` is stored where that is not so yet. A member keeps the role. ``audit``
        is written with it.
        """
        with suppress(asyncpg.UniqueViolationError):  # of another account's address
            async with self._pool.acquire() as connection, connection.transaction():
                used = await connection.fetchrow(
                    "UPDATE invitations SET used_at = now() "
                    f"WHERE token_hash = $1 AND {_OPEN} RETURNING workspace_id, role",
                    token_hash,
                )
                if used is None:
                    return None
                await _ensure_user(connection, user)
                workspace_id: str = used["workspace_id"]
                await _add_member(connection, workspace_id, user.id, used["role"])
                await connection.execute(_JOINED, workspace_id, *given(audit))
                return workspace_id
        return None

    async def ensure_owner(self, workspace_id: str, user: UserRow) -> None:
        """The installation's: an operator, and owner of that workspace."""
        async with self._pool.acquire() as connection, connection.transaction():
            await _ensure_user(connection, user)
            await connection.execute(
                "UPDATE users SET operator = true WHERE id = $1", user.id
            )
            await _add_member(connection, workspace_id, user.id, "owner")


async def _check_owners(
    connection: Connection, workspace_id: str, user_id: str
) -> None:
    owners = await connection.fetch(_OWNERS, workspace_id)
    if [owner["user_id"] for owner in owners] == [user_id]:
        raise LastOwner


async def _ensure_user(connection: Connection, user: UserRow) -> None:
    await connection.execute(
        "INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (id) DO NOTHING",
        user.id,
        user.email,
        user.name,
        user.password_hash,
    )


async def _add_member(
    connection: Connection, workspace_id: str, user_id: str, role: Role
) -> None:
    await connection.execute(
        "INSERT INTO members (workspace_id, user_id, role) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        workspace_id,
        user_id,
        role,
    )
