"""What the reader of workbooks gets wrong of dates and times, put right before it reads.

calamine 0.36 (in fastexcel 0.21) takes lengths of time ([h]:mm) for points in time,
knows no lengths in ODS beyond a day, and does not know the built-in formats 27 to 36
and 50 to 58, which East Asian Excel uses for dates without declaring them. So a copy is
read, in which lengths are text and these formats are 14. Of XLS and XLSB the lengths
are read apart: in their records there is no room for a text.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from onemanage.data_import.domain.reading.archive import open_archive
from onemanage.data_import.domain.reading.binary_workbook_times import (
    STYLES as BINARY_STYLES,
)
from onemanage.data_import.domain.reading.binary_workbook_times import (
    binary_counts_from_1904,
    day_styles,
)
from onemanage.data_import.domain.reading.number_formats import (
    DAY_FORMAT,
    EAST_ASIAN,
    length_of,
    shows_length,
)
from onemanage.data_import.domain.reading.old_workbook_times import counts_from_1904
from onemanage.data_import.domain.reading.workbook_facts import sheet_members

_STYLES = "xl/styles.xml"
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_NUMBER = re.compile(rb'\bnumFmtId="(\d+)"')
_CODE = re.compile(rb'\bformatCode="([^"]*)"')
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_CELL = re.compile(
    rb"<((?:\w+:)?)c(\s[^>]*[^/>])>((?:(?!</?(?:\w+:)?c[\s>]).)*?<(?:\w+:)?v>)([^<]+)(?=<)",
    re.DOTALL,
)
_STYLE = re.compile(rb'\ss="(\d+)"')
_TYPE = re.compile(rb'\st="(\w+)"')
_ODS_TIME = re.compile(
    rb'office:value-type="time"((?:\s[\w:-]+="[^"]*")*?)\soffice:time-value='
    rb'"(-?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?"'
)
_ODS_SIGNS = (
    (re.compile(rb"<text:tab(?:\s[^>]*)?/>"), b"&#9;"),
    (re.compile(rb"<text:line-break\s*/>"), b"&#10;"),
)
_ODS_MARKS = (b'office:value-type="time"', b"<text:tab", b"<text:line-break")
_DATE_1904 = re.compile(rb'\bdate1904="(?:1|true)"')

type _Change = bytes | Callable[[bytes], bytes]
"""A part of the workbook anew, or what becomes of each of its pieces."""

_STEP = 1 << 20
_LARGE = 1 << 30
_MOST_XML = 32 << 20


class _Styles(NamedTuple):
    xml: bytes
    """With formats that the reader knows."""
    changed: bool
    elapsed: frozenset[bytes]
    """The cells' numbers of styles that show lengths of time."""


def mended(path: Path) -> bytes | None:
    """A copy of the workbook to be read in its place; None where it is right as it is.

    The file was looked at by the guards before.
    """
    if not zipfile.is_zipfile(path):
        return None
    with open_archive(path) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            if not _has_ods_signs(archive):
                return None
            return _copy(archive, {"content.xml": _ods_signs})
        if BINARY_STYLES in names:
            days = day_styles(archive.read(BINARY_STYLES))
            return None if days is None else _copy(archive, {BINARY_STYLES: days})
        if _STYLES not in names or archive.getinfo(_STYLES).file_size > _MOST_XML:
            return None
        styles = _styles(archive.read(_STYLES))
        changes: dict[str, _Change] = {}
        if styles.changed:
            changes[_STYLES] = styles.xml
        if styles.elapsed:
            for member in sheet_members(archive).values():
                changes[member] = lambda piece: _lengths(piece, styles.elapsed)
        return _copy(archive, changes) if changes else None


def zero_day(path: Path) -> str:
    """The day that the reader gives to a time of the day, as ISO 8601."""
    if not zipfile.is_zipfile(path):
        is_1904 = counts_from_1904(path.read_bytes())
        return "1904-01-01" if is_1904 else "1899-12-31"
    with open_archive(path) as archive:
        names = archive.namelist()
        if "content.xml" in names:
            return "1899-12-30"
        is_1904 = False
        if "xl/workbook.xml" in names:
            is_1904 = bool(_DATE_1904.search(_beginning(archive, "xl/workbook.xml")))
        elif "xl/workbook.bin" in names:
            part = _beginning(archive, "xl/workbook.bin")
            is_1904 = binary_counts_from_1904(part)
    return "1904-01-01" if is_1904 else "1899-12-31"


