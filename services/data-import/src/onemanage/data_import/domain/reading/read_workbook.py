"""Sheets of XLSX, XLS, XLSB and ODS into batches of String columns.

fastexcel reads a sheet whole, every cell as text: numbers as short as they can be told
apart, times as ISO 8601. Cells that Excel itself calls errors come out beside it.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import fastexcel
import polars as pl

from onemanage.contracts.imports.plans import Dialect, TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import (
    Damaged,
    Encrypted,
    InvalidSource,
    WrongPlan,
    check_columns,
)
from onemanage.data_import.domain.reading.binary_workbook_times import binary_charts
from onemanage.data_import.domain.reading.cell_facts import (
    ERROR,
    NO_VALUE,
    TEXT,
    CellFact,
    is_ods,
    ods_facts,
    xlsx_facts,
)
from onemanage.data_import.domain.reading.encodings import Encoding
from onemanage.data_import.domain.reading.old_workbook_guard import (
    check_compound,
    is_compound,
)
from onemanage.data_import.domain.reading.old_workbook_repair import repaired
from onemanage.data_import.domain.reading.read_plain import plain_batches
from onemanage.data_import.domain.reading.sheets import Sheet, batches
from onemanage.data_import.domain.reading.workbook_guard import check_archive
from onemanage.data_import.domain.reading.workbook_parts import with_usual_names
from onemanage.data_import.domain.reading.workbook_repair import with_known_errors
from onemanage.data_import.domain.reading.workbook_texts import WorkbookTexts, put
from onemanage.data_import.domain.reading.workbook_times import mended, zero_day

_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
_MAYBE_ROUNDED = r"^-?(0|[0-9]+\.[0-9]+)$"
_SEVENTEEN_DIGITS = r"^-?[0-9]{7,}\.[0-9]{9}$"
_PASSWORD = re.compile(r"calamine error: \w+ error: Workbook is password protected\b")
"""As calamine says it of each format, where a name of a sheet cannot stand."""
_UNKNOWN_ERROR = "Unsupported cell error value"
_SUFFIXES = {".xlsx", ".xlsm", ".xlam", ".xls", ".xla", ".xlsb", ".ods"}


class Workbook:
    """An open workbook: the library's reader, and the file itself.

    ``source`` is what the library reads: the file, or a copy that it understands.
    """

    def __init__(
        self, path: Path, source: Path | bytes, encoding: str | None = None
    ) -> None:
        self.path, self._source = path, source
        self.reader = fastexcel.read_excel(source)
        self.day = zero_day(path)
        self.is_ods = is_ods(path)
        self._is_zip = zipfile.is_zipfile(path)
        self._charts = binary_charts(path)
        self.texts = WorkbookTexts(path, source, self.reader.sheet_names, encoding)
        self._facts: dict[str, list[CellFact]] | None = None

    @property
    def sheet_names(self) -> list[str]:
        """Of those that have cells."""
        names = self.reader.sheet_names
        return [self.shown(name) for name in names if name not in self._charts]

    @property
    def encoding(self) -> Encoding | None:
        """Of the texts in XLS from before Excel 97; None of all others."""
        return self.texts.old.encoding if self.texts.old else None

    def shown(self, name: str) -> str:
        """The name of a sheet as it is written, which the library may not know."""
        if self.texts.old is None:
            return name
        names = dict(zip(self.reader.sheet_names, self.texts.old.names, strict=False))
        return names.get(name, name)

    def called(self, shown: str) -> str:
        """As the library calls that sheet."""
        names = (one for one in self.reader.sheet_names if self.shown(one) == shown)
        return next(names, shown)

    def facts(self, sheet: str) -> list[CellFact]:
        """Of XLSX and ODS; of others nothing is known."""
        if self.is_ods:
            if self._facts is None:
                self._facts = ods_facts(self.path)
            return self._facts.get(sheet, [])
        return xlsx_facts(self.path, sheet) if self._is_zip else []

    def load(self, name: str) -> tuple[fastexcel.ExcelSheet, Any, Any]:
        """The sheet, its cells as text and those that are errors."""
        try:
            return self._load(name)
        except fastexcel.FastExcelError as error:
            if _UNKNOWN_ERROR not in str(error):
                raise
            self.reader = fastexcel.read_excel(with_known_errors(self._source))
            return self._load(name)

    def _load(self, name: str) -> tuple[fastexcel.ExcelSheet, Any, Any]:
        sheet = self.reader.load_sheet(
            name, header_row=None, skip_rows=0, dtypes="string"
        )
        check_columns(sheet.width, f"sheet {name}")
        return sheet, *sheet.to_arrow_with_errors()


def open_workbook(path: Path, encoding: str | None = None) -> Workbook:
    """Raises Encrypted, Damaged or TooLarge, as far as it can before the library, which
    believes what a file declares, sees any of it. ``encoding`` is of texts in XLS from
    before Excel 97."""
    if is_compound(path):
        check_compound(path)
        source: Path | bytes | None = repaired(path)
    else:
        check_archive(path)
        path = with_usual_names(path) or path
        source = mended(path)
    if source is None:
        # A name that says another format than the contents would be believed.
        source = path.read_bytes() if path.suffix.lower() in _SUFFIXES else path
    with _refusals(None):
        return Workbook(path, source, encoding)


def load_sheet(workbook: Workbook, name: str) -> Sheet:
    """One sheet, of any width that PostgreSQL can hold."""
    if name not in workbook.sheet_names:
        raise WrongPlan(
            "data_import.no_such_part",
            f"The workbook has no sheet {name!r}. Plan the file again.",
        )
    name = workbook.called(name)
    with _refusals(f"sheet {name}"):
        sheet, batch, found = workbook.load(name)
    columns = sheet.available_columns()
    first = min((one.absolute_index for one in columns), default=0)
    if not columns:
        return Sheet(pl.DataFrame(), {}, first)
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    frame.columns = [str(position) for position in range(1, frame.width + 1)]
    errors: dict[int, dict[int, str]] = {}
    for cell in found.errors if found else []:
        row, column = cell.position
        errors.setdefault(row, {})[column] = _as_shown(cell.detail)
    exact = _without_day(_exact(workbook.reader, name, frame, first), workbook.day)
    exact = workbook.texts.put_right(exact, first, name)
    made = Sheet(exact, errors, first, sheet.visible != "visible")
    return _with_facts(workbook, name, made)


def _with_facts(workbook: Workbook, name: str, sheet: Sheet) -> Sheet:
    """Errors as they are called, and text of formulas as it is meant."""
    if not (workbook.is_ods or sheet.errors or _escaped(sheet.frame)):
        return sheet
    errors = {row: dict(cells) for row, cells in sheet.errors.items()}
    changed: dict[int, dict[int, str | None]] = {}
    height = sheet.frame.height
    for fact in workbook.facts(name):
        column = fact.column - sheet.first_column
        if fact.kind == NO_VALUE or not 0 <= column < sheet.frame.width:
            continue
        if fact.kind == ERROR:
            errors.setdefault(fact.row, {})[column] = fact.text
            height = max(height, fact.row + 1)
        text = fact.text if fact.kind == TEXT else None
        changed.setdefault(column, {})[fact.row] = text
    frame = sheet.frame
    if height > frame.height:
        missing = frame.clear(height - frame.height)
        frame = pl.concat([frame, missing])
    return sheet._replace(frame=put(frame, changed), errors=errors)


def _escaped(frame: pl.DataFrame) -> bool:
    return any(one.str.contains("_x", literal=True).any() for one in frame)


@contextmanager
def _refusals(where: str | None) -> Iterator[None]:
    """fastexcel's errors as ours."""
    try:
        yield
    except fastexcel.FastExcelError as error:
        raise refusal(error, where) from error
    except BaseException as error:  # what panics in Rust is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise refusal(error, where) from error


