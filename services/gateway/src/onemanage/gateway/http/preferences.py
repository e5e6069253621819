"""``Prefer`` (RFC 7240): how long a client waits for an answer, and what it is told."""

import re
from collections.abc import Iterator
from typing import Annotated

import msgspec
from fastapi import Depends, Header

DEFAULT_WAIT_SECONDS = 2.0
MAX_WAIT_SECONDS = 30
_NUMBER = re.compile(r"[0-9]+")
_PARTS = re.compile(r'"(?:\\.|[^"\\])*"?|[^",;]+|[,;]', re.DOTALL)
"""A quoted string, whatever else stands before a divider, a divider: read once from
left to right, however long it is."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


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
    for line in given:
        for one in _without_parameters(line):
            name, _, value = one.partition("=")
            preferences.setdefault(name.strip().lower(), _unquoted(value.strip()))
    is_async = preferences.get("respond-async") == ""
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


def _without_parameters(line: str) -> Iterator[str]:
    """``name=value`` of each preference. One with a quote that does not end is none."""
    one, is_parameter = "", False
    for part in _PARTS.findall(f"{line},"):
        if part not in (",", ";"):
            one += part
            continue
        if not is_parameter:
            yield one
        one, is_parameter = "", part == ";"


def _unquoted(value: str) -> str:
    """As the RFC has it, an empty value is no value."""
    if not value.startswith('"'):
        return value
    return _ESCAPED.sub(r"\1", value[1:-1])


Prefer = Annotated[
    list[str] | None,
    Header(
        description=f"wait=N (seconds, {MAX_WAIT_SECONDS} at most), "
        "respond-async, or both.",
        examples=[["wait=10"]],
    ),
]


async def waiting(prefer: Prefer = None) -> Waiting:
    """What the Prefer headers say of waiting."""
    return read_prefer(prefer or [])


Wait = Annotated[Waiting, Depends(waiting)]
