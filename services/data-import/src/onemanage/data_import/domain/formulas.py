"""Text that a spreadsheet would run as a formula, guarded by an apostrophe before it."""

import polars as pl

from onemanage.data_import.domain.formula_text import GUARDED, NUMBER, RUN


def guarded(values: pl.Series) -> pl.Series:
    """Texts with an apostrophe where a spreadsheet would run them; numbers as they are."""
    runs = values.str.contains(RUN) & ~values.str.contains(NUMBER)
    safe = ("'" + values).alias(values.name)
    return safe.zip_with(runs.fill_null(False), values)


def unguarded(values: pl.Series) -> pl.Series:
    """What was given to ``guarded``."""
    runs = values.str.contains(GUARDED).fill_null(False)
    return values.str.slice(1).zip_with(runs, values)
