"""Readers of booleans and numbers as text."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.boolean_words import FALSE, TRUE
from onemanage.data_import.domain.casting.number_forms import NumberForm
from onemanage.data_import.domain.reading.reading import (
    Parsed,
    Reader,
    no_reasons,
    null_where,
    reasons_where,
)

NUMBERS = ("bigint", "numeric", "double")
MOST_DIGITS = 1_000
"""On either side of the point: what PostgreSQL lets a numeric(p, s) declare."""

_WIDEST_DECIMAL = 38
_INTEGER = r"^[+-]?[0-9]+$"
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_COMMA_NUMBER = (
    r"^[+-]?(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+|)(?:,[0-9]*)?"
    r"(?:[eE][+-]?[0-9]+)?$"
)
_CANONICAL = r"^-?(?:0|[1-9][0-9]{0,999})(?:\.[0-9]{1,1000})?$"


def is_narrow(column: ColumnPlan) -> bool:
    """Whether the numeric fits 128 bits, as polars and Arrow hold it."""
    return column.precision is not None and column.precision <= _WIDEST_DECIMAL


def booleans() -> Reader:
    """Of true, t, yes, y, on, 1, their opposites and the like in other languages, in
    any case."""

    def fast(strings: pl.Series) -> pl.Series:
        return _one_of(strings, ("true",), ("false",))

    def careful(strings: pl.Series) -> Parsed:
        values = _one_of(strings.str.to_lowercase(), TRUE, FALSE)
        return reasons_where(strings, values, (None, "not_a_boolean"))

    return Reader(fast, careful)


def _one_of(strings: pl.Series, true: Sequence[str], false: Sequence[str]) -> pl.Series:
    is_true, is_false = (
        strings.is_in(list(words)) if len(words) > 1 else strings == words[0]
        for words in (true, false)
    )
    return null_where(is_true, ~(is_true | is_false))


def formed(form: NumberForm, reader: Reader, column: ColumnPlan) -> Reader:
    """Numbers of the one form, by ``reader`` of numbers written 1234.5."""

    def plain(strings: pl.Series) -> pl.Series:
        values = form.plain(strings)
        return values + "e-2" if form.percent else values

    def fast(strings: pl.Series) -> pl.Series:
        return reader.fast(plain(strings))

    def careful(strings: pl.Series) -> Parsed:
        values = plain(strings)
        found, why = reader.careful(values)
        why = no_reasons(len(strings)) if why is None else why
        other = values.is_null() & strings.is_not_null()
        return Parsed(found, why.set(other, f"not_a_{column.type}"))

    return Reader(fast, careful)


def bigints(decimal_comma: bool) -> Reader:
    """Whole numbers of 64 bits. With decimal comma, 1.234 is written for 1234."""

    def fast(strings: pl.Series) -> pl.Series:
        return strings.cast(pl.Int64, strict=False)

    def careful(strings: pl.Series) -> Parsed:
        plain = _without_grouping(strings) if decimal_comma else strings
        whole = plain.str.contains(_INTEGER)
        return reasons_where(
            strings,
            plain.cast(pl.Int64, strict=False),
            (whole, "out_of_range"),
            (None, "not_a_bigint"),
        )

    return Reader(fast, careful)


def doubles(column: ColumnPlan, decimal_comma: bool) -> Reader:
    """Numbers of 64 bits, and what the plan says of those that are not finite."""
    policy = column.non_finite

    def fast(strings: pl.Series) -> pl.Series:
        if decimal_comma:
            strings = _with_point(strings)
        values = strings.cast(pl.Float64, strict=False)
        finite = values.is_finite()
        return values if finite.all() else null_where(values, ~finite)

    def careful(strings: pl.Series) -> Parsed:
        plain = _with_point(strings) if decimal_comma else strings
        values = plain.cast(pl.Float64, strict=False)
        if decimal_comma:  # the words for what is not finite are no numbers to it
            words = strings.cast(pl.Float64, strict=False)
            values = values.zip_with(words.is_finite().fill_null(True), words)
        infinite = ~values.is_finite().fill_null(True)
        if policy == "null":
            strings = null_where(strings, infinite)
        if policy != "keep":
            values = null_where(values, infinite)
        return reasons_where(
            strings, values, (infinite, "not_finite"), (None, "not_a_double")
        )

    return Reader(fast, careful)


def numerics(column: ColumnPlan, decimal_comma: bool) -> Reader:
    """Decimal numbers of any size, or of the plan's precision and scale."""
    scale = column.scale or 0
    dtype = pl.Decimal(column.precision, scale) if is_narrow(column) else pl.String()
    exact = rf"^[+-]?[0-9]*\.?[0-9]{{0,{scale}}}$"

    def fast(strings: pl.Series) -> pl.Series:
        if decimal_comma:
            strings = _with_point(strings)
        if column.precision is None:
            return null_where(strings, ~strings.str.contains(_CANONICAL))
        if not is_narrow(column):
            return null_where(strings, strings.is_not_null())
        values = strings.cast(dtype, strict=False)
        fits = strings.str.contains(exact)
        return values if fits.all() else null_where(values, ~fits)

    def careful(strings: pl.Series) -> Parsed:
        plain = _with_point(strings) if decimal_comma else strings
        number = plain.str.contains(_NUMBER).fill_null(False)
        made: list[str | None] = [None] * len(strings)
        why: list[str | None] = [None] * len(strings)
        for at in number.arg_true():
            made[at], why[at] = _exact(plain[at], column)
        reasons = pl.Series(why, dtype=pl.String)
        reasons = reasons.set(~number & strings.is_not_null(), "not_a_numeric")
        values = pl.Series(made, dtype=pl.String).cast(dtype)
        return Parsed(values, reasons if len(reasons) else no_reasons(0))

    return Reader(fast, careful)


def _exact(text: str, column: ColumnPlan) -> tuple[str | None, str | None]:
    """The number written out, or why the column cannot hold it."""
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent beyond what the module counts to
        return None, "out_of_range"
    if not value:
        return "0", None
    if value.adjusted() >= MOST_DIGITS:
        return None, "out_of_range"
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # _NUMBER lets no NaN or infinity through
    if column.precision is None and exponent < -MOST_DIGITS:
        return None, "out_of_range"
    if column.precision is not None:
        scale = column.scale or 0
        if any(digits[exponent + scale :] if exponent + scale < 0 else ()):
            return None, "excess_scale"
        if value.adjusted() >= column.precision - scale:
            return None, "out_of_range"
        text = f"{value:.{min(scale, max(0, -exponent))}f}"
        return text, None
    return f"{value:f}", None


def _without_grouping(strings: pl.Series) -> pl.Series:
    """1.234.567 as 1234567; null for what is not grouped by threes."""
    grouped = strings.str.contains(r"^[+-]?(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)$")
    return null_where(strings, ~grouped).str.replace_all(".", "", literal=True)


def _with_point(strings: pl.Series) -> pl.Series:
    """1.234,5 as 1234.5; null for what is not written like that."""
    written = null_where(strings, ~strings.str.contains(_COMMA_NUMBER))
    plain = written.str.replace_all(".", "", literal=True)
    return plain.str.replace(",", ".", literal=True)
