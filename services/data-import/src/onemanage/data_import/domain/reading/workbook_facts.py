"""What an XLSX says beside its values: formats that show zeros, and merged cells.

fastexcel gives the values alone. The sheet's own XML is searched as it streams; it is
never held whole, and nothing in it is resolved.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from onemanage.data_import.domain.reading.archive import open_archive

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_ZEROS = re.compile(r"0{2,}(?:[;@].*)?|(?:0+[-\\ \"()]+)+0+")
_MOST_XML = 8 << 20
_STEP = 1 << 20


class Facts(NamedTuple):
    zeros: dict[str, str] = {}
    """By letters of the column: the format that shows its numbers with zeros before."""
    merged: list[tuple[int, int]] = []
    """First and last row of ranges that are merged over several cells."""


def workbook_facts(path: Path, sheet: str) -> Facts:
    """Of an XLSX; nothing of other workbooks, which do not say it in XML."""
    if not zipfile.is_zipfile(path):
        return Facts()
    with open_archive(path) as archive:
        member = sheet_members(archive).get(sheet)
        if member is None or member not in archive.namelist():
            return Facts()
        formats = _formats_with_zeros(archive)
        return _searched(archive, member, formats)


def _text(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        return file.read(_MOST_XML)


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf'[\s:]{name}="([^"]*)"'.encode(), tag)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """By the name of the sheet: the member of an XLSX that has its cells."""
    targets = {
        _attribute(relation, "Id"): _attribute(relation, "Target")
        for relation in _RELATION.findall(_text(archive, "xl/_rels/workbook.xml.rels"))
    }
    found = {}
    for tag in _SHEET.findall(_text(archive, "xl/workbook.xml")):
        target = targets.get(_attribute(tag, "id"))
        if target is not None:
            name = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            found[_attribute(tag, "name")] = name
    return found


def _formats_with_zeros(archive: zipfile.ZipFile) -> dict[bytes, str]:
    """By the number that cells give as their style."""
    styles = _text(archive, "xl/styles.xml")
    codes = {
        _attribute(tag, "numFmtId"): _attribute(tag, "formatCode")
        for tag in _FORMAT.findall(styles)
    }
    found = _CELL_FORMATS.search(styles)
    if not found:
        return {}
    return {
        str(at).encode(): code
        for at, tag in enumerate(_CELL_FORMAT.findall(found[0]))
        if (code := codes.get(_attribute(tag, "numFmtId"), ""))
        and _ZEROS.fullmatch(code)
    }


def _searched(
    archive: zipfile.ZipFile, member: str, formats: dict[bytes, str]
) -> Facts:
    zeros: dict[str, str] = {}
    merged: list[tuple[int, int]] = []
    styles = b"|".join(formats)
    cell = re.compile(rb'<(?:\w+:)?c r="([A-Z]+)\d+" s="(%b)"' % styles)
    for piece in _pieces(archive, member):
        if formats:
            for letters, style in cell.findall(piece):
                zeros.setdefault(letters.decode(), formats[style])
        for _, first, _, last in _MERGED.findall(piece):
            merged.append((int(first), int(last)))
    return Facts(zeros, merged)


def _pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The XML in pieces that end with a tag."""
    rest = b""
    with archive.open(member) as file:
        while block := file.read(_STEP):
            piece = rest + block
            end = piece.rfind(b">") + 1
            rest = piece[end:]
            yield piece[:end]
