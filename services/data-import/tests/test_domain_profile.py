"""Profiles of Parquet files: exact, whatever the ranges they are counted in."""

import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from onemanage.contracts.datasets.datasets import ColumnProfile, DatasetColumn
from onemanage.data_import.domain.profile import RANGE_BYTES, profile_table

ROWS = 20_000
COLUMNS = [
    DatasetColumn(name="number", type="bigint"),
    DatasetColumn(name="weight", type="double"),
    DatasetColumn(name="word", type="text"),
    DatasetColumn(name="day", type="date"),
    DatasetColumn(name="same", type="bigint"),
]


def ignored(_: int) -> None:
    pass


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    chance = random.Random(7)
    return pl.DataFrame(
        {
            "number": [
                None if n % 11 == 0 else int(chance.paretovariate(1)) % 10**6
                for n in range(ROWS)
            ],
            "weight": [
                float("nan") if n % 13 == 0 else chance.gauss(0, 1) for n in range(ROWS)
            ],
            "word": [chance.choice(["甲", "b", "", "long " * 9]) for _ in range(ROWS)],
            "day": [
                date(1, 1, 1) + timedelta(days=chance.randrange(3_000_000))
                for _ in range(ROWS)
            ],
            "same": [7] * ROWS,
        }
    )


@pytest.fixture(scope="module")
def path(frame: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("profile") / "a.parquet"
    frame.write_parquet(found, row_group_size=3000)
    return found


@pytest.fixture(params=[RANGE_BYTES, 20_000, 3_000])
def profiles(path: Path, request: pytest.FixtureRequest) -> dict[str, ColumnProfile]:
    """By name; counted in one range, in a few and in many."""
    made = profile_table(path, COLUMNS, ignored, range_bytes=request.param)
    return {column.name: column for column in made}


def test_counts_extremes_and_distinct_values_are_exact(
    profiles: dict[str, ColumnProfile], frame: pl.DataFrame
) -> None:
    for name, found in profiles.items():
        values = frame[name].drop_nulls()
        assert found.count == len(values), name
        assert found.nulls == ROWS - found.count, name
        assert found.distinct == values.n_unique(), name
    assert profiles["number"].min == str(frame["number"].min())
    assert profiles["day"].max == str(frame["day"].max())
    finite = frame["weight"].drop_nans()
    assert float(profiles["weight"].max or 0) == finite.max()
    assert profiles["weight"].mean == pytest.approx(finite.mean())
    assert (profiles["word"].min_length, profiles["word"].max_length) == (0, 45)


def test_quantiles_are_values_at_their_rank(
    profiles: dict[str, ColumnProfile], frame: pl.DataFrame
) -> None:
    for name in ("number", "day"):
        ordered = frame[name].drop_nulls().sort()
        for quantile in profiles[name].quantiles:
            rank = -(-len(ordered) * round(quantile.fraction * 100) // 100)
            assert quantile.value == str(ordered[rank - 1]), (name, quantile)
        assert len(profiles[name].quantiles) == 5


def test_the_most_frequent_values_are_found_across_ranges(
    profiles: dict[str, ColumnProfile], frame: pl.DataFrame
) -> None:
    counted = Counter(str(n) for n in frame["number"].drop_nulls()).most_common(3)

    assert [(t.value, t.count) for t in profiles["number"].top[:3]] == counted
    assert {t.value for t in profiles["word"].top} == {"甲", "b", "", "long " * 9}
    assert profiles["weight"].top[0].value == "NaN"


def test_a_histogram_has_each_value_once(profiles: dict[str, ColumnProfile]) -> None:
    for name in ("number", "day"):
        found = profiles[name]
        assert sum(each.count for each in found.histogram) == found.count
        assert (found.histogram[0].low, found.histogram[-1].high) == (
            found.min,
            found.max,
        )
    assert [each.count for each in profiles["same"].histogram] == [ROWS]
    assert profiles["word"].histogram == []
