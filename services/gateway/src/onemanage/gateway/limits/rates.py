"""How many requests a second: a bucket of tokens for each key, one for each workspace.

Buckets are in this process alone. Each of several processes has its share of every
limit (``replicas``), so that no request waits for another server.
"""

import math
import time
from collections.abc import Callable, Sequence

import msgspec
from cachetools import LRUCache

from onemanage.gateway.access.callers import Caller
from onemanage.gateway.http.problems import Problem

_MAX_KEPT = 50_000
"""Buckets. One that is forgotten is full again, as it would be soon by itself."""

_SAID = {
    "key": "This API key or session sends more than the {:g} requests a second that it "
    "may; the RateLimit headers of each answer tell how many are left.",
    "workspace": "This workspace sends more than the {:g} requests a second that it "
    "may; the RateLimit headers of each answer tell how many are left.",
    "images": "This workspace asks for more than the {:g} new images a second that are "
    "made for it; those that are there are shown all the same.",
}

type Header = tuple[bytes, bytes]


class _Bucket:
    """Holds ``size`` tokens, and gets ``rate`` of them a second."""

    __slots__ = ("_at", "policy", "rate", "size", "tokens")

    def __init__(self, now: float) -> None:
        self._at, self.tokens = now, math.inf
        self.rate = self.size = 0.0
        self.policy = ""
        """As RateLimit-Policy has it, without the name."""

    def fill(self, rate: float, size: float, now: float) -> None:
        """With what has come since; the limit may be another by now."""
        if (rate, size) != (self.rate, self.size):
            self.rate, self.size = rate, size
            self.policy = f"q={int(size)};w={math.ceil(size / rate)}"
        self.tokens = min(size, self.tokens + (now - self._at) * rate)
        self._at = now

    @property
    def wait(self) -> float:
        """Seconds until there is a token."""
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate

    @property
    def state(self) -> str:
        """As RateLimit has it: what is left, and the seconds until it is full; where
        nothing is, until a request gets through."""
        left = self.wait or (self.size - self.tokens) / self.rate
        return f"r={int(self.tokens)};t={math.ceil(left)}"


class Turn(msgspec.Struct, frozen=True):
    """Whether a request gets through, and the headers that tell how many more would."""

    headers: Sequence[Header] = ()
    refusal: Problem | None = None


_FREE = Turn()


class Rates:
    """Of one process, which is one of ``replicas``. A bucket holds what comes in
    ``burst_seconds``."""

    def __init__(
        self,
        replicas: int = 1,
        burst_seconds: float = 10,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._replicas, self._burst, self._clock = replicas, burst_seconds, clock
        self._buckets: LRUCache[str, _Bucket] = LRUCache(_MAX_KEPT)

    def take(self, caller: Caller) -> Turn:
        """Count one request, where both buckets have a token for it."""
        limits, now = caller.limits, self._clock()
        found: list[tuple[str, float, _Bucket]] = []
        for policy, whose, rate in (
            ("key", caller.id, limits.key_requests_per_second),
            ("workspace", caller.workspace_id, limits.requests_per_second),
        ):
            if rate is not None:
                found.append((policy, rate, self._bucket(whose, rate, now)))
        if not found:
            return _FREE
        wait, policy, rate = max((each.wait, name, of) for name, of, each in found)
        if wait:
            return Turn(_headers(found), _refusal(policy, rate, math.ceil(wait)))
        for _, _, bucket in found:
            bucket.tokens -= 1
        return Turn(_headers(found))

    def take_image(self, workspace_id: str, rate: float | None) -> None:
        """Count one image that is to be made by address. Raises a 429 Problem where the
        workspace has as many a second as it may."""
        if rate is None:
            return
        bucket = self._bucket(f"{workspace_id}:images", rate, self._clock())
        if bucket.wait:
            raise _refusal("images", rate, math.ceil(bucket.wait))
        bucket.tokens -= 1

    def _bucket(self, whose: str, rate: float, now: float) -> _Bucket:
        bucket = self._buckets.get(whose)
        if bucket is None:
            bucket = self._buckets[whose] = _Bucket(now)
        share = rate / self._replicas
        bucket.fill(share, max(1.0, share * self._burst), now)
        return bucket


def _headers(found: list[tuple[str, float, _Bucket]]) -> tuple[Header, Header]:
    """By draft-ietf-httpapi-ratelimit-headers: lists of strings with parameters."""
    policies = ", ".join([f'"{name}";{each.policy}' for name, _, each in found])
    states = ", ".join([f'"{name}";{each.state}' for name, _, each in found])
    return (b"ratelimit-policy", policies.encode()), (b"ratelimit", states.encode())


def _refusal(policy: str, rate: float, wait: int) -> Problem:
    detail = f"{_SAID[policy].format(rate)} Send the next one after {wait} s."
    again = {"Retry-After": str(wait)}
    return Problem(429, "rate_limited", detail, headers=again, policy=policy)
