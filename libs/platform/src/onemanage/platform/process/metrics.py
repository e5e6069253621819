"""Figures of one process: counted in plain numbers, told as Prometheus asks for them.

All are counted in the event loop, or under a lock of whoever counts elsewhere. A short
task passes six of them, and the locks and children of prometheus-client would take a
tenth of its time. For the same reason the page is written here: that library takes
27 ms for what a gateway tells once every route was asked for, and this takes 5.

What the names and units of figures must be, and how they are written:
https://prometheus.io/docs/practices/naming/
https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

type Labels = tuple[str, ...]
type Kind = Literal["counter", "gauge", "histogram"]

MOST_SERIES = 2_000
"""Of one figure. What comes after them is counted as OTHER."""
OTHER = "other"
SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds, of what somebody waits for."""
LONG = (0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)
"""Of tasks, which may take five minutes, and wait longer."""


class Figure:
    """A name, what it says, and the names of its labels."""

    kind: Kind

    def __init__(self, name: str, says: str, *labels: str) -> None:
        self.name, self.says, self.labels = name, says, labels

    def page(self) -> str:
        """All that it says, as Prometheus reads it."""
        head = f"# HELP {self.name} {self.says}\n"
        return f"{head}# TYPE {self.name} {self.kind}\n{''.join(self._lines())}"

    def _lines(self) -> Iterator[str]:
        raise NotImplementedError

    def _written(self, labels: Labels) -> str:
        """Without brackets, as more may follow."""
        return ",".join(
            f'{name}="{_escaped(value)}"'
            for name, value in zip(self.labels, labels, strict=True)
        )

    def _values_written(self, values: Mapping[Labels, float]) -> Iterator[str]:
        for labels, value in list(values.items()):  # threads count, too
            yield f"{self.name}{{{self._written(labels)}}} {value}\n"

    def forget(self) -> None:
        """As at the start: nothing was counted."""
        raise NotImplementedError


class Counter(Figure):
    """What only grows; its name ends in ``_total``."""

    kind = "counter"

    def __init__(self, name: str, says: str, *labels: str) -> None:
        super().__init__(name, says, *labels)
        self._values: dict[Labels, float] = {}
        self.forget()

    def add(self, *labels: str, by: float = 1) -> None:
        """One more, or ``by``, under these values of its labels."""
        try:
            self._values[labels] += by
        except KeyError:
            key = _bounded(self._values, labels)
            self._values[key] = self._values.get(key, 0) + by

    def value(self, *labels: str) -> float:
        """What it has come to; 0 where nothing was counted."""
        return self._values.get(labels, 0)

    def forget(self) -> None:
        """As at the start."""
        # One without labels is there from the start: its first rise is seen, too.
        self._values = {} if self.labels else {(): 0.0}

    def _lines(self) -> Iterator[str]:
        return self._values_written(self._values)


class WorkspaceCounter(Counter):
    """Counts where ``on`` alone: each workspace is a series of its own."""

    on = False

    def add(self, *labels: str, by: float = 1) -> None:
        """As any counter, or nothing."""
        if self.on:
            super().add(*labels, by=by)


class Gauge(Figure):
    """What goes up and down: set, or followed while somebody has it."""

    kind = "gauge"

    def __init__(self, name: str, says: str, *labels: str) -> None:
        super().__init__(name, says, *labels)
        self._values: dict[Labels, float] = {}
        self._followed: list[Callable[[], Mapping[Labels, float]]] = []

    def set(self, value: float, *labels: str) -> None:
        """From now on it is ``value``."""
        is_known = labels in self._values
        self._values[labels if is_known else _bounded(self._values, labels)] = value

    def value(self, *labels: str) -> float:
        """What it was set to last; 0 where it never was."""
        return self._values.get(labels, 0)

    def replace(self, values: Mapping[Labels, float]) -> None:
        """It is these, and what it was before is gone."""
        self._values = dict(values)

    @contextmanager
    def following(self, values: Callable[[], Mapping[Labels, float]]) -> Iterator[None]:
        """Inside, it is what the function says whenever it is looked at; where several
        say something under the same labels, their sum."""
        self._followed.append(values)
        try:
            yield
        finally:
            self._followed.remove(values)

    def forget(self) -> None:
        """As at the start."""
        self._values.clear()

    def _lines(self) -> Iterator[str]:
        found = dict(self._values)
        for values in self._followed:
            for labels, value in values().items():
                found[labels] = found.get(labels, 0) + value
        return self._values_written(found)


class Histogram(Figure):
    """How often something took how long, or was how large."""

    kind = "histogram"

    def __init__(
        self, name: str, says: str, *labels: str, bounds: Sequence[float] = SHORT
    ) -> None:
        super().__init__(name, says, *labels)
        self.bounds = tuple(bounds)
        self._series: dict[Labels, list[float]] = {}
        """How many in each of its bounds and above them, then the sum."""
        self.forget()

    def observe(self, value: float, *labels: str) -> None:
        """One more, of this size, under these values of its labels."""
        try:
            series = self._series[labels]
        except KeyError:
            key = _bounded(self._series, labels)
            series = self._series.setdefault(key, self._nothing())
        series[bisect_left(self.bounds, value)] += 1
        series[-1] += value

    def count(self, *labels: str) -> float:
        """How many there were."""
        return sum(self._series.get(labels, [0])[:-1])

    def total(self, *labels: str) -> float:
        """All of them together."""
        return self._series.get(labels, [0])[-1]

    def forget(self) -> None:
        """As at the start."""
        self._series = {} if self.labels else {(): self._nothing()}

    def _nothing(self) -> list[float]:
        return [0.0] * (len(self.bounds) + 2)

    def _lines(self) -> Iterator[str]:
        for labels, series in list(self._series.items()):
            written, name, sofar = self._written(labels), self.name, 0.0
            begins = f"{written}," if written else ""
            for bound, number in zip((*self.bounds, "+Inf"), series, strict=False):
                sofar += number
                yield f'{name}_bucket{{{begins}le="{bound}"}} {sofar}\n'
            yield f"{name}_count{{{written}}} {sofar}\n"
            yield f"{name}_sum{{{written}}} {series[-1]}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _bounded(known: Mapping[Labels, object], labels: Labels) -> Labels:
    """Whatever is asked for, no figure has more than so many series."""
    return (OTHER,) * len(labels) if len(known) >= MOST_SERIES else labels
