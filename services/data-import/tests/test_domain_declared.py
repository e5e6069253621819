"""What a file declares is not believed: it is counted before a library sees it."""

import importlib
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pytest
from pyarrow import parquet

from onemanage.data_import.domain.errors import (
    Damaged,
    Encrypted,
    InvalidSource,
    TooLarge,
)
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading import archive, read_columnar, read_workbook
from onemanage.data_import.domain.reading.archive import open_archive
from onemanage.data_import.domain.reading.read_workbook import load_sheet, open_workbook

samples: Any = importlib.import_module("services.data-import.tests.declared_samples")

_CELL = "<c r={0}><v>1</v></c>"
_FAR = "Q1048576"  # with A1 that is 17 columns of all rows: just over 2^24 places


def _far_in_xlsx(path: Path) -> Path:
    far = _CELL.format(f'"{_FAR}"')
    made: Path = samples.xlsx(
        path, f'<row r="1">{_CELL.format(chr(34) + "A1" + chr(34))}{far}</row>'
    )
    return made


def _far_in_another_spelling(path: Path) -> Path:
    cells = f"<c\tt='n'\n r = '{_FAR}'><v>1</v></c>"
    made: Path = samples.xlsx(path, f"<row r='1'><c r='A1'><v>1</v></c>{cells}</row>")
    return made


def _far_by_its_row(path: Path) -> Path:
    """The cells name no place: they stand where their row says."""
    cells = "<c><v>1</v></c>" * 17
    made: Path = samples.xlsx(
        path, f'<row r="1">{cells}</row><row r="1048576">{cells}</row>'
    )
    return made


def _beyond_a_sheet(path: Path) -> Path:
    made: Path = samples.xlsx(path, '<row r="1"><c r="A1050000"><v>1</v></c></row>')
    return made


def _far_in_xlsb(path: Path) -> Path:
    made: Path = samples.xlsb(path, [(0, 0), (1048575, 16)])
    return made


def _repeated_cells(path: Path) -> Path:
    row = f"<table:table-row>{samples.ods_cell('x', 16_384)}</table:table-row>"
    made: Path = samples.ods(path, row * 1_025)
    return made


def _repeated_rows(path: Path) -> Path:
    cells = "".join(samples.ods_cell("x") for _ in range(17))
    row = f'<table:table-row table:number-rows-repeated="1048576">{cells}'
    made: Path = samples.ods(path, row + "</table:table-row>")
    return made


def _far_in_xls(path: Path) -> Path:
    made: Path = samples.xls(path, [(0, 0), (65_535, 256)])
    return made


def _reaches_far(path: Path) -> Path:
    made: Path = samples.xls(path, [(0, 0)], reach=(65_536, 257))
    return made


def _many_strings(path: Path) -> Path:
    made: Path = samples.xls(path, [(0, 0)], strings=100)
    return made


TOO_MANY_CELLS = [
    _far_in_xlsx,
    _far_in_another_spelling,
    _far_by_its_row,
    _beyond_a_sheet,
    _far_in_xlsb,
    _repeated_cells,
    _repeated_rows,
    _far_in_xls,
    _reaches_far,
    _many_strings,
]


@pytest.mark.parametrize("made", TOO_MANY_CELLS)
def test_cells_that_reach_too_far_are_refused_by_name(
    made: Callable[[Path], Path], tmp_path: Path
) -> None:
    with pytest.raises(TooLarge) as refused:
        open_workbook(made(tmp_path / "file"))
    assert refused.value.code == "data_import.too_many_cells"
    if made is not _many_strings:
        assert refused.value.where is not None
        assert refused.value.where.startswith(("sheet ", "part "))
    assert any(
        cap in refused.value.message for cap in ("16,777,216", "1,048,576", "at most")
    )


def test_a_sheet_is_named_as_its_user_knows_it(tmp_path: Path) -> None:
    for made in (_far_in_xlsx, _repeated_cells):
        with pytest.raises(TooLarge) as refused:
            open_workbook(made(tmp_path / "file"))
        assert refused.value.where == "sheet Data"


