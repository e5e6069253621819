"""Who an API key stands for, remembered for a moment."""

import asyncio
from contextlib import nullcontext
from datetime import datetime
from ipaddress import ip_network

import msgspec
from cachetools import TTLCache

from onemanage.contracts.base import utc_now
from onemanage.gateway.access.addresses import Address, is_in
from onemanage.gateway.access.api_keys import hash_api_key
from onemanage.gateway.access.scopes import Scope
from onemanage.gateway.access.store import KeyGrant, KeyStore
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.settings import Networks

KEPT_SECONDS = 2.0
"""A key that is revoked is good for no longer than that."""
_SEEN_SECONDS = 3600.0
_MAX_KEPT = 10_000
_STRANGERS_AT_ONCE = 4
"""Below the connections of the pool: wrong keys by the thousand leave some for work."""
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="onemanage"'}


class Caller(msgspec.Struct, frozen=True):
    """Who asks, checked against the database."""

    workspace_id: str
    key_id: str
    key_hash: bytes
    scopes: frozenset[Scope]
    is_operator: bool
    """May do what concerns the whole system, not one workspace."""
    networks: Networks
    """Where it may ask from; anywhere, where there are none."""
    ends_at: datetime | None

    def needs(self, scope: str) -> None:
        """Raises a 403 Problem where the key does not have it."""
        if scope not in self.scopes:
            has = ", ".join(sorted(self.scopes))
            detail = (
                f"This needs the scope {scope}, and this API key has {has}. Have an "
                "administrator of the workspace make a key with it."
            )
            raise Problem(403, "missing_scope", detail, scope=scope)

    def check(self, address: Address | None) -> None:
        """Raises a 401 or 403 Problem where the key is not good now, or not from there."""
        if self.ends_at is not None and self.ends_at <= utc_now():
            raise wrong_key()
        if self.networks and (address is None or not is_in(address, self.networks)):
            where = address or "an unknown address"
            detail = f"This API key may not be used from {where}."
            raise Problem(403, "network_not_allowed", detail)


class Callers:
    """Of one process. Every request asks here, so most of them ask no database."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._kept: TTLCache[bytes, Caller] = TTLCache(_MAX_KEPT, KEPT_SECONDS)
        self._seen: TTLCache[bytes, bool] = TTLCache(_MAX_KEPT, _SEEN_SECONDS)
        self._strangers = asyncio.Semaphore(_STRANGERS_AT_ONCE)
        self._asked: dict[bytes, asyncio.Task[Caller | None]] = {}
        """Of the database at this moment: of two hundred requests, one asks."""

    async def caller(
        self, authorization: str | None, address: Address | None = None
    ) -> Caller:
        """Of an Authorization header, that came from there. Raises a 401 or 403 Problem."""
        found = await self._of(hash_of_bearer(authorization))
        if found is None:
            raise wrong_key()
        found.check(address)
        return found

    async def _of(self, hashed: bytes) -> Caller | None:
        found = self._kept.get(hashed)
        if found is not None:
            return found
        asked = self._asked.get(hashed)
        if asked is None:
            asked = self._asked[hashed] = asyncio.create_task(self._stored(hashed))
            asked.add_done_callback(lambda _: self._asked.pop(hashed))
        return await asyncio.shield(asked)  # others may wait for it, too

    async def _stored(self, hashed: bytes) -> Caller | None:
        async with nullcontext() if self._seen.get(hashed) else self._strangers:
            grant = await self._store.grant(hashed)
        if grant is None:
            self._seen.pop(hashed, None)
            return None
        found = self._kept[hashed] = _caller(grant, hashed)
        self._seen[hashed] = True
        return found


def hash_of_bearer(authorization: str | None) -> bytes:
    """The key hash in an Authorization header. Raises a 401 Problem."""
    if not authorization:
        detail = "Send your API key: Authorization: Bearer om_live_…"
        raise Problem(401, "no_api_key", detail, headers=_CHALLENGE)
    scheme, _, key = authorization.partition(" ")
    hashed = hash_api_key(key.strip()) if scheme.lower() == "bearer" else None
    if hashed is None:
        raise wrong_key()
    return hashed


def wrong_key() -> Problem:
    """A 401 Problem, the same for every reason: nobody learns which it was."""
    detail = (
        "This API key is not valid here; check that it is whole, and neither revoked "
        "nor expired."
    )
    return Problem(401, "wrong_api_key", detail, headers=_CHALLENGE)


def _caller(grant: KeyGrant, hashed: bytes) -> Caller:
    return Caller(
        workspace_id=grant.workspace_id,
        key_id=grant.id,
        key_hash=hashed,
        scopes=frozenset(grant.scopes),
        is_operator=grant.admin,
        networks=[ip_network(one) for one in grant.networks],
        ends_at=grant.ends_at,
    )
