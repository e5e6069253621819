"""What the readers of text have in common."""

from collections.abc import Callable
from typing import NamedTuple

import polars as pl


class Parsed(NamedTuple):
    """Values, null where bad, and why they are; None where nothing is bad."""

    values: pl.Series
    reasons: pl.Series | None


class Reader(NamedTuple):
    """Two ways to read text; nulls in, nulls out."""

    fast: Callable[[pl.Series], pl.Series]
    """Null for what it does not understand or what may be wrong."""
    careful: Callable[[pl.Series], Parsed]
    """What ``fast`` left, without blanks around it if the plan says so."""


def no_reasons(count: int) -> pl.Series:
    """For ``count`` values of which none is bad as yet."""
    # Without a query, as pl.repeat makes one, which costs more than small columns do.
    return pl.Series([None], dtype=pl.String).new_from_index(0, count)


def null_where(values: pl.Series, bad: pl.Series) -> pl.Series:
    """The values, null where ``bad``; a null in ``bad`` is no reason to lose one."""
    at = bad.arg_true()
    if not len(at):
        return values
    return values.clone().scatter(at, pl.Series([None], dtype=values.dtype))


def reasons_where(
    strings: pl.Series, values: pl.Series, *reasons: tuple[pl.Series | None, str]
) -> Parsed:
    """Every text without a value gets the first reason that holds for it.

    The last reason holds for all and has None as its condition.
    """
    failed = values.is_null() & strings.is_not_null()
    why = no_reasons(len(strings))
    for condition, reason in reversed(reasons):
        holds = failed if condition is None else failed & condition.fill_null(False)
        why = why.set(holds, reason)
    return Parsed(values, why)


def to_microseconds(times: pl.Series) -> pl.Series:
    """Times of the day without parts of a microsecond, which polars has."""
    ticks = times.to_physical()
    if not (ticks % 1000 != 0).any():
        return times
    return (ticks // 1000 * 1000).cast(pl.Time)
