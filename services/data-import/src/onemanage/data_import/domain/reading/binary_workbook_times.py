"""What the reading library takes for other things in XLSB: dates and lengths of time,
as in XLS (see ``old_workbook_times``), and sheets that are charts.
"""

import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from onemanage.data_import.domain.reading.archive import open_archive
from onemanage.data_import.domain.reading.binary_records import ROW, records
from onemanage.data_import.domain.reading.cell_facts import CellFact
from onemanage.data_import.domain.reading.number_formats import (
    DAY_FORMAT,
    EAST_ASIAN,
    leap_day,
    length_of,
    shows_length,
)
from onemanage.data_import.domain.reading.old_workbook_times import (
    Pick,
    picked,
    unpacked,
)

STYLES = "xl/styles.bin"
_WORKBOOK = "xl/workbook.bin"
_RELATIONS = "xl/_rels/workbook.bin.rels"
_RELATION = re.compile(rb"<(?:[^\s<>/:]+:)?Relationship\s[^>]*>")
_FORMAT, _STYLE, _FIRST_STYLE, _LAST_STYLE = 44, 47, 617, 618
_SHORT = 2
_NUMBERS = {_SHORT: 12, 5: 16, 9: 16}
"""Cells with a number, also as a formula's result, and how long they are at least."""
_PROPERTIES, _SHEET = 153, 156
_NONE = 0xFFFFFFFF
_CELL_BYTES = 16
_MOST = 64 << 20
_STEP = 1 << 20


class _Style(NamedTuple):
    place: int
    """In the part, of the number of its format."""
    format: int


def day_styles(styles: bytes) -> bytes | None:
    """The part of the styles with East Asian dates as dates; None where it has none."""
    codes, found = _styles(styles)
    made = bytearray(styles)
    for style in found:
        if style.format in EAST_ASIAN and style.format not in codes:
            made[style.place : style.place + 2] = struct.pack("<H", DAY_FORMAT)
    return bytes(made) if made != styles else None


def xlsb_lengths(path: Path, sheet: str) -> list[CellFact]:
    """The lengths of time in a sheet of an XLSB; nothing of other workbooks."""
    with open_archive(path) as archive:
        codes, styles = _styles(_part(archive, STYLES))
        lengths = {
            at
            for at, style in enumerate(styles)
            if shows_length(style.format, codes.get(style.format))
        }

        def pick(style: int, days: float) -> str | None:
            return length_of(days) if style in lengths else None

        return list(_cells(archive, sheet, pick)) if lengths else []


def xlsb_leap_days(path: Path, sheet: str) -> list[CellFact]:
    """Cells of the sheet with the number of the day that never was; likewise."""
    with open_archive(path) as archive:
        return list(_cells(archive, sheet, lambda _, days: leap_day(days)))


def binary_counts_from_1904(part: bytes) -> bool:
    """Whether the first day of an XLSB is in 1904; ``part`` is that of the workbook."""
    for kind, content, _ in records([part], _CELL_BYTES):
        if kind == _PROPERTIES and content:
            return bool(content[0] & 1)
    return False


def binary_charts(path: Path) -> set[str]:
    """Names of sheets of an XLSB that are charts, which the library takes for damage."""
    if not zipfile.is_zipfile(path):
        return set()
    with open_archive(path) as archive:
        return {
            name
            for name, (kind, _) in _sheets(archive).items()
            if kind.endswith("/chartsheet")
        }


def _sheets(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """By the name of the sheet: what it is, and the part of an XLSB that has it."""
    targets = {
        _attribute(tag, "Id"): (_attribute(tag, "Type"), _attribute(tag, "Target"))
        for tag in _RELATION.findall(_part(archive, _RELATIONS))
    }
    found: dict[str, tuple[str, str]] = {}
    for record in records([_part(archive, _WORKBOOK)], _STEP):
        if record.kind != _SHEET:
            continue
        relation, at = _string(record.content, 8)
        name, _ = _string(record.content, at)
        if relation in targets:
            kind, target = targets[relation]
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            found[name] = kind, part
    return found


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        return file.read(_MOST)


def _string(data: bytes, at: int) -> tuple[str, int]:
    """A text, and where it ends."""
    if at + 4 > len(data):
        return "", len(data)
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 if length == _NONE else at + 4 + 2 * length
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf'\s{name}\s*=\s*"([^"]*)"'.encode(), tag)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def _styles(part: bytes) -> tuple[dict[int, str], list[_Style]]:
    """Declared formats by their numbers, and the styles that cells name."""
    codes: dict[int, str] = {}
    styles: list[_Style] = []
    inside = False
    for kind, content, place in records([part], _STEP):
        if kind == _FORMAT and len(content) >= 6:
            codes[int.from_bytes(content[:2], "little")] = _string(content, 2)[0]
        elif kind in (_FIRST_STYLE, _LAST_STYLE):
            inside = kind == _FIRST_STYLE
        elif kind == _STYLE and inside and len(content) >= 4:
            number = int.from_bytes(content[2:4], "little")
            styles.append(_Style(place + 2, number))
    return codes, styles


def _cells(archive: zipfile.ZipFile, sheet: str, pick: Pick) -> Iterator[CellFact]:
    _, member = _sheets(archive).get(sheet, ("", ""))
    if member not in archive.namelist():
        return
    row = 0
    with archive.open(member) as file:
        blocks = iter(lambda: file.read(_STEP), b"")
        for kind, content, _ in records(blocks, _CELL_BYTES):
            if kind == ROW and len(content) >= 4:
                row = int.from_bytes(content[:4], "little")
            elif kind in _NUMBERS and len(content) >= _NUMBERS[kind]:
                column = int.from_bytes(content[:4], "little")
                style = int.from_bytes(content[4:7], "little")
                if kind == _SHORT:
                    days = unpacked(int.from_bytes(content[8:12], "little"))
                else:
                    (days,) = struct.unpack_from("<d", content, 8)
                yield from picked(row, column, style, days, pick)
