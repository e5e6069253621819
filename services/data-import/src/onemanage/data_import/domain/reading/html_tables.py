"""Tables of an HTML page, which many programs save under the name of a workbook.

The page is read as it comes, by the parser of Python's own library, which takes any
HTML. What a person sees in a cell is its text: blanks as one, line breaks as such.
"""

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from onemanage.contracts.imports.plans import TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import WrongPlan
from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.cell_grid import CellGrid
from onemanage.data_import.domain.reading.decode import MARKS, is_encoding, utf8_blocks
from onemanage.data_import.domain.reading.encodings import Encoding, sniff_encoding
from onemanage.data_import.domain.reading.sheets import Sheet, batches

_HEAD = 8 << 10
_CHARSET = re.compile(rb"<meta\b[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_ROOTS = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body")
_BEFORE = re.compile(rb"\s*(?:<\?xml[^>]*\?>|<!--.*?-->|\s)*", re.DOTALL)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_MOST_SPAN = 1000
"""Columns that a cell may reach over, as HTML has it."""
_BREAKS = ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6")
_UNSEEN = ("style", "script", "title")


class Page(NamedTuple):
    """A table of the page."""

    name: str
    """Its caption, or which one it is; nothing where it is the only one, without."""
    sheet: Sheet
    header_row: int | None
    """The last of the rows at its top that have nothing but names; None for none."""


def is_html(head: bytes) -> bool:
    """Whether a file that begins so, in ASCII or UTF-8, is a page."""
    before = _BEFORE.match(head)
    start = head[before.end() if before else 0 :][:64].lower()
    return start.startswith(_ROOTS)


def encoding_of_page(path: Path, member: str | None, seconds: float) -> Encoding:
    """As its mark or the page itself says; else the one whose text is plausible."""
    with open_bytes(path, member) as stream:
        head = stream.read(_HEAD)
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return Encoding(name)
    said = _CHARSET.search(head)
    name = said[1].decode("ascii", "replace").lower() if said else ""
    if name and is_encoding(name):
        return Encoding(name)
    return sniff_encoding(path, member, seconds)


def html_pages(path: Path, member: str | None, encoding: str) -> list[Page]:
    """Tables with a cell, in the order of their ends. Raises InvalidSource.

    A table that is only there to lay out others is none: of one that has others within,
    at least two rows have two cells with text of their own.
    """
    parser = _Parser()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with open_bytes(path, member) as stream:
        for block in utf8_blocks(stream, encoding):
            parser.feed(decoder.decode(block))
    parser.feed(decoder.decode(b"", final=True))
    parser.close()
    return parser.pages()


def read_html(path: Path, table: TablePlan) -> Iterator[Batch]:
    """As ``read_workbook``. Raises InvalidSource."""
    for page in html_pages(path, table.member, table.dialect.encoding):
        if page.name == table.sheet:
            yield from batches(page.sheet, table)
            return
    raise WrongPlan(
        "data_import.no_such_part",
        f"The page has no table {table.sheet!r}. Plan the file again.",
        table.member,
    )


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[_Building] = []
        self._found: list[_Building] = []
        self._unseen = 0

    def pages(self) -> list[Page]:
        while self._open:
            self._close_table()
        if len(self._found) == 1:
            return [self._found[0].page(self._found[0].name)]
        made: dict[str, Page] = {}
        for one in self._found:
            name = one.name or f"Table {len(made) + 1}"
            at = 2
            while name in made:
                name, at = f"{one.name or 'Table'} {at}", at + 1
            made[name] = one.page(name)
        return list(made.values())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag == "table":
            if self._open:
                self._open[-1].holds_others = True
            self._open.append(_Building())
        elif self._open:
            self._open[-1].start(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        if tag == "table" and self._open:
            self._close_table()
        elif self._open:
            self._open[-1].end(tag)

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen:
            self._open[-1].characters(data)

    def _close_table(self) -> None:
        table = self._open.pop()
        table.end("tr")
        if table.is_table:
            self._found.append(table)


class _Building:
    """One table, cell by cell."""

    def __init__(self) -> None:
        self.name = ""
        self.holds_others = False
        self._grid = CellGrid("a table of the page")
        self._row, self._column = -1, 0
        self._filled = self._full_rows = 0
        """Cells with text in this row, and rows with two of them."""
        self._text: list[str] | None = None
        self._in_caption = False
        self._span = (1, 1)
        self._below: dict[int, int] = {}
        """Columns that a cell above reaches into, and for how many more rows."""
        self._names_only = self._is_top = True
        self._header: int | None = None
        self._most_names = 1

    @property
    def is_table(self) -> bool:
        return self._full_rows > 1 if self.holds_others else self._row >= 0

    def page(self, name: str) -> Page:
        sheet = Sheet(self._grid.frame(), {}, 0)
        return Page(name, sheet, self._header)

    def start(self, tag: str, said: dict[str, str | None]) -> None:
        if tag in ("td", "th"):
            self._end_cell()
            if self._row < 0:
                self._begin_row()
            self._names_only = self._names_only and tag == "th"
            wide = min(max(_whole(said.get("colspan")), 1), _MOST_SPAN)
            self._span = wide, max(_whole(said.get("rowspan")), 1)
            self._text = []
        elif tag == "tr":
            self.end("tr")
            self._begin_row()
        elif tag == "caption":
            self._text, self._in_caption = [], True
        elif self._text is not None and (tag == "br" or tag in _BREAKS):
            self._text.append("\0")

    def end(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self._end_cell()
        elif tag in ("tr", "thead", "tbody", "tfoot"):
            self._end_cell()
            self._end_row()

    def characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _begin_row(self) -> None:
        self._row += 1
        self._column = self._filled = 0
        self._names_only = True
        self._below = {at: rows - 1 for at, rows in self._below.items() if rows > 1}

    def _end_row(self) -> None:
        self._full_rows += self._filled > 1
        if self._filled and self._is_top:
            self._is_top = self._names_only
            if self._names_only and self._filled >= self._most_names:
                self._header, self._most_names = self._row + 1, self._filled
        self._filled = 0

    def _end_cell(self) -> None:
        if self._text is None:
            return
        lines = _BLANKS.sub(" ", "".join(self._text)).split("\0")
        text = "\n".join(line.strip(" \xa0") for line in lines).strip("\n")
        self._text = None
        if self._in_caption:
            self.name, self._in_caption = text.replace("\n", " "), False
            return
        while self._column in self._below:
            self._column += 1
        if text:
            self._grid.put(self._row, self._column, text)
            self._filled += 1
        wide, high = self._span
        if high > 1:
            for at in range(self._column, self._column + wide):
                self._below[at] = high
        self._column += wide


def _whole(text: str | None) -> int:
    text = (text or "").strip()
    return int(text[:9]) if text.isascii() and text.isdigit() else 0
