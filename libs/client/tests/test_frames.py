"""Data frames become files of their own types, by whatever library is there."""

import sys
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.ipc as ipc  # type: ignore[import-untyped]  # as above
import pyarrow.parquet as parquet  # type: ignore[import-untyped]  # as above
import pytest

from onemanage.client import frames
from onemanage.client.frames import NoArrow, NotAFrame

ROWS = {
    "id": [1, 2],
    "on": [date(2026, 1, 2), None],
    "at": [datetime(2026, 1, 2, 3, 4, 5, 678901, timezone.utc), None],
    "price": [Decimal("10.50"), Decimal("7.25")],
    "name": ["a", "日本"],
}


class Foreign:
    """A frame of a library that nobody knows."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def written(frame: Any, folder: Path) -> Any:
    path = frames.write(frame, folder)
    if path.suffix == ".parquet":
        return parquet.read_table(path)
    with pa.memory_map(str(path)) as file:
        return ipc.open_stream(file).read_all()


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame(ROWS),
        pa.table(ROWS),
        Foreign(pl.DataFrame(ROWS)),
        Foreign(pa.table(ROWS)),
    ],
)
def test_a_frame_is_written_with_its_types(frame: Any, tmp_path: Path) -> None:
    assert frames.is_frame(frame)

    assert written(frame, tmp_path).to_pylist() == pa.table(ROWS).to_pylist()


def test_what_a_database_computes_is_a_frame_too(tmp_path: Path) -> None:
    relation = duckdb.sql("SELECT 170141183460469231731 AS big, INTERVAL 1 DAY AS took")

    found = written(relation, tmp_path)

    assert found.column_names == ["big", "took"]
    assert int(found["big"][0].as_py()) == 170141183460469231731


def test_a_large_batch_is_cut_so_that_its_reader_holds_little(tmp_path: Path) -> None:
    table = pa.table({"a": pa.array(range(200_000))})

    path = frames.write(table, tmp_path)

    with pa.memory_map(str(path)) as file:
        sizes = [batch.num_rows for batch in ipc.open_stream(file)]
    assert sum(sizes) == 200_000 and max(sizes) <= frames.ROWS


@pytest.mark.parametrize("is_there", ["pyarrow", "polars", ""])
def test_whatever_is_there_writes_and_reads_a_frame(
    is_there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = Foreign(pl.DataFrame(ROWS))
    stored = tmp_path / "stored.parquet"
    pl.DataFrame(ROWS).write_parquet(stored)
    for name in ("pyarrow", "pyarrow.parquet", "pyarrow.ipc", "polars", "nanoarrow"):
        if name.partition(".")[0] != is_there:
            monkeypatch.setitem(sys.modules, name, None)

    if is_there:
        assert frames.write(frame, tmp_path).stat().st_size
        assert type(frames.read(stored)).__module__.partition(".")[0] == is_there
    else:
        with pytest.raises(NoArrow, match="pip install"):
            frames.write(frame, tmp_path)
        assert frames.read(stored) == stored.read_bytes()


def test_nanoarrow_writes_a_frame_where_it_is_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {name: ROWS[name] for name in ("id", "on", "at", "price")}
    plain, text = Foreign(pl.DataFrame(rows)), Foreign(pl.DataFrame(ROWS))
    other = tmp_path / "other"
    other.mkdir()
    with monkeypatch.context() as patch:
        for name in ("pyarrow", "pyarrow.parquet", "pyarrow.ipc", "polars"):
            patch.setitem(sys.modules, name, None)
        path = frames.write(plain, tmp_path)
        with pytest.raises(NoArrow, match="pyarrow or polars"):  # text as views
            frames.write(text, other)

    with path.open("rb") as file:
        assert pl.read_ipc_stream(file).to_dict(as_series=False) == rows


def test_a_frame_of_pandas_is_written_with_its_types(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", "2.2", reason="pandas is not installed")
    frame = pandas.DataFrame(ROWS)
    frame["kind"] = pandas.Categorical(["new", "old"])
    frame["count"] = pandas.array([1, None], dtype="Int64")

    assert frames.is_frame(frame)
    rows = written(frame, tmp_path).to_pylist()

    assert [row["kind"] for row in rows] == ["new", "old"]
    assert [row["count"] for row in rows] == [1, None]
    assert [row["on"] for row in rows] == ROWS["on"]
    assert [row["price"] for row in rows] == ROWS["price"]
    assert [row["name"] for row in rows] == ROWS["name"]


def test_what_is_no_frame_is_said(tmp_path: Path) -> None:
    assert not frames.is_frame("orders.csv")
    assert not frames.is_frame(b"a,b")
    with pytest.raises(NotAFrame, match="collect"):
        frames.is_frame(pl.LazyFrame(ROWS))
    with pytest.raises(NotAFrame, match="The DataFrame cannot be written.*Object"):
        frames.write(pl.DataFrame({"a": [object()]}), tmp_path)
