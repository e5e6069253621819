"""Workbooks that are ZIP archives, looked through before the reading library sees them.

The library believes what a file declares: the sizes of its members, how often a cell of
ODS is repeated, where a cell stands. Here every member is inflated once, a block at a
time, and counted; nothing is kept.
"""

import re
import struct
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path

from onemanage.data_import.domain.errors import Damaged, Encrypted, TooLarge
from onemanage.data_import.domain.reading import xml_cells
from onemanage.data_import.domain.reading.archive import (
    MAX_MEMBERS,
    check_ratio,
    open_archive,
    open_member,
)
from onemanage.data_import.domain.reading.binary_records import CELLS, ROW, records
from onemanage.data_import.domain.reading.cell_range import CellRange
from onemanage.data_import.domain.reading.workbook_facts import sheet_members

MAX_INFLATED = 4 << 30
"""Bytes of all members together."""
_MOST_MEMBERS = 10 * MAX_MEMBERS
"""Pictures count too, so there may be more than in an archive of tables."""
_BLOCK = 1 << 20

_ODS = re.compile(
    rb"<(?:[^\s<>/:]+:)?(table|table-row|table-cell|covered-table-cell)"
    rb"((?:\s[^>]*?)?)(/?)>|</(?:[^\s<>/:]+:)?(table-row)\s*>"
)
_REPEATED = re.compile(rb"[\s:]number-(?:columns|rows)-repeated\s*=\s*[\"'](\d+)")
_NAME = re.compile(rb"[\s:]name\s*=\s*[\"']([^\"']*)")


def check_archive(path: Path) -> None:
    """Raises TooLarge, Damaged or Encrypted for what must not be read further."""
    with open_archive(path) as archive:
        check_list(path, archive)
        infos = archive.infolist()
        sheets = {member: name for name, member in sheet_members(archive).items()}
        inflated = 0
        for info in infos:
            where = f"sheet {sheets.get(info.filename, info.filename)}"
            inflated += _check_member(archive, info, where)
            if inflated > MAX_INFLATED:
                raise TooLarge(
                    "data_import.bomb",
                    f"The workbook unpacks to more than {MAX_INFLATED >> 30} GiB. "
                    "Split it into several files.",
                    info.filename,
                )


def check_list(path: Path, archive: zipfile.ZipFile) -> None:
    """What the archive's list of members says. Raises TooLarge or Encrypted."""
    infos = archive.infolist()
    if len(infos) > _MOST_MEMBERS:
        raise TooLarge(
            "data_import.bomb",
            f"The workbook consists of {len(infos):,} parts; at most "
            f"{_MOST_MEMBERS:,} are read. Save it again without pictures.",
        )
    check_ratio(path.stat().st_size, sum(info.file_size for info in infos), None)
    if is_locked_ods(archive):
        raise Encrypted(
            "data_import.encrypted",
            "The workbook has a password. Save it without one and upload it again.",
        )


def is_locked_ods(archive: zipfile.ZipFile) -> bool:
    """Whether parts of an OpenDocument, or all of it as one part, are encrypted."""
    names = archive.namelist()
    if "META-INF/manifest.xml" not in names:
        return False
    with archive.open("META-INF/manifest.xml") as file:
        return "encrypted-package" in names or b"encryption-data" in file.read(_BLOCK)


def _check_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> int:
    """Bytes that it inflates to, which are what it declares."""
    size = 0

    def blocks() -> Generator[bytes]:
        nonlocal size
        size = 0
        with open_member(archive, info) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                yield block

    def measure() -> None:
        rest = blocks()
        if info.filename.endswith(".bin"):
            _measure_xlsb(rest, where)
        elif info.filename == "content.xml":
            _measure_ods(_tags(rest))
        elif not xml_cells.is_near(_tags(rest), where):
            rest.close()
            xml_cells.measure(_tags(rest := blocks()), where)
        for _ in rest:
            pass  # what no cell can stand in counts as well

    measure()
    if size != info.file_size:
        raise Damaged(
            "data_import.damaged",
            f"A part of the workbook says that it has {info.file_size:,} bytes and has "
            f"{size:,}. Save the workbook again and upload it whole.",
            info.filename,
        )
    return size


def _tags(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """XML in pieces that end with a tag; text beyond all measure is left out."""
    rest = b""
    for block in blocks:
        piece = rest + block
        end = piece.rfind(b">") + 1
        rest = piece[end:] if len(piece) - end < 16 * _BLOCK else b""
        yield piece[:end]


def _measure_xlsb(blocks: Iterator[bytes], where: str) -> None:
    """Other binary parts have records of the same form, and no cells that are far."""
    found, row = CellRange(where), 0
    for kind, content, _ in records(blocks, 4):
        if kind == ROW and len(content) >= 4:
            (row,) = struct.unpack_from("<I", content)
        elif kind in CELLS and len(content) >= 4:
            (column,) = struct.unpack_from("<I", content)
            found.see(row, column)
    found.check()


def _measure_ods(pieces: Iterator[bytes]) -> None:
    found, row, column, repeated = CellRange("sheet 1"), 0, 0, 1
    sheet = 0
    for piece in pieces:
        for tag in _ODS.finditer(piece):
            name, attributes, closed, _ = tag.groups()
            if name == b"table":
                found.check()
                sheet += 1
                called = _NAME.search(attributes)
                title = called[1].decode("utf-8", "replace") if called else str(sheet)
                found, row, column, repeated = CellRange(f"sheet {title}"), 0, 0, 1
            elif name == b"table-row":
                column, repeated = 0, _count(attributes)
                row += repeated if closed else 0
            elif name is None:
                row += repeated
            else:
                times = _count(attributes)
                if not closed or b"value" in attributes:
                    last = column + times - 1
                    found.see(row, column, 0)
                    found.see(row + repeated - 1, last)
                column += times
    found.check()


def _count(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return max(int(found[1][:12]), 1) if found else 1
