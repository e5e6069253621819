"""The last line of a bench: what was found, what was to be, and whether it holds."""

import json
from collections.abc import Mapping
from typing import Any


def say(
    bench: str,
    found: Mapping[str, float],
    *,
    at_least: Mapping[str, float] | None = None,
    at_most: Mapping[str, float] | None = None,
    places: int = 2,
    holds: bool = True,
    **also: Any,
) -> None:
    """Print it as JSON.

    A target whose figure could not be had here, for a peer that is missing, says
    nothing; without any figure nothing holds. ``holds`` is what else must be true, and
    ``also`` what else is to be read there. Figures are judged before they are rounded.
    """
    low, high = at_least or {}, at_most or {}
    enough = all(found[name] >= least for name, least in low.items() if name in found)
    little = all(found[name] <= most for name, most in high.items() if name in found)
    line = {
        "bench": bench,
        "ratios": {name: round(value, places) for name, value in found.items()},
        **also,
        "targets": {**low, **high},
        "holds": holds and bool(found) and enough and little,
    }
    print(json.dumps(line))
