"""Who an API key stands for, remembered for a moment."""

import asyncio
from contextlib import nullcontext

import msgspec
from cachetools import TTLCache

from onemanage.gateway.api_keys import hash_api_key
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.store import Store

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
    key_hash: bytes
    admin: bool


class Keys:
    """Of one process. Every request asks here, so most of them ask no database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: TTLCache[bytes, Caller] = TTLCache(_MAX_KEPT, KEPT_SECONDS)
        self._seen: TTLCache[bytes, bool] = TTLCache(_MAX_KEPT, _SEEN_SECONDS)
        self._strangers = asyncio.Semaphore(_STRANGERS_AT_ONCE)
        self._asked: dict[bytes, asyncio.Task[Caller | None]] = {}
        """Of the database at this moment: of two hundred requests, one asks."""

    async def caller(self, authorization: str | None) -> Caller:
        """Of an Authorization header. Raises a 401 Problem."""
        hashed = hash_of_bearer(authorization)
        found = self._kept.get(hashed)
        if found is not None:
            return found
        asked = self._asked.get(hashed)
        if asked is None:
            asked = self._asked[hashed] = asyncio.create_task(self._stored(hashed))
            asked.add_done_callback(lambda _: self._asked.pop(hashed))
        found = await asyncio.shield(asked)  # others may wait for it, too
        if found is None:
            raise wrong_key()
        return found

    async def _stored(self, hashed: bytes) -> Caller | None:
        async with nullcontext() if self._seen.get(hashed) else self._strangers:
            row = await self._store.key(hashed)
        if row is None:
            self._seen.pop(hashed, None)
            return None
        found = Caller(row.workspace_id, hashed, row.admin)
        self._kept[hashed] = found
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
    detail = "This API key is not valid here; check that it is whole and not revoked."
    return Problem(401, "wrong_api_key", detail, headers=_CHALLENGE)
