"""Values are cast exactly, or rejected with a reason."""

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.planning.keys import LastOfKeys
from onemanage.data_import.domain.reading.binary import BinaryEncoder

type Judged = list[tuple[Any, str | None]]


def judged(
    values: list[Any],
    type_: str,
    dtype: Any = pl.String,
    decimal_comma: bool = False,
    **plan: Any,
) -> Judged:
    """Each value with what became of it, or with the reason why nothing did."""
    column = ColumnPlan(position=1, header="h", name="h", type=type_, **plan)
    cast = cast_column(
        pl.Series(values, dtype=dtype), column, decimal_comma=decimal_comma
    )
    assert (
        cast.bad.to_list()
        == [
            why is not None
            for why in (cast.reasons if cast.reasons is not None else [])
        ]
        or not cast.bad.any()
    )
    reasons = [None] * len(values) if cast.reasons is None else cast.reasons.to_list()
    return list(zip(cast.values.to_list(), reasons, strict=True))


def test_whole_numbers() -> None:
    assert judged(["5", " -7 ", "", "x", "5.0", "9223372036854775808"], "bigint") == [
        (5, None),
        (-7, None),
        (None, None),
        (None, "not_a_bigint"),
        (None, "not_a_bigint"),
        (None, "out_of_range"),
    ]


def test_blanks_are_not_ignored_where_the_plan_says_so() -> None:
    assert judged([" 5"], "bigint", trim=False) == [(None, "not_a_bigint")]


def test_decimals_are_never_rounded() -> None:
    texts = ["1.005", "1.50", "1.500", "99999999.99", "100000000", "1e-3", "1e400", "a"]
    assert judged(texts, "numeric", precision=10, scale=2) == [
        (None, "excess_scale"),
        (Decimal("1.50"), None),
        (Decimal("1.50"), None),
        (Decimal("99999999.99"), None),
        (None, "out_of_range"),
        (None, "excess_scale"),
        (None, "out_of_range"),
        (None, "not_a_numeric"),
    ]


def test_decimals_of_any_size_keep_all_their_digits() -> None:
    long = "123456789012345678901234567890123456789012.10"
    assert judged([long, "007", "1e3", "1e99999", "NaN"], "numeric") == [
        (long, None),
        ("7", None),
        ("1000", None),
        (None, "out_of_range"),
        (None, "not_a_numeric"),
    ]


def test_decimal_commas() -> None:
    texts = ["1.234,5", "1234,50", "1.23,4"]
    assert judged(texts, "numeric", decimal_comma=True, precision=9, scale=2) == [
        (Decimal("1234.50"), None),
        (Decimal("1234.50"), None),
        (None, "not_a_numeric"),
    ]
    assert judged(["1.234", "-3"], "bigint", decimal_comma=True) == [
        (1234, None),
        (-3, None),
    ]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("reject", [(1.5, None), (None, "not_finite"), (None, "not_finite")]),
        ("null", [(1.5, None), (None, None), (None, None)]),
        ("keep", [(1.5, None), (float("inf"), None), (float("-inf"), None)]),
    ],
)
def test_numbers_that_are_not_finite_follow_the_columns_policy(
    policy: str, expected: Judged
) -> None:
    assert judged(["1.5", "1e400", "-inf"], "double", non_finite=policy) == expected


def test_the_ends_of_the_calendar_are_dates() -> None:
    texts = ["0001-01-01", "9999-12-31", "0000-01-01", "10000-01-01", "24-01-02"]
    assert judged(texts, "date") == [
        (dt.date(1, 1, 1), None),
        (dt.date(9999, 12, 31), None),
        (None, "out_of_range"),
        (None, "out_of_range"),
        (None, "not_a_date"),
    ]


def test_dates_by_their_format() -> None:
    assert judged(["02.01.2024", "2024-01-02"], "date", format="%d.%m.%Y") == [
        (dt.date(2024, 1, 2), None),
        (None, "not_a_date"),
    ]


def test_times_without_an_offset_need_a_zone() -> None:
    texts = ["2024-01-02 03:04:05", "2024-01-02T03:04:05+08:00"]
    utc = dt.datetime(2024, 1, 1, 19, 4, 5, tzinfo=dt.UTC)
    assert judged(texts, "timestamptz") == [(None, "naive_time"), (utc, None)]
    assert judged(texts, "timestamptz", zone="Asia/Shanghai") == [
        (utc, None),
        (utc, None),
    ]


def test_an_hour_that_the_clocks_left_out_is_a_reject() -> None:
    texts = ["2024-03-31 02:30:00"]
    assert judged(texts, "timestamptz", zone="Europe/Berlin") == [
        (None, "nonexistent_time")
    ]


