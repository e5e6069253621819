"""JSON as people have it: lists, pretty-printed or not, and lines of mixed kinds."""

import bz2
import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pytest

from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.domain.errors import (
    Damaged,
    InvalidSource,
    NotATable,
    TooLarge,
)
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading import archive, decode
from onemanage.data_import.domain.reading.read import read_table

ROWS: list[dict[str, Any]] = [
    {"id": 1, "city": "Oslo"},
    {"id": 2, "city": 'a "b", [c] {d}', "more": {"x": [1, 2, {"y": None}]}},
    {"id": 3, "city": None, "more": [1, 2]},
    {"id": 4, "more": "tail\\"},
]
RIGHT = [
    ("1", "Oslo", None),
    ("2", 'a "b", [c] {d}', '{"x":[1,2,{"y":null}]}'),
    ("3", None, "[1,2]"),
    ("4", None, "tail\\"),
]


def planned(path: Path) -> Plan:
    return make_plan([PlannedFile("f1", path, path.name)])


def read(path: Path) -> tuple[list[tuple[Any, ...]], list[tuple[int, str, str | None]]]:
    """Rows as text, and line, reason and value of rejects."""
    rows: list[tuple[Any, ...]] = []
    rejects = []
    for batch in read_table(path, planned(path).tables[0]):
        rows += batch.frame.rows()
        rejects += [(one.line, one.reason, one.value) for one in batch.rejects]
    return rows, rejects


def put(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS, indent=2),
        json.dumps(ROWS, indent=4).replace("\n", "\r\n"),
        json.dumps(ROWS, indent="\t"),
        "\ufeff" + json.dumps(ROWS),
        json.dumps(ROWS),
        " \n[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n",
        "[" + "\n,".join(map(json.dumps, ROWS)) + "]",
        "\n".join(json.dumps(row, indent=2) for row in ROWS),
        json.dumps(ROWS[:2], indent=1) + "\n" + json.dumps(ROWS[2:], indent=1),
        "\n".join(map(json.dumps, ROWS)),
    ],
)
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_objects_are_rows_however_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, block: int
) -> None:
    monkeypatch.setattr(decode, "BLOCK", block)
    rows, rejects = read(put(tmp_path / "a.json", text))

    assert rejects == []
    values = [
        tuple(value and value.replace(", ", ",") for value in row) for row in rows
    ]
    right = [
        tuple(value and value.replace(", ", ",") for value in row) for row in RIGHT
    ]
    assert [tuple(v and v.replace(": ", ":") for v in row) for row in values] == right


def test_a_line_is_that_on_which_the_object_begins(tmp_path: Path) -> None:
    text = (
        '[\n  {"a": 1},\n  {\n    "a": 2,\n    "b": 1},\n  17,\n  {"a": oops},\n "x"]'
    )

    rows, rejects = read(put(tmp_path / "a.json", text))

    assert rows == [("1", None), ("2", "1")]
    assert rejects == [
        (6, "not_json", "17"),
        (7, "not_json", '{"a": oops}'),
        (8, "not_json", '"x"'),
    ]


@pytest.mark.parametrize("tail", ['{"a": 2', '{"a": "2', '{"a": [{"b": 1}', '"x', "{"])
def test_a_list_that_was_cut_off_names_what_is_left(tmp_path: Path, tail: str) -> None:
    rows, rejects = read(put(tmp_path / "a.json", '[{"a": 1},\n' + tail))

    assert rows == [("1",)]
    assert rejects == [(2, "not_json", tail)]


@pytest.mark.parametrize("kind", ["lines", "list"])
def test_values_of_mixed_kinds_become_text(tmp_path: Path, kind: str) -> None:
    values = [
        1,
        "x",
        "",
        [1],
        None,
        True,
        1.5,
        {"b": 2},
        "7",
        "a\\b",
        "é\n",
        '"',
        0,
        -3,
    ]
    rows = [{"a": value} for value in values]
    text = "\n".join(map(compact, rows)) if kind == "lines" else compact(rows)

    found, rejects = read(put(tmp_path / "a.json", text))

    assert rejects == []
    assert [row[0] for row in found] == [
        value if isinstance(value, str) or value is None else compact(value)
        for value in values
    ]


