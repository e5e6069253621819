"""Wide tables for the bench of planning: a thousand columns that look like something."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random

COLUMNS = 1_000
ROWS = 200
_START = datetime(1995, 1, 1)
_DATES = (
    *("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%y", "%Y/%m/%d", "%d-%b-%y"),
    *("%b %d, %Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%m/%d/%Y %I:%M %p"),
    *("%d.%m.%Y %H:%M", "%H:%M:%S", "%A, %B %d, %Y", "%G-W%V-%u"),
)
_NUMBERS: tuple[Callable[[int], str], ...] = (
    str,
    lambda number: f"{number / 100:.2f}",
    lambda number: f"{number / 100:,.2f}",
    lambda number: f"${number / 100:,.2f}",
    lambda number: f"{number / 100:.2f}".replace(".", ","),
    lambda number: f"{number / 100:,.2f}".replace(",", " ").replace(".", ","),
    lambda number: f"{number % 1000 / 10:.1f}%",
    lambda number: f"({number / 100:,.2f})",
    lambda number: f"{number / 7:.6e}",
    lambda number: f"{number:06d}",
)

type Value = Callable[[Random], str]


def _date(form: str) -> Value:
    return lambda chance: (
        _START + timedelta(seconds=chance.randrange(10**9))
    ).strftime(form)


def _number(written: Callable[[int], str]) -> Value:
    return lambda chance: written(chance.randrange(10 ** chance.randint(3, 8)))


def _word(chance: Random) -> str:
    return f"{chance.choice(('alpha', 'beta', 'gamma'))} {chance.randrange(10**5)}"


TIMES: list[Value] = [_date(form) for form in _DATES]
NUMBERS: list[Value] = [_number(written) for written in _NUMBERS]
KINDS: dict[str, list[Value]] = {
    "times": TIMES,
    "numbers": NUMBERS,
    "mixed": [*TIMES, *NUMBERS, *[_word] * 12],
}


def write_wide(path: Path, kinds: list[Value], seed: int = 1) -> Path:
    """Every tenth column has values that are missing, every tenth other ones."""
    chance = Random(seed)
    columns = []
    for at, value in enumerate(islice(cycle(kinds), COLUMNS)):
        values = [value(chance) for _ in range(ROWS)]
        if at % 10 in (3, 7):
            for row in range(at % 7, ROWS, 60):
                values[row] = "n/a" if at % 10 == 3 else "see note"
        columns.append(values)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(f"c{at}" for at in range(COLUMNS))
        rows.writerows(zip(*columns, strict=True))
    return path
