"""From what a message holds to the columns of its row."""

from typing import Any

import msgspec


def columns_of(made: msgspec.Struct, *moments: str) -> dict[str, Any]:
    """Structs within as JSON, the moments as they are."""
    plain: dict[str, Any] = msgspec.to_builtins(made)
    return plain | {name: getattr(made, name) for name in moments}
