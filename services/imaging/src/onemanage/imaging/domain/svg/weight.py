"""How long an SVG may take to draw, by what is in it."""

import re
from dataclasses import dataclass, field

from onemanage.imaging.errors import InvalidImage

MAX_ELEMENTS = 50_000
"""References counted as often as they are drawn."""
MAX_DEPTH = 100
"""Elements within elements: a drawer that recurses has a stack that ends."""
_FILTERS = {
    "feturbulence": ("numoctaves", 1, 1.3e-7, False),
    "femorphology": ("radius", 2, 2e-8, True),
    "feconvolvematrix": ("order", 2, 8e-9, False),
}
"""Of those that may take long: the attribute that says how long, the power it goes in
with, seconds for each pixel, and whether it grows with the scale of the drawing."""
_FILTER = 3e-7
"""Seconds for each pixel of any other filter."""


@dataclass
class Weight:
    """What has been counted so far."""

    count: int = 0
    weights: dict[str, int] = field(default_factory=dict)
    """Elements that the element with an id draws, itself included."""
    filters: list[tuple[str, float]] = field(default_factory=list)
    """Names of filter primitives, with the number that says how long they take."""
    filtered: int = 0
    """Elements that a filter is applied to."""
    uses: list[tuple[str, str]] = field(default_factory=list)
    """Ids of the enclosing elements (joined) and of what they refer to."""
    open_ids: list[str] = field(default_factory=list)

    def begin(self, name: str, attributes: dict[str, str], place: str) -> None:
        """Counts an element, by its local name in lower case. Raises InvalidImage."""
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open_ids) >= MAX_DEPTH:
            text = (
                f"The SVG has more than {MAX_ELEMENTS} elements, or more than "
                f"{MAX_DEPTH} within each other. Simplify it."
            )
            raise InvalidImage("imaging.too_large", text, place)
        self._note_filter(name, attributes)
        self.open_ids.append(attributes.get("id", ""))
        for open_id in filter(None, self.open_ids):
            self.weights[open_id] = self.weights.get(open_id, 0) + 1

    def end(self) -> None:
        """Leaves the element that was begun last."""
        self.open_ids.pop()

    def refer(self, target: str) -> None:
        """Counts a reference to an id from the element that was begun last."""
        self.uses.append((" ".join(filter(None, self.open_ids)), target))

    def filter_seconds(self, scale: float, pixels: int) -> float:
        """What they may take, were each of them all over a drawing of so many pixels.
        ``scale`` is pixels to a unit."""
        total = 0.0
        for name, number in self.filters:
            _, power, seconds, grows = _FILTERS.get(name, ("", 0, _FILTER, False))
            total += seconds * (number * (scale if grows else 1.0)) ** power
        return total * max(1, self.filtered) * pixels

    def check(self) -> None:
        """Raises InvalidImage for references that multiply, as of groups that use
        groups many times."""
        needs: dict[str, list[str]] = {}
        for holders, target in self.uses:
            for holder in holders.split():
                needs.setdefault(holder, []).append(target)
        known: dict[str, int] = {}

        def weight(identity: str, within: tuple[str, ...]) -> int:
            if identity in within or len(within) > MAX_DEPTH:
                text = (
                    f"The element {identity} refers to itself, or too deeply. "
                    "Simplify it."
                )
                raise InvalidImage("imaging.unsafe", text, f"#{identity}")
            if identity not in known:
                total = self.weights.get(identity, 0)
                for target in needs.get(identity, []):
                    total += weight(target, (*within, identity))
                known[identity] = min(total, MAX_ELEMENTS + 1)
            return known[identity]

        drawn = self.count + sum(weight(target, ()) for _, target in self.uses)
        if drawn > MAX_ELEMENTS:
            text = (
                f"The SVG's references draw over {MAX_ELEMENTS} elements. Simplify it."
            )
            raise InvalidImage("imaging.too_large", text, "references")

    def _note_filter(self, name: str, attributes: dict[str, str]) -> None:
        self.filtered += "filter" in attributes or "filter" in attributes.get(
            "style", ""
        )
        if not name.startswith("fe") or name.startswith(("fefunc", "femergenode")):
            return
        attribute = _FILTERS[name][0] if name in _FILTERS else ""
        text = next((v for k, v in attributes.items() if k.lower() == attribute), "")
        numbers = re.findall(r"[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]{1,2})?", text)
        self.filters.append((name, max(map(float, numbers), default=1.0)))
