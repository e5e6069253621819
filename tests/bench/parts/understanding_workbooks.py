"""Workbooks whose cells are known: XLSX, ODS and XLS, as spreadsheets save them."""

import io
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types

from .understanding_cells import (
    Cell,
    Recipe,
    code,
    count,
    fixed,
    flags,
    gaps,
    num,
    when,
    words,
)
from .understanding_files import Case, Kind, cells
from .understanding_old_books import ods_file, xls_file

DAY, STAMP, CLOCK, LENGTH = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss", "[h]:mm:ss"


class Column(NamedTuple):
    name: str
    recipe: Recipe
    form: str | int = "General"
    """Of its cells, as Excel has it."""


type Columns = Sequence[Column]
type Before = Callable[[Any, Any], int]
"""Writes what stands above the table, and says in which row that begins."""

ORDERS = [
    Column("Order", count(1001)),
    Column("Customer", words("de")),
    Column("Date", when("{y}-{mm}-{dd}"), DAY),
    Column("Amount", num("-1234.50", most=5), "#,##0.00"),
]


def duration(chance: random.Random, at: int) -> Cell:
    """As Excel shows lengths of time; one is longer than a day."""
    seconds = chance.randint(90_000, 400_000) if at == 0 else chance.randint(60, 90_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return Cell(text, text)


def number_of(cell: Cell, form: str | int) -> float | None:
    """What a workbook keeps of the cell; None for what it keeps as text."""
    value = cell.value
    if form in (LENGTH, "[mm]:ss", 46):
        hours, minutes, seconds = map(int, cell.text.split(":"))
        return (hours * 3600 + minutes * 60 + seconds) / 86_400
    if isinstance(value, int | Decimal):
        return float(value)
    if isinstance(value, time):
        return timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second
        ) / timedelta(1)
    if isinstance(value, datetime):
        return (value - datetime(1899, 12, 30)) / timedelta(1)
    return float((value - date(1899, 12, 30)).days) if isinstance(value, date) else None


def xlsx(
    columns: Columns,
    before: Before = lambda book, sheet: 0,
    *,
    left: int = 0,
    header: bool = True,
    texts: bool = False,
    tail: Sequence[str] = (),
    asks: bool = False,
    **options: Any,
) -> Callable[[random.Random], Case]:
    """Cells from the column ``left`` on; numbers as text where ``texts``."""

    def make(chance: random.Random) -> Case:
        rows = cells(chance, [one.recipe for one in columns], chance.randint(14, 40))
        made = io.BytesIO()
        with Workbook(made, {"in_memory": True, **options}) as book:
            sheet = book.add_worksheet("Data")
            top = before(book, sheet)
            if header:
                for at, one in enumerate(columns, left):
                    if one.name:
                        sheet.write_string(top, at, one.name)
                top += 1
            forms = [book.add_format({"num_format": one.form}) for one in columns]
            for line, row in enumerate(rows, top):
                for at, cell in enumerate(row):
                    number = None if texts else number_of(cell, columns[at].form)
                    if options.get("date_1904") and isinstance(cell.value, date):
                        number = (number or 0) - 1462
                    _write(sheet, (line, at + left), cell, number, forms[at])
            for at, text in enumerate(tail, top + len(rows) + 1):
                sheet.write_string(at, left, text)
        names = [one.name for one in columns] if header else None
        lines = [top + at + 1 for at in range(len(rows))]
        return Case("b.xlsx", made.getvalue(), names, rows, lines, asks, "excel")

    return make


def _write(
    sheet: Any, at: tuple[int, int], cell: Cell, number: float | None, form: Any
) -> None:
    if isinstance(cell.value, bool):
        sheet.write_boolean(*at, cell.value)
    elif number is not None:
        sheet.write_number(*at, number, form)
    elif cell.text.startswith("#"):
        sheet.write_formula(*at, "=1/0", None, cell.text)
    elif cell.text:
        sheet.write_string(*at, cell.text)


def kinds() -> Iterator[Kind]:
    for name, make in _plain():
        yield Kind("workbooks", name, make)
    for name, make in _above():
        yield Kind("workbooks", name, make)
    for name, recipe, form in (
        ("days", when("{y}-{mm}-{dd}"), DAY),
        ("days of an own format", when("{y}-{mm}-{dd}"), "dd. mmmm yyyy"),
        ("days, built-in", when("{y}-{mm}-{dd}"), 14),
        ("days, East Asian", when("{y}-{mm}-{dd}"), 31),
        ("days, with a weekday", when("{y}-{mm}-{dd}"), "[$-407]ddd, dd.mm.yyyy;@"),
        ("months", when("{y}-{mm}-{dd}"), "mmm-yy"),
        ("points in time", when("{y}-{mm}-{dd} {HH}:{MM}:{SS}"), STAMP),
        ("points in time, built-in", when("{y}-{mm}-{dd} {HH}:{MM}"), 22),
        ("times", when("{HH}:{MM}:{SS}"), CLOCK),
        ("times with AM and PM", when("{HH}:{MM}"), "h:mm AM/PM"),
        ("lengths", duration, LENGTH),
        ("lengths, built-in", duration, 46),
        ("per cent", num("-1234.50%", most=3), "0.00%"),
        ("money", num("-1234.50"), '#,##0.00\\ "€";[Red]-#,##0.00\\ "€"'),
        ("accounting", num("-1234.50"), 44),
        ("whole", num("-1234"), 3),
        ("doubles", num("-1234.500000"), "0.000000"),
        ("booleans", flags("TRUE", "FALSE"), "General"),
        ("text that is digits", code("00000"), "@"),
        ("gaps", gaps(num("1234.50"), ""), "0.00"),
        ("gaps of days", gaps(when("{y}-{mm}-{dd}"), ""), DAY),
        ("dashes for nothing", gaps(num("1234.50"), "-"), "0.00"),
        ("n/a for nothing", gaps(num("1234.50"), "n/a"), "0.00"),
        ("old days", when("{y}-{mm}-{dd}", years=(1901, 1930)), DAY),
    ):
        columns = [ORDERS[0], ORDERS[1], Column("Value", recipe, form)]
        yield Kind("workbooks", f"XLSX, {name}", xlsx(columns))
        yield Kind("workbooks", f"ODS, {name}", _book(columns, ods_file, "b.ods"))
        if form not in (LENGTH, 46, 31):
            yield Kind("workbooks", f"XLS, {name}", _book(columns, xls_file, "b.xls"))


