"""Readers of dates and times as text: the plan's format, or ISO 8601.

The year must have four digits: "24-01-02" is rejected and never the year 24. All of the years 1 to 9999 are kept as they are.
"""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.cast_formats import (
    dates_in,
    offset_stamps_in,
    stamps_in,
    times_in,
)
from onemanage.data_import.domain.casting.date_formats import with_points
from onemanage.data_import.domain.reading.reading import (
    Parsed,
    Reader,
    null_where,
    reasons_where,
    to_microseconds,
)

_DATE = "%Y-%m-%d"
_CLOCKS = ("%H:%M:%S", "%H:%M:%S%.f", "%H:%M")
_STAMPS = tuple(f"{_DATE}{gap}{clock}" for gap in " T" for clock in _CLOCKS)
_HOURS = tuple(f"{_DATE}{gap}%H:%M" for gap in " T")
_OFFSET = "%#z"
_ENDS_IN_OFFSET = r"[0-9](?:[zZ]| ?[+-][0-9]{2}(?::?[0-9]{2})?)$"
_NAMES_UTC = r"(?i) ?(?:UTC|GMT)$"
_ISO_YEAR = r"^[0-9]{4}-"
_LONG_YEAR = r"^[+-]?[0-9]{5,}-[0-9]{1,2}-[0-9]{1,2}(?:$|[ T])|^0000-|^-[0-9]{4}-"

_EPOCH = date(1970, 1, 1)
_YEAR_1000 = (date(1000, 1, 1) - _EPOCH).days
_YEAR_9999_ENDS = (date.max - _EPOCH).days


def dates(column: ColumnPlan) -> Reader:
    """Days. A time of the day beside it must be midnight."""
    if column.format is not None:
        return dates_in(column)

    def fast(strings: pl.Series) -> pl.Series:
        if _likely(strings, (_DATE, _STAMPS[0])) != _DATE:  # as workbooks have them
            values = _midnights(_parse(strings, _STAMPS[0]))
        else:
            values = strings.str.to_date(_DATE, strict=False, cache=False)
        return _in_range(values, strings, iso=True)

    def careful(strings: pl.Series) -> Parsed:
        values = strings.str.to_date(_DATE, strict=False, cache=False)
        values = _in_range(values, strings, iso=True)
        if values.null_count() > strings.null_count():
            days = _midnights(_first_of(with_points(strings), _STAMPS))
            values = values.zip_with(values.is_not_null(), days)
        return reasons_where(
            strings,
            values,
            (_beyond(strings), "out_of_range"),
            (None, "not_a_date"),
        )

    return Reader(fast, careful)


def _midnights(stamps: pl.Series) -> pl.Series:
    """Their days, null at any other time of the day."""
    return null_where(stamps.dt.date(), stamps.dt.time() != datetime.min.time())


def times(column: ColumnPlan) -> Reader:
    """Times of the day, to the microsecond; parts of one are cut off."""
    if column.format is not None:
        return times_in(column)

    def fast(strings: pl.Series) -> pl.Series:
        made = strings.str.to_time("%H:%M:%S%.f", strict=False, cache=False)
        return to_microseconds(made)

    def careful(strings: pl.Series) -> Parsed:
        values = strings.str.to_time("%H:%M", strict=False, cache=False)
        first = fast(with_points(strings))
        values = first.zip_with(first.is_not_null(), values)
        return reasons_where(strings, values, (None, "not_a_time"))

    return Reader(fast, careful)


def timestamps(column: ColumnPlan) -> Reader:
    """Points in time: in UTC for timestamptz, else as the clock showed them."""
    if column.type == "timestamp":
        return _naive(column)
    return _with_zone(column)


def _naive(column: ColumnPlan) -> Reader:
    if column.format is not None:
        return stamps_in(column)
    formats = (*_STAMPS, _DATE)

    def fast(strings: pl.Series) -> pl.Series:
        # What has an offset is refused by the formats: it would be lost.
        values = _parse(strings, _likely(strings, formats))
        return _in_range(values, strings, iso=True)

    def careful(strings: pl.Series) -> Parsed:
        strings = with_points(strings)
        values = _first_of(strings, formats)
        if values.null_count() > strings.null_count():
            hours = _first_of(strings + ":00", _HOURS)  # ISO 8601 has hours alone
            values = values.zip_with(values.is_not_null(), hours)
        values = _in_range(values, strings, iso=True)
        return reasons_where(
            strings,
            values,
            (_beyond(strings), "out_of_range"),
            (None, "not_a_timestamp"),
        )

    return Reader(fast, careful)


