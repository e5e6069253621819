"""Made files of every form that people send: delimiters, quotes, names, ends of rows.

Each is made from a seed, and what stands in it is known, so that a test can say whether
a plan has understood it.
"""

import csv
import io
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import xlsxwriter  # type: ignore[import-untyped]  # it has no types

type Rows = list[list[str]]


class Made(NamedTuple):
    data: bytes
    names: list[str]
    """Of the columns; "" where there is none."""
    rows: Rows
    """Those that load."""
    rejected: int = 0
    name: str = "a.csv"


class Kind(NamedTuple):
    name: str
    make: Callable[[random.Random], Made]


_FIRST = "Ann Bob Cleo Dan Eve Finn Gwen Hugo Ida Jon Kim Leo Mia Ned Olga Pia".split()
_LAST = "Archer Berg Cole Diaz Egan Ford Gray Hale Ito Jung King Lund Moss".split()
_TOWNS = "Oslo Rome Lima Cairo Quito Paris Delhi Tokyo Bergen Leeds York".split()
_NOTES = ["paid", "late", "new client", "see mail", "on hold", "call back"]
COLUMNS: dict[str, Callable[[random.Random], str]] = {
    "amount": lambda chance: f"{chance.randrange(1, 9000)}.{chance.randrange(100):02}",
    "day": lambda chance: str(date(2023, 1, 1) + timedelta(days=chance.randrange(700))),
    "customer": lambda chance: f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
    "town": lambda chance: chance.choice(_TOWNS),
    "qty": lambda chance: str(chance.randrange(1, 400)),
    "note": lambda chance: chance.choice(_NOTES),
}


def table(
    chance: random.Random, columns: Sequence[str] = (), rows: int | None = None
) -> tuple[list[str], Rows]:
    """Names and rows; the first column counts."""
    chosen = list(columns) or chance.sample(list(COLUMNS), chance.randint(2, 5))
    if not columns and not {"amount", "qty", "day"} & set(chosen):
        chosen.append("qty")
    count = rows or chance.choice([3, 5, 8, 20, 45])
    made = [
        [str(at + 1), *(COLUMNS[one](chance) for one in chosen)] for at in range(count)
    ]
    return ["id", *chosen], made


def text(rows: Sequence[Sequence[str]], delimiter: str = ",", **more: object) -> str:
    out = io.StringIO()
    more = {"lineterminator": "\n", **more}
    csv.writer(out, delimiter=delimiter, **more).writerows(rows)  # type: ignore[arg-type]  # of its dialect
    return out.getvalue()


def plain(delimiter: str) -> Callable[[random.Random], Made]:
    def make(chance: random.Random) -> Made:
        names, rows = table(chance)
        if delimiter == " ":
            rows = [[cell.replace(" ", "_") for cell in row] for row in rows]
        return Made(text([names, *rows], delimiter).encode(), names, rows)

    return make


def decimal_comma(chance: random.Random) -> Made:
    names, rows = table(chance, ["amount", "customer", "amount"])
    names[3] = "tax, 19 %"
    rows = [[cell.replace(".", ",") for cell in row] for row in rows]
    return Made(text([names, *rows], ";").encode(), names, rows)


def aligned(chance: random.Random) -> Made:
    names, rows = table(chance, ["town", "qty", "amount"])
    all_rows = [names, *rows]
    widths = [2 + max(len(row[at]) for row in all_rows) for at in range(len(names))]
    lines = [
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in all_rows
    ]
    lead = chance.choice(["", "  "])
    return Made("".join(f"{lead}{one}\n" for one in lines).encode(), names, rows)


def labels(
    labels: Callable[[random.Random], list[str]],
) -> Callable[[random.Random], Made]:
    def make(chance: random.Random) -> Made:
        first = chance.choice(["state", "country", "line", ""])
        names = [first, *labels(chance)]
        towns = chance.sample(_TOWNS, chance.randint(3, 10))
        most = chance.choice([90, 5_000, 4_000_000])
        rows = [
            [one, *(str(chance.randrange(most)) for _ in names[1:])] for one in towns
        ]
        return Made(text([names, *rows]).encode(), names, rows)

    return make


def years(chance: random.Random) -> list[str]:
    start = chance.randint(1950, 2015)
    return [str(start + at) for at in range(chance.randint(2, 6))]


