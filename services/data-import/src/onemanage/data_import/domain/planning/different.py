"""The different texts of each column, and how often each of them is there."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

_TALL = 4_096
"""Rows from which columns are counted one by one."""
_LOOK = 1_000


class Different(NamedTuple):
    """Texts of a column, in the order of their rows, without NULL.

    Where hardly any comes twice they are not told from each other: each counts for
    itself.
    """

    texts: pl.Series
    counts: pl.Series
    """Int64, how often each is there."""
    rows: pl.Series
    """Int64, where each is first, from 0."""

    def filter(self, wanted: pl.Series) -> "Different":
        """Only those where ``wanted``, a Boolean of equal length, is true."""
        return Different(*(one.filter(wanted) for one in self))

    def total(self, wanted: pl.Series) -> int:
        """Rows with one of these; ``wanted`` is Boolean, one for each text."""
        return int(self.counts.filter(wanted).sum())

    def first_row(self, wanted: pl.Series) -> int:
        """Of those with one of these, of which there must be one."""
        return int(self.rows.filter(wanted)[0])


def different(columns: Sequence[pl.Series]) -> list[Different]:
    """Of columns of String, all of the same length."""
    if not columns:
        return []
    if len(columns[0]) >= _TALL:
        return [_of_one(one) for one in columns]
    height = len(columns[0])
    count = len(columns)
    frame = pl.DataFrame(
        {
            "text": pl.concat([one.alias("text") for one in columns]),
            "column": np.repeat(np.arange(count), height),
            "row": np.tile(np.arange(height), count),
        }
    )
    made = _counted(frame, "column", "text")
    sizes = np.bincount(made["column"].to_numpy(), minlength=count)
    starts = np.cumsum(sizes) - sizes
    kept = made["text"], made["count"], made["row"]
    return [
        Different(*(one.slice(start, size) for one in kept))
        for start, size in zip(starts.tolist(), sizes.tolist(), strict=True)
    ]


def _of_one(values: pl.Series) -> Different:
    frame = values.alias("text").to_frame()
    frame = frame.with_columns(pl.Series("row", np.arange(len(values))))
    beginning = values.head(_LOOK)
    if beginning.n_unique() == len(beginning):
        frame = frame.drop_nulls("text")
        ones = pl.Series("count", np.ones(frame.height, np.int64))
        return Different(frame["text"], ones, frame["row"])
    made = _counted(frame, "text")
    return Different(made["text"], made["count"], made["row"])


def _counted(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    return (
        frame.drop_nulls("text")
        .group_by(*keys, maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("count"), pl.first("row"))
    )