def _with_zone(column: ColumnPlan) -> Reader:
    _check_zone(column.zone)
    if column.format is not None:
        return offset_stamps_in(column) or _in_zone(stamps_in(column), column.zone)
    naive = (*_STAMPS, _DATE)
    offset = tuple(stamp + _OFFSET for stamp in _STAMPS)

    def with_offset(strings: pl.Series, formats: Iterable[str]) -> pl.Series:
        return _in_range(_first_of(strings, formats, "UTC"), strings, iso=True)

    def without(strings: pl.Series, formats: Iterable[str]) -> pl.Series:
        return _in_range(_first_of(strings, formats), strings, iso=True)

    def fast(strings: pl.Series) -> pl.Series:
        if _has_offset(strings):
            return with_offset(strings, [_likely(strings, offset)])
        if column.zone is None:
            return pl.Series([None] * len(strings), dtype=pl.Datetime("us", "UTC"))
        return to_utc(without(strings, [_likely(strings, naive)]), column.zone)

    def careful(strings: pl.Series) -> Parsed:
        strings = with_points(strings)
        values = with_offset(strings.str.replace(_NAMES_UTC, "Z"), offset)
        clock = without(null_where(strings, values.is_not_null()), naive)
        if column.zone is not None:
            values = values.zip_with(values.is_not_null(), to_utc(clock, column.zone))
        no_zone = "naive_time" if column.zone is None else "nonexistent_time"
        return reasons_where(
            strings,
            values,
            (clock.is_not_null(), no_zone),
            (_beyond(strings), "out_of_range"),
            (None, "not_a_timestamp"),
        )

    return Reader(fast, careful)


def _in_zone(clock: Reader, zone: str | None) -> Reader:
    """Points in time by clocks of the zone; without a zone none is known."""

    def moved(shown: pl.Series) -> pl.Series:
        if zone is None:
            return pl.Series([None] * len(shown), dtype=pl.Datetime("us", "UTC"))
        return to_utc(shown, zone)

    def careful(strings: pl.Series) -> Parsed:
        shown = clock.careful(strings).values
        no_zone = "naive_time" if zone is None else "nonexistent_time"
        return reasons_where(
            strings,
            moved(shown),
            (shown.is_not_null(), no_zone),
            (None, "not_a_timestamp"),
        )

    return Reader(lambda strings: moved(clock.fast(strings)), careful)


def to_utc(clock: pl.Series, zone: str) -> pl.Series:
    """What clocks of that zone showed. An hour shown twice is the first of them; one
    that was never shown, when clocks were put forward, is null."""
    if zone.upper() == "UTC":
        return clock.dt.replace_time_zone("UTC")
    local = clock.dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    ).dt.convert_time_zone("UTC")
    # A zone may carry the first and the last day out of the years that exist.
    return _in_range(local, local, iso=False)


def _check_zone(zone: str | None) -> None:
    if zone is None:
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no such time zone: {zone}") from error


def _has_offset(strings: pl.Series) -> bool:
    sample = strings.drop_nulls().head(1)
    return len(sample) > 0 and bool(
        sample.str.strip_chars().str.contains(_ENDS_IN_OFFSET)[0]
    )


def _likely(strings: pl.Series, formats: tuple[str, ...]) -> str:
    """The first format that the first value has; the rest of the column most likely."""
    sample = strings.drop_nulls().head(1)
    for form in formats:
        if len(sample) and _parse(sample, form).null_count() == 0:
            return form
    return formats[0]


def _parse(strings: pl.Series, form: str, zone: str | None = None) -> pl.Series:
    dtype = pl.Datetime("us", zone)
    made = strings.str.strptime(dtype, form, strict=False, cache=False)
    return made.cast(dtype)


def _first_of(
    strings: pl.Series, formats: Iterable[str], zone: str | None = None
) -> pl.Series:
    """By the first format that each text has."""
    values: pl.Series | None = None
    for form in formats:
        made = _parse(strings, form, zone)
        values = made if values is None else values.zip_with(values.is_not_null(), made)
        if values.null_count() == strings.null_count():
            return values
    if values is None:
        return pl.Series([None] * len(strings), dtype=pl.Datetime("us", zone))
    return values


def _in_range(values: pl.Series, strings: pl.Series, *, iso: bool) -> pl.Series:
    """Null for years beyond 1 to 9999, and for ISO years of fewer than four digits."""
    days = values if values.dtype == pl.Date else values.dt.date()
    number = days.to_physical()
    if number.is_between(_YEAR_1000, _YEAR_9999_ENDS).all():
        return values
    year = values.dt.year()
    bad = (year < 1) | (year > 9999)
    if iso:
        bad = bad | ~strings.str.strip_chars().str.contains(_ISO_YEAR)
    return null_where(values, bad)


def _beyond(strings: pl.Series) -> pl.Series:
    """Where an ISO date has a year before 1 or after 9999."""
    return strings.str.contains(_LONG_YEAR)