def days(chance: random.Random) -> list[str]:
    start = date(2024, chance.randint(1, 12), 1)
    form = chance.choice(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%y", "%Y-%m"])
    return [(start + timedelta(days=31 * at)).strftime(form) for at in range(3)]


def ranges(chance: random.Random) -> list[str]:
    sign = chance.choice(["~", "-", " - ", "–"])
    return [
        f"{hour:02}:00{sign}{hour:02}:59" for hour in range(4, 4 + chance.randint(1, 9))
    ]


def numbers(chance: random.Random) -> list[str]:
    start, step = chance.choice([(1, 1), (10, 10), (100, 50)])
    return [str(start + step * at) for at in range(chance.randint(3, 12))]


def few_names(chance: random.Random) -> Made:
    _, rows = table(chance, ["qty", "amount"])
    return Made(text([["id", "", ""], *rows]).encode(), ["id", "", ""], rows)


def no_names(*columns: str) -> Callable[[random.Random], Made]:
    def make(chance: random.Random) -> Made:
        _, rows = table(chance, columns, chance.choice([4, 9, 30]))
        if not {"amount", "qty", "day"} & set(columns):
            rows = [row[1:] for row in rows] + [rows[0][1:]]
        return Made(text(rows).encode(), [""] * len(rows[0]), rows)

    return make


def groups(chance: random.Random, repeats: bool = False) -> Made:
    groups = chance.sample(["Sales", "Costs", "Margin"], chance.randint(2, 3))
    inner = chance.choice([["2023", "2024"], ["plan", "actual", "diff"], ["Q1", "Q2"]])
    first, second, names = ["region"], [""], ["region"]
    if chance.random() < 0.5 and not repeats:
        first, second = [""], ["region"]
    for group in groups:
        first += [group, *[group if repeats else ""] * (len(inner) - 1)]
        second += inner
        names += [f"{group} {one}" for one in inner]
    rows = [
        [town, *(str(chance.randrange(5_000)) for _ in names[1:])]
        for town in chance.sample(_TOWNS, chance.randint(3, 9))
    ]
    return Made(text([first, second, *rows]).encode(), names, rows)


def two_rows(chance: random.Random) -> Made:
    names, rows = table(chance, ["qty", "amount", "customer"])
    other = ["number", "pieces", "euros", "who"]
    return Made(text([other, names, *rows]).encode(), names, rows)


def units(chance: random.Random) -> Made:
    names = ["time", "temp", "wind", "rain"]
    units = chance.choice([["s", "°C", "m/s", "mm"], ["[s]", "[°C]", "[m/s]", "[mm]"]])
    rows = [
        [str(at), *(f"{chance.random() * 20:.1f}" for _ in range(3))]
        for at in range(12)
    ]
    return Made(text([names, units, *rows]).encode(), names, rows)


def titled(chance: random.Random) -> Made:
    names, rows = table(chance)
    title = chance.choice(
        [["Report of May"], ["Report of May", *[""] * (len(names) - 1)]]
    )
    remarks: Rows = chance.choice([[], [[]], [["printed 2024-05-31"]]])
    above = [title, *remarks]
    return Made(text([*above, names, *rows]).encode(), names, rows)


def account(block: str, delimiter: str) -> Callable[[random.Random], Made]:
    def make(chance: random.Random) -> Made:
        names, rows = table(chance, ["day", "amount", "customer", "qty"])
        sign = "," if delimiter == ";" else "."
        rows = [[row[0], row[1], row[2].replace(".", sign), *row[3:]] for row in rows]
        pairs = [
            ["Account", f"DE{chance.randrange(10**8)}"],
            ["From", "2023-01-01"],
            ["To", "2024-12-31"],
            ["Balance", "1.234,56 EUR" if sign == "." else "1,234.56 EUR"],
            ["Currency", "EUR"],
            ["Owner", "ACME"],
        ][: chance.randint(2, 6)]
        above = text(pairs, block) + chance.choice(["", "\n", delimiter + "\n"])
        return Made((above + text([names, *rows], delimiter)).encode(), names, rows)

    return make


def ends(
    end: Callable[[random.Random, int], str], named: str = "", *, all_rows: bool = True
) -> Callable[[random.Random], Made]:
    """Rows with something behind them; ``named`` behind the names."""

    def make(chance: random.Random) -> Made:
        names, rows = table(chance, rows=None if all_rows else chance.randint(15, 40))
        lines = text(rows).splitlines()
        body = "".join(f"{one}{end(chance, at)}\n" for at, one in enumerate(lines))
        return Made((text([names])[:-1] + named + "\n" + body).encode(), names, rows)

    return make


def short(chance: random.Random) -> Made:
    names, rows = table(
        chance, ["qty", "town", "note", "amount"], chance.randint(8, 40)
    )
    for at, row in enumerate(rows):
        if at % 3 == 1:
            row[chance.randint(2, 4) :] = [""] * 5
            del row[5:]
    lines = [",".join(row).rstrip(",") for row in rows]
    return Made("\n".join([",".join(names), *lines]).encode(), names, rows)


def one_odd(field: str) -> Callable[[random.Random], Made]:
    """One row of many with a field too many or too few: that is a reject."""

    def make(chance: random.Random) -> Made:
        names, rows = table(chance, rows=chance.randint(5, 60))
        at = chance.randrange(len(rows))
        odd = [*rows[at], field] if field else [rows[at][0], *rows[at][2:]]
        data = text([names, *rows[:at], odd, *rows[at + 1 :]])
        return Made(data.encode(), names, rows[:at] + rows[at + 1 :], 1)

    return make


def quoted(**how: object) -> Callable[[random.Random], Made]:
    delimiter = str(how.pop("delimiter", ","))

    def make(chance: random.Random) -> Made:
        names, rows = table(chance, ["customer", "note", "qty"])
        sign = str(how.get("quotechar", '"'))
        for row in rows:
            first, _, last = row[1].partition(" ")
            row[1] = chance.choice([f"{last}{delimiter} {first}", row[1]])
            row[2] = chance.choice([f"say {sign}{row[2]}{sign} now", row[2]])
        rows[0][1], rows[0][2] = f"Doe{delimiter} Jo", f"a {sign}b{sign} c"
        return Made(text([names, *rows], delimiter, **how).encode(), names, rows)

    return make


def spaced(chance: random.Random) -> Made:
    names, rows = table(chance, ["customer", "town", "qty"])
    for row in rows[::2]:
        row[1] = row[1].replace(" ", ", ")
    quoted = [[f'"{one}"' if "," in one else one for one in row] for row in rows]
    if chance.random() < 0.5:
        quoted = [
            [row[0], *(f'"{one.strip(chr(34))}"' for one in row[1:])] for row in quoted
        ]
    data = "".join(", ".join(row) + "\n" for row in [names, *quoted])
    return Made(data.encode(), names, rows)


def stray_in_names(chance: random.Random) -> Made:
    names, rows = table(chance)
    return Made(('"' + text([names, *rows])).encode(), names, rows)


def stray_in_data(chance: random.Random) -> Made:
    names, rows = table(chance, ["customer", "qty"], chance.randint(4, 30))
    lines = text(rows).splitlines()
    lines[0] = '"' + lines[0]
    data = text([names]) + "\n".join(lines) + "\n"
    return Made(data.encode(), names, rows[1:], 1)


def one_column(
    values: Callable[[random.Random], str], name: str
) -> Callable[..., Made]:
    def make(chance: random.Random) -> Made:
        rows = [[values(chance)] for _ in range(chance.randint(4, 30))]
        data = "".join(f"{row[0]}\n" for row in rows)
        return Made(f"{name}\n{data}".encode(), [name], rows)

    return make


def pairs_in_a_sheet(chance: random.Random) -> Made:
    names, rows = table(chance)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Invoice")
    pairs = [
        ("Customer", "ACME"),
        ("Date", "2024-01-05"),
        ("Number", 4711),
        ("Terms", "30 days"),
    ][: chance.randint(1, 4)]
    for at, pair in enumerate(pairs):
        sheet.write_row(at, 0, pair)
    at = len(pairs) + chance.choice([0, 1, 1, 2])
    sheet.write_row(at, 0, names)
    for row in rows:
        at += 1
        for column, cell in enumerate(row):
            number = cell.replace(".", "", 1).isdecimal()
            sheet.write(at, column, float(cell) if number else cell)
    book.close()
    shown = [[_short_number(cell) for cell in row] for row in rows]
    return Made(out.getvalue(), names, shown, name="a.xlsx")


def _short_number(cell: str) -> str:
    if cell.replace(".", "", 1).isdecimal():
        return str(float(cell)).removesuffix(".0")
    return cell


def groups_in_a_sheet(chance: random.Random) -> Made:
    made = groups(chance)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("a")
    for at, row in enumerate(csv.reader(io.StringIO(made.data.decode()))):
        for column, cell in enumerate(row):
            if cell:
                sheet.write(at, column, int(cell) if cell.isdecimal() else cell)
    book.close()
    return made._replace(data=out.getvalue(), name="a.xlsx")


def sentence(chance: random.Random) -> str:
    words = chance.sample([*_TOWNS, *_NOTES, "and", "the"], chance.randint(2, 6))
    return " ".join(words) + chance.choice(["", ", please", "."])
