"""CSV that is typed as it is parsed gives the rows and rejects of the careful way."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from onemanage.contracts.imports.plans import Dialect, TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.casting.encode import encode_table
from onemanage.data_import.domain.casting.encoding import Encoded, Encoding
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.domain.reading.read_fast import Ready, read_to_load
from tests.loads import columns, csv

_PLAN = columns(
    n="bigint",
    d="numeric(9,2)",
    f="double",
    b="boolean",
    day="date",
    at="timestamp",
    t="text",
)
_GOOD = "1,1.50,2.5,true,2024-01-02,2024-01-02 03:04:05,x"


def encoded(
    tmp_path: Path,
    read: Callable[[TablePlan], Iterator[Batch | Ready]],
    **more: Any,
) -> tuple[Encoded, bytes, str]:
    """What the child says, writes into the FIFO (here a file), and rejects."""
    out, rejects = tmp_path / "out", tmp_path / "rejects"
    out.write_bytes(b"")
    rejects.unlink(missing_ok=True)
    plan = TablePlan(table="t", columns=_PLAN)
    told = encode_table(
        Encoding(read, plan, out, rejects, 1, **more), lambda progress: None
    )
    return told, out.read_bytes(), rejects.read_text() if rejects.exists() else ""


@pytest.mark.parametrize(
    "row",
    [
        _GOOD,
        "0x10,1.50,2.5,true,2024-01-02,2024-01-02 03:04:05,x",
        "+7, 1.5 ,1e5,YES,2024-01-02 00:00:00,2024-01-02T03:04,  x ",
        ",,,,,,",
        '"","","","","","",""',
        "1,1.005,nan,maybe,0000-01-01,10000-01-01 00:00:00,x",
        "1,1.500,1e400,2,24-01-02,2024-01-02T03:04:05Z,x",
        "1,99999999.99,-inf,1,2024-02-30,2024-01-02 25:00:00,x",
        '1,1,1,t,0001-01-01,9999-12-31 23:59:59.999999,"a ""b"", c"',
        '1,1,1,f,9999-12-31,2024-01-02,"two\nlines"',
        "1,1,1,f,2024-01-02,2024-01-02",
        "1,1,1,f,2024-01-02,2024-01-02,x,y",
        "9223372036854775808,1,1,f,2024-01-02,2024-01-02 03,x",
        "1,1,1,f,2024-01-02,2024-01-02 03:04:05.1234567,a\0b",
        '1,1,1,f,2024-01-02,2024-01-02,a"b',
        "",
    ],
)
def test_both_ways_give_the_same(tmp_path: Path, row: str) -> None:
    header = ",".join(one.header for one in _PLAN)
    # The header's block always goes the long way: the row stands in a later one.
    filler = [_GOOD] * 90_000
    path = csv(tmp_path / "a.csv", header, *filler, row, _GOOD)

    fast = encoded(tmp_path, partial(read_to_load, path))
    careful = encoded(tmp_path, partial(read_table, path))

    assert fast[0] == careful[0]
    assert fast[2] == careful[2]
    assert fast[1] == careful[1]


def test_plain_rows_take_the_short_way(tmp_path: Path) -> None:
    header = ",".join(one.header for one in _PLAN)
    path = csv(tmp_path / "a.csv", header, *[_GOOD] * 200_000)
    batches = list(read_to_load(path, TablePlan(table="t", columns=_PLAN)))

    assert sum(isinstance(one, Ready) for one in batches) >= len(batches) - 1


def test_of_rows_with_the_same_keys_both_ways_load_the_last(tmp_path: Path) -> None:
    header = ",".join(one.header for one in _PLAN)
    rest = _GOOD.partition(",")[2]
    rows = [f"{at % 60_000},{rest}" for at in range(100_000)]
    path = csv(tmp_path / "a.csv", header, *rows, f"x,{rest}", f",{rest}")

    keyed = {"keys": ("n",), "keys_required": True}
    fast = encoded(tmp_path, partial(read_to_load, path), **keyed)
    careful = encoded(tmp_path, partial(read_table, path), **keyed)

    assert fast == careful
    assert fast[0].rows_loaded == 60_000
    counts = {one.reason: one.count for one in fast[0].reject_counts}
    assert counts == {"duplicate_key": 40_000, "not_a_bigint": 1, "missing_value": 1}


@pytest.mark.parametrize("type_", ["numeric", "interval"])
def test_what_is_encoded_by_us_goes_the_long_way(tmp_path: Path, type_: str) -> None:
    plan = TablePlan(
        table="t", columns=columns(a=type_, b="text"), dialect=Dialect(header_row=None)
    )
    path = csv(tmp_path / "a.csv", "01:30:00,x" if type_ == "interval" else "1.5,x")

    (batch,) = read_to_load(path, plan)
    assert isinstance(batch, Batch) and batch.frame.height == 1
