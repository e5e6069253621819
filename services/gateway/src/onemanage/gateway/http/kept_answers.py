"""What was answered to an ``Idempotency-Key``, kept for whoever sends it again."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from starlette.responses import Response

from onemanage.gateway.http.problems import Problem
from onemanage.gateway.pool import Connection, Pool
from onemanage.platform.process.sealing import seal, unseal

REPLAYED = {"Idempotency-Replayed": "true"}
"""The header of an answer to a request that had been carried out before."""
_AT_ONCE = 4
"""Below the connections of the pool: who waits for others holds one."""
_PATIENCE_SECONDS = 8.0

# Whoever comes with the same key meanwhile waits here until the first has ended.
_CLAIM = """
INSERT INTO answers (workspace_id, idempotency_key, fingerprint) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING true
"""
_KEPT = """
SELECT fingerprint, sealed FROM answers
WHERE workspace_id = $1 AND idempotency_key = $2
"""
_KEEP = """
UPDATE answers SET sealed = $3 WHERE workspace_id = $1 AND idempotency_key = $2
"""


class Kept(msgspec.Struct, frozen=True):
    """An answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def replayed(self) -> Response:
        """The answer once more, said to be a replay."""
        answer = Response(self.body, self.status)
        del answer.headers["content-length"]  # among those that were kept
        for name, value in self.headers:
            answer.headers.append(name, value)
        answer.headers.update(REPLAYED)
        return answer


class Claim(msgspec.Struct):
    """Of one request: ``before`` is what was answered to it, ``answer`` what is now."""

    before: Kept | None = None
    answer: Response | None = None


class KeptAnswers:
    """``secret`` is one that the database does not know: answers may hold keys and
    tokens, so they are sealed by it, and requests are known by it.
    """

    def __init__(self, pool: Pool, secret: str) -> None:
        self._pool = pool
        self._key = hmac.digest(secret.encode(), b"kept answers", hashlib.sha256)
        self._turns = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def claim(
        self, workspace_id: str, key: str, request: bytes, *, joins: bool
    ) -> AsyncIterator[Claim]:
        """Inside, nobody else carries out this request of the workspace.

        ``request`` is what it asks, as bytes. The ``answer`` that the block sets is kept
        when it ends well and is a success; else the key stands for nothing. With
        ``joins`` all statements inside are of one transaction with it. Raises a 409 or
        422 Problem.
        """
        fingerprint = hmac.digest(self._key, request, hashlib.sha256)
        async with self._turns, self._alone(joins) as connection:
            before = await self._claimed(connection, workspace_id, key, fingerprint)
            claim = Claim(before)
            yield claim
            if before is not None or claim.answer is None:
                return
            if claim.answer.status_code >= 300:
                raise LookupError("only a success is kept; anything else is raised")
            kept = _kept(claim.answer)
            sealed = seal(self._sealing_key, kept, workspace_id)
            await connection.execute(_KEEP, workspace_id, key, sealed)

    @property
    def _sealing_key(self) -> str:
        return base64.b64encode(self._key).decode()

    @asynccontextmanager
    async def _alone(self, joins: bool) -> AsyncIterator[Connection]:
        if joins:
            async with self._pool.joined() as connection:
                yield connection
        else:
            async with self._pool.acquire() as connection, connection.transaction():
                yield connection

    async def _claimed(
        self, connection: Connection, workspace_id: str, key: str, fingerprint: bytes
    ) -> Kept | None:
        try:
            is_first = await connection.fetchval(
                _CLAIM, workspace_id, key, fingerprint, timeout=_PATIENCE_SECONDS
            )
        except TimeoutError:
            raise under_way() from None
        if is_first:
            return None
        found = await connection.fetchrow(_KEPT, workspace_id, key)
        if found is None:  # it was forgotten at this moment
            raise under_way()
        if not hmac.compare_digest(found["fingerprint"], fingerprint):
            raise reused()
        told = unseal(self._sealing_key, found["sealed"], workspace_id)
        return msgspec.json.decode(told, type=Kept)


def under_way() -> Problem:
    """A 409 Problem."""
    detail = (
        "Another request with this Idempotency-Key is just being accepted. "
        "Send this one again in a moment."
    )
    again = {"Retry-After": "1"}
    return Problem(409, "idempotency_key_in_use", detail, headers=again)


def reused() -> Problem:
    """A 422 Problem: the key came with another request."""
    detail = (
        "This Idempotency-Key was sent with another request before. "
        "Use a new key for a new request."
    )
    return Problem(422, "idempotency_key_reused", detail)


def _kept(answer: Response) -> str:
    headers = [
        (n.decode("latin-1"), v.decode("latin-1")) for n, v in answer.raw_headers
    ]
    kept = Kept(answer.status_code, headers, bytes(answer.body))
    return msgspec.json.encode(kept).decode()
