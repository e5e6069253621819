"""Readers and writers of lengths of time, by the column."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from onemanage.data_import.domain.casting.interval_text import (
    Interval,
    clock,
    interval_of,
)
from onemanage.data_import.domain.reading.reading import Parsed, Reader, reasons_where

_PLAIN = r"^-?[0-9]{2,7}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?$"
"""What most texts are, and what all become that have neither months nor days."""
_DAY = 86_400_000_000
_DAYS_OF_A_MONTH = 30
"""As PostgreSQL counts to compare two lengths."""


def intervals() -> Reader:
    """Texts as PostgreSQL writes intervals, ISO 8601, and hours and minutes."""

    def fast(strings: pl.Series) -> pl.Series:
        plain = strings.str.contains(_PLAIN)
        if plain.all():
            return strings
        return strings.set(~plain.fill_null(True), None)

    def careful(strings: pl.Series) -> Parsed:
        read = [None if one is None else interval_of(one) for one in strings]
        known = pl.Series([one is not None for one in read], dtype=pl.Boolean)
        values = [str(one) if one and one.in_range else None for one in read]
        return reasons_where(
            strings,
            pl.Series(values, dtype=pl.String),
            (known, "out_of_range"),
            (None, "not_an_interval"),
        )

    return Reader(fast, careful)


def of_durations(values: pl.Series) -> pl.Series:
    """Typed lengths, of days and less, as texts of ours."""
    return pl.Series(
        [None if one is None else clock(one) for one in values.dt.total_microseconds()],
        dtype=pl.String,
    )


def total_microseconds(texts: pl.Series) -> pl.Series:
    """Int64, by which PostgreSQL orders them: a month has 30 days, a day 24 hours."""
    made = [None if one is None else _total(interval_of(one)) for one in texts]
    return pl.Series(texts.name, made, dtype=pl.Int64)


def _total(one: Interval | None) -> int | None:
    if one is None:
        return None
    days = one.months * _DAYS_OF_A_MONTH + one.days
    return days * _DAY + one.microseconds


def binary_intervals(texts: pl.Series) -> pl.Series:
    """As interval_recv of PostgreSQL's timestamp.c reads them: 16 bytes each."""
    read = [None if one is None else interval_of(one) for one in texts]
    parts: NDArray[np.void] = np.zeros(
        len(read), [("us", ">i8"), ("days", ">i4"), ("months", ">i4")]
    )
    parts[:] = [
        (one.microseconds, one.days, one.months) if one else (0, 0, 0) for one in read
    ]
    data = parts.tobytes()
    made = [
        data[16 * at : 16 * at + 16] if one else None for at, one in enumerate(read)
    ]
    return pl.Series(texts.name, made, dtype=pl.Binary)