def refusal(error: BaseException, where: str | None) -> InvalidSource:
    """What the reader raised, as Encrypted or Damaged; ``where`` is the sheet."""
    text = " ".join(str(error).split()).split(" Context:")[0]
    if _PASSWORD.match(text):
        return Encrypted(
            "data_import.encrypted",
            "The workbook has a password. Save it without one and upload it again.",
            where,
        )
    return Damaged(
        "data_import.damaged",
        "The workbook is damaged and cannot be read. Open it in Excel or LibreOffice "
        f"and save it again. Reason: {text[:200]}.",
        where,
    )


def read_workbook(path: Path, table: TablePlan) -> Iterator[Batch]:
    """Batches of ROWS rows; rows without any cell are no rows. ``lines`` are those of
    the sheet. A row with an error in a column that is included is rejected, unless the
    column's ``nulls`` name that error or its bad values become NULL."""
    done = yield from plain_batches(path, table)
    if done is None:
        return
    said = table.dialect.encoding
    workbook = open_workbook(path, None if said == Dialect().encoding else said)
    sheet = load_sheet(workbook, table.sheet or workbook.sheet_names[0])
    yield from batches(sheet, table, done)


def _as_shown(detail: str) -> str:
    found = re.search(r"Error\((\w+)\)", detail)
    return _ERRORS.get(found[1], f"#{found[1]}") if found else detail


def _without_day(frame: pl.DataFrame, day: str) -> pl.DataFrame:
    """Times of the day without the date that Excel gives them.

    1899-12-31T00:00:00 is a text: no workbook can hold so early a date otherwise.
    """
    pattern = f"^{day} "
    changed: list[Any] = []
    for name in frame.columns:
        values = frame[name]
        if values.str.starts_with("1").any() and values.str.contains(pattern).any():
            changed.append(values.str.replace(pattern, ""))
    return frame.with_columns(changed) if changed else frame


def _exact(
    workbook: fastexcel.ExcelReader, name: str, frame: pl.DataFrame, first: int
) -> pl.DataFrame:
    """Numbers in the 15 significant digits that Excel counts with.

    Read as text they have nine digits after the point. So what may have had more, or
    fewer, is read once more, as numbers.
    """
    rounded = [
        position
        for position, column in enumerate(frame.columns)
        if frame[column].str.contains(_MAYBE_ROUNDED).any()
    ]
    if not rounded:
        return frame
    with _refusals(f"sheet {name}"):
        again = workbook.load_sheet(
            name,
            header_row=None,
            skip_rows=0,
            use_columns=[first + position for position in rounded],
            dtypes="float",
        )
        batch, _ = again.to_arrow_with_errors()
    stored = pl.from_arrow(batch)
    assert isinstance(stored, pl.DataFrame)
    changed: list[Any] = []
    for position, numbers in zip(rounded, stored.get_columns(), strict=True):
        text = frame.to_series(position)
        read = text.cast(pl.Float64, strict=False)
        exact = numbers.round_sig_figs(15).cast(pl.String).str.strip_suffix(".0")
        # Text may have as many digits, and they mean another number then.
        noise = exact.cast(pl.Float64) == numbers
        differs = (read != numbers) | (noise & text.str.contains(_SEVENTEEN_DIGITS))
        differs = differs & read.is_not_null() & numbers.is_not_null()
        if differs.any():
            changed.append(exact.zip_with(differs, text).alias(text.name))
    return frame.with_columns(changed)
