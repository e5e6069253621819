"""How large an SVG is, in pixels of CSS."""

import math
import re

DPI = 96
DEFAULT = (300.0, 150.0)
"""Pixels of a drawing that names no size, as CSS has it for replaced elements."""
_UNITS = {"": 1.0, "px": 1.0, "pt": DPI / 72, "pc": DPI / 6, "in": float(DPI)}
_UNITS["cm"] = DPI / 2.54
_UNITS["mm"] = _UNITS["cm"] / 10
_UNITS["q"] = _UNITS["cm"] / 40
_UNITS["em"] = _UNITS["rem"] = 16.0
_UNITS["ex"] = _UNITS["ch"] = 8.0
"""Of the font that there is where none is named."""
_LENGTH = re.compile(r"\s*\+?([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*([a-zA-Z]*)\s*")


def natural_size(attributes: dict[str, str]) -> tuple[float, float]:
    """Width and height by the attributes of the root (CSS 2.1, 10.3.2 and 10.6.2)."""
    width = _pixels(attributes.get("width"))
    height = _pixels(attributes.get("height"))
    view = view_box(attributes)
    if width and height:
        return width, height
    if view is None:
        return width or DEFAULT[0], height or DEFAULT[1]
    ratio = view[3] / view[2]
    if height:
        return height / ratio, height
    return (width or view[2]), (width or view[2]) * ratio


def view_box(attributes: dict[str, str]) -> tuple[float, float, float, float] | None:
    """Left, top, width and height of what is shown, in the drawing's own units."""
    parts = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    try:
        left, top, width, height = map(float, parts)
    except ValueError:
        return None
    if not (0 < width < math.inf and 0 < height < math.inf):
        return None
    return left, top, width, height


def _pixels(text: str | None) -> float | None:
    """A length of CSS; None where there is none, or one of the unknown surroundings."""
    found = _LENGTH.fullmatch(text or "")
    if found is None or found[2].lower() not in _UNITS or found[1].count(".") > 1:
        return None
    value = float(found[1]) if found[1] != "." else 0.0
    return value * _UNITS[found[2].lower()] or None
