"""Parquet, Arrow and JSON lines."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.parquet as parquet  # type: ignore[import-untyped]  # as above
import pytest
from msgspec.structs import replace

from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.domain.errors import Damaged, NotATable, WrongPlan
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
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
