"""What is in each column of a Parquet file, exact and in bounded memory. Pure: a path.

One column at a time is reduced to its different values and how often each is there;
all figures follow from that. A column whose values would not fit into memory is cut
into ranges by the quantiles of a sample, and the ranges are counted one after the
other: each value falls into one range, and they come in order, so distinct values,
quantiles, the most frequent and the histogram stay exact.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
from pyarrow import parquet

from onemanage.contracts.datasets.datasets import (
    ColumnProfile,
    DatasetColumn,
    HistogramBin,
    Quantile,
    ValueCount,
)
from onemanage.data_import.domain.casting.interval_text import clock
from onemanage.data_import.domain.casting.intervals import total_microseconds
from onemanage.data_import.domain.export import arrow_type
from onemanage.data_import.domain.export_xlsx import shown_decimal

RANGE_BYTES = 32 << 20
"""Of a column's values as Parquet has them before compression, counted at once."""
_BINS = 20
_TOP = 10
_FRACTIONS = (0.05, 0.25, 0.5, 0.75, 0.95)
_SAMPLED = 50_000
_SHOWN = 200
_VALUE, _COUNT = "value", "count"
_UNORDERED = frozenset({"text", "boolean"})
_NUMBERS = frozenset({"bigint", "numeric", "double"})


@dataclass(slots=True)
class _Found:
    """What the ranges so far have told of a column."""

    distinct: int = 0
    count: int = 0
    total: float = 0.0
    low: Any = None
    high: Any = None
    lengths: tuple[int, int] | None = None
    top: list[tuple[Any, int]] = field(default_factory=list)
    quantiles: list[Quantile] = field(default_factory=list)
    bins: list[int] = field(default_factory=lambda: [0] * _BINS)


def profile_table(
    source: Path,
    columns: Sequence[DatasetColumn],
    report: Callable[[int], None],
    *,
    range_bytes: int = RANGE_BYTES,
    open_ended: Collection[str] = (),
) -> list[ColumnProfile]:
    """Of every column in order; ``report`` is told how many are done. ``open_ended``
    names numerics that have no scale in the table, whatever the file gives them."""
    made = []
    for number, given in enumerate(columns):
        column = _on_a_scale(given)
        if given.name in open_ended:
            column = msgspec.structs.replace(column, scale=None)
        ranges = _ranges(source, number, column, range_bytes)
        found = _profile(source, column, ranges)
        made.append(msgspec.structs.replace(found, type=given.type))
        report(number + 1)
    return made


def _on_a_scale(column: DatasetColumn) -> DatasetColumn:
    """A numeric of more digits than a decimal has is profiled as a double."""
    if column.type != "numeric" or pa.types.is_decimal(arrow_type(column)):
        return column
    return DatasetColumn(name=column.name, type="double")


def _profile(
    source: Path, column: DatasetColumn, ranges: list[pl.Expr]
) -> ColumnProfile:
    values = _scan(source, column)
    facts = values.select(
        nulls=pl.col(_VALUE).null_count(),
        rows=pl.len(),
        finite=_finite(column).sum(),
        low=pl.col(_VALUE).filter(_finite(column)).min(),
        high=pl.col(_VALUE).filter(_finite(column)).max(),
    ).collect(engine="streaming")
    nulls, rows, finite, low, high = facts.row(0)
    count = rows - nulls
    found = _Found(low=low, high=high)
    for counts in _counted(values, column, ranges):
        _add(found, column, counts, finite)
    if count > finite:
        _add_odd(found, values, column)
    ordered = column.type not in _UNORDERED
    return ColumnProfile(
        name=column.name,
        type=column.type,
        count=count,
        nulls=nulls,
        distinct=found.distinct,
        min=_text(low, column),
        max=_text(high, column),
        mean=found.total / finite if finite and column.type in _NUMBERS else None,
        quantiles=found.quantiles,
        top=_most_frequent(found, column),
        histogram=_histogram(found, column) if ordered and finite else [],
        min_length=found.lengths[0] if found.lengths else None,
        max_length=found.lengths[1] if found.lengths else None,
    )


