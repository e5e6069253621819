"""Columns that say late what they are, that are written in two ways, and plain text."""

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from .understanding_cells import (
    Cell,
    Recipe,
    Value,
    code,
    count,
    gaps,
    num,
    pick,
    when,
    words,
)
from .understanding_files import Case, Kind, Sheet, Text

_STAMP = "{y}-{mm}-{dd} {HH}:{MM}:{SS}"


def kinds() -> Iterator[Kind]:
    yield from _late()
    yield from _mixed()
    yield from _texts()
    yield from _sizes()


def _kind(
    group: str,
    name: str,
    recipe: Recipe,
    rows: tuple[int, int] = (14, 40),
    header: str = "Value",
    asks: bool = False,
) -> Kind:
    def make(chance: random.Random) -> Case:
        columns = [("ID", count()), ("Name", words()), (header, recipe)]
        text = Text(chance.choice(",\t"), newline=chance.choice(("\n", "\r\n")))
        return Sheet(columns, text, rows, asks=asks)(chance)

    return Kind(group, name, make)


def _after(first: Recipe, then: Recipe, at: int = 1190) -> Recipe:
    """What comes ``then`` is in a few rows at the end."""
    return lambda chance, row: (first if row < at else then)(chance, row)


def _late() -> Iterator[Kind]:
    for name, first, then in (
        ("decimals", num("1234", sure=False), num("1234.50", sure=False)),
        ("a decimal comma", num("1234", sure=False), num("1234,50", sure=False)),
        ("thousands", num("1234", most=3, sure=False), _fixed("1,234.50", "1234.50")),
        ("minus behind", num("1234.50", sure=False), _fixed("5.25-", "-5.25")),
        ("gaps", num("1234.50", sure=False), gaps(num("1234.50", sure=False), "n/a")),
        ("a zero before", code("10000"), code("00000")),
        ("a letter", code("10000"), code("A0000")),
        ("ids of 20 digits", code("10000"), code("10000000000000000000")),
        ("a day beyond 12", _days(sure=False), _days(sure=True)),
        ("a length beyond a day", pick("08:15", "7:30"), pick("25:30", "31:15")),
        ("a fraction of a second", when(_STAMP), when(_STAMP + ".{ms}")),
        ("an accent", pick("Malaga", "Leon"), pick("Málaga", "León")),
        ("a quote", words(), pick('a "b"', "c, d", "e\nf")),
    ):
        yield _kind("late", name, _after(first, then), (1200, 1210))


def _fixed(text: str, value: str) -> Recipe:
    return lambda chance, at: Cell(text, Decimal(value))


def _days(sure: bool) -> Recipe:
    inner = when("{mm}/{dd}/{y}", sure=sure)
    return lambda chance, at: inner(chance, 0 if sure else max(at, 1))


def _one_of(*recipes: Recipe) -> Recipe:
    """Each in turn."""
    return lambda chance, at: recipes[at % len(recipes)](chance, at)


def _mixed() -> Iterator[Kind]:
    summer = when(_STAMP + "+02:00", offset=2)
    winter = when(_STAMP + "+01:00", offset=1)
    for name, recipe in (
        ("offsets of summer and winter", _one_of(summer, winter)),
        ("with and without T", _one_of(when(_STAMP), when(_STAMP.replace(" ", "T")))),
        ("with and without seconds", _one_of(when(_STAMP), when(_STAMP[:-5]))),
        (
            "with and without parts of a second",
            _one_of(when(_STAMP), when(_STAMP + ".{ms}")),
        ),
        (
            "days with and without zeros",
            _one_of(when("{d}/{m}/{y}"), when("{dd}/{mm}/{y}")),
        ),
        ("plain and grouped", _one_of(num("1234.50"), num("1,234.50"))),
        ("with and without a currency", _one_of(num("$1,234.50"), num("1,234.50"))),
        ("whole and decimal", _one_of(num("1234"), num("1234.50"), num("1234.500"))),
        ("minus and parentheses", _one_of(num("-1,234.50"), num("(1,234.50)"))),
        ("true, TRUE and True", _one_of(_flag("true"), _flag("TRUE"), _flag("True"))),
    ):
        yield _kind("mixed", name, recipe)
    for name, recipe in (
        ("two orders", _one_of(when("{mm}/{dd}/{y}"), when("{dd}/{mm}/{y}"))),
        ("ISO and German days", _one_of(when("{y}-{mm}-{dd}"), when("{dd}.{mm}.{y}"))),
        ("two and four digits", _one_of(when("{dd}.{mm}.{yy}"), when("{dd}.{mm}.{y}"))),
        ("point and comma", _one_of(num("1234.50"), num("1234,50"))),
        ("two currencies", _one_of(num("$1,234.50"), num("€1,234.50"))),
        ("per cent and plain", _one_of(num("1234.50%", most=2), num("1234.50"))),
        ("a day that is none", _one_of(when("{y}-{mm}-{dd}"), _text("2023-02-29"))),
    ):
        yield _kind("mixed", name, recipe, asks=True)


