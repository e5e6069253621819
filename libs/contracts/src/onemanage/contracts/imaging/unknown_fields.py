"""Fields within the values of a recipe that mean nothing, and would be left undone."""

from collections.abc import Iterator
from typing import Any


def unknown_within(given: Any, known: Any, pointer: str = "") -> Iterator[str]:
    """Pointers to what was given and is not in what it was read as, as JSON has both.

    Objects and lists within each other, as deep as they go.
    """
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            place = f"{pointer}/{escaped(str(name))}"
            if name in known:
                yield from unknown_within(value, known[name], place)
            else:
                yield place
    elif isinstance(given, list) and isinstance(known, list):
        for number, (value, other) in enumerate(zip(given, known, strict=False)):
            yield from unknown_within(value, other, f"{pointer}/{number}")


def escaped(name: str) -> str:
    """A name as a pointer has it (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