def _scan(source: Path, column: DatasetColumn) -> pl.LazyFrame:
    value = pl.col(column.name)
    if column.type == "interval":  # text in the file, as no format has its parts
        value = value.map_batches(total_microseconds, return_dtype=pl.Int64)
    if column.type == "double":  # or a numeric that is no decimal, see above
        value = value.cast(pl.Float64)
    return pl.scan_parquet(source, glob=False).select(value.alias(_VALUE))


def _finite(column: DatasetColumn) -> pl.Expr:
    """What has a place on a scale: no NULL, no NaN, no infinity."""
    value = pl.col(_VALUE)
    if column.type == "double":
        return value.is_finite().fill_null(False)
    return value.is_not_null()


def _ranges(
    source: Path, number: int, column: DatasetColumn, range_bytes: int
) -> list[pl.Expr]:
    """Conditions that each value meets one of, in order; one where all fits."""
    value, everything = pl.col(_VALUE), [pl.lit(True)]
    with parquet.ParquetFile(source) as file:
        facts = file.metadata
        size = sum(
            facts.row_group(group).column(number).total_uncompressed_size
            for group in range(facts.num_row_groups)
        )
        rows = facts.num_rows
    parts = ceil(size / range_bytes)
    if parts <= 1:
        return everything
    sampled = (
        _scan(source, column)
        .gather_every(max(1, rows // _SAMPLED))
        .filter(_finite(column))
        .collect(engine="streaming")
        .get_column(_VALUE)
        .sort()
    )
    steps = [sampled[len(sampled) * part // parts] for part in range(1, parts)]
    edges = list(dict.fromkeys(steps)) if len(sampled) else []
    if not edges:
        return everything
    exact = [pl.lit(edge, dtype=sampled.dtype) for edge in edges]
    between = [
        (value >= low) & (value < high)
        for low, high in zip(exact, exact[1:], strict=False)
    ]
    return [value < exact[0], *between, value >= exact[-1]]


def _counted(
    values: pl.LazyFrame, column: DatasetColumn, ranges: list[pl.Expr]
) -> Iterator[pl.DataFrame]:
    """The different values of each range and their counts, in ascending order."""
    for within in ranges:
        counts = (
            values.filter(_finite(column) & within)
            .group_by(_VALUE)
            .agg(pl.len().alias(_COUNT))
            .collect(engine="streaming")
        )
        if counts.height:
            yield counts.sort(_VALUE)


def _add(
    found: _Found, column: DatasetColumn, counts: pl.DataFrame, finite: int
) -> None:
    values, numbers = counts.get_column(_VALUE), counts.get_column(_COUNT)
    found.distinct += counts.height
    top = counts.sort([_COUNT, _VALUE], descending=[True, False]).head(_TOP)
    found.top = _best([*found.top, *top.rows()])
    if column.type == "text":
        characters = values.str.len_chars()
        found.lengths = _widened(found.lengths, characters.min(), characters.max())
    elif column.type != "boolean":
        _add_ordered(found, column, values, numbers, finite)
    found.count += int(numbers.sum())


def _widened(so_far: tuple[int, int] | None, low: Any, high: Any) -> tuple[int, int]:
    if so_far is None:
        return int(low), int(high)
    return min(so_far[0], int(low)), max(so_far[1], int(high))


def _add_ordered(
    found: _Found,
    column: DatasetColumn,
    values: pl.Series,
    numbers: pl.Series,
    finite: int,
) -> None:
    upto = numbers.cum_sum() + found.count
    last = int(upto[-1])
    for fraction in _FRACTIONS[len(found.quantiles) :]:
        rank = max(1, ceil(fraction * finite))
        if rank > last:
            break
        at = int(upto.search_sorted(rank, "left"))
        text = _text(values[at], column)
        assert text is not None  # NULL is no value
        found.quantiles.append(Quantile(fraction=fraction, value=text))
    places = _places(values, column)
    if column.type in _NUMBERS:
        found.total += float((places * numbers.cast(pl.Float64)).sum())
    low, high = _place(found.low, column), _place(found.high, column)
    width = (high - low) / _BINS
    which = (((places - low) / width) if width else places * 0.0).floor()
    binned = (
        pl.DataFrame({"bin": which.clip(0, _BINS - 1).cast(pl.Int64), _COUNT: numbers})
        .group_by("bin")
        .agg(pl.col(_COUNT).sum())
    )
    for number, more in binned.rows():
        found.bins[number] += more


def _add_odd(found: _Found, values: pl.LazyFrame, column: DatasetColumn) -> None:
    """NaN and infinities: values, but of no place."""
    odd = (
        values.filter(pl.col(_VALUE).is_not_null() & ~_finite(column))
        .group_by(_VALUE)
        .agg(pl.len().alias(_COUNT))
        .collect(engine="streaming")
    )
    found.distinct += odd.height
    found.top = _best([*found.top, *odd.rows()])


def _best(counted: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Ranges come in order, so equal counts stay in the order of their values."""
    return sorted(counted, key=lambda pair: -pair[1])[:_TOP]


def _most_frequent(found: _Found, column: DatasetColumn) -> list[ValueCount]:
    if not found.top or found.top[0][1] == 1:
        return []
    return [
        ValueCount(value=text, count=count)
        for value, count in found.top
        if (text := _text(value, column)) is not None
    ]


def _places(values: pl.Series, column: DatasetColumn) -> pl.Series:
    """Where on a scale each value is."""
    if column.type in _NUMBERS:
        return values.cast(pl.Float64)
    return values.to_physical().cast(pl.Float64)


def _place(value: Any, column: DatasetColumn) -> float:
    kind = {"date": pl.Date, "time": pl.Time}.get(column.type)
    if column.type == "timestamptz":
        return float(
            pl.Series([value], dtype=pl.Datetime("us", "UTC")).to_physical()[0]
        )
    if column.type == "timestamp":
        return float(pl.Series([value], dtype=pl.Datetime("us")).to_physical()[0])
    if kind is not None:
        return float(pl.Series([value], dtype=kind).to_physical()[0])
    return float(value)


def _histogram(found: _Found, column: DatasetColumn) -> list[HistogramBin]:
    low, high = _place(found.low, column), _place(found.high, column)
    if low == high:
        text = _text(found.low, column) or ""
        return [HistogramBin(low=text, high=text, count=sum(found.bins))]
    steps = [low + (high - low) * step / _BINS for step in range(1, _BINS)]
    texts = [
        _text(found.low, column) or "",
        *(_edge(step, column) for step in steps),
        _text(found.high, column) or "",
    ]
    return [
        HistogramBin(low=texts[step], high=texts[step + 1], count=count)
        for step, count in enumerate(found.bins)
    ]


def _edge(place: float, column: DatasetColumn) -> str:
    if column.type in _NUMBERS:
        return f"{place:.6g}"
    if column.type == "interval":
        return clock(round(place))
    kind: Any = {"date": pl.Date, "time": pl.Time}.get(column.type, pl.Datetime("us"))
    whole = pl.Series([int(place)], dtype=pl.Int64)
    value = (whole.cast(pl.Int32) if column.type == "date" else whole).cast(kind)[0]
    if isinstance(value, datetime):
        value = value.replace(microsecond=0)
    text = _text(value, column) or ""
    return text if column.type != "timestamptz" or text.endswith("Z") else f"{text}Z"


def _text(value: Any, column: DatasetColumn) -> str | None:
    if value is None:
        return None
    if column.type == "interval":
        return clock(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return shown_decimal(value, column.scale is None)
    if isinstance(value, float):
        odd = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
        return odd.get(str(value), repr(value))
    return str(value)[:_SHOWN]
