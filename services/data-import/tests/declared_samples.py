"""Small files that declare more than they hold, by no more than is just too much."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = """<?xml version="1.0"?><Types
 xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/></Types>"""
_ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Data">{}</table:table>
</office:spreadsheet></office:body></office:document-content>"""
_MANIFEST = """<?xml version="1.0"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"""


def xlsx(path: Path, data: str) -> Path:
    """One sheet, Data, with what stands in its sheetData."""
    _zip(
        path,
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
            "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/s.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/worksheets/s.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{data}'
            "</sheetData></worksheet>",
        },
    )
    return path


def xlsb(path: Path, cells: list[tuple[int, int]]) -> Path:
    """A sheet of numbers, as far as anybody has to read who measures it."""
    records = b""
    for row, column in cells:
        records += bytes([0, 17]) + struct.pack("<I13x", row)
        records += bytes([5, 16]) + struct.pack("<IId", column, 0, 1.5)
    _zip(path, {"xl/workbook.bin": b"\x83\x01\x00", "xl/worksheets/s.bin": records})
    return path


def ods(path: Path, rows: str) -> Path:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = _ODS.replace("\n", "").format(rows)
    _zip(
        path,
        {
            "mimetype": kind,
            "content.xml": content,
            "META-INF/manifest.xml": _MANIFEST,
        },
    )
    return path


def ods_cell(text: str, repeated: int = 1) -> str:
    return (
        f'<table:table-cell table:number-columns-repeated="{repeated}"'
        f' office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


def record(kind: int, data: bytes) -> bytes:
    """Of BIFF8, as XLS has it."""
    return struct.pack("<HH", kind, len(data)) + data


def begin(kind: int) -> bytes:
    """The record that a globals (5) or a sheet (0x10) begins with."""
    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))


def compound(stream: bytes) -> bytearray:
    """A compound file with one stream of up to 4,096 bytes, Workbook."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    chain = [0xFFFFFFFD, end, *range(3, 10), end]
    table = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = (title + "\0").encode("utf-16-le")
        return text.ljust(64, b"\0") + struct.pack(
            "<HBBIII36xIQ", len(text), kind, 1, free, free, child, first, size
        )

    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, 4096)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    # A shorter stream would lie elsewhere in such a file.
    padded = stream.ljust(4096, b"\0")
    return bytearray(header + table + folder.ljust(512, b"\0") + padded)


def xls(
    path: Path,
    cells: list[tuple[int, int]],
    *,
    reach: tuple[int, int] = (2, 2),
    strings: int | None = None,
    change: Callable[[bytearray], None] = lambda _: None,
) -> Path:
    """BIFF8 with numbers; ``reach`` rows and columns, and ``strings``, are declared."""

    rows = record(0x200, struct.pack("<IIHHH", 0, reach[0], 0, reach[1], 0))
    for row, column in cells:
        rows += record(0x203, struct.pack("<HHHd", row, column, 0, 1.5))
    listed = b""
    if strings is not None:
        listed = record(0xFC, struct.pack("<II", strings, strings) + b"\x01\0\0a")
    start = len(begin(5)) + len(listed) + 4 + 8 + 4
    name = struct.pack("<IHBB", start, 0, 2, 0)[:8] + b""
    head = begin(5) + listed + record(0x85, name) + record(0x0A, b"")
    data = compound(head + begin(0x10) + rows + record(0x0A, b""))
    change(data)
    path.write_bytes(data)
    return path


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


def _zip(path: Path, members: dict[str, str | bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
