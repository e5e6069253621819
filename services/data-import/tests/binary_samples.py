"""XLSB and XLS with styles, made record by record."""

import importlib
import struct
import zipfile
from pathlib import Path
from typing import Any

declared: Any = importlib.import_module("services.data-import.tests.declared_samples")

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = """<?xml version="1.0"?><Types
 xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.bin"
 ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>"""

type Cell = str | float | tuple[int, float] | None
"""A text, a number, or a style from 0 and a number."""


def record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = len(content), b""
    while True:
        length, low = length >> 7, length & 0x7F
        size += bytes([low | 0x80 if length else low])
        if not length:
            return head + size + content


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(
    path: Path,
    rows: list[list[Cell]],
    formats: list[int] | None = None,
    codes: dict[int, str] | None = None,
    chart: bool = False,
    is_1904: bool = False,
) -> Path:
    """A sheet, Data, from A1. ``formats`` are those of the styles, ``codes`` the formats
    that are declared. With ``chart`` a sheet that is one stands before it."""
    sheets = [("Chart1", "chartsheets/sheet1.bin")] * chart
    sheets += [("Data", "worksheets/sheet1.bin")]
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{target.split("s/")[0]}"'
        f' Target="{target}"/>'
        for at, (_, target) in enumerate(sheets, 1)
    )
    relations += (
        f'<Relationship Id="rId9" Type="{_OFFICE}/styles" Target="styles.bin"/>'
    )
    listed = b"".join(
        record(156, struct.pack("<II", 0, at) + wide(f"rId{at}") + wide(name))
        for at, (name, _) in enumerate(sheets, 1)
    )
    main = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.bin"/>'
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("[Content_Types].xml", _TYPES)
        made.writestr("_rels/.rels", _relations(main))
        made.writestr("xl/_rels/workbook.bin.rels", _relations(relations))
        dates = record(153, struct.pack("<III", is_1904, 0, 0))
        book = record(131) + dates + record(143) + listed + record(144) + record(132)
        made.writestr("xl/workbook.bin", book)
        made.writestr("xl/styles.bin", _styles(formats or [0], codes or {}))
        made.writestr("xl/worksheets/sheet1.bin", _sheet(rows))
        if chart:
            made.writestr("xl/chartsheets/sheet1.bin", record(129) + record(130))
    return path


def _relations(lines: str) -> str:
    return f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'


def _styles(formats: list[int], codes: dict[int, str]) -> bytes:
    made = record(278)
    if codes:
        made += record(615, struct.pack("<I", len(codes)))
        made += b"".join(
            record(44, struct.pack("<H", number) + wide(code))
            for number, code in codes.items()
        )
        made += record(616)
    made += record(617, struct.pack("<I", len(formats)))
    made += b"".join(record(47, struct.pack("<HH12x", 0, number)) for number in formats)
    return made + record(618) + record(279)


def _sheet(rows: list[list[Cell]]) -> bytes:
    width = max(map(len, rows))
    made = record(129)
    made += record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    made += record(145)
    for row, cells in enumerate(rows):
        made += record(0, struct.pack("<I13x", row))
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                made += record(6, struct.pack("<II", column, 0) + wide(cell))
            elif cell is not None:
                style, value = cell if isinstance(cell, tuple) else (0, cell)
                made += record(5, struct.pack("<IId", column, style, value))
    return made + record(146) + record(130)


def xls(
    path: Path,
    rows: list[list[Cell]],
    formats: list[int] | None = None,
    codes: dict[int, str] | None = None,
    is_1904: bool = False,
) -> Path:
    """The same in BIFF8."""
    old = declared.record
    head = old(0x22, struct.pack("<H", 1)) * is_1904
    head += b"".join(
        old(0x41E, struct.pack("<HHB", number, len(code), 0) + code.encode("latin-1"))
        for number, code in (codes or {}).items()
    )
    head += b"".join(
        old(0xE0, struct.pack("<HH16x", 0, number)) for number in formats or [0]
    )
    cells = b""
    for row, values in enumerate(rows):
        for column, cell in enumerate(values):
            if isinstance(cell, str):
                text = struct.pack("<HHHHB", row, column, 0, len(cell), 0)
                cells += old(0x204, text + cell.encode("latin-1"))
            elif cell is not None:
                style, value = cell if isinstance(cell, tuple) else (0, cell)
                cells += old(0x203, struct.pack("<HHHd", row, column, style, value))
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    listed = 4 + 8 + len("Data")
    start = len(declared.begin(5) + head) + listed + 4
    bound = old(0x85, struct.pack("<IBBBB", start, 0, 0, 4, 0) + b"Data")
    stream = declared.begin(5) + head + bound + old(0x0A, b"")
    stream += declared.begin(0x10) + old(0x200, size) + cells + old(0x0A, b"")
    path.write_bytes(declared.compound(stream))
    return path
