"""Secrets that stand for somebody: ``om_live_<43 url-safe characters>_<checksum>``.

Each is 256 random bits, so a plain SHA-256 is what is stored; the checksum lets a
typing error or a truncated paste be told from a wrong one without asking the database.
"""

import hashlib
import secrets
import zlib
from enum import StrEnum

import msgspec

from onemanage.contracts.base import new_id

_SHOWN = 4


class Kind(StrEnum):
    """What a secret is for, as it begins."""

    API_KEY = "om_live_"
    SESSION = "om_sess_"
    INVITATION = "om_invt_"
    CODE = "om_code_"


class NewSecret(msgspec.Struct, frozen=True):
    """One that is about to be stored, without itself."""

    id: str
    secret: str
    hashed: bytes

    @property
    def begins_with(self) -> str:
        """What may be shown of it to tell it by: 24 of its 256 bits."""
        return self.secret[: self.secret.index("_", 3) + 1 + _SHOWN]


def make_secret(kind: Kind, id_prefix: str) -> NewSecret:
    """With an id as ``key_5b0c…``."""
    secret = _new(kind)
    return NewSecret(new_id(id_prefix), secret, _hash(secret))


def hash_secret(kind: Kind, given: str) -> bytes | None:
    """None where this cannot be one: wrong beginning, length or checksum."""
    secret, _, checksum = given.removeprefix(kind).rpartition("_")
    if not given.startswith(kind) or checksum != _checksum(secret):
        return None
    return _hash(given)


def new_api_key() -> str:
    """One that nobody has; it is shown once."""
    return _new(Kind.API_KEY)


def hash_api_key(key: str) -> bytes | None:
    """What is stored of it; None where it is not one, or is mistyped."""
    return hash_secret(Kind.API_KEY, key)


def _new(kind: Kind) -> str:
    random = secrets.token_urlsafe(32)
    return f"{kind}{random}_{_checksum(random)}"


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _checksum(secret: str) -> str:
    return f"{zlib.crc32(secret.encode()):08x}"
