"""The statements on the audit: written, ended once, read; never changed.

The table is not the gateway's own (migrations/kept.py): its role may add rows and read
them, and call the two functions that end one and forget the old.
"""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import ListPlace, example_id
from onemanage.contracts.public import shows
from onemanage.gateway.audit.entries import Fact
from onemanage.gateway.store import OWNER_WORKSPACE, Pool


@shows(
    *("id", "created_at", "actor_id", "actor_name", "session_id", "address"),
    *("user_agent", "action", "objects", "status", "trace_id"),
)
class AuditRow(msgspec.Struct, kw_only=True):
    """Who did what."""

    id: Annotated[str, Meta(examples=[example_id("aud")])]
    workspace_id: str
    created_at: Annotated[datetime, Meta(description="When it was begun.")]
    actor_id: Annotated[
        str | None,
        Meta(
            description="The API key or the user; null: nobody that is known.",
            examples=[example_id("key")],
        ),
    ]
    actor_name: Annotated[
        str | None,
        Meta(
            description="The key's name, or the user's e-mail address, at that time.",
            examples=["shop"],
        ),
    ]
    session_id: Annotated[
        str | None, Meta(description="By which a user came.", examples=[None])
    ]
    address: Annotated[str | None, Meta(examples=["203.0.113.9"])]
    user_agent: Annotated[
        str | None, Meta(description="200 characters of it.", examples=["curl/8.5.0"])
    ]
    action: Annotated[
        str, Meta(description="The operation's id.", examples=["create_api_key"])
    ]
    objects: Annotated[
        list[str],
        Meta(
            description="Ids and names: those in the address, then what was made.",
            examples=[["key_" + "1" * 32]],
        ),
    ]
    status: Annotated[
        int | None,
        Meta(
            description="Of the answer; 202 for every order that was accepted. null: "
            "not known, as the gateway was killed at it.",
            examples=[201],
        ),
    ]
    trace_id: Annotated[
        str | None,
        Meta(description="X-Request-Id of the answer.", examples=["5f24" * 8]),
    ]


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries; None: all."""

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None


_FACT = ", ".join(Fact.__struct_fields__)
_COLUMNS = ", ".join(AuditRow.__struct_fields__)


def writing(first: int, source: str, status: int) -> str:
    """An INSERT to stand in a WITH, of the workspace of each row of ``source``: the
    parameters from ``first`` on are those of ``given``; nothing where they are None."""
    places = [f"${first + at}" for at in range(len(Fact.__struct_fields__))]
    typed = [
        f"{place}::{'text[]' if name == 'objects' else 'text'}"
        for place, name in zip(places, Fact.__struct_fields__, strict=True)
    ]
    return (
        f"INSERT INTO gateway_audit.entries ({_FACT}, workspace_id, status) "
        f"SELECT {', '.join(typed)}, workspace_id, {status} FROM {source} "
        f"WHERE {typed[0]} IS NOT NULL"
    )


def given(fact: Fact | None) -> tuple[object, ...]:
    """The parameters of ``writing``."""
    if fact is None:
        return (None,) * len(Fact.__struct_fields__)
    return msgspec.structs.astuple(fact)


_PLACES = ", ".join(f"${at}" for at in range(1, len(Fact.__struct_fields__) + 3))
_WRITE = (
    f"INSERT INTO gateway_audit.entries ({_FACT}, workspace_id, status) "
    f"VALUES ({_PLACES}) ON CONFLICT (id) DO NOTHING"
)
# Whose account was tried sees it, in each of their workspaces; what fits no account, the
# owner of the installation. It is one statement for both, which takes as long.
_LOGIN = f"""
INSERT INTO gateway_audit.entries (id, actor_id, actor_name, address, user_agent, action,
                                   trace_id, workspace_id, status)
SELECT 'aud_' || replace(gen_random_uuid()::text, '-', ''), found.user_id, found.email,
       $2, $3, $4, $5, coalesce(found.workspace_id, '{OWNER_WORKSPACE}'), $6::int
FROM (SELECT) AS always LEFT JOIN (
    SELECT u.id AS user_id, u.email, m.workspace_id
    FROM users u LEFT JOIN members m ON m.user_id = u.id WHERE u.email = $1
) AS found ON true
"""
_PAGE = f"""
SELECT {_COLUMNS} FROM gateway_audit.entries WHERE workspace_id = $1
AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::text))
AND ($4::text IS NULL OR actor_id = $4) AND ($5::text IS NULL OR action = $5)
AND ($6::text IS NULL OR objects @> ARRAY[$6])
AND ($7::timestamptz IS NULL OR created_at >= $7)
AND ($8::timestamptz IS NULL OR created_at < $8)
ORDER BY created_at DESC, id DESC LIMIT $9
"""


class AuditStore:
    """Every read names its workspace."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, fact: Fact, workspace_id: str) -> None:
        """Before what it tells of is done; how that ends is not known yet."""
        await self._pool.execute(_WRITE, *given(fact), workspace_id, None)

    async def end(self, entry_id: str, status: int, made: list[str]) -> None:
        """Of one that was begun, and has not ended."""
        await self._pool.execute(
            "SELECT gateway_audit.conclude($1, $2::int, $3)", entry_id, status, made
        )

    async def write(self, fact: Fact, workspace_id: str, status: int) -> None:
        """What has ended, and changed nothing."""
        await self._pool.execute(_WRITE, *given(fact), workspace_id, status)

    async def refuse_login(self, email: str, fact: Fact, status: int) -> None:
        """An attempt to be the one with this address."""
        await self._pool.execute(
            _LOGIN,
            email,
            fact.address,
            fact.user_agent,
            fact.action,
            fact.trace_id,
            status,
        )

    async def page(
        self, workspace_id: str, limit: int, before: ListPlace | None, wanted: Filter
    ) -> list[AuditRow]:
        """The newest first."""
        records = await self._pool.fetch(
            _PAGE,
            workspace_id,
            before.created_at if before else None,
            before.id if before else None,
            wanted.actor,
            wanted.action,
            wanted.object,
            wanted.since,
            wanted.until,
            limit,
        )
        return [AuditRow(**record) for record in records]

    async def forget(self, days: int) -> int:
        """What is older; how many. The database itself keeps 30 days of them."""
        count = 0
        while True:
            gone: int = await self._pool.fetchval(
                "SELECT gateway_audit.forget($1)", timedelta(days=days)
            )
            count += gone
            if not gone:
                return count
