"""What signs an address: HMAC-SHA256 (RFC 2104), cut to 192 bits.

    /i/{key id}.{signature}/{expiry}/{recipe}/{source}.{format}

What is signed is all behind the signature, as it stands in the address; of a key that
leaves the recipe free, the expiry and the source alone.
"""

import hashlib
import hmac

from onemanage.contracts.imaging.addresses.values import encoded

SIGNATURE_BYTES = 24


def signature(secret: str, signed: str) -> str:
    """32 characters of base64url. ``secret`` is the key's as it was shown."""
    digest = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    return encoded(digest[:SIGNATURE_BYTES])


def signed_path(key_id: str, secret: str, rest: str) -> str:
    """The path of an address; ``rest`` is ``{expiry}/{recipe}/{source}.{format}``, where
    recipe and format may be left out and an expiry of 0 is none."""
    return f"/i/{key_id}.{signature(secret, rest)}/{rest}"


def free_path(key_id: str, secret: str, expiry: int, source: str) -> str:
    """What an address begins with whose key leaves the recipe free, up to the recipe,
    which is put behind it with the source: ``{this}/w_400/{source}.webp``."""
    signed = signature(secret, f"{expiry}/{source}")
    return f"/i/{key_id}.{signed}/{expiry}"
