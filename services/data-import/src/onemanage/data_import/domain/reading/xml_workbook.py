"""Workbooks of one XML file, as Excel 2003 and many programs write them (SpreadsheetML).

Often they are called .xls, and Excel opens them as such. Parsed as a stream; a file that
declares entities of its own is refused, for they are how XML becomes a bomb.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from onemanage.contracts.imports.plans import TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import Damaged, NotATable, WrongPlan
from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.cell_facts import NO_VALUE, CellFact
from onemanage.data_import.domain.reading.cell_grid import CellGrid
from onemanage.data_import.domain.reading.number_formats import length_of, shows_length
from onemanage.data_import.domain.reading.sheets import Sheet, batches

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_ROOT = re.compile(rb"<(?![?!])(?:[^\s<>/:]+:)?Workbook\b[^>]*>")
_BLOCK = 1 << 20
_FIRST_MOMENT = datetime(1899, 12, 31)
_DIGITS = 15


class XmlSheet(NamedTuple):
    name: str
    sheet: Sheet
    facts: list[CellFact]
    """Formulas whose value was not stored."""


def is_xml_workbook(head: bytes) -> bool:
    """Whether a file that begins so, in ASCII or UTF-8, is one."""
    root = _ROOT.search(head)
    return root is not None and NAMESPACE.encode() in root[0]


def xml_sheets(path: Path, member: str | None) -> Iterator[XmlSheet]:
    """In their order. Raises InvalidSource."""
    reader = _Reader()
    with open_bytes(path, member) as stream, _refusals(reader, member):
        while block := stream.read(_BLOCK):
            reader.parser.Parse(block, False)
            yield from reader.taken()
        reader.parser.Parse(b"", True)
        yield from reader.taken()


def read_xml_workbook(path: Path, table: TablePlan) -> Iterator[Batch]:
    """As ``read_workbook``. Raises InvalidSource."""
    for one in xml_sheets(path, table.member):
        if one.name == table.sheet:
            yield from batches(one.sheet, table)
            return
    raise WrongPlan(
        "data_import.no_such_part",
        f"The workbook has no sheet {table.sheet!r}. Plan the file again.",
        table.member,
    )


@contextmanager
def _refusals(reader: "_Reader", member: str | None) -> Iterator[None]:
    try:
        yield
    except expat.ExpatError as error:
        if reader.entity is not None:
            raise NotATable(
                "data_import.not_a_table",
                "The file is XML that declares entities of its own, which no workbook "
                "does. Open it in Excel or LibreOffice and save it as XLSX.",
                member,
            ) from error
        raise Damaged(
            "data_import.damaged",
            "The workbook is XML that is damaged or was cut off. Open it in Excel or "
            f"LibreOffice and save it as XLSX. Reason: {error}.",
            member,
        ) from error


class _Reader:
    """Expat's calls to sheets."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._declared
        self.entity: str | None = None
        self._path: list[str] = []
        self._done: list[XmlSheet] = []
        self._lengths: set[str] = set()
        self._style = self._name = ""
        self._sheet = _Building("")

    def taken(self) -> list[XmlSheet]:
        """Sheets that have come to their end since."""
        done, self._done = self._done, []
        return done

    def _declared(self, name: str, *_: object) -> None:
        self.entity = name
        # Ends the parsing as broken XML does.
        raise expat.ExpatError(f"entity {name}")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        self._path.append(name)
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        match name:
            case "Style":
                self._style = said.get("ID", "")
            case "NumberFormat" if shows_length(0, said.get("Format", "")):
                self._lengths.add(self._style)
            case "Worksheet":
                self._sheet = _Building(said.get("Name", ""))
            case "Row" if self._path[-2:-1] == ["Table"]:
                self._sheet.begin_row(said)
            case "Cell" if self._path[-2:-1] == ["Row"]:
                self._sheet.begin_cell(said, said.get("StyleID", "") in self._lengths)
            case "Data" if self._path[-2:-1] == ["Cell"]:
                self._sheet.begin_data(said.get("Type", "String"))

    def _end(self, tag: str) -> None:
        name = self._path.pop()
        match name:
            case "Cell" if self._path[-1:] == ["Row"]:
                self._sheet.end_cell()
            case "Data" if self._path[-1:] == ["Cell"]:
                self._sheet.in_data = False
            case "Worksheet":
                self._done.append(self._sheet.done())

    def _characters(self, text: str) -> None:
        if self._sheet.in_data:
            self._sheet.text.append(text)
        elif self._path[-1:] == ["Visible"]:
            self._sheet.hidden = text.strip() in ("SheetHidden", "SheetVeryHidden")


class _Building:
    """One sheet, cell by cell."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.text: list[str] = []
        self.in_data = self.hidden = False
        self._grid = CellGrid(f"sheet {name}")
        self._facts: list[CellFact] = []
        self._row = self._column = -1
        self._wide, self._span = 1, 0
        self._type = ""
        self._is_length = self._has_formula = False

    def begin_row(self, said: dict[str, str]) -> None:
        self._row = _index(said, self._row + self._span)
        self._span = _whole(said.get("Span", ""))
        self._column = -1
        self._wide = 1

    def begin_cell(self, said: dict[str, str], is_length: bool) -> None:
        """A cell that is merged leaves out those to its right."""
        self._column = _index(said, self._column + self._wide - 1)
        self._wide = 1 + _whole(said.get("MergeAcross", ""))
        self._is_length, self._has_formula = is_length, "Formula" in said
        self._type, self.text = "", []

    def begin_data(self, type_: str) -> None:
        self._type, self.in_data = type_, True

    def end_cell(self) -> None:
        text = "".join(self.text)
        if self._has_formula and not self._type:
            self._facts.append(CellFact(self._row, self._column, NO_VALUE, ""))
        value = _value(self._type, text, self._is_length)
        if value:
            error = self._type == "Error"
            self._grid.put(self._row, self._column, value, error)

    def done(self) -> XmlSheet:
        sheet = Sheet(self._grid.frame(), self._grid.errors, 0, self.hidden)
        return XmlSheet(self.name, sheet, self._facts)


def _index(said: dict[str, str], before: int) -> int:
    """Where it stands, from 0: as it says, or behind the one before."""
    return _whole(said.get("Index", "")) - 1 if "Index" in said else before + 1


def _whole(text: str) -> int:
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def _value(type_: str, text: str, is_length: bool) -> str:
    """As cells of other workbooks are read."""
    match type_:
        case "Number":
            return _number(text.strip(), is_length)
        case "DateTime":
            return _moment(text.strip(), is_length)
        case "Boolean":
            return {"1": "true", "0": "false"}.get(text.strip(), text)
    return text


def _number(text: str, is_length: bool) -> str:
    try:
        value = float(text)
        if is_length:
            return length_of(value)
    except (ValueError, OverflowError):
        return text
    if sum(map(str.isdigit, text)) <= _DIGITS and "e" not in text.lower():
        return text
    return repr(float(f"{value:.{_DIGITS}g}")).removesuffix(".0")


def _moment(text: str, is_length: bool) -> str:
    """Days without a time, times without the day that stands for none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if is_length:
        return length_of((moment - _FIRST_MOMENT).total_seconds() / 86_400)
    if moment.date() == _FIRST_MOMENT.date():
        return moment.time().isoformat()
    text = moment.isoformat(" ")
    return text.removesuffix(" 00:00:00")
