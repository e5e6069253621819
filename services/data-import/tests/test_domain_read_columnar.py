"""Parquet, Arrow and JSON lines."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.parquet as parquet  # type: ignore[import-untyped]  # as above
import pytest
from msgspec.structs import replace

from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.errors import Damaged, NotATable, WrongPlan
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.binary import BinaryEncoder
from onemanage.data_import.domain.reading.read import read_table


def table() -> Any:
    return pa.table(
        {
            "n": pa.array([1, None], pa.int32()),
            "big": pa.array([2**64 - 1, 0], pa.uint64()),
            "x": pa.array([1.5, float("nan")]),
            "d": pa.array([Decimal("1.25"), None], pa.decimal128(10, 2)),
            "day": pa.array([date(1, 1, 1), date(9999, 12, 31)]),
            "at": pa.array([datetime(2024, 1, 1), None], pa.timestamp("ns")),
            "zoned": pa.array(
                [datetime(2024, 1, 1, tzinfo=UTC), None], pa.timestamp("us", "UTC")
            ),
            "kind": pa.array(["x", "y"]).dictionary_encode(),
            "list": pa.array([[1, 2], None]),
            "map": pa.array([{"a": "ü"}, {"a": None}]),
            "bytes": pa.array([b"\x00\xff", None]),
            "nothing": pa.nulls(2),
        }
    )


def written(path: Path, format: str) -> Path:
    if format == "parquet":
        parquet.write_table(table(), path)
        return path
    make = pa.ipc.new_file if format == "file" else pa.ipc.new_stream
    with make(str(path), table().schema) as writer:
        writer.write_table(table())
    return path


def planned(path: Path) -> Plan:
    return make_plan([PlannedFile("f1", path, path.name)])


@pytest.mark.parametrize("format", ["parquet", "file", "stream"])
def test_typed_columns_keep_their_types(tmp_path: Path, format: str) -> None:
    path = written(tmp_path / "data", format)
    plan = planned(path)
    assert [one.type for one in plan.tables[0].columns] == [
        *("bigint", "numeric", "double", "numeric", "date", "timestamp"),
        *("timestamptz", "text", "text", "text", "text", "text"),
    ]
    (batch,) = read_table(path, plan.tables[0])
    row = batch.frame.rows()[0]
    assert row[:5] == (1, 2**64 - 1, 1.5, Decimal("1.25"), date(1, 1, 1))
    assert row[7:] == ("x", "[1, 2]", '{"a": "ü"}', "\\x00ff", None)
    assert batch.lines.to_list() == [1, 2]
    found = plan.findings[0]
    assert (found.rows, found.columns[2].invalid) == (2, 1)
    assert {one.code for one in found.columns[8].warnings} == {"nested"}


def test_columns_are_meant_by_position_even_where_names_repeat(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(
        pa.Table.from_arrays([pa.array([1]), pa.array(["x"])], ["a", "a"]), path
    )
    (plan,) = planned(path).tables
    assert [one.name for one in plan.columns] == ["a", "a_2"]
    without = replace(
        plan, columns=[replace(plan.columns[0], include=False), plan.columns[1]]
    )
    (batch,) = read_table(path, without)
    assert batch.frame.to_dict(as_series=False) == {"2": ["x"]}


def test_a_file_that_was_cut_off_is_damaged(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", "parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Damaged, match="cut off"):
        planned(path)


def test_a_file_of_fewer_columns_than_the_plan_is_refused(tmp_path: Path) -> None:
    (plan,) = planned(written(tmp_path / "a.parquet", "parquet")).tables
    parquet.write_table(pa.table({"n": [1]}), tmp_path / "b.parquet")
    with pytest.raises(WrongPlan, match="12 columns"):
        list(read_table(tmp_path / "b.parquet", plan))


LINES = (
    '{"id": 1, "name": "东莞", "price": 1.10}\n'
    "\n"
    '{"id": 12345678901234567890, "tags": ["a", {"b": 1}], "name": null}\n'
    "{broken\n"
    "[1, 2]\n"
    '{"id": 3, "ok": true}\n'
)


def test_json_lines_keep_their_digits_and_bad_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(LINES)
    plan = planned(path)
    (table,) = plan.tables
    assert [one.header for one in table.columns] == [
        *("id", "name", "price", "tags", "ok"),
    ]
    (batch,) = read_table(path, table)
    assert batch.frame.rows() == [
        ("1", "东莞", "1.10", None, None),
        ("12345678901234567890", None, None, '["a", {"b": 1}]', None),
        ("3", None, None, None, "true"),
    ]
    assert batch.lines.to_list() == [1, 3, 6]
    assert [(one.line, one.reason) for one in batch.rejects] == [
        (4, "not_json"),
        (5, "not_json"),
    ]
    assert batch.rejected_rows is not None
    assert batch.rejected_rows.rows() == [("{broken",), ("[1, 2]",)]
    assert (plan.findings[0].rows, plan.findings[0].ragged) == (5, 2)


def test_a_key_that_the_plan_does_not_know_is_not_lost_in_silence(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n')
    (table,) = planned(path).tables
    path.write_text('{"a": 1}\n{"a": 2, "b": 3}\n')
    (batch,) = read_table(path, table)
    assert isinstance(batch.frame, pl.DataFrame) and batch.frame.height == 1
    (reject,) = batch.rejects
    assert (reject.line, reject.reason) == (2, "unknown_key")
    assert "'b'" in reject.message


def test_lines_without_any_object_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a" 1}\n')
    with pytest.raises(NotATable):
        planned(path)


def test_json_strings_are_taken_out_of_their_escapes(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"a": "x\\ny \\"q\\" \\u4e1c", "b": ""}\n{"a": "null", "b": "-\\\\"}\n'
        '{"b": null, "a": 1e400}\n'
    )
    (table,) = planned(path).tables
    (batch,) = read_table(path, table)
    assert batch.frame.rows() == [
        ('x\ny "q" 东', ""),
        ("null", "-\\"),
        ("1e400", None),
    ]


def test_a_json_line_of_another_encoding_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": "x"}\n{"a": "\xff"}\n{"a": "y"}\n')
    (table,) = planned(path).tables
    (batch,) = read_table(path, table)
    assert batch.lines.to_list() == [1, 3]
    assert [one.line for one in batch.rejects] == [2]


@pytest.mark.parametrize("zone", ["+05:30", "-03:00", "+14:00", "UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("format", ["parquet", "file"])
def test_a_moment_is_the_same_in_any_zone_and_offset(
    tmp_path: Path, format: str, zone: str
) -> None:
    moment = datetime(2024, 1, 1, 10, 30, tzinfo=UTC)
    path = tmp_path / "a"
    made = pa.table({"at": pa.array([moment, None], pa.timestamp("us", zone))})
    if format == "parquet":
        parquet.write_table(made, path)
    else:
        with pa.ipc.new_file(str(path), made.schema) as writer:
            writer.write_table(made)

    plan = planned(path)
    assert [one.type for one in plan.tables[0].columns] == ["timestamptz"]
    (batch,) = read_table(path, plan.tables[0])
    assert batch.frame["1"].to_list() == [moment, None]


def test_parts_of_a_microsecond_are_cut_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    at = pa.array([1704105000123456789, 1704105000123456000, None], pa.timestamp("ns"))
    clock = pa.array([3600_000000001, 0, None], pa.time64("ns"))
    whole = pa.array([1704105000123456000, 0, None], pa.timestamp("ns"))
    parquet.write_table(pa.table({"at": at, "clock": clock, "whole": whole}), path)

    plan = planned(path)
    told = {
        one.position: [w for w in one.warnings if w.code == "nanoseconds_cut"]
        for one in plan.findings[0].columns
    }
    assert [w.message.split(",")[0] for w in told[1]] == [
        "1 values have parts of a microsecond"
    ]
    assert [w.example for w in told[1]] == ["2024-01-01T10:30:00.123456789"]
    assert [w.example for w in told[2]] == ["01:00:00.000000001"]
    assert told[3] == []
    columns = plan.tables[0].columns
    (batch,) = read_table(path, plan.tables[0])
    cast = cast_batch(batch.frame, columns, plan.tables[0].dialect)
    assert cast.frame["at"][0] == datetime(2024, 1, 1, 10, 30, 0, 123456)
    encoder = BinaryEncoder(columns)
    encoder.header()
    assert len(encoder.rows(cast.frame) + encoder.trailer()) > 60


def test_typed_lengths_of_time_are_text_and_intervals_where_asked(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.arrow"
    parts = [pa.MonthDayNano([1, -2, 3_500_000_000]), pa.MonthDayNano([0, 0, -1000])]
    made = pa.table(
        {
            "took": pa.array([timedelta(hours=25, milliseconds=500), None]),
            "parts": pa.array(parts),
        }
    )
    with pa.ipc.new_file(str(path), made.schema) as writer:
        writer.write_table(made)
    table = planned(path).tables[0]
    assert [one.type for one in table.columns] == ["text", "text"]

    asked = [replace(one, type="interval") for one in table.columns]
    (batch,) = read_table(path, table)
    frame = cast_batch(batch.frame, asked, table.dialect).frame
    assert frame.rows() == [
        ("25:00:00.5", "1 mons -2 days 00:00:03.5"),
        (None, "-00:00:00.000001"),
    ]


def test_times_in_a_column_of_text_keep_their_parts_and_no_zeros(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.parquet"
    clock = pa.array([time(1, 2, 3, 500_000), time(1, 2, 3)])
    at = pa.array([datetime(2024, 1, 1, 1, 2, 3, 250_000), datetime(2024, 1, 1)])
    parquet.write_table(pa.table({"clock": clock, "at": at}), path)
    table = planned(path).tables[0]
    asked = [replace(one, type="text") for one in table.columns]
    (batch,) = read_table(path, table)
    assert cast_batch(batch.frame, asked, table.dialect).frame.rows() == [
        ("01:02:03.5", "2024-01-01T01:02:03.25"),
        ("01:02:03", "2024-01-01T00:00:00"),
    ]