def _book(
    columns: Columns,
    write: Callable[
        [list[list[tuple[str, object, float | None]]], list[str | int]], bytes
    ],
    name: str,
) -> Callable[[random.Random], Case]:
    def make(chance: random.Random) -> Case:
        rows = cells(chance, [one.recipe for one in columns], chance.randint(14, 40))
        head: list[tuple[str, object, float | None]] = [
            (one.name, one.name, None) for one in columns
        ]
        forms = [one.form for one in columns]
        body: list[list[tuple[str, object, float | None]]] = [
            [
                (cell.text, cell.value, number_of(cell, form))
                for cell, form in zip(row, forms, strict=True)
            ]
            for row in rows
        ]
        names = [one.name for one in columns]
        lines = [at + 2 for at in range(len(rows))]
        data = write([head, *body], forms)
        return Case(name, data, names, rows, lines, reads_as="excel")

    return make


type Named = Iterator[tuple[str, Callable[[random.Random], Case]]]


def _plain() -> Named:
    year = Column("Year", count(1990))
    yield "XLSX, strings inline", xlsx(ORDERS, constant_memory=True)
    yield "XLSX, days of 1904", xlsx(ORDERS, date_1904=True)
    yield "XLSX, German texts", xlsx(
        [
            Column("Datum", when("{dd}.{mm}.{y}")),
            Column("Betrag", num("-1.234,50 €")),
            Column("Anteil", num("1234,50 %", most=2)),
        ],
        texts=True,
    )
    yield "XLSX, two-digit years as text", xlsx(
        [year, Column("Date", when("{mm}/{dd}/{yy}"))], texts=True
    )
    yield "XLSX, without names", xlsx(ORDERS, header=False)
    yield "XLSX, from C on", xlsx(ORDERS, left=2)
    yield "XLSX, errors", xlsx(
        [*ORDERS, Column("Rate", gaps(num("1234.50"), "#DIV/0!"), "0.00")], asks=True
    )
    yield "XLSX, no name for one", xlsx([Column("", count()), *ORDERS])
    yield "XLSX, only words", xlsx([Column("a", words()), Column("b", words("fr"))])
    yield "XLSX, notes below", xlsx(ORDERS, tail=["Source: own count", "As of today"])
    yield "XLSX, Norway", xlsx([*ORDERS, Column("Country", fixed("NO"))])


def _above() -> Named:
    def title(book: Any, sheet: Any) -> int:
        sheet.write_string(0, 0, "Orders of the year")
        return 2

    def merged(book: Any, sheet: Any) -> int:
        sheet.merge_range(0, 0, 0, 3, "Orders of the year", book.add_format())
        return 1

    def pairs(book: Any, sheet: Any) -> int:
        for at, (name, value) in enumerate((("Customer", "ACME"), ("Period", "2024"))):
            sheet.write_string(at, 0, name)
            sheet.write_string(at, 1, value)
        return 3

    def cover(book: Any, sheet: Any) -> int:
        book.add_worksheet("Notes").write_string(0, 0, "made by hand")
        return 0

    def hidden(book: Any, sheet: Any) -> int:
        other = book.add_worksheet("Lists")
        for at in range(3):
            other.write_row(at, 0, ["a", at])
        other.hide()
        return 0

    def group(book: Any, sheet: Any) -> int:
        sheet.merge_range(0, 2, 0, 3, "Money", book.add_format())
        return 1

    for name, before in {
        "a title": title,
        "a merged title": merged,
        "pairs above": pairs,
        "a sheet of notes": cover,
        "a hidden sheet": hidden,
        "a group above the names": group,
        "empty rows above": lambda book, sheet: 4,
    }.items():
        yield f"XLSX, {name}", xlsx(ORDERS, before)

    def years(book: Any, sheet: Any) -> int:
        sheet.write_row(0, 0, ["state", 2021, 2022, 2023])
        return 1

    def days(book: Any, sheet: Any) -> int:
        form = book.add_format({"num_format": DAY})
        sheet.write_string(0, 0, "state")
        for at in (1, 2, 3):
            sheet.write_datetime(0, at, datetime(2024, at, 1), form)
        return 1

    counts = [Column("", words()), *(Column("", num("1234")) for _ in range(3))]
    for name, before, names in (
        ("years as names", years, ["state", "2021", "2022", "2023"]),
        ("days as names", days, ["state", "2024-01-01", "2024-02-01", "2024-03-01"]),
    ):
        yield f"XLSX, {name}", _renamed(xlsx(counts, before, header=False), names)


def _renamed(
    make: Callable[[random.Random], Case], names: list[str]
) -> Callable[[random.Random], Case]:
    return lambda chance: make(chance)._replace(headers=names)
