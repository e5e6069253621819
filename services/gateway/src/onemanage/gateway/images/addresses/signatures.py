"""Who may see what a signed address shows, without an API key.

/i/{signs_as}.{signature}/{expiry}/{recipe}/{source}.{format}
"""

import asyncio
import hmac
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import msgspec
from cachetools import LRUCache, TTLCache

from onemanage.contracts.imaging.addresses.reading import Parts
from onemanage.contracts.imaging.addresses.signing import (
    SIGNATURE_BYTES,
    signature,
)
from onemanage.gateway.access.callers import suspended
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.addresses.key_store import (
    SigningGrant,
    SigningKeyRow,
    SigningKeyStore,
)
from onemanage.gateway.limits.limits import Limits, Worked, in_force
from onemanage.platform.process.sealing import SealingError, seal, unseal

_KEPT_SECONDS = 2.0
"""What is revoked signs for no longer than that."""
_FRESH_SECONDS = 1.0
"""Then it is asked about again, while those who come are answered by what is known."""
_MAX_KEPT = 10_000
_NO_EXPIRY = ("0", "-")
_MOST_DIGITS = 12
_SIGNS_AS = re.compile(r"[0-9a-f]{8}")
_SIGNATURE_CHARACTERS = SIGNATURE_BYTES * 4 // 3
_STRANGERS_AT_ONCE = 4
"""Below the connections of the pool: wrong addresses by the thousand leave some for work."""


class SignedAddress(msgspec.Struct, frozen=True):
    """The parts of an address, as it writes them."""

    signs_as: str
    signature: str
    expiry: str
    rest: str
    """Behind the expiry: recipe, source and format."""

    @property
    def recipe(self) -> str:
        """May be empty."""
        return self.rest.rpartition("/")[0]

    @property
    def source(self) -> str:
        """Without the format."""
        return self.rest.rpartition("/")[2].partition(".")[0]

    @property
    def ending(self) -> str | None:
        """Which says the format."""
        return self.rest.rpartition("/")[2].partition(".")[2] or None


class Tenant(msgspec.Struct, frozen=True):
    """The workspace that an image is for, and what it may do."""

    workspace_id: str
    limits: Limits
    worked: Worked


class Signer(msgspec.Struct, frozen=True):
    """A key that has signed, and the workspace that it is of."""

    key: SigningKeyRow
    secret: str
    tenant: Tenant
    is_open: bool
    is_suspended: bool
    fresh_until: float


def split(path: str) -> SignedAddress:
    """``path`` is what follows ``/i/``. Raises a 403 Problem where parts are missing."""
    head, _, behind = path.partition("/")
    signs_as, dot, given = head.partition(".")
    expiry, slash, rest = behind.partition("/")
    is_whole = dot and slash and rest and _SIGNS_AS.fullmatch(signs_as)
    if not is_whole or len(given) != _SIGNATURE_CHARACTERS:
        raise bad_signature()
    return SignedAddress(signs_as, given, expiry, rest)


