"""Tables that programs draw with blanks, bars and rules, for people to read."""

import random
from collections.abc import Callable, Sequence

from .understanding_cells import Recipe, code, count, num, when, words
from .understanding_files import Case, cells

type Columns = Sequence[tuple[str, Recipe]]

ORDERS: Columns = (
    ("Order", count(1001)),
    ("Customer", words()),
    ("Date", when("{y}-{mm}-{dd}")),
    ("Amount", num("-1234.50")),
)


def _widths(rows: list[list[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _aligned(
    chance: random.Random,
    columns: Columns,
    make: Callable[[list[list[str]]], list[str]],
) -> Case:
    """Rows of one width each, by a drawing of the lines; rows come after the names."""
    made = cells(chance, [one for _, one in columns], chance.randint(14, 30))
    names = [name for name, _ in columns]
    texts = [names, *([one.text for one in row] for row in made)]
    lines = make(texts)
    first = lines.index("\0") + 1
    lines.remove("\0")
    text = "\n".join(lines) + "\n"
    at = [first + number for number in range(len(made))]
    return Case("list.txt", text.encode(), names, made, at)


def padded(chance: random.Random) -> Case:
    def lines(rows: list[list[str]]) -> list[str]:
        widths = _widths(rows)
        made = [
            "  ".join(one.ljust(width) for one, width in zip(row, widths, strict=True))
            for row in rows
        ]
        return [made[0], "\0", *made[1:]]

    keyed: Columns = [("id", count()), ("key", code("AAA0")), *ORDERS[2:]]
    return _aligned(chance, keyed, lines)


def _barred(rows: list[list[str]], edge: str) -> list[str]:
    widths = _widths(rows)
    return [
        edge
        + edge.join(
            f" {one.ljust(width)} " for one, width in zip(row, widths, strict=True)
        )
        + edge
        for row in rows
    ]


def psql(chance: random.Random) -> Case:
    def lines(rows: list[list[str]]) -> list[str]:
        made = [one[1:-1] for one in _barred(rows, "|")]
        rule = "+".join("-" * (width + 2) for width in _widths(rows))
        return [made[0], rule, "\0", *made[1:], f"({len(rows) - 1} rows)"]

    return _aligned(chance, ORDERS, lines)


def mysql(chance: random.Random) -> Case:
    def lines(rows: list[list[str]]) -> list[str]:
        made = _barred(rows, "|")
        rule = "+" + "+".join("-" * (width + 2) for width in _widths(rows)) + "+"
        return [rule, made[0], rule, "\0", *made[1:], rule]

    return _aligned(chance, ORDERS, lines)


def markdown(chance: random.Random) -> Case:
    def lines(rows: list[list[str]]) -> list[str]:
        made = _barred(rows, "|")
        return [made[0], "|" + "---|" * len(rows[0]), "\0", *made[1:]]

    return _aligned(chance, ORDERS, lines)


def sap(chance: random.Random) -> Case:
    def lines(rows: list[list[str]]) -> list[str]:
        made = [one.replace("| ", "|").replace(" |", "|") for one in _barred(rows, "|")]
        rule = "-" * len(made[0])
        return [rule, made[0], rule, "\0", *made[1:], rule]

    columns: Columns = [
        ("Material", code("00000000")),
        ("Menge", num("1.234,500-")),
        ("Datum", when("{dd}.{mm}.{y}")),
        ("Werk", code("1000")),
    ]
    return _aligned(chance, columns, lines)