def test_a_refused_file_takes_little_memory(tmp_path: Path) -> None:
    """In a process of its own, whose peak is known."""
    paths = [str(made(tmp_path / made.__name__)) for made in TOO_MANY_CELLS]
    code = """
import resource, sys
from pathlib import Path
from onemanage.data_import.domain.errors import TooLarge
from onemanage.data_import.domain.reading.read_workbook import load_sheet, open_workbook

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

before = peak()
for path in sys.argv[1:]:
    try:
        open_workbook(Path(path))
    except TooLarge:
        continue
    raise SystemExit(path)
print(peak() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 32 * 1024  # KiB; each claims more than 500 MiB


def _planned(path: Path) -> list[list[str]]:
    plan = make_plan([PlannedFile("f1", path, path.name)])
    return [[column.header for column in table.columns] for table in plan.tables]


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_empty_cells_far_away_are_none(tmp_path: Path) -> None:
    """Programs write the format of whole rows and columns, and declare their reach."""
    data = (
        f'<row r="1">{_text("A1", "id")}{_text("B1", "name")}<c r="XFD1" s="1"/></row>'
        f'<row r="2">{_text("A2", "x")}{_text("B2", "y")}</row>'
        '<row r="1048576"><c r="A1048576"/><c r="XFD1048576"/></row>'
    )
    assert _planned(samples.xlsx(tmp_path / "a", data)) == [["id", "name"]]
    cells = samples.ods_cell("id") + samples.ods_cell("name")
    empty = '<table:table-cell table:number-columns-repeated="16382"/>'
    other = samples.ods_cell("7") + samples.ods_cell("y")
    rows = "".join(
        f"<table:table-row>{some}{empty}</table:table-row>" for some in (cells, other)
    )
    rows += '<table:table-row table:number-rows-repeated="1048574">'
    rows += (
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert _planned(samples.ods(tmp_path / "b", rows)) == [["id", "name"]]


def test_a_wide_and_a_long_sheet_are_read(tmp_path: Path) -> None:
    wide = "".join(_text(f"{a}{b}1", f"{a}{b}") for a in "ABCDE" for b in "ABCDEFGHIJ")
    far = f'<row r="20000">{_text("AA20000", "x")}</row>'
    workbook = open_workbook(
        samples.xlsx(tmp_path / "a", f'<row r="1">{wide}</row>{far}')
    )
    assert load_sheet(workbook, "Data").frame.height == 20_000


def test_a_member_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    path = samples.xlsx(tmp_path / "a", f'<row r="1">{_text("A1", "x")}</row>')
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    size = struct.unpack_from("<I", data, at + 24)[0]
    struct.pack_into("<I", data, at + 24, size + 1_000)
    path.write_bytes(data)
    with pytest.raises(Damaged) as refused:
        open_workbook(path)
    assert refused.value.where == "xl/worksheets/s.xml"


def test_members_together_are_held_against_the_file(tmp_path: Path) -> None:
    """Each member alone is small enough; there are many of the same bytes."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"{number}.csv", b"a,b\n" * (8 << 20))
    with pytest.raises(TooLarge) as refused:
        _planned(path)
    assert refused.value.code == "data_import.bomb"


def test_a_list_of_members_that_is_too_long_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_MOST_LISTED", 100_000)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for number in range(2_000):
            packed.writestr(f"{number}.csv", "a\n1\n")
    with pytest.raises(TooLarge, match="list of members"), open_archive(path):
        raise AssertionError


def _in_a_circle(data: bytearray) -> None:
    struct.pack_into("<I", data, 512 + 4 * 9, 2)


def _of_many_sectors(data: bytearray) -> None:
    struct.pack_into("<I", data, 44, 1_000)


def _of_a_long_stream(data: bytearray) -> None:
    struct.pack_into("<I", data, 1024 + 128 + 120, 1 << 20)


@pytest.mark.parametrize("change", [_in_a_circle, _of_many_sectors, _of_a_long_stream])
def test_an_old_workbook_with_a_false_table_of_sectors_is_damaged(
    change: Callable[[bytearray], None], tmp_path: Path
) -> None:
    with pytest.raises(InvalidSource) as refused:
        open_workbook(samples.xls(tmp_path / "a", [(0, 0)], change=change))
    assert refused.value.code == "data_import.damaged"


def test_rows_that_cost_a_file_nothing_are_capped(tmp_path: Path) -> None:
    """A column of one value takes some bytes, whatever number of rows it declares."""
    rows = read_columnar.FREE_ROWS + 1
    nothing = pa.table({"a": pa.nulls(rows)})
    with pa.OSFile(str(tmp_path / "a.arrow"), "wb") as file:
        with pa.ipc.new_file(file, nothing.schema) as writer:
            writer.write_table(nothing)
    parquet.write_table(nothing, tmp_path / "a.parquet")
    for path in (tmp_path / "a.arrow", tmp_path / "a.parquet"):
        with pytest.raises(TooLarge) as refused:
            _planned(path)
        assert refused.value.code == "data_import.bomb"
        assert f"{rows:,} rows" in refused.value.message


def test_names_with_password_or_encrypted_in_them_tell_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    names = ["encrypted password", "decrypt"]
    parquet.write_table(pa.table({name: [1] for name in names}), path)
    data = path.read_bytes()
    path.write_bytes(data[:4] + b"\xff" * 40 + data[44:])
    table = make_plan([PlannedFile("f1", _whole(data, path), "a")]).tables[0]
    with pytest.raises(Damaged):
        list(read_columnar.read_parquet(path, table))
    error = RuntimeError("calamine error: Xlsx error: no sheet 'encrypted password'")
    assert isinstance(read_workbook.refusal(error, None), Damaged)
    asked = "calamine error: Ods error: Workbook is password protected Context: 0: x"
    assert isinstance(read_workbook.refusal(RuntimeError(asked), None), Encrypted)


def _whole(data: bytes, beside: Path) -> Path:
    path = beside.with_suffix(".whole")
    path.write_bytes(data)
    return path


def test_json_that_is_nested_beyond_all_measure_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    deep = "[" * 5_000 + "]" * 5_000
    path.write_text('{"a": 1}\n{"a": ' + deep + "}\n")
    plan = make_plan([PlannedFile("f1", path, path.name)])
    assert (plan.findings[0].rows, plan.findings[0].ragged) == (2, 1)
