"""Arguments that were said."""

from typing import Any


def given(**said: Any) -> dict[str, Any]:
    """Those that are something: the server has a value of its own for all others."""
    return {name: one for name, one in said.items() if one is not None and one != []}