class Signatures:
    """Of one process. ``sealing_key`` is that of whole addresses."""

    def __init__(
        self, store: SigningKeyStore, sealing_key: str, installation: Limits
    ) -> None:
        self._store, self._sealing_key = store, sealing_key
        self._installation = installation
        self._kept: TTLCache[str, Signer | None] = TTLCache(_MAX_KEPT, _KEPT_SECONDS)
        self._asked: dict[str, asyncio.Task[Signer | None]] = {}
        """Of the database at this moment: of two hundred requests, one asks."""
        self._known: LRUCache[str, bool] = LRUCache(_MAX_KEPT)
        self._strangers = asyncio.Semaphore(_STRANGERS_AT_ONCE)

    def seal(self, secret: str, workspace_id: str) -> str:
        """Raises a 422 Problem where this server has no key to seal with."""
        if not self._sealing_key:
            detail = (
                "This server signs no addresses: it has no IMAGING_SEALING_KEY to seal "
                "the secrets of keys with. Ask whoever runs it."
            )
            raise Problem(422, "addresses_not_set_up", detail)
        return seal(self._sealing_key, secret, _context(workspace_id))

    def forget(self, signs_as: str) -> None:
        """It has changed: this process asks again; others within two seconds."""
        self._kept.pop(signs_as, None)
        self._asked.pop(signs_as, None)  # it may bring what was before

    async def check(self, address: SignedAddress) -> Signer:
        """Whose it is. Raises a 403 or 410 Problem."""
        signer = await self._signer(address.signs_as)
        if signer is None:
            raise bad_signature()
        self.check_by(signer, address)
        return signer

    def kept(self, signs_as: str) -> Signer | None:
        """Whoever was looked up a moment ago."""
        found = self._kept.get(signs_as)
        if found is not None and found.fresh_until < time.monotonic():
            self._ask(signs_as)
        return found

    def check_by(self, signer: Signer, address: SignedAddress) -> None:
        """Whether this one has signed it and may. Raises a 403 or 410 Problem."""
        if signer.key.covers == "source":
            signed = f"{address.expiry}/{address.source}"
        else:
            signed = f"{address.expiry}/{address.rest}"
        wanted = signature(signer.secret, signed)
        if not hmac.compare_digest(wanted.encode(), address.signature.encode()):
            raise bad_signature()
        if signer.key.revoked_at is not None:
            detail = "The key that signed this address is revoked. Ask for a new one."
            raise Problem(403, "image.key_revoked", detail)
        if not signer.is_open:
            raise _gone("The workspace of this image is closed.")
        if signer.is_suspended:
            raise suspended()

    async def _signer(self, signs_as: str) -> Signer | None:
        if signs_as in self._kept:
            return self._kept[signs_as]
        return await asyncio.shield(self._ask(signs_as))  # others may wait for it, too

    def _ask(self, signs_as: str) -> asyncio.Task[Signer | None]:
        asked = self._asked.get(signs_as)
        if asked is None:
            asked = asyncio.create_task(self._stored(signs_as))
            self._asked[signs_as] = asked
            asked.add_done_callback(lambda done: self._is_told(signs_as, done))
        return asked

    def _is_told(self, signs_as: str, done: asyncio.Task[Signer | None]) -> None:
        if self._asked.get(signs_as) is done:
            del self._asked[signs_as]
        if not done.cancelled():
            done.exception()  # looked at: it may be that nobody waits

    async def _stored(self, signs_as: str) -> Signer | None:
        async with nullcontext() if signs_as in self._known else self._strangers:
            grant = await self._store.grant(signs_as)
        found = None if grant is None else self._opened(grant)
        if found is not None:
            self._known[signs_as] = True
        if self._asked.get(signs_as) is asyncio.current_task():  # it was not forgotten
            self._kept[signs_as] = found
        return found

    def _opened(self, grant: SigningGrant) -> Signer | None:
        workspace_id = grant.key.workspace_id
        try:
            secret = unseal(
                self._sealing_key, grant.sealed_secret, _context(workspace_id)
            )
        except SealingError:  # the installation has another key by now
            return None
        limits = in_force(self._installation, grant.standing.own)
        tenant = Tenant(workspace_id, limits, grant.standing.worked)
        fresh = time.monotonic() + _FRESH_SECONDS
        doors = grant.is_open, grant.is_suspended
        return Signer(grant.key, secret, tenant, *doors, fresh)


def seconds_left(expiry: str) -> int | None:
    """Until an address ends; None where it does not. Raises a 403 or 410 Problem."""
    if expiry in _NO_EXPIRY:
        return None
    if not (expiry.isascii() and expiry.isdigit()) or len(expiry) > _MOST_DIGITS:
        raise bad_signature()
    left = int(expiry) - time.time()
    if left <= 0:
        raise _gone("This address has expired. Ask for a new one.")
    return int(left)


def check_lists(key: SigningKeyRow, parts: Parts) -> None:
    """Whether the key lets its addresses ask for that. Raises a 403 Problem.

    Where the recipe is free, there is nothing in it but a size and a preset: whoever
    has one address can make others, and so few that they fill no cache.
    """
    is_free = key.covers == "source"
    for used in parts.presets:
        if (is_free or key.presets) and used.name not in key.presets:
            raise _not_allowed(f"the preset {used.name}", key.presets)
        if is_free and used.parameters:
            raise _not_allowed("parameters of a preset", [])
    for operation in parts.operations:
        _check_operation(key, operation.fields, is_free)
    said = parts.reading | {k: v for k, v in parts.output.items() if k != "format"}
    too_much = len(parts.presets) > 1 or len(parts.operations) > 1
    if is_free and (said or too_much or parts.fallback is not None):
        raise _not_allowed("more than a preset, a size and a format", [])


def _check_operation(
    key: SigningKeyRow, fields: Mapping[str, Any], is_free: bool
) -> None:
    lists: dict[str, Sequence[float]] = {}
    if fields["op"] == "resize":
        lists = {"width": key.widths, "height": key.heights, "dpr": key.dprs}
    elif is_free:
        raise _not_allowed(fields["op"], [])
    for field, value in fields.items():
        allowed = lists.get(field)
        if allowed is None:
            if is_free and field != "op":
                raise _not_allowed(f"{field} of {fields['op']}", [])
        elif (is_free or allowed) and value is not None and value not in allowed:
            raise _not_allowed(f"{field} {value}", allowed)


def _not_allowed(what: str, allowed: object) -> Problem:
    detail = f"The key of this address does not let it ask for {what}."
    return Problem(403, "image.not_allowed", detail, allowed=allowed)


def bad_signature() -> Problem:
    """A 403 Problem, the same for every reason."""
    detail = "The address was changed or is not complete. Ask for a new one."
    return Problem(403, "image.bad_signature", detail)


def _gone(detail: str) -> Problem:
    return Problem(410, "image.expired", detail)


def _context(workspace_id: str) -> str:
    """No sealed address of an image can be passed off as a key, nor the other way."""
    return f"{workspace_id}:signing"
