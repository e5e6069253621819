"""Values of a source become values of the table's columns, whole columns at a time.

A value that was there and is none afterwards is a reject. Nothing is rounded, shortened
or guessed: what the column's type cannot hold exactly is rejected with a reason.

Each type has two readers of text: a fast one, which may leave out what it does not
understand but never misreads, and a careful one, which gets only what is left.
"""

from typing import NamedTuple

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan, Dialect
from onemanage.data_import.domain.casting import cast_numbers, cast_times, intervals
from onemanage.data_import.domain.casting.cast_typed import as_source_of
from onemanage.data_import.domain.casting.number_forms import NumberForm, in_ascii
from onemanage.data_import.domain.reading.reading import Parsed, Reader, no_reasons

MOST_TEXT_BYTES = 64 << 20
"""Of one cell. PostgreSQL takes 1 GB, but not from a row of several such cells."""


class Cast(NamedTuple):
    """A column after casting. ``reasons`` is None where nothing is bad."""

    values: pl.Series
    """Of the type that ``polars_type`` names; null where bad."""
    reasons: pl.Series | None
    """String: why a value is bad; null where it is not."""
    nulled: pl.Series | None = None
    """Boolean: bad values that the plan wants as NULL; None where there are none."""

    @property
    def bad(self) -> pl.Series:
        """Boolean, one for each value."""
        if self.reasons is None:
            return pl.Series([False]).new_from_index(0, len(self.values))
        return self.reasons.is_not_null()


class CastBatch(NamedTuple):
    """Rows of a batch after casting, the bad ones too: nothing is dropped here."""

    frame: pl.DataFrame
    """The included columns in the plan's order, under the table's names."""
    reasons: dict[str, pl.Series]
    """Of those columns that have something bad; as in Cast."""
    nulled: dict[str, pl.Series] = {}
    """Likewise."""


def polars_type(column: ColumnPlan) -> pl.DataType:
    """What ``cast_column`` returns for this plan. Times with a zone are in UTC.

    A numeric without precision, or with more digits than 38, stays text: digits with
    at most one point and a sign, as PostgreSQL writes it. An interval is text as well,
    of ``Interval``.
    """
    match column.type:
        case "numeric" if cast_numbers.is_narrow(column):
            return pl.Decimal(column.precision, column.scale or 0)
        case "text" | "numeric" | "interval":
            return pl.String()
        case "boolean":
            return pl.Boolean()
        case "bigint":
            return pl.Int64()
        case "double":
            return pl.Float64()
        case "date":
            return pl.Date()
        case "time":
            return pl.Time()
        case "timestamp":
            return pl.Datetime("us")
        case "timestamptz":
            return pl.Datetime("us", "UTC")
    raise ValueError(f"no such column type: {column.type}")


def cast_column(
    values: pl.Series, column: ColumnPlan, *, decimal_comma: bool = False
) -> Cast:
    """The values as the column's type, text or already typed ones.

    Reasons: not_a_bigint, not_a_numeric, not_a_double, not_a_boolean, not_a_date,
    not_a_time, not_a_timestamp, not_an_interval, excess_scale, out_of_range, not_finite, naive_time,
    nonexistent_time, nul_byte, too_long, missing_value. Raises ValueError for a type,
    zone or form of numbers that does not exist.
    """
    dtype = polars_type(column)
    if values.dtype == pl.Null:
        parsed = Parsed(pl.Series(values.name, [None] * len(values), dtype=dtype), None)
    elif values.dtype == pl.String:
        parsed = _from_text(values, column, decimal_comma)
    else:
        parsed = _from_typed(values, column)
    made, reasons = parsed
    nulled = None
    if column.on_bad_value == "null" and reasons is not None:
        nulled, reasons = reasons.is_not_null(), None
    if column.required and made.null_count():
        reasons = no_reasons(len(made)) if reasons is None else reasons
        missing = made.is_null() & reasons.is_null()
        reasons = reasons.set(missing, "missing_value")
    if reasons is not None and reasons.null_count() == len(reasons):
        reasons = None
    return Cast(made, reasons, nulled if nulled is not None and nulled.any() else None)


