"""JSON for people who read it, and its changes, line by line."""

import json
from collections.abc import Mapping
from typing import Any

_WIDTH = 100
_INDENT = 2


def pretty(document: Mapping[str, Any]) -> str:
    """Sorted keys, and on one line what fits there: the same bytes everywhere."""
    return _lines(document, 0, 0) + "\n"


def _lines(value: Any, depth: int, used: int) -> str:
    """``used``: columns that stand before it on its line."""
    short = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if not isinstance(value, Mapping | list) or used + len(short) <= _WIDTH:
        return short
    inner = " " * (depth + _INDENT)
    if isinstance(value, list):
        items = [_lines(item, len(inner), len(inner)) for item in value]
        opening, closing = "[]"
    else:
        items = []
        for key in sorted(value):
            name = f"{json.dumps(key, ensure_ascii=False)}: "
            items.append(name + _lines(value[key], len(inner), len(inner) + len(name)))
        opening, closing = "{}"
    body = ",\n".join(f"{inner}{item}" for item in items)
    return f"{opening}\n{body}\n{' ' * depth}{closing}"
