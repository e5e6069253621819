"""Bars on a terminal: one for each file at work, and one for all where there are many.

Drawn on standard error by rich, which is imported only where somebody watches.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from onemanage.client.cli import text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

NARROW = 64
"""Below so many columns a bar has its name and its share, and no more."""


class Bar:
    """Of one file. ``update`` is called as often as one likes."""

    def __init__(self, progress: "Progress | None", task: "TaskID | None") -> None:
        self._progress, self._task = progress, task

    def update(
        self,
        step: str,
        done: int = 0,
        total: int | None = None,
        *,
        unit: str = "",
        per_second: float | None = None,
        seconds_left: float | None = None,
    ) -> None:
        """How far it is; without a total the bar only moves."""
        if self._progress is None or self._task is None:
            return
        if unit == "B":
            count = text.size(done) + (f"/{text.size(total)}" if total else "")
            rate = f"{text.size(int(per_second))}/s" if per_second else ""
        else:
            count = f"{text.number(done)}/{text.number(total)}" if total else ""
            rate = f"{text.number(per_second)} {unit}/s" if per_second else ""
        self._progress.update(
            self._task,
            completed=done,
            total=total or None,
            step=text.shown(step),
            count=count,
            rate=rate,
            left=text.duration(seconds_left) if seconds_left else "",
        )

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Without any bars, for questions and what is shown before them."""
        if self._progress is None:
            yield
            return
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()

    def remove(self) -> None:
        """It is done, and makes room for the next."""
        if self._progress is not None and self._task is not None:
            self._progress.remove_task(self._task)


class Bars:
    """All of a run."""

    def __init__(self, progress: "Progress | None" = None, total: int = 0) -> None:
        self._progress = progress
        self._all: "TaskID | None" = None
        if progress is not None and total > 1:
            self._all = progress.add_task(
                "all", total=total, **_fields(f"0/{total} files")
            )
        self._total = total

    def add(self, name: str) -> Bar:
        """One more file is at work."""
        if self._progress is None:
            return Bar(None, None)
        task = self._progress.add_task(text.shown(name), total=None, **_fields())
        return Bar(self._progress, task)

    def finished(self, done: int) -> None:
        """So many of all files are through."""
        if self._progress is not None and self._all is not None:
            count = f"{done}/{self._total} files"
            self._progress.update(self._all, completed=done, count=count)


@contextmanager
def bars(is_watched: bool, total: int = 1) -> Iterator[Bars]:
    """Bars on standard error where somebody watches, nothing where nobody does."""
    if not is_watched:
        yield Bars()
        return
    from rich.console import Console

    with _progress(Console(stderr=True, highlight=False)) as progress:
        yield Bars(progress, total)


def _fields(count: str = "") -> dict[str, Any]:
    return {"step": "", "count": count, "rate": "", "left": ""}


def _part_class() -> Any:
    """The class of a bar's fields, made when rich is there."""
    from rich.progress import ProgressColumn, Task
    from rich.table import Column
    from rich.text import Text

    class Part(ProgressColumn):
        """One of a bar's fields, at most so many columns wide, never two lines."""

        def __init__(self, what: str, widest: int, *, fixed: bool = False) -> None:
            super().__init__(Column(width=widest) if fixed else None)
            self._what, self._widest = what, widest

        def render(self, task: "Task") -> Text:
            told = {
                "name": task.description,
                "percent": f"{task.percentage:.0f}%" if task.total else "",
                **task.fields,
            }
            part = Text(str(told[self._what]), no_wrap=True, overflow="ellipsis")
            part.truncate(self._widest, overflow="ellipsis")
            return part

    return Part


def _progress(console: "Console") -> "Progress":
    from rich.progress import BarColumn, Progress

    Part = _part_class()
    narrow = (Part("name", 16, fixed=True), BarColumn(None), Part("percent", 4))
    wide = (
        Part("name", 24, fixed=True),
        Part("step", 12),
        BarColumn(None),
        Part("count", 21),
        Part("rate", 14),
        Part("left", 8),
    )

    class Fitting(Progress):
        """The columns that fit into the terminal as it is now."""

        def get_renderables(self) -> Any:
            self.columns = narrow if console.width < NARROW else wide
            return super().get_renderables()

    return Fitting(
        *wide,
        console=console,
        transient=True,
        expand=True,
        redirect_stdout=sys.stdout.isatty(),
    )
