"""Rows with the same keys: the last one counts."""

import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.cast import CastBatch
from onemanage.data_import.domain.casting.cast_numbers import is_narrow
from onemanage.data_import.domain.casting.intervals import total_microseconds
from onemanage.data_import.domain.reading.reading import no_reasons

MOST_KEY_BYTES = 2_000
"""Of text in all keys of a row; an entry of a B-tree holds 2,704."""

_SEEDS = (0x5EED, 0xC0FFEE)


class LastOfKeys:
    """Tells for every row whether no later one has the same keys.

    Rows are compared by 128 bits of hashes, 16 bytes of memory for each: by chance two
    of 10**9 rows are alike with a probability below 10**-20. A row with a NULL among
    its keys is like no other.
    """

    def __init__(self, keys: list[ColumnPlan]) -> None:
        self._keys = keys
        self._seen: list[pl.DataFrame] = []
        self._keep = pl.Series(dtype=pl.Boolean)
        self._at = 0

    def see(self, frame: pl.DataFrame) -> None:
        """Rows in the source's order."""
        keys = frame.select(self._comparable(one) for one in self._keys)
        hashes = [keys.hash_rows(seed).alias(str(seed)) for seed in _SEEDS]
        self._seen.append(
            pl.DataFrame(
                [
                    *hashes,
                    keys.select(pl.any_horizontal(pl.all().is_null()))
                    .to_series()
                    .alias("null"),
                ]
            )
        )

    def decide(self) -> None:
        """When all rows have been seen."""
        if self._seen:
            seen = pl.concat(self._seen)
            alike = seen.select(pl.struct(str(one) for one in _SEEDS)).to_series()
            self._keep = alike.is_last_distinct() | seen["null"]
        self._seen.clear()

    def next(self, count: int) -> pl.Series:
        """Whether to keep each of the next ``count`` rows of those seen."""
        self._at += count
        return self._keep.slice(self._at - count, count)

    @staticmethod
    def _comparable(column: ColumnPlan) -> pl.Expr:
        """Equal in polars where they are equal in PostgreSQL."""
        value = pl.col(column.name)
        if column.type == "double":
            return value + 0.0  # of the two zeros
        if column.type == "interval":
            return value.map_batches(total_microseconds, return_dtype=pl.Int64)
        if column.type != "numeric" or is_narrow(column):
            return value
        point = value.str.contains(".", literal=True)
        short = value.str.strip_chars_end("0").str.strip_chars_end(".")
        plain = pl.when(point).then(short).otherwise(value)
        return plain.replace({"-0": "0"}).alias(column.name)


def check_key_lengths(cast: CastBatch, keys: list[ColumnPlan]) -> None:
    """Give the rows whose text is too long for an index the reason too_long."""
    texts = [one.name for one in keys if cast.frame.schema[one.name] == pl.String]
    if not texts:
        return
    length = cast.frame.select(
        pl.sum_horizontal(pl.col(one).str.len_bytes() for one in texts)
    ).to_series()
    long = length > MOST_KEY_BYTES
    if long.any():
        why = cast.reasons.get(texts[0], no_reasons(len(long)))
        cast.reasons[texts[0]] = why.set(long & why.is_null(), "too_long")
