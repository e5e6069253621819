"""Headers, delimiters, quotes, what stands above and below, and rows of other lengths."""

import random
from collections.abc import Callable, Iterator, Sequence

from .understanding_cells import Cell, Recipe, code, count, gaps, num, pick, when, words
from .understanding_files import Case, Kind, Text, cells, written
from .understanding_lists import ORDERS, Columns, markdown, mysql, padded, psql, sap

GERMAN: Columns = (
    ("Nr", count()),
    ("Kunde", words("de")),
    ("Datum", when("{dd}.{mm}.{y}")),
    ("Betrag", num("-1.234,50")),
)
WORDY: Columns = (
    ("name", words()),
    ("city", words()),
    ("remark", words()),
)


def sheet(
    columns: Columns,
    text: Text = Text(),
    *,
    header: bool = True,
    shown: list[str] | None = None,
    change: Callable[[random.Random, list[list[Cell]]], None] | None = None,
    rows: tuple[int, int] = (14, 40),
) -> Callable[[random.Random], Case]:
    """As Sheet, with another line of names, or rows changed afterwards."""

    def make(chance: random.Random) -> Case:
        made = cells(chance, [one for _, one in columns], chance.randint(*rows))
        if change:
            change(chance, made)
        names = [name for name, _ in columns] if header else None
        return written("table.csv", names, made, text, shown=shown)

    return make


def kinds() -> Iterator[Kind]:
    for group, found in (
        ("headers", _headers()),
        ("delimiters", _delimiters()),
        ("quotes", _quotes()),
        ("above and below", _around()),
        ("row lengths", _lengths()),
    ):
        for name, make in found:
            yield Kind(group, name, make)


type Named = Iterator[tuple[str, Callable[[random.Random], Case]]]


def _headers() -> Named:
    number = num("1234")
    state: Columns = [("state", words())]
    yield "plain", sheet(ORDERS)
    yield "one year", sheet([*state, ("2022", number)])
    yield "years", sheet([*state, *((str(year), number) for year in range(2015, 2024))])
    yield "years of decimals", sheet(
        [*state, *((str(year), num("1234.50")) for year in range(2019, 2024))]
    )
    yield "quarters", sheet([*state, *((f"2023 Q{at}", number) for at in (1, 2, 3, 4))])
    yield "months", sheet([*state, *((one, number) for one in ("Jan", "Feb", "Mar"))])
    days = ("2024-01-01", "2024-02-01", "2024-03-01")
    yield "days", sheet([*state, *((one, number) for one in days)])
    yield "US days", sheet([*state, *((one, number) for one in ("1/22/20", "1/23/20"))])
    hours = ("04:00~04:59", "05:00~05:59", "06:00~06:59")
    yield "hours", sheet([("line", code("A-00")), *((one, number) for one in hours)])
    ages = ("0-4", "5-9", "10-14", "15-19")
    yield "ages", sheet([*state, *((one, number) for one in ages)])
    yield "numbers", sheet(
        [("name", words()), *((str(at), number) for at in (1, 2, 3))]
    )
    yield "numbers from 0", sheet([(str(at), num("1234.50")) for at in range(5)])
    yield "years with a blank behind, as Eurostat", sheet(
        [("geo\\time", code("AA")), ("2022 ", num("1234.5")), ("2021 ", num("1234.5"))],
        Text("\t"),
    )
    yield "only words below", sheet(WORDY)
    yield "none", sheet(ORDERS, header=False)
    yield "none, numbers alone", sheet([("", num("1234.50"))] * 4, header=False)
    yield "none, German", sheet(GERMAN, Text(";"), header=False)
    yield "one column", sheet([("email", code("AAAA@example.org"))])
    yield "one column of numbers", sheet([("value", num("1234.50"))])
    yield "empty names", sheet([("id", count()), ("", words()), ("", number)])
    yield "the first is empty, as of a row's number", sheet([("", count(0)), *ORDERS])
    yield "twice the same", sheet(
        [("id", count()), ("name", words()), ("name", words())]
    )
    yield "blanks around", sheet(
        ORDERS, shown=["Order ", " Customer", " Date ", "Amount"]
    )
    yield "with units", sheet(
        [("Time [s]", num("1234.500")), ("U (V)", num("-1234.50"))]
    )
    yield "in Chinese", sheet(
        [("序号", count()), ("姓名", words("zh")), ("金额", num("1234.50"))]
    )
    yield "a line break in a name", sheet([("Order\nNumber", count()), *ORDERS[1:]])
    yield "long sentences", sheet(
        [
            ("What is your name?", words()),
            ("How satisfied were you, from 1 to 5?", pick("1", "2", "3", "4", "5")),
            ("Would you come again?", pick("Yes", "No", "Maybe")),
        ]
    )
    yield "two rows", _two_rows
    yield "a row of units below", sheet(
        [
            ("Time", num("1234.500")),
            ("Voltage", num("-1234.50")),
            ("Mode", pick("A", "B")),
        ],
        Text(between=["s,V,"]),
    )
    yield "a row of types below, as USGS has it", sheet(
        [
            ("agency", pick("USGS")),
            ("site_no", code("01000000")),
            ("day", when("{y}-{mm}-{dd}")),
        ],
        Text("\t", head=["# retrieved 2024-01-05", "#"], between=["5s\t15s\t20d"]),
    )
    yield "flags and words", sheet(
        [("Key", code("AA0")), ("Yes", num("1234")), ("No", num("1234"))]
    )


