"""Secrets that pass through messages and rows, readable only by who has the key.

AES-256-GCM. The context, a workspace's id, is authenticated along with the text: what
was sealed for one workspace cannot be opened for another.

Keys are one or more, divided by commas: the first seals, each opens. So a key is
changed while everything runs: add the new one behind the old one everywhere, then put
it first, then take the old one away when nothing sealed by it is needed any more.

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
        return (
            f"the key must be {KEY_BYTES} random bytes in base64, or several of them"
            " divided by commas"
        )


class NotSealed(SealingError):
    def __str__(self) -> str:
        return "not sealed with this key for this context, or altered since"


def seal(keys: str, text: str, context: str) -> str:
    """The text, encrypted: ``s1.`` and URL-safe base64 of nonce, text and tag.

    ``keys`` are 32 bytes in base64 each, by commas. Sealing the same text twice gives different
    results. Raises BadKey.
    """
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _ciphers(keys)[0].encrypt(nonce, text.encode(), context.encode())
    return _VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(keys: str, sealed: str, context: str) -> str:
    """What was given to ``seal`` with one of these keys. Raises BadKey, NotSealed."""
    ciphers = _ciphers(keys)
    if not sealed.startswith(_VERSION):
        raise NotSealed
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(_VERSION))
    except ValueError:  # no base64
        raise NotSealed from None
    nonce, body = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    for cipher in ciphers:
        try:
            return cipher.decrypt(nonce, body, context.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError: too short
            continue
    raise NotSealed


def check_keys(keys: str) -> str:
    """The keys themselves, for settings to validate them by. Raises ValueError."""
    try:
        _ciphers(keys)
    except BadKey as error:
        raise ValueError(str(error)) from None
    return keys


def _ciphers(keys: str) -> list[AESGCM]:
    return [_cipher(key.strip()) for key in keys.split(",")]


def _cipher(key: str) -> AESGCM:
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        raise BadKey from None
    if len(raw) != KEY_BYTES:
        raise BadKey
    return AESGCM(raw)
