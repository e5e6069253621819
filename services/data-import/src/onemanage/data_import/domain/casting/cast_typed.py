"""Values that come typed (of workbooks, Parquet, Arrow, databases) into the column's.

Where the types suit each other they are cast exactly; whatever does not suit goes by
way of text and is judged as text is.
"""

from datetime import time, timedelta

import msgspec
import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.cast_times import to_utc
from onemanage.data_import.domain.casting.intervals import of_durations
from onemanage.data_import.domain.reading.reading import (
    Parsed,
    no_reasons,
    null_where,
    reasons_where,
    to_microseconds,
)

_LAST_ZEROS = r"(\.[0-9]*[1-9])0+"
"""Of parts of a second."""


def as_source_of(values: pl.Series, column: ColumnPlan, dtype: pl.DataType) -> Parsed:
    """The values as ``dtype``, or as String where text is the way to it."""
    if values.dtype.is_temporal():
        return _from_time(values, column)
    if column.type == "double" and values.dtype.is_numeric():
        return _double(values, column.non_finite)
    if values.dtype == pl.Boolean and column.type in ("boolean", "bigint"):
        return Parsed(values.cast(dtype), None)
    if column.type == "bigint" and values.dtype.is_numeric():
        return _bigint(values)
    if column.type == "boolean" and values.dtype.is_numeric():
        flags = null_where(values == 1, ~values.is_in([0, 1]))
        return reasons_where(values, flags, (None, "not_a_boolean"))
    return Parsed(as_text(values), None)


def _bigint(values: pl.Series) -> Parsed:
    """Whole numbers; of floats and decimals those without a fraction."""
    whole = values
    if not values.dtype.is_integer():
        whole = null_where(values, values != values.floor())
    if values.dtype.is_float():
        # 2**63 is a float, the largest bigint is not: the cast would let it through.
        whole = null_where(whole, ~(whole.abs() < 2.0**63))
    made = whole.cast(pl.Int64, strict=False)
    fraction = whole.is_null() & values.is_not_null()
    large = values.abs() >= 2**62 if not values.dtype.is_integer() else ~fraction
    return reasons_where(values, made, (large, "out_of_range"), (None, "not_a_bigint"))


def _double(values: pl.Series, policy: str) -> Parsed:
    if values.dtype == pl.Float32:
        # 1.1 of single precision is 1.1, and not the double 1.100000023841858.
        values = values.cast(pl.String)
    made = values.cast(pl.Float64)
    infinite = ~made.is_finite().fill_null(True)
    if policy == "keep" or not infinite.any():
        return Parsed(made, None)
    made = null_where(made, infinite)
    if policy == "null":
        return Parsed(made, None)
    return Parsed(made, no_reasons(len(made)).set(infinite, "not_finite"))


def _from_time(values: pl.Series, column: ColumnPlan) -> Parsed:
    dtype = values.dtype
    if column.type == "date" and dtype in (pl.Date, pl.Datetime):
        return _date(values)
    if column.type in ("timestamp", "timestamptz") and dtype in (pl.Date, pl.Datetime):
        return _timestamp(values, column)
    if column.type == "time" and dtype in (pl.Time, pl.Duration):
        return _time(values)
    if column.type == "interval" and dtype == pl.Duration:
        return Parsed(of_durations(values), None)
    return Parsed(as_text(values), None)


def _date(values: pl.Series) -> Parsed:
    days = values.cast(pl.Date) if values.dtype == pl.Date else values.dt.date()
    if values.dtype != pl.Date:
        days = null_where(days, values.dt.time() != time())
    days = _years(days)
    beyond = _beyond(values)
    return reasons_where(values, days, (beyond, "out_of_range"), (None, "not_a_date"))


def _timestamp(values: pl.Series, column: ColumnPlan) -> Parsed:
    """A date is its midnight. What has a zone is put into UTC."""
    zoned = isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone
    made = _years(values.cast(pl.Datetime("us", zoned or None)))
    reason = "not_a_timestamp"
    if zoned:
        made = made.dt.convert_time_zone("UTC")
    if zoned and column.type == "timestamp":
        made = made.dt.replace_time_zone(None)
    if not zoned and column.type == "timestamptz":
        reason = "nonexistent_time" if column.zone else "naive_time"
        if column.zone is None:
            made = null_where(made, made.is_not_null()).dt.replace_time_zone("UTC")
        else:
            made = to_utc(made, column.zone)
    return reasons_where(
        values, made, (_beyond(values), "out_of_range"), (None, reason)
    )


def _time(values: pl.Series) -> Parsed:
    """Of the day; a duration, as workbooks have it, of less than one."""
    if values.dtype == pl.Duration:
        outside = (values < timedelta(0)) | (values >= timedelta(days=1))
        kept = null_where(values, outside)
        times = (kept.dt.total_microseconds() * 1000).cast(pl.Time)
        return reasons_where(
            values, times, (outside, "out_of_range"), (None, "not_a_time")
        )
    return Parsed(to_microseconds(values), None)


def _years(values: pl.Series) -> pl.Series:
    return null_where(values, _beyond(values))


def _beyond(values: pl.Series) -> pl.Series:
    """Where the year is not 1 to 9999, which is more than most programs can read."""
    year = values.dt.year()
    return (year < 1) | (year > 9999)


def as_text(values: pl.Series) -> pl.Series:
    """Every value as a person would write it; ISO 8601, JSON for what is nested."""
    dtype = values.dtype
    if dtype == pl.Binary:
        return pl.Series([None if v is None else "\\x" + v.hex() for v in values])
    if dtype.is_nested() or dtype == pl.Object:
        return pl.Series(
            [
                None if v is None else msgspec.json.encode(v).decode()
                for v in _plain(values)
            ],
            dtype=pl.String,
        )
    if dtype == pl.Duration:
        return values.dt.to_string("iso")
    if isinstance(dtype, pl.Datetime):
        form = "%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if dtype.time_zone else "")
        return values.dt.strftime(form).str.replace(_LAST_ZEROS, "${1}")
    if dtype == pl.Time:
        texts = values.dt.strftime("%H:%M:%S%.f")  # cast to String it has no parts
        return texts.str.replace(_LAST_ZEROS, "${1}")
    return values.cast(pl.String)


def _plain(values: pl.Series) -> list[object]:
    return list(values.to_list())
