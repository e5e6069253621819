"""API keys: ``om_live_<43 url-safe characters>_<checksum>``, stored as SHA-256.

A key is 256 random bits, so a plain hash is enough; the checksum lets a typing error
or a truncated paste be told from a wrong key without asking the database.
"""

import hashlib
import secrets
import zlib

from onemanage.gateway.http.problems import Problem

_PREFIX = "om_live_"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="onemanage"'}


def new_api_key() -> str:
    secret = secrets.token_urlsafe(32)
    return f"{_PREFIX}{secret}_{_checksum(secret)}"


def hash_api_key(key: str) -> bytes | None:
    """None where this cannot be a key: wrong prefix, length or checksum."""
    secret, _, checksum = key.removeprefix(_PREFIX).rpartition("_")
    if not key.startswith(_PREFIX) or checksum != _checksum(secret):
        return None
    return hashlib.sha256(key.encode()).digest()


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


def _checksum(secret: str) -> str:
    return f"{zlib.crc32(secret.encode()):08x}"
