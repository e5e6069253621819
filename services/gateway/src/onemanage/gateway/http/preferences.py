"""``Prefer`` (RFC 7240): how long a client waits for an answer, and what it is told."""

import re
from typing import Annotated

import msgspec
from fastapi import Depends, Header

DEFAULT_WAIT_SECONDS = 2.0
MAX_WAIT_SECONDS = 30
_NUMBER = re.compile(r"[0-9]+")
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""Not within quotes."""


class Waiting(msgspec.Struct, frozen=True):
    """How many seconds an answer may take, and which of the preferences are heeded."""

    seconds: float
    applied: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """For the answer: what was applied, to those who preferred something."""
        return {} if self.applied is None else {"Preference-Applied": self.applied}


def read_prefer(given: list[str]) -> Waiting:
    """``wait=N`` waits N seconds, ``MAX_WAIT_SECONDS`` at most; ``respond-async`` alone
    waits none. Both together wait, and answer 202 afterwards.

    Anything else is passed over, as the RFC wants it; of a preference that comes twice
    the first is taken.
    """
    preferences: dict[str, str] = {}
    for one in _COMMA.split(",".join(given)):
        name, _, value = one.partition(";")[0].partition("=")
        preferences.setdefault(name.strip().lower(), value.strip().strip('"'))
    is_async = "respond-async" in preferences
    wait = preferences.get("wait", "")
    applied = ["respond-async"] if is_async else []
    seconds = 0.0 if is_async else DEFAULT_WAIT_SECONDS
    if _NUMBER.fullmatch(wait):
        digits = wait.lstrip("0") or "0"
        whole = (
            MAX_WAIT_SECONDS if len(digits) > 3 else min(int(digits), MAX_WAIT_SECONDS)
        )
        applied.append(f"wait={whole}")
        seconds = float(whole)
    return Waiting(seconds, ", ".join(applied) or None)


async def waiting(
    prefer: Annotated[
        list[str] | None,
        Header(
            description=f"wait=N (seconds, {MAX_WAIT_SECONDS} at most), "
            "respond-async, or both.",
            examples=[["wait=10"]],
        ),
    ] = None,
) -> Waiting:
    """What the Prefer headers say of waiting."""
    return read_prefer(prefer or [])


Wait = Annotated[Waiting, Depends(waiting)]
