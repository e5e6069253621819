"""What rows have in common: boxes of the canvas with the pictures that come again.

Texts are others in nearly every row, pictures seldom. So a box that pictures reach is
kept as it is without the texts, and a row composes anew what its texts reach alone.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from onemanage.psd.domain.boxes import Box
from onemanage.psd.domain.color import Pixels


@dataclass(frozen=True, slots=True)
class Base:
    """``pixels``, as rows have them, of a box; and what was said when it was composed."""

    box: Box
    pixels: Pixels
    warnings: tuple[str, ...]


class Bases:
    """Those used last, in so many bytes. What is asked for once is not kept: it has to
    come again before as much else was asked for as could be kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Base] = OrderedDict()
        self._asked: OrderedDict[Hashable, int] = OrderedDict()
        self._kept_size = self._asked_size = 0

    def get(self, key: Hashable) -> Base | None:
        """None where it is not kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def comes_again(self, key: Hashable, size: int) -> bool:
        """Whether one of so many bytes, which is not there, is worth keeping."""
        if key in self._asked:
            return True
        if size <= self._most:
            self._asked[key] = size
            self._asked_size += size
        while self._asked_size > self._most:
            self._asked_size -= self._asked.popitem(last=False)[1]
        return False

    def keep(self, key: Hashable, base: Base) -> None:
        """Until others need its room."""
        self._asked_size -= self._asked.pop(key, 0)
        self._kept[key] = base
        self._kept_size += base.pixels.nbytes
        while self._kept_size > self._most:
            self._kept_size -= self._kept.popitem(last=False)[1].pixels.nbytes
