"""Secrets that pass through messages and rows, readable only by who has the key.

AES-256-GCM. The context, a workspace's id, is authenticated along with the text: what
was sealed for one workspace cannot be opened for another.

    SealingError
      BadKey       the key is not 32 bytes in base64     (the operator's fault)
      NotSealed    not sealed by this key and context, or altered
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = "s1."


class SealingError(Exception):
    """Never carries the key, the text or what was sealed."""


class BadKey(SealingError):
    def __str__(self) -> str:
        return f"the key must be {KEY_BYTES} random bytes in base64"


class NotSealed(SealingError):
    def __str__(self) -> str:
        return "not sealed with this key for this context, or altered since"


def seal(key: str, text: str, context: str) -> str:
    """The text, encrypted: ``s1.`` and URL-safe base64 of nonce, text and tag.

    ``key`` is 32 bytes in base64. Sealing the same text twice gives different
    results. Raises BadKey.
    """
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, text.encode(), context.encode())
    return _VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(key: str, sealed: str, context: str) -> str:
    """What was given to ``seal``. Raises BadKey, NotSealed."""
    cipher = _cipher(key)
    if not sealed.startswith(_VERSION):
        raise NotSealed
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(_VERSION))
        nonce, body = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        return cipher.decrypt(nonce, body, context.encode()).decode()
    except (InvalidTag, ValueError):  # ValueError: no base64, or too short
        raise NotSealed from None


def check_key(key: str) -> str:
    """The key itself, for settings to validate it by. Raises ValueError."""
    try:
        _cipher(key)
    except BadKey as error:
        raise ValueError(str(error)) from None
    return key


def _cipher(key: str) -> AESGCM:
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        raise BadKey from None
    if len(raw) != KEY_BYTES:
        raise BadKey
    return AESGCM(raw)
