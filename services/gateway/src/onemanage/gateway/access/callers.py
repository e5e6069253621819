"""Who an API key or a session stands for, remembered for a moment."""

import asyncio
from contextlib import nullcontext
from datetime import datetime
from ipaddress import ip_network
from typing import Protocol

import msgspec
from cachetools import TTLCache

from onemanage.contracts.base import utc_now
from onemanage.gateway.access.addresses import Address, is_in
from onemanage.gateway.access.grants import Grant
from onemanage.gateway.access.scopes import Scope
from onemanage.gateway.access.secrets import Kind, hash_secret
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.limits.limits import NO_LIMITS, Limits, Worked, in_force
from onemanage.gateway.settings import Networks
from onemanage.platform.messaging.outage import is_outage

CALLER = "onemanage.caller"
"""Where a request's scope holds who asks, as soon as that is known."""
KEPT_SECONDS = 2.0
"""What is revoked is good for no longer than that."""
_SEEN_SECONDS = 3600.0
_MAX_KEPT = 10_000
_STRANGERS_AT_ONCE = 4
"""Below the connections of the pool: wrong keys by the thousand leave some for work."""
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="onemanage"'}


class Caller(msgspec.Struct, frozen=True):
    """Who asks, checked against the database."""

    workspace_id: str
    id: str
    """Of the key or the session."""
    name: str
    """Of the key, or the user's e-mail address."""
    key_hash: bytes
    scopes: frozenset[Scope]
    is_operator: bool
    """May do what concerns the whole system, not one workspace."""
    is_suspended: bool
    networks: Networks
    """Where it may ask from; anywhere, where there are none."""
    ends_at: datetime | None
    is_over: bool
    """Was good once: refused like one that never was, and known by name."""
    user_id: str | None
    """None: it is a key."""
    limits: Limits
    """Of the workspace."""
    worked: Worked
    """For the workspace, as it was counted a moment ago."""

    def needs(self, scope: str) -> None:
        """Raises a 403 Problem where it is not among the scopes."""
        if scope in self.scopes:
            return
        has = ", ".join(sorted(self.scopes))
        what = "this API key has" if self.user_id is None else "your role has"
        detail = (
            f"This needs the scope {scope}, and {what} {has}. An administrator of the "
            "workspace can give it."
        )
        raise Problem(403, "missing_scope", detail, scope=scope)

    def check(self, address: Address | None) -> None:
        """Raises a 401 or 403 Problem where it is not good now, or not from there."""
        if self.is_over or (self.ends_at is not None and self.ends_at <= utc_now()):
            raise wrong_key()
        if self.networks and (address is None or not is_in(address, self.networks)):
            where = address or "an unknown address"
            detail = f"This API key may not be used from {where}."
            raise Problem(403, "network_not_allowed", detail)
        if self.is_suspended:
            raise suspended()


class Grants(Protocol):
    """A table of secrets that stand for somebody."""

    async def grant(self, hashed: bytes, /) -> Grant | None:
        """What the secret of this hash stands for; None where it is not good now."""


class Callers:
    """Of one process. Every request asks here, so most of them ask no database.

    ``limits`` are those of workspaces that have none of their own.
    """

    def __init__(
        self, keys: Grants, sessions: Grants, limits: Limits = NO_LIMITS
    ) -> None:
        self.limits = limits
        self._tables = {Kind.API_KEY: keys, Kind.SESSION: sessions}
        self._kept: TTLCache[bytes, Caller] = TTLCache(_MAX_KEPT, KEPT_SECONDS)
        self._seen: TTLCache[bytes, bool] = TTLCache(_MAX_KEPT, _SEEN_SECONDS)
        self._strangers = asyncio.Semaphore(_STRANGERS_AT_ONCE)
        self._asked: dict[bytes, asyncio.Task[Caller | None]] = {}
        """Of the database at this moment: of two hundred requests, one asks."""

    async def caller(self, secret: str) -> Caller:
        """Whose key or token this is or was, still to be checked. Raises a 401 Problem."""
        for kind, table in self._tables.items():
            hashed = hash_secret(kind, secret)
            if hashed is not None:
                found = await self._of(hashed, table)
                if found is not None:
                    return found
        raise wrong_key()

    async def is_good(self, caller: Caller, address: Address | None) -> bool:
        """Whether who was let in would be now, as it was two seconds ago at most.

        While PostgreSQL is away nothing can be revoked, and all stay.
        """
        try:
            for table in self._tables.values():
                found = await self._of(caller.key_hash, table)
                if found is not None:
                    found.check(address)
                    return True
        except Problem:
            return False
        except Exception as error:
            if not is_outage(error):
                raise
            return True
        return False

    def forget(self, key_hash: bytes) -> None:
        """It has changed: this process asks again; others within two seconds."""
        self._kept.pop(key_hash, None)

    async def _of(self, hashed: bytes, table: Grants) -> Caller | None:
        found = self._kept.get(hashed)
        if found is not None:
            return found
        asked = self._asked.get(hashed)
        if asked is None:
            asked = asyncio.create_task(self._stored(hashed, table))
            self._asked[hashed] = asked
            asked.add_done_callback(lambda _: self._asked.pop(hashed))
        return await asyncio.shield(asked)  # others may wait for it, too

    async def _stored(self, hashed: bytes, table: Grants) -> Caller | None:
        async with nullcontext() if self._seen.get(hashed) else self._strangers:
            grant = await table.grant(hashed)
        if grant is None or grant.is_over:
            self._seen.pop(hashed, None)
        else:
            self._seen[hashed] = True
        if grant is None:
            return None
        found = self._kept[hashed] = _caller(grant, hashed, self.limits)
        return found


def secret_of_bearer(authorization: str | None) -> str:
    """The key or token in an Authorization header. Raises a 401 Problem."""
    if not authorization:
        detail = "Send your API key: Authorization: Bearer om_live_…"
        raise Problem(401, "no_api_key", detail, headers=_CHALLENGE)
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise wrong_key()
    return secret.strip()


def suspended() -> Problem:
    """A 403 Problem."""
    detail = "This workspace is suspended. Ask who runs this installation."
    return Problem(403, "workspace_suspended", detail)


def wrong_key() -> Problem:
    """A 401 Problem, the same for every reason: nobody learns which it was."""
    detail = (
        "This API key or session is not valid here; check that it is whole, and neither"
        " revoked nor expired."
    )
    return Problem(401, "wrong_api_key", detail, headers=_CHALLENGE)


def _caller(grant: Grant, hashed: bytes, installation: Limits) -> Caller:
    return Caller(
        workspace_id=grant.workspace_id,
        id=grant.id,
        name=grant.name,
        key_hash=hashed,
        scopes=frozenset(grant.scopes),
        is_operator=grant.is_operator,
        is_suspended=grant.is_suspended,
        networks=[ip_network(one) for one in grant.networks],
        ends_at=grant.ends_at,
        is_over=grant.is_over,
        user_id=grant.user_id,
        limits=in_force(installation, grant.standing.own),
        worked=grant.standing.worked,
    )