def _two_rows(chance: random.Random) -> Case:
    """Any names will do that the columns get from both."""
    number = num("1234")
    columns: Columns = [("", words()), *(("", number) for _ in range(4))]
    text = Text(head=["Region,2022,,2023,"])
    made = sheet(columns, text, shown=["", "male", "female", "male", "female"])
    return made(chance)._replace(headers=None)


def _delimiters() -> Named:
    for name, delimiter in {
        **{"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "tilde": "~"},
        **{"caret": "^", "SOH": "\x01", "US": "\x1f"},
    }.items():
        yield name, sheet(ORDERS, Text(delimiter))
    plain: Columns = [
        ("id", count()),
        ("key", code("AAA0")),
        ("x", num("-1234.50")),
        ("y", num("-1234.50")),
    ]
    yield "colon", sheet(plain, Text(":"))
    yield "blank", sheet(plain, Text(" "))
    yield "comma and a blank", sheet(ORDERS, Text(", ", quoted="none"))
    yield "semicolon and a blank", sheet(ORDERS, Text("; ", quoted="none"))
    yield "bars on both sides", sheet(ORDERS, Text("|", start="|", end="|"))
    yield "padded columns", padded
    yield "padded with bars, as psql", psql
    yield "a box, as mysql", mysql
    yield "Markdown", markdown
    yield "a list of SAP", sap
    yield "semicolon, commas in numbers", sheet(GERMAN, Text(";"))
    yield "tab, commas in numbers", sheet(GERMAN, Text("\t"))
    yield "comma, quoted German numbers", sheet(GERMAN, Text(","))
    yield "semicolon, commas in words", sheet(
        [*ORDERS[:2], ("Remark", pick("a, b", "c, d, e", "f", "g, h"))], Text(";")
    )
    yield "CR alone", sheet(ORDERS, Text(newline="\r"))
    yield "CRLF", sheet(ORDERS, Text(newline="\r\n"))
    yield "sep= above", sheet(GERMAN, Text(";", head=["sep=;"]))
    yield "no newline at the end", sheet(ORDERS, Text(last_newline=False))
    yield "UTF-16 with tabs", sheet(GERMAN, Text("\t", encoding="utf-16"))
    yield "an empty line after each row", sheet(ORDERS, Text(blank=1))
    yield "two bars", sheet(ORDERS, Text("||", quoted="none"))


def _quotes() -> Named:
    said = pick('he said "yes"', "plain", 'a "b" c', "x, y", 'and "z"')
    noted: Columns = [*ORDERS, ("Note", said)]
    yield "all quoted", sheet(ORDERS, Text(quoted="all"))
    yield "words quoted", sheet(ORDERS, Text(quoted="texts"))
    yield "doubled within", sheet(noted)
    yield "backslashes within", sheet(noted, Text(escape="\\"))
    yield "apostrophes for quotes", sheet(ORDERS, Text(quote="'", quoted="all"))
    yield "apostrophes around words", sheet(ORDERS, Text(quote="'", quoted="texts"))
    inches = pick('5" pipe', '3" bolt', "nut", '10" board')
    yield "inches without quotes", sheet(
        [*ORDERS, ("Item", inches)], Text("\t", quoted="none")
    )
    lines = pick("one\ntwo", "plain", "a\n\nb", "last")
    yield "lines within", sheet([*ORDERS, ("Note", lines)])
    yield "lines within, all quoted", sheet(
        [*ORDERS, ("Note", lines)], Text(quoted="all")
    )
    breaks = pick("one\r\ntwo", "plain", "last")
    yield "CRLF within", sheet([*ORDERS, ("Note", breaks)], Text(newline="\r\n"))
    yield "a blank before", sheet(
        [("id", count()), ("name", pick("Smith, Ann", "Stone, Bob", "Ward, Eve"))],
        Text(", ", quoted="all"),
    )
    tricks = ("Code", code("00000"))

    def excel(chance: random.Random, rows: list[list[Cell]]) -> None:
        for row in rows:
            row[-1] = row[-1]._replace(text=f'="{row[-1].text}"')

    yield '="00123", to keep zeros in Excel', sheet([*ORDERS, tricks], change=excel)
    yield '="00123" without quotes around', sheet(
        [*ORDERS, tricks], Text(quoted="none"), change=excel
    )
    first = pick('"Big" Bob', "Ann", '"The" Eve', "Stone")
    yield "a quote that opens a field", sheet(
        [("name", first), *ORDERS], Text("\t", quoted="none")
    )
    yield "typographic quotes", sheet(
        [*ORDERS, ("Note", pick("“yes”", "„nein“", "«oui»", "plain"))]
    )


def _around() -> Named:
    title = ["Orders of the year", ""]
    yield "a title", sheet(ORDERS, Text(head=title))
    yield "title and date", sheet(
        ORDERS, Text(head=["Report", "Created: 2024-01-05", ""])
    )
    yield "pairs", sheet(
        ORDERS, Text(head=["Customer,ACME Ltd", "From,2024-01-01", "To,2024-12-31", ""])
    )
    yield "pairs of the same width", sheet(
        ORDERS, Text(head=["Customer,ACME Ltd,,", "Period,2024,,", ",,,"])
    )
    yield "comments", sheet(ORDERS, Text(head=["# made by a program", "# version 2"]))
    yield "names in a comment", sheet(
        ORDERS,
        Text(head=["# made by a program"]),
        shown=["# Order", "Customer", "Date", "Amount"],
    )
    yield "German pairs above", sheet(
        GERMAN,
        Text(
            ";",
            head=[
                "Konto;DE12 3456",
                "Saldo;12.345,67 EUR",
                "Zeitraum;01.01.2024 - 31.12.2024",
                "",
            ],
        ),
    )
    yield "pairs by colons", sheet(
        GERMAN, Text(";", head=["Konto: 12345, Girokonto", "Saldo: 1,234.56 EUR", ""])
    )
    yield "thirty lines above", sheet(
        ORDERS, Text(head=[f"Line {at} of what nobody reads." for at in range(30)])
    )
    yield "blank lines above", sheet(ORDERS, Text(head=["", "", ""]))
    yield "a rule above", sheet(ORDERS, Text(head=["-" * 60]))
    yield "a total below", _total
    yield "notes below", sheet(ORDERS, Text(tail=["", "Source: our own count."]))
    yield "a count below", sheet(ORDERS, Text(tail=["(20 rows affected)"]))
    yield "copyright below", sheet(
        GERMAN,
        Text(
            ";", tail=["__________", "(C)opyright Amt", "Stand: 05.01.2024 / 12:00:00"]
        ),
    )
    yield "names again on each page", _pages
    yield "title and notes", sheet(
        GERMAN,
        Text(
            ";",
            head=["Tabelle 1: Bestand", "Deutschland", ""],
            tail=["", "* vorläufig"],
        ),
    )
    yield "separators below, all empty", sheet(ORDERS, Text(tail=[",,,", ",,,"]))


def _total(chance: random.Random) -> Case:
    """Its name stands where a number should: it is no order."""
    case = sheet(ORDERS)(chance)
    total = sum(row[3].value for row in case.rows)  # type: ignore[misc]  # all numbers
    return case._replace(data=case.data + f"Total,,,{total}\n".encode())


def _pages(chance: random.Random) -> Case:
    case = sheet(ORDERS)(chance)
    lines = case.data.decode().splitlines()
    at = len(lines) // 2
    lines[at:at] = [lines[0]]
    places = [line + (line > at) for line in case.lines or ()]
    return case._replace(data=("\n".join(lines) + "\n").encode(), lines=places)


def _lengths() -> Named:
    yield "a delimiter ends each line", sheet(ORDERS, Text(end=","))
    yield "a delimiter ends each row alone", sheet(ORDERS, Text(row_end=","))
    yield "two delimiters end each row alone", sheet(ORDERS, Text(row_end=",,"))
    yield "a semicolon ends each line", sheet(GERMAN, Text(";", end=";"))
    yield "a semicolon ends each row alone", sheet(GERMAN, Text(";", row_end=";"))
    yield "a tab ends each line", sheet(ORDERS, Text("\t", end="\t"))
    noted: Columns = [*ORDERS, ("Note", gaps(words(), "")), ("More", gaps(words(), ""))]
    yield "trailing empties left out", _short(noted)
    yield "trailing empties left out, German", _short(
        [*GERMAN, ("Notiz", gaps(words("de"), ""))], Text(";")
    )
    yield "no name for the rows' numbers", _r
    yield "an empty column within", sheet(
        [*ORDERS[:2], ("", lambda chance, at: Cell("", None)), *ORDERS[2:]]
    )
    yield "a row too long", _too_long
    yield "a row too short", _too_short


def _short(columns: Columns, text: Text = Text()) -> Callable[[random.Random], Case]:
    def make(chance: random.Random) -> Case:
        case = sheet(columns, text)(chance)
        lines = [
            line.rstrip(text.delimiter) for line in case.data.decode().splitlines()
        ]
        return case._replace(data=("\n".join(lines) + "\n").encode())

    return make


def _r(chance: random.Random) -> Case:
    """As R's write.table has it: one name less than there are columns."""
    columns: Columns = [("", count()), *ORDERS]
    names = [name for name, _ in ORDERS]
    return sheet(columns, Text(quoted="texts"), shown=names)(chance)


def _too_long(chance: random.Random) -> Case:
    """One row has a comma too much, and is to be rejected."""
    case = sheet(ORDERS)(chance)
    data = case.data + b"9999,Ward, Eve,2024-01-05,12.00\n"
    return case._replace(data=data)


def _too_short(chance: random.Random) -> Case:
    case = sheet(ORDERS)(chance)
    return case._replace(data=case.data + b"9999\n")
