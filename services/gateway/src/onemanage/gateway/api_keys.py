"""API keys: ``om_live_<43 url-safe characters>_<checksum>``, stored as SHA-256.

A key is 256 random bits, so a plain hash is enough; the checksum lets a typing error
or a truncated paste be told from a wrong key without asking the database.
"""

import hashlib
import secrets
import zlib

_PREFIX = "om_live_"


def new_api_key() -> str:
    secret = secrets.token_urlsafe(32)
    return f"{_PREFIX}{secret}_{_checksum(secret)}"


def hash_api_key(key: str) -> bytes | None:
    """None where this cannot be a key: wrong prefix, length or checksum."""
    secret, _, checksum = key.removeprefix(_PREFIX).rpartition("_")
    if not key.startswith(_PREFIX) or checksum != _checksum(secret):
        return None
    return hashlib.sha256(key.encode()).digest()


def _checksum(secret: str) -> str:
    return f"{zlib.crc32(secret.encode()):08x}"