def _beginning(archive: zipfile.ZipFile, member: str) -> bytes:
    with archive.open(member) as file:
        return file.read(_MOST_XML)


def _styles(xml: bytes) -> _Styles:
    codes: dict[int, str] = {}
    for tag in _FORMAT.findall(xml):
        number, code = _NUMBER.search(tag), _CODE.search(tag)
        if number and code:
            codes[int(number[1])] = unescape(code[1].decode("utf-8", "replace"))
    section = _CELL_FORMATS.search(xml)
    if section is None:
        return _Styles(xml, False, frozenset())
    elapsed: set[bytes] = set()
    made, end, changed = [], 0, False
    for at, tag in enumerate(_CELL_FORMAT.finditer(section[0])):
        number = _NUMBER.search(tag[0])
        known = int(number[1]) if number else 0
        made.append(section[0][end : tag.start()])
        end = tag.end()
        if known in EAST_ASIAN and known not in codes:
            made.append(_NUMBER.sub(b'numFmtId="%d"' % DAY_FORMAT, tag[0]))
            changed = True
            continue
        made.append(tag[0])
        if shows_length(known, codes.get(known)):
            elapsed.add(str(at).encode())
    made.append(section[0][end:])
    whole = xml[: section.start()] + b"".join(made) + xml[section.end() :]
    return _Styles(whole, changed, frozenset(elapsed))


def _lengths(piece: bytes, styles: frozenset[bytes]) -> bytes:
    """Cells of these styles as text, as 25:30:00."""

    def text(found: re.Match[bytes]) -> bytes:
        prefix, attributes, before, value = found.groups()
        style, kind = _STYLE.search(attributes), _TYPE.search(attributes)
        if style is None or style[1] not in styles or (kind and kind[1] != b"n"):
            return found[0]
        try:
            written = length_of(float(value)).encode()
        except (ValueError, OverflowError):
            return found[0]
        rest = _TYPE.sub(b"", attributes)
        return b'<%bc%b t="str">%b%b' % (prefix, rest, before, written)

    return _CELL.sub(text, piece)


def _has_ods_signs(archive: zipfile.ZipFile) -> bool:
    return any(
        mark in piece
        for piece in _pieces(archive, "content.xml")
        for mark in _ODS_MARKS
    )


def _ods_signs(piece: bytes) -> bytes:
    """Times as texts, and tabs and line breaks as what they are."""
    for tag, sign in _ODS_SIGNS:
        piece = tag.sub(sign, piece)
    return _ods_times(piece)


def _ods_times(piece: bytes) -> bytes:
    def text(found: re.Match[bytes]) -> bytes:
        between, sign, hours, minutes, seconds, part = found.groups()
        whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
        thousandths = int((part or b"0")[:3].ljust(3, b"0"))
        total = whole * 1000 + thousandths
        written = length_of((-total if sign else total) / 86_400_000).encode()
        return b'office:value-type="string"%b office:string-value="%b"' % (
            between,
            written,
        )

    return _ODS_TIME.sub(text, piece)


def _copy(archive: zipfile.ZipFile, changes: dict[str, _Change]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name in dict.fromkeys(archive.namelist()):
            change = changes.get(name)
            old = archive.getinfo(name)
            new = zipfile.ZipInfo(name)
            new.compress_type = (
                old.compress_type
            )  # the type of an ODS is stored plainly
            with target.open(new, "w", force_zip64=old.file_size > _LARGE) as file:
                if isinstance(change, bytes):
                    file.write(change)
                    continue
                for piece in _pieces(archive, name):
                    file.write(piece if change is None else change(piece))
    return made.getvalue()


def _pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """In pieces that end with a cell, or with the tag of one in ODS."""
    rest = b""
    end_of_cell = b">" if member == "content.xml" else b"c>"
    with archive.open(member) as file:
        while block := file.read(_STEP):
            piece = rest + block
            end = piece.rfind(end_of_cell) + len(end_of_cell)
            end = end if end >= len(end_of_cell) else 0
            rest = piece[end:]
            if end:
                yield piece[:end]
    yield rest
