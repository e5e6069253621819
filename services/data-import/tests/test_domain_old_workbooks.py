"""XLS: charts and their numbers are no cells, whatever the stream is called."""

import importlib
import random
import struct
from pathlib import Path
from typing import Any

import pytest

from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.domain.errors import Encrypted
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table

samples: Any = importlib.import_module("services.data-import.tests.declared_samples")

SHEET, CHART, GLOBALS = 0x10, 0x20, 5
END = struct.pack("<HH", 0x0A, 0)
FREE, LAST = 0xFFFFFFFF, 0xFFFFFFFE


def number(row: int, column: int, value: float) -> bytes:
    made: bytes = samples.record(0x203, struct.pack("<HHHd", row, column, 0, value))
    return made


def text(row: int, column: int, value: str) -> bytes:
    data = struct.pack("<HHHHB", row, column, 0, len(value), 0) + value.encode(
        "latin-1"
    )
    made: bytes = samples.record(0x204, data)
    return made


def part(kind: int, *records: bytes) -> bytes:
    made: bytes = samples.begin(kind) + b"".join(records) + END
    return made


def cells(headers: list[str], rows: list[list[float]]) -> bytes:
    size = struct.pack("<IIHHH", 0, len(rows) + 1, 0, len(headers), 0)
    made: bytes = samples.record(0x200, size)
    made += b"".join(text(0, at, header) for at, header in enumerate(headers))
    for row, values in enumerate(rows, 1):
        made += b"".join(number(row, at, value) for at, value in enumerate(values))
    return made


def chart(rows: int = 3, columns: int = 2) -> bytes:
    """As Excel keeps it: a range of its own, then the numbers it was drawn from."""
    size = samples.record(0x200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    values = [number(row, at, 999) for row in range(rows) for at in range(columns)]
    return part(CHART, size, *values, text(0, 0, "wrong"))


def stream(sheets: dict[str, tuple[int, bytes]]) -> bytes:
    """Globals, then the sheets: of each its kind (0 of cells, 2 a chart) and its part."""
    listed = sum(4 + 8 + len(name) for name in sheets)
    start = len(part(GLOBALS)) + listed
    head = b""
    for name, (kind, data) in sheets.items():
        what = struct.pack("<IBBBB", start, 0, kind, len(name), 0)
        head += samples.record(0x85, what + name.encode("latin-1"))
        start += len(data)
    return part(GLOBALS, head) + b"".join(data for _, data in sheets.values())


def small(data: bytes) -> bytes:
    """A compound file whose stream is shorter than 4,096 bytes."""
    count = -(-len(data) // 512)
    pieces = -(-len(data) // 64)
    chain = [0xFFFFFFFD, LAST, LAST, *range(4, 3 + count), LAST]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    mini = [*range(1, pieces), LAST]

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        name = (title + "\0").encode("utf-16-le")
        return name.ljust(64, b"\0") + struct.pack(
            "<HBBIII36xIQ", len(name), kind, 1, FREE, FREE, child, first, size
        )

    folder = entry("Root Entry", 5, 1, 3, count * 512)
    folder += entry("Workbook", 2, FREE, 0, len(data))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 2, 1, LAST, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    minis = struct.pack(f"<{len(mini)}I", *mini).ljust(512, b"\xff")
    stored = data.ljust(count * 512, b"\0")
    return header + table + folder.ljust(512, b"\0") + minis + stored


def planned(path: Path) -> Plan:
    return make_plan([PlannedFile("f1", path, path.name)])


def read(path: Path) -> dict[str | None, list[tuple[Any, ...]]]:
    """Rows of each sheet, as text."""
    return {
        table.sheet: [
            row for one in read_table(path, table) for row in one.frame.rows()
        ]
        for table in planned(path).tables
    }


HEADERS = ["id", "price"]
ROWS: list[list[float]] = [[1, 10.5], [2, 20.5], [3, 30.5]]
RIGHT = [("1", "10.5"), ("2", "20.5"), ("3", "30.5")]


@pytest.mark.parametrize("charts", [1, 2])
def test_numbers_of_a_chart_on_a_sheet_are_no_cells_of_it(
    tmp_path: Path, charts: int
) -> None:
    path = tmp_path / "a.xls"
    sheet = part(SHEET, cells(HEADERS, ROWS), *[chart()] * charts)
    path.write_bytes(samples.compound(stream({"Data": (0, sheet)})))

    assert read(path) == {"Data": RIGHT}


def test_cells_that_stand_after_a_chart_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    sheet = part(SHEET, cells(HEADERS, ROWS[:2]), chart(), number(3, 0, 3))
    path.write_bytes(samples.compound(stream({"Data": (0, sheet)})))

    assert read(path) == {"Data": [*RIGHT[:2], ("3", None)]}


def test_a_sheet_that_is_a_chart_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    first, second = (part(SHEET, cells(HEADERS, ROWS), chart()) for _ in range(2))
    sheets = {"May": (0, first), "Chart1": (2, chart()), "June": (0, second)}
    path.write_bytes(samples.compound(stream(sheets)))

    assert read(path) == {"May": RIGHT, "June": RIGHT}


@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK"])
def test_the_stream_of_the_workbook_is_found_by_each_of_its_names(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "a.xls"
    data = samples.compound(stream({"Data": (0, part(SHEET, cells(HEADERS, ROWS)))}))
    usual = "Workbook".encode("utf-16-le")
    path.write_bytes(data.replace(usual, name.encode("utf-16-le")))

    assert read(path) == {"Data": RIGHT}


def test_a_stream_in_short_sectors_is_put_right_too(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(
        small(stream({"Data": (0, part(SHEET, cells(HEADERS, ROWS), chart()))}))
    )

    assert read(path) == {"Data": RIGHT}


def test_a_workbook_with_a_password_says_so_whatever_its_bytes_declare(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.xls"
    locked = samples.record(0x2F, bytes(54))
    sheet = part(SHEET, samples.record(0x200, b"\xa7" * 14), number(0, 0, 1))
    head = part(GLOBALS, locked, samples.record(0xFC, b"\xa7" * 20))
    path.write_bytes(samples.compound(head + sheet))

    with pytest.raises(Encrypted, match="has a password"):
        planned(path)


@pytest.mark.parametrize("seed", range(40))
def test_charts_between_sheets_of_any_kind_change_no_cell(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    sheets: dict[str, tuple[int, bytes]] = {}
    right: dict[str, list[tuple[str, ...]]] = {}
    for at in range(chance.randint(1, 4)):
        width, height = chance.randint(2, 4), chance.randint(2, 5)
        rows = [
            [chance.randint(1, 997) + 0.5 for _ in range(width)] for _ in range(height)
        ]
        if at and chance.random() < 0.3:
            sheets[f"Chart{at}"] = (2, chart(chance.randint(1, 4), 3))
            continue
        headers = [f"h{chr(97 + one)}" for one in range(width)]
        drawn = [chart(chance.randint(1, 6), 2) for _ in range(chance.randint(0, 2))]
        records = [cells(headers, rows), *drawn]
        sheets[f"S{at}"] = (0, part(SHEET, *records))
        right[f"S{at}"] = [tuple(str(value) for value in row) for row in rows]
    path = tmp_path / "a.xls"
    path.write_bytes(samples.compound(stream(sheets)))

    assert read(path) == right