def cast_batch(
    frame: pl.DataFrame, columns: list[ColumnPlan], dialect: Dialect
) -> CastBatch:
    """Cast the included columns of a batch's frame, which names them by position."""
    made: dict[str, pl.Series] = {}
    reasons: dict[str, pl.Series] = {}
    nulled: dict[str, pl.Series] = {}
    for column in columns:
        if not column.include:
            continue
        cast = cast_column(
            frame[str(column.position)], column, decimal_comma=dialect.decimal_comma
        )
        made[column.name] = cast.values
        if cast.reasons is not None:
            reasons[column.name] = cast.reasons
        if cast.nulled is not None:
            nulled[column.name] = cast.nulled
    return CastBatch(pl.DataFrame(made), reasons, nulled)


def _from_text(
    strings: pl.Series, column: ColumnPlan, decimal_comma: bool = False
) -> Parsed:
    if column.type == "text":
        return _text(_without_nulls(strings, column.nulls))
    reader = _reader(column, decimal_comma)
    # Most often the words for NULL are no values, and only failures can be one.
    words = pl.Series([one for one in column.nulls if one], dtype=pl.String)
    readable = len(words) and reader.fast(words).is_not_null().any()
    if readable:
        strings = _without_nulls(strings, column.nulls)
    values = reader.fast(strings)
    if values.null_count() == strings.null_count():
        return Parsed(values, None)
    left = (values.is_null() & strings.is_not_null()).arg_true()
    rest = _without_nulls(strings.gather(left), column.nulls)
    if column.trim:
        rest = rest.str.strip_chars()
    if column.type in cast_numbers.NUMBERS:
        rest = in_ascii(rest)
    found, why = reader.careful(rest)
    values = values.scatter(left, found)
    if why is None or why.null_count() == len(why):
        return Parsed(values, None)
    return Parsed(values, no_reasons(len(strings)).scatter(left, why))


def _reader(column: ColumnPlan, decimal_comma: bool) -> Reader:
    if column.format is not None and column.type in cast_numbers.NUMBERS:
        form = NumberForm.of(column.format)
        if form is None:
            raise ValueError(f"no form of numbers: {column.format}")
        plain = replace(column, format=None)
        return cast_numbers.formed(form, _reader(plain, False), column)
    match column.type:
        case "boolean":
            return cast_numbers.booleans()
        case "bigint":
            return cast_numbers.bigints(decimal_comma)
        case "numeric":
            return cast_numbers.numerics(column, decimal_comma)
        case "double":
            return cast_numbers.doubles(column, decimal_comma)
        case "date":
            return cast_times.dates(column)
        case "time":
            return cast_times.times(column)
        case "interval":
            return intervals.intervals()
    return cast_times.timestamps(column)


def _from_typed(values: pl.Series, column: ColumnPlan) -> Parsed:
    """Exactly where the types suit each other; else by way of text."""
    parsed = as_source_of(values, column, polars_type(column))
    if parsed.values.dtype != pl.String or column.type == "text":
        if column.type == "text":
            made, why = _text(parsed.values)
            return Parsed(made, parsed.reasons if why is None else why)
        return parsed
    made, why = _from_text(parsed.values, column)
    if parsed.reasons is None:
        return Parsed(made, why)
    return Parsed(made, parsed.reasons if why is None else _first(parsed.reasons, why))


def _first(one: pl.Series, other: pl.Series) -> pl.Series:
    return one.zip_with(one.is_not_null(), other)


def _without_nulls(strings: pl.Series, nulls: list[str]) -> pl.Series:
    """Null where the text is one of the words that mean it."""
    for word in nulls:
        same = strings == word
        if same.any():
            strings = strings.set(same, None)
    return strings


def _text(strings: pl.Series) -> Parsed:
    """Text is taken as it is; NUL is the one character that PostgreSQL cannot hold."""
    reasons: pl.Series | None = None
    for bad, why in (
        (strings.str.contains("\0", literal=True), "nul_byte"),
        (strings.str.len_bytes() > MOST_TEXT_BYTES, "too_long"),
    ):
        if bad.any():
            reasons = no_reasons(len(strings)) if reasons is None else reasons
            reasons = reasons.set(bad.fill_null(False), why)
            strings = strings.set(bad, None)
    return Parsed(strings, reasons)
