"""Text that a spreadsheet would run as a formula, guarded by an apostrophe before it.

Text that has apostrophes before such a sign already gets one more, so that taking one
off gives back exactly what was there.
"""

import polars as pl

_SIGNS = r"=+\-@\t\r\n＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula, in full width too."""
RUN = f"^'*[{_SIGNS}]"
_GUARDED = f"^'+[{_SIGNS}]"
_NUMBER = r"^[+-][0-9.,]*[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?%?$"
NOTE = (
    " An apostrophe stands before text that a spreadsheet would run; it is taken off"
    " again when the row is sent again."
)
"""Ends the error of a row that has one: so they are known when they come back."""


def guarded(values: pl.Series) -> pl.Series:
    """Texts with an apostrophe where a spreadsheet would run them; numbers as they are."""
    runs = values.str.contains(RUN) & ~values.str.contains(_NUMBER)
    safe = ("'" + values).alias(values.name)
    return safe.zip_with(runs.fill_null(False), values)


def unguarded(values: pl.Series) -> pl.Series:
    """What was given to ``guarded``."""
    runs = values.str.contains(_GUARDED).fill_null(False)
    return values.str.slice(1).zip_with(runs, values)


def unguarded_name(name: str) -> str:
    """The header that ``guarded_name`` was given."""
    return str(unguarded(pl.Series([name]))[0])


def guarded_name(name: str) -> str:
    """A header as ``guarded`` makes it."""
    return str(guarded(pl.Series([name]))[0])
