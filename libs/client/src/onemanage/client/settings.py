"""How the client is set: by arguments, else by the environment."""

from __future__ import annotations

import os
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from onemanage.client.errors import InvalidSettings

KEY_VARIABLE = "ONEMANAGE_API_KEY"
URL_VARIABLE = "ONEMANAGE_URL"
DEFAULT_URL = "http://127.0.0.1:8000"
"""Where ``make up`` listens."""
DEFAULT_TIMEOUT = 60.0
DEFAULT_RETRIES = 4
_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")


class Settings(NamedTuple):
    """What a client works with. It does not show its key."""

    url: str
    """Without a slash at its end."""
    api_key: str | None
    timeout: float
    """Seconds that a connection or an answer may say nothing."""
    retries: int
    """How often a request is sent again, at most."""

    def __repr__(self) -> str:
        key = "None" if self.api_key is None else "'…'"
        return (
            f"Settings(url={self.url!r}, api_key={key}, timeout={self.timeout}, "
            f"retries={self.retries})"
        )


def settings(
    api_key: str | None = None,
    url: str | None = None,
    timeout: float | None = None,
    retries: int | None = None,
) -> Settings:
    """Complete what is given. Raises InvalidSettings.

    A key that is not there is no fault yet: an invitation is accepted without one.
    """
    key = api_key if api_key is not None else os.environ.get(KEY_VARIABLE)
    address = url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
    return Settings(
        url=_address(address),
        api_key=_key(key) if key else None,
        timeout=_positive("timeout", DEFAULT_TIMEOUT if timeout is None else timeout),
        retries=int(
            _positive("retries", DEFAULT_RETRIES if retries is None else retries)
        ),
    )


def _key(given: str) -> str:
    key = given.strip()
    if _HEADER_VALUE.fullmatch(key):
        return key
    raise InvalidSettings(
        "The API key holds blanks or characters that no key has.",
        hint=f"Check that it was copied whole, without quotes, into {KEY_VARIABLE}.",
    )


def _address(given: str) -> str:
    address = given.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        has_user = parts.username is not None or parts.password is not None
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_right = is_right and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number
        is_right, has_user = False, False
    if has_user:
        raise InvalidSettings(
            "The address of the server has a user or password in it.",
            hint=f"Give the address alone, and the key as {KEY_VARIABLE}.",
        )
    if not is_right or parts.query or parts.fragment:
        raise InvalidSettings(
            f"{address!r} is no address of a server.",
            hint=f"Set {URL_VARIABLE} to one such as {DEFAULT_URL}.",
        )
    return address


def _positive(name: str, value: float) -> float:
    if value >= 0 and value == value and value != float("inf"):
        return value
    raise InvalidSettings(f"{name} is {value}; it must be 0 or more.")