def _flag(true: str) -> Recipe:
    false = {"true": "false", "TRUE": "FALSE", "True": "False"}[true]
    return lambda chance, at: (
        Cell(true, True) if at % 2 or chance.random() < 0.5 else Cell(false, False)
    )


def _text(text: str, value: Value = None) -> Recipe:
    return lambda chance, at: Cell(text, value)


def _texts() -> Iterator[Kind]:
    for name, texts in {
        "blanks around": ("  a", "b  ", " c ", "d"),
        "formulas": ("=SUM(A1:A3)", "+x", "-y", "@z", "plain"),
        "JSON": ('{"a": 1}', "[1, 2]", "{}", '{"b": [3, "c"]}'),
        "links": (
            "https://example.org/?a=1,2&b=3;4",
            "ftp://x.example",
            "mailto:a@b.c",
        ),
        "HTML": ("<b>bold</b>", '<a href="x">y</a>', "a &amp; b"),
        "pictures": ("👍🏽", "👩‍👩‍👧", "a 🎉 b", "🇳🇴"),
        "marks apart": ("e\u0301", "A\u030a", "o\u0308l", "plain"),
        "from right to left": ("שלום 12", "\u200fמחיר\u200f", "abc \u202eכן\u202c"),
        "tabs within": ("a\tb", "c", "\td"),
        "backslashes": ("C:\\new\\table", "\\\\server", "a\\", "b"),
        "apostrophes": ("O'Neil", "'quoted'", "d''e", "it's"),
        "only signs": ("+", "++", "+++", "o"),
        "zones by name": (
            "2024-01-05 15:07 CET",
            "2024-07-05 15:07 EST",
            "2024-07-05 15:07 IST",
        ),
        "openings": ("9:00 AM - 5:00 PM", "8:30 AM - 1:00 PM", "closed"),
        "lengths in words": ("1h 30m", "45m", "2h"),
        "lengths of ISO": ("PT1H30M", "PT45M", "P2DT3H"),
        "roman": ("I", "II", "III", "IV", "X"),
        "fractions": ("½", "¼", "1½", "2"),
        "chess": ("1-0", "0-1", "1/2-1/2"),
        "intervals": ("(0, 10]", "(10, 20]", "(20, 30]"),
        "points": ("POINT(13.4 52.5)", "POINT(11.6 48.1)"),
        "binary": ("0101", "1100", "0011", "1010"),
        "money of two kinds": ("$5", "€7", "£9"),
    }.items():
        yield _kind("texts", name, pick(*texts), header="Text")


def _sizes() -> Iterator[Kind]:
    plain: Sequence[tuple[str, Recipe]] = (
        ("id", count()),
        ("name", words("fr")),
        ("day", when("{dd}.{mm}.{y}")),
        ("amount", num("-1.234,50")),
    )
    text = Text(";")
    yield Kind("sizes", "one row", Sheet(plain, text, (1, 1)).__call__)
    yield Kind("sizes", "two rows", Sheet(plain, text, (2, 2)).__call__)
    yield Kind("sizes", "three rows", Sheet(plain, text, (3, 3)).__call__)
    wide = [(f"c{at}", num("-1234.50")) for at in range(300)]
    yield Kind("sizes", "300 columns", Sheet(wide).__call__)
    yield Kind("sizes", "3,000 rows", Sheet(plain, text, (3000, 3000)).__call__)
    cell = "long " * 20_000
    long: Sequence[tuple[str, Recipe]] = (
        ("id", count()),
        ("text", pick(cell, "short")),
    )
    yield Kind("sizes", "cells of 100 kB", Sheet(long, rows=(3, 5)).__call__)
