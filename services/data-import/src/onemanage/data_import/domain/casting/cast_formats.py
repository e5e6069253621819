"""Readers of dates and times that have the plan's format."""

from collections.abc import Callable
from datetime import time

import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.date_formats import (
    Format,
    in_shape,
    library_pattern,
    read_format,
    tidied,
)
from onemanage.data_import.domain.reading.reading import (
    Parsed,
    Reader,
    null_where,
    reasons_where,
    to_microseconds,
)

_OFFSETS = ("%z", "%:z", "%#z", "%+")
_CLOCK = ("%H", "%I", "%M", "%k", "%l")


def dates_in(column: ColumnPlan) -> Reader:
    """Days. A time of the day that the format has beside it must be midnight."""
    form = _format(column)
    pattern = library_pattern(form)
    with_clock = any(item in pattern for item in _CLOCK)

    def parse(strings: pl.Series) -> pl.Series:
        if not with_clock:
            days = strings.str.to_date(pattern, strict=False, cache=False)
            return in_years(in_shape(days, strings, form))
        stamps = _stamps(strings, form, None)
        return null_where(stamps.dt.date(), stamps.dt.time() != time())

    return _reader(parse, form, "not_a_date")


def times_in(column: ColumnPlan) -> Reader:
    """Times of the day, to the microsecond."""
    form = _format(column)
    pattern = library_pattern(form)

    def parse(strings: pl.Series) -> pl.Series:
        made = strings.str.to_time(pattern, strict=False, cache=False)
        return to_microseconds(made)

    return _reader(parse, form, "not_a_time")


def stamps_in(column: ColumnPlan) -> Reader:
    """As the clock showed them. What has an offset more than the format has none."""
    form = _format(column)
    return _reader(
        lambda strings: _stamps(strings, form, None), form, "not_a_timestamp"
    )


def offset_stamps_in(column: ColumnPlan) -> Reader | None:
    """Points in time, in UTC; None where the format tells no zone."""
    form = _format(column)
    zoned = any(item in form.pattern for item in _OFFSETS)
    if not zoned and not form.is_utc:
        return None

    def parse(strings: pl.Series) -> pl.Series:
        if zoned:
            return _stamps(strings, form, "UTC")
        return _stamps(strings, form, None).dt.replace_time_zone("UTC")

    return _reader(parse, form, "not_a_timestamp")


def in_years(values: pl.Series) -> pl.Series:
    """Null where the year is not 1 to 9999."""
    year = values.dt.year()
    return null_where(values, (year < 1) | (year > 9999))


def _format(column: ColumnPlan) -> Format:
    assert column.format is not None
    return read_format(column.format)


def _stamps(strings: pl.Series, form: Format, zone: str | None) -> pl.Series:
    dtype = pl.Datetime("us", zone)
    made = strings.str.strptime(
        dtype, library_pattern(form), strict=False, cache=False
    ).cast(dtype)
    return in_years(in_shape(made, strings, form))


def _reader(
    parse: Callable[[pl.Series], pl.Series], form: Format, reason: str
) -> Reader:
    def fast(strings: pl.Series) -> pl.Series:
        # English names are mostly as the library knows them, others never.
        return parse(tidied(strings, form) if form.months else strings)

    def careful(strings: pl.Series) -> Parsed:
        return reasons_where(strings, parse(tidied(strings, form)), (None, reason))

    return Reader(fast, careful)
