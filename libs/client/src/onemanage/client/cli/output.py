"""What the command writes: results to standard output, all else to standard error.

Results are lines for people on a terminal, fields parted by tabs in a pipe, or with
``--json`` one object a line. Notes and progress are shown on terminals alone; errors
and warnings always.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from onemanage.client.cli.text import json_line, shown, shown_lines, wrapped

NARROW = 60
"""A terminal with fewer columns gets a record as lines, not as a row."""

if TYPE_CHECKING:
    from rich.text import Text

_FOLDED, _LEAST = 24, 16
"""Columns that a long cell has at least where another is brief, and the brief one."""

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One of a table: its title, and what of a record stands in it."""

    title: str
    value: Callable[[Record], object]
    right: bool = False
    whole: bool = False
    """Never cut, as ids are not: they are copied."""

    brief: bool = False
    """One line of a table, whatever else it would say."""


def field_of(name: str) -> Callable[[Record], object]:
    """What a record has under this name; a dash for nothing."""
    return lambda record: "-" if record.get(name) is None else record[name]


def column(
    name: str, title: str = "", *, right: bool = False, brief: bool = False
) -> Column:
    """Of the field of that name; ids are whole."""
    whole = name == "id" or name.endswith("_id")
    title = title or name.replace("_", " ")
    return Column(title, field_of(name), right, whole, brief)


@dataclass
class Output:
    """Where and how. ``is_json`` and ``is_quiet`` as the command line says."""

    is_json: bool = False
    is_quiet: bool = False

    @property
    def out(self) -> TextIO:
        """As it is now: while there are bars, lines are written above them."""
        return sys.stdout

    @property
    def err(self) -> TextIO:
        """Likewise."""
        return sys.stderr

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads the results."""
        return self.out.isatty() and not self.is_json

    @property
    def is_watched(self) -> bool:
        """Whether a person sees notes and progress."""
        dumb = os.environ.get("TERM") == "dumb"
        return self.err.isatty() and not (self.is_json or self.is_quiet or dumb)

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer a question."""
        return sys.stdin is not None and sys.stdin.isatty() and self.err.isatty()

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return shutil.get_terminal_size().columns

    def line(self, record: Record, text: str, *, hang: int = 0) -> None:
        """One result: the object with ``--json``, else the text. On a terminal what does
        not fit on its first line is indented by ``hang``."""
        lines = json_line(record) if self.is_json else shown_lines(text)
        if hang and self.is_terminal:
            lines = wrapped(lines, self.width, hang)
        self._write(lines)

    def table(self, records: Iterable[Record], columns: Sequence[Column]) -> int:
        """A result in each row. How many there were."""
        count = 0
        if self.is_json or not self.is_terminal:
            for count, record in enumerate(records, 1):
                if self.is_json:
                    self._write(json_line(record))
                else:
                    self._write("\t".join(_cells(record, columns)))
            return count
        rows = [_cells(record, columns) for record in records]
        self._rows(rows, columns, self.out)
        return len(rows)

    def say(self, text: str) -> None:
        """A line beside the results, for a person: a plan, before it is carried out."""
        if self.is_watched:
            self._tell(text)

    def preview(self, records: Iterable[Record], columns: Sequence[Column]) -> None:
        """A table beside the results, likewise."""
        if self.is_watched:
            rows = [_cells(record, columns) for record in records]
            self._rows(rows, columns, self.err)

    def note(self, text: str) -> None:
        """What is good to know, for a person that watches."""
        if self.is_watched:
            self._tell(text)

    def warn(self, text: str) -> None:
        """What somebody should hear of, watching or not."""
        self._tell(text)

    def error(self, text: str, record: Record) -> None:
        """Why the command ends, or one of its files is not done."""
        if self.is_json:
            self.err.write(json_line({"error": record}) + "\n")
            self.err.flush()
        else:
            self._tell(text)

    def _tell(self, text: str) -> None:
        lines = shown_lines(text)
        if self.err.isatty():
            lines = wrapped(lines, self.width)
        self.err.write(lines + "\n")
        self.err.flush()

    def _write(self, line: str) -> None:
        self.out.write(line + "\n")
        self.out.flush()

    def _rows(
        self, rows: list[list[str]], columns: Sequence[Column], to: TextIO
    ) -> None:
        if rows and self.width < NARROW:
            _blocks(rows, columns, to, self.width)
        elif rows:
            self._grid(rows, columns, to)

    def _grid(
        self, rows: list[list[str]], columns: Sequence[Column], to: TextIO
    ) -> None:
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for one in columns:
            table.add_column(
                one.title,
                justify="right" if one.right else "left",
                no_wrap=one.whole or one.right,
                overflow="fold",
                header_style="bold",
                max_width=_room(rows, columns, self.width) if one.brief else None,
            )
        for row in rows:
            table.add_row(*(_cell(*each) for each in zip(columns, row, strict=True)))
        Console(file=to, width=self.width, highlight=False).print(table)


def _cell(column: Column, text: str) -> "Text":
    from rich.text import Text

    if column.brief:
        return Text(text, no_wrap=True, overflow="ellipsis")
    return Text(text)


def _room(rows: list[list[str]], columns: Sequence[Column], width: int) -> int:
    """Columns of the terminal that the others leave, of which each folds what is long."""
    left = width
    for at, one in enumerate(columns):
        widest = max(len(text) for text in (one.title, *(row[at] for row in rows)))
        if not one.brief:
            left -= 2 + (widest if one.whole or one.right else min(widest, _FOLDED))
    return max(left, _LEAST)


def _blocks(
    rows: list[list[str]], columns: Sequence[Column], to: TextIO, width: int
) -> None:
    """For narrow terminals: a record is some lines, and what is nothing none."""
    widest = max(len(column.title) for column in columns)
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            if cell != "-":
                line = f"{column.title:<{widest}}  {cell}"
                if not column.whole:
                    line = wrapped(line, width, widest + 2)
                to.write(line + "\n")
        to.write("\n")
    to.flush()


def _cells(record: Record, columns: Sequence[Column]) -> list[str]:
    return [shown(column.value(record)) for column in columns]