@pytest.mark.parametrize(
    "text", ["[1,2]\n[3,4]\n", "[[1,2],[3,4]]", '["a","b"]\n["c","d"]', "[]", "[1, 2]"]
)
def test_lists_of_values_without_names_are_refused_and_not_read_as_csv(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(NotATable, match="without names"):
        planned(put(tmp_path / "a.json", text))


def test_a_header_in_brackets_is_csv(tmp_path: Path) -> None:
    plan = planned(put(tmp_path / "a.csv", "[id],[city]\n1,Oslo\n2,Rome\n"))

    assert plan.tables[0].format == "csv"
    assert [one.header for one in plan.tables[0].columns] == ["[id]", "[city]"]


def test_a_value_that_never_ends_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.json", '[{"a": 1}, {"a": "' + "x" * (9 << 20))

    with pytest.raises(TooLarge, match="not closed"):
        planned(path)


@pytest.mark.parametrize("seed", range(25))
def test_any_list_is_read_as_a_json_reader_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(decode, "BLOCK", chance.choice([17, 50, 4096]))

    def value(depth: int) -> Any:
        kind = chance.randrange(9 if depth else 6)
        if kind < 3:
            letters = 'ab"\\{}[],: \n\té漢\u2028'
            return "".join(chance.choices(letters, k=chance.randint(0, 8)))
        if kind < 6:
            return chance.choice([None, True, -1, 0, 2**70, 1.25, 1e300])
        if kind < 8:
            return {f"k{at}": value(depth - 1) for at in range(chance.randint(0, 3))}
        return [value(depth - 1) for _ in range(chance.randint(0, 3))]

    keys = ["a", "b", 'c "d"']
    rows = [{key: value(2) for key in keys} for _ in range(chance.randint(1, 30))]
    indent = chance.choice([None, 0, 2])
    text = json.dumps(rows, indent=indent, ensure_ascii=chance.random() < 0.5)

    found, rejects = read(put(tmp_path / "a.json", text))

    assert rejects == []
    for row, right in zip(found, rows, strict=True):
        for text_, meant in zip(row, right.values(), strict=True):
            if isinstance(meant, str) or meant is None:
                assert text_ == meant
            else:
                assert json.loads(text_) == meant


def zstandard(data: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as packed:
        packed.write(data)
    found: bytes = out.getvalue().to_pybytes()
    return found


PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": zstandard,
}


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("parts", [1, 3])
def test_a_compressed_table_is_read_with_all_its_parts(
    tmp_path: Path, ending: str, parts: int
) -> None:
    texts = ["id,city\n1,Oslo\n", "2,Rome\n", "3,Bern\n"]
    texts = texts if parts > 1 else ["".join(texts)]
    data = b"".join(PACK[ending](text.encode()) for text in texts)
    path = put(tmp_path / "x", data)

    plan = make_plan([PlannedFile("f1", path, f"cities.csv{ending}")])

    assert plan.tables[0].table == "cities"
    assert read(path)[0] == [("1", "Oslo"), ("2", "Rome"), ("3", "Bern")]


@pytest.mark.parametrize("ending", PACK)
def test_a_compressed_file_that_was_cut_off_is_damaged(
    tmp_path: Path, ending: str
) -> None:
    text = "".join(f"{at},{hash((at, 'x'))}\n" for at in range(5000))
    data = PACK[ending](text.encode())

    with pytest.raises(Damaged, match="cut off"):
        planned(put(tmp_path / "x", data[: len(data) // 2]))


@pytest.mark.parametrize("ending", PACK)
def test_a_bomb_is_stopped_in_any_compression(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(archive, "FREE", 1 << 18)
    data = PACK[ending](b"1,2,3,4\n" * (1 << 16))

    with pytest.raises(TooLarge, match="compressed bytes"):
        planned(put(tmp_path / "x", data))


@pytest.mark.parametrize("ending", PACK)
def test_a_workbook_or_parquet_in_a_compression_is_refused(
    tmp_path: Path, ending: str
) -> None:
    for data in (b"PAR1" + bytes(50), b"PK\x03\x04" + bytes(50)):
        with pytest.raises(InvalidSource, match="Upload CSV"):
            planned(put(tmp_path / "x", PACK[ending](data)))


def test_several_byte_order_marks_stand_before_a_list_too(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" * 2 + b'[\n{"id": 1},\n{"id": 2}]\n'

    assert read(put(tmp_path / "a.json", data)) == ([("1",), ("2",)], [])