def test_an_offset_is_not_lost_in_a_column_without_one() -> None:
    assert judged(["2024-01-02T03:04:05Z"], "timestamp") == [(None, "not_a_timestamp")]


def test_booleans() -> None:
    texts = ["true", "NO", "1", "off", "2", ""]
    assert judged(texts, "boolean") == [
        (True, None),
        (False, None),
        (True, None),
        (False, None),
        (None, "not_a_boolean"),
        (None, None),
    ]


def test_a_cell_with_a_nul_character_is_a_reject() -> None:
    assert judged(["a\0b", " a "], "text") == [(None, "nul_byte"), (" a ", None)]


def test_words_for_null_and_required_values() -> None:
    nulls = ["NA", "-999"]
    assert judged(["NA", "-999", "5"], "bigint", nulls=nulls) == [
        (None, None),
        (None, None),
        (5, None),
    ]
    assert judged(["", "a"], "text", nulls=["NA"]) == [("", None), ("a", None)]
    assert judged(["NA"], "text", nulls=nulls, required=True) == [
        (None, "missing_value")
    ]


def test_typed_values_are_cast_exactly() -> None:
    floats = [1.0, 1.5, 2.0**63, None]
    assert judged(floats, "bigint", pl.Float64) == [
        (1, None),
        (None, "not_a_bigint"),
        (None, "out_of_range"),
        (None, None),
    ]
    assert judged([1.1, 1.005], "numeric", pl.Float64, precision=9, scale=2) == [
        (Decimal("1.10"), None),
        (None, "excess_scale"),
    ]
    assert judged([2**64 - 1], "bigint", pl.UInt64) == [(None, "out_of_range")]
    moments = [dt.datetime(2024, 1, 2), dt.datetime(2024, 1, 2, 3)]
    assert judged(moments, "date", pl.Datetime("ns")) == [
        (dt.date(2024, 1, 2), None),
        (None, "not_a_date"),
    ]
    assert judged([[1, 2]], "text", pl.List(pl.Int64)) == [("[1,2]", None)]


def test_lengths_of_time_are_read_as_postgresql_writes_them_and_others_too() -> None:
    texts = {
        "25:30:00": "25:30:00",
        "-0:30": "-00:30:00",
        "1:02:03.250": "01:02:03.25",
        "1 day, 2:03:04": "1 days 02:03:04",
        "1 year 2 mons -3 days -04:05:06.5": "14 mons -3 days -04:05:06.5",
        "P1Y2M3W4DT5H6M7.8S": "14 mons 25 days 05:06:07.8",
        "-PT36H": "-36:00:00",
        "P-1DT-2H": "-1 days -02:00:00",
        "1h 30m": "01:30:00",
        "2 hours and 5 minutes": "02:05:00",
        "1.5 hrs": "01:30:00",
        "0:00": "00:00:00",
    }
    assert judged(list(texts), "interval") == [(one, None) for one in texts.values()]


def test_what_is_no_length_of_time_or_would_be_rounded_is_rejected() -> None:
    texts = ["", "soon", "1.5", "12:60", "P", "PT", "1.5 months", "0:00:00.0000001"]
    none = (None, "not_an_interval")
    assert judged(texts, "interval") == [(None, None), *[none] * 7]
    far = (None, "out_of_range")
    assert judged(["P10001Y", "999999999:00"], "interval") == [far, far]


def test_typed_lengths_of_time_become_intervals() -> None:
    values = [dt.timedelta(days=1, microseconds=5), None]
    assert judged(values, "interval", pl.Duration("us")) == [
        ("24:00:00.000005", None),
        (None, None),
    ]


def test_lengths_of_time_are_the_same_key_where_postgresql_says_so() -> None:
    column = ColumnPlan(position=1, header="k", name="k", type="interval")
    last = LastOfKeys([column])
    texts = ["24:00:00", "1 mons", "1 days", "30 days", "00:00:01"]
    last.see(pl.DataFrame({"k": texts}))
    last.decide()
    assert last.next(5).to_list() == [False, False, True, True, True]


def test_parts_of_a_microsecond_in_a_text_are_cut_and_stop_nothing() -> None:
    for type_, text in (
        ("time", "12:00:01.1234567"),
        ("timestamp", "2024-01-01 12:00:01.1234567"),
    ):
        column = ColumnPlan(position=1, header="t", name="t", type=type_)
        values = cast_column(pl.Series([text]), column).values
        assert values[0].microsecond == 123456
        encoder = BinaryEncoder([column])
        encoder.header()
        frame = pl.DataFrame({"t": values})
        assert len(encoder.rows(frame) + encoder.trailer()) > 20
