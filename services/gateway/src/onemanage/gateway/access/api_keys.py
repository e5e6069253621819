"""API keys: ``om_live_<43 url-safe characters>_<checksum>``, stored as SHA-256.

A key is 256 random bits, so a plain hash is enough; the checksum lets a typing error
or a truncated paste be told from a wrong key without asking the database.
"""

import hashlib
import secrets
import zlib

import msgspec

from onemanage.contracts.base import new_id

_PREFIX = "om_live_"


def new_api_key() -> str:
    secret = secrets.token_urlsafe(32)
    return f"{_PREFIX}{secret}_{_checksum(secret)}"


class NewKey(msgspec.Struct, frozen=True):
    """A key that is about to be stored, without itself."""

    id: str
    key: str
    key_hash: bytes

    @property
    def begins_with(self) -> str:
        """What may be shown of it to tell it by: 24 of its 256 bits."""
        return self.key[: len(_PREFIX) + 4]


def make_key() -> NewKey:
    key = new_api_key()
    return NewKey(new_id("key"), key, _hash(key))


def hash_api_key(key: str) -> bytes | None:
    """None where this cannot be a key: wrong prefix, length or checksum."""
    secret, _, checksum = key.removeprefix(_PREFIX).rpartition("_")
    if not key.startswith(_PREFIX) or checksum != _checksum(secret):
        return None
    return _hash(key)


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _checksum(secret: str) -> str:
    return f"{zlib.crc32(secret.encode()):08x}"
