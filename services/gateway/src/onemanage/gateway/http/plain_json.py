"""JSON that everything behind the gateway can hold, whatever its fields mean.

PostgreSQL stores no NUL, UTF-8 has no lone surrogates, our messages have numbers of
64 bits, and code that walks a value goes only so deep.
"""

import math
from typing import Any

MAX_DEPTH = 64
_MAX_INT = 2**63


def why_not(value: Any) -> str | None:
    """What is wrong with it, or None. Takes what a JSON parser returns."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return f"It is nested deeper than {MAX_DEPTH} levels."
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.keys()
                inner += one.values()
            elif isinstance(one, list):
                inner += one
            elif (why := _of_scalar(one)) is not None:
                return why
        level = inner
    return None


def _of_scalar(value: Any) -> str | None:
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, float):
        return None if math.isfinite(value) else "It holds a number that is not finite."
    if isinstance(value, int) and not -_MAX_INT <= value < _MAX_INT:
        return "It holds a whole number of more than 64 bits."
    return None


def _of_text(value: str) -> str | None:
    if "\0" in value:
        return "It holds a text with a NUL character."
    if value.isascii():
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return "It holds a text with half of a surrogate pair, which is no character."
    return None
