"""XLS from before Excel 97: texts in the code page of a machine, said or not."""

import importlib
import struct
from pathlib import Path
from typing import Any

import pytest

from onemanage.contracts.imports.plans import Dialect, Plan
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table

samples: Any = importlib.import_module("services.data-import.tests.declared_samples")

END = samples.record(0x0A, b"")
CHART = 0x20
WORDS = {
    "cp932": ["住所", "東京都港区", "大阪府大阪市", "ｱｲｳｴｵ"],
    "gb18030": ["地址", "北京市海淀区", "上海市浦东新区", "广州"],
    "cp949": ["주소", "서울특별시", "부산광역시", "대구"],
    "big5": ["地址", "臺北市政府", "高雄市", "臺南"],
    "cp1251": ["Город", "Москва", "Санкт-Петербург", "Казань"],
    "cp437": ["Größe", "Zürich", "Málaga", "Århus"],
    "mac_roman": ["Größe", "Zürich", "Málaga", "Århus"],
    "cp1252": ["Größe", "Zürich", "Málaga", "Århus"],
}
PAGES = {
    **{"cp932": 932, "gb18030": 936, "cp949": 949, "big5": 950, "cp1251": 1251},
    **{"cp437": 437, "mac_roman": 10000, "cp1252": 1252},
}


def begin(kind: int) -> bytes:
    made: bytes = samples.record(0x809, struct.pack("<HHHH", 0x500, kind, 0, 0))
    return made


def text(row: int, column: int, raw: bytes) -> bytes:
    made: bytes = samples.record(
        0x204, struct.pack("<HHHH", row, column, 0, len(raw)) + raw
    )
    return made


def number(row: int, column: int, value: float) -> bytes:
    made: bytes = samples.record(0x203, struct.pack("<HHHd", row, column, 0, value))
    return made


def biff5(path: Path, encoding: str, page: int | None, formula: bool = False) -> Path:
    """Columns id and one of the words; the sheet is called as that column is."""
    header, *values = WORDS[encoding]
    cells = text(0, 0, b"id") + text(0, 1, header.encode(encoding))
    for row, value in enumerate(values, 1):
        raw = value.encode(encoding)
        cells += number(row, 0, row)
        if formula:
            result = bytes(6) + b"\xff\xff"
            cells += samples.record(
                0x06, struct.pack("<HHH", row, 1, 0) + result + bytes(8)
            )
            cells += samples.record(0x207, struct.pack("<H", len(raw)) + raw)
        else:
            cells += text(row, 1, raw)
    cells += begin(CHART) + text(0, 1, b"of a chart") + END
    size = samples.record(0x200, struct.pack("<HHHHH", 0, len(values) + 1, 0, 2, 0))
    said = b"" if page is None else samples.record(0x42, struct.pack("<H", page))
    name = header.encode(encoding)
    start = len(begin(5) + said) + 4 + 7 + len(name) + len(END)
    bound = samples.record(0x85, struct.pack("<IBBB", start, 0, 0, len(name)) + name)
    stream = begin(5) + said + bound + END + begin(0x10) + size + cells + END
    path.write_bytes(samples.compound(stream))
    return path


def planned(path: Path, **dialect: Any) -> Plan:
    hint = Dialect(**dialect) if dialect else None
    return make_plan([PlannedFile("f", path, path.name)], hint, dialect)


def read(path: Path, plan: Plan) -> list[str | None]:
    (table,) = plan.tables
    (batch,) = read_table(path, table)
    assert [table.columns[1].header, table.sheet] == [table.sheet] * 2
    return [table.columns[1].header, *batch.frame["2"]]


@pytest.mark.parametrize("formula", [False, True])
@pytest.mark.parametrize("encoding", WORDS)
def test_texts_are_in_the_code_page_that_the_workbook_names(
    tmp_path: Path, encoding: str, formula: bool
) -> None:
    path = biff5(tmp_path / "a.xls", encoding, PAGES[encoding], formula)
    plan = planned(path)
    assert read(path, plan) == WORDS[encoding]
    assert plan.findings[0].warnings == []


@pytest.mark.parametrize("encoding", ["gb18030", "cp949", "cp1251", "cp1252"])
def test_without_a_code_page_the_texts_are_what_a_person_may_have_written(
    tmp_path: Path, encoding: str
) -> None:
    path = biff5(tmp_path / "a.xls", encoding, None)
    plan = planned(path)
    assert read(path, plan) == WORDS[encoding]
    (warning,) = plan.findings[0].warnings
    assert warning.code in ("encoding_guessed", "encoding_unsure")


@pytest.mark.parametrize("encoding", WORDS)
@pytest.mark.parametrize("page", [None, 1252])
def test_the_encoding_that_the_user_names_goes_before_all_others(
    tmp_path: Path, encoding: str, page: int | None
) -> None:
    path = biff5(tmp_path / "a.xls", encoding, page)
    plan = planned(path, encoding=encoding)
    assert plan.tables[0].dialect.encoding == encoding
    assert read(path, plan) == WORDS[encoding]
    assert plan.findings[0].warnings == []
