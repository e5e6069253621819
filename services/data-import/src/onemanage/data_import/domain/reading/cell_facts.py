"""What XLSX and ODS say of single cells that the reading library does not hand on.

fastexcel 0.21.0 (calamine 0.36.1) gives nothing for a formula whose value was never
stored, and the same nothing, or 0, for what LibreOffice calls an error; it refuses a
workbook for an error that it does not know; and in the text that a formula has made it
leaves ``_x000D_`` as it is written, which it reads elsewhere.
"""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from onemanage.data_import.domain.reading.archive import open_archive
from onemanage.data_import.domain.reading.number_formats import leap_day
from onemanage.data_import.domain.reading.workbook_facts import sheet_members

NO_VALUE, ERROR, TEXT = "no_value", "error", "text"
KNOWN_ERRORS = {
    *("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"),
}
"""Those of XLSX that the library knows."""
UNNAMED = "#VALUE!"
"""For an error cell that does not say which."""

_ATTRIBUTES = rb"((?:\s+[^\s=<>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>"
_XLSX = re.compile(rb"<(?:[^\s<>/:!?]+:)?(row|c)" + _ATTRIBUTES)
_XLSX_END = re.compile(rb"</(?:[^\s<>/:]+:)?c\s*>")
_FORMULA = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:[^\s<>/:]+:)?v(?:\s[^>]*)?>([^<]*)<")
_EMPTY_VALUE = re.compile(rb"<(?:[^\s<>/:]+:)?v(?:\s[^>]*)?/>")
_MAYBE_XLSX = re.compile(
    rb"\bt\s*=\s*[\"']e[\"']|_x[0-9A-Fa-f]{4}_"
    rb"|[<:/]f(?:\s[^>]*)?/?>\s*(?:</(?:[^\s<>/:]+:)?c\s*>"
    rb"|<(?:[^\s<>/:]+:)?v(?:\s[^>]*)?(?:/>|>\s*</))"
)
"""Most pieces of a sheet have nothing to tell, and are not looked at cell by cell."""
_DAY_60 = re.compile(
    rb"<(?:[^\s<>/:]+:)?c\s[^>]*?\br=[\"']([A-Z]+)(\d{1,7})[\"'][^>]*>"
    rb"(?:(?!</?(?:[^\s<>/:]+:)?c[\s>]).)*?"
    rb"<(?:[^\s<>/:]+:)?v>(60(?:\.\d+)?)<",
    re.DOTALL,
)
_LITERAL = (b"<f", b":f", b'"e"', b"'e'")
"""Found faster than by a pattern."""
_ROWS = (b"<row ", b"<row>", b":row ", b":row>")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

_ODS = re.compile(
    rb"<(?:[^\s<>/:!?]+:)?(table|table-row|table-cell|covered-table-cell)" + _ATTRIBUTES
)
_ODS_END = re.compile(rb"</(?:[^\s<>/:]+:)?(?:covered-)?table-cell\s*>")
_PARAGRAPH = re.compile(rb"<(?:[^\s<>/:]+:)?p(?:\s[^>]*)?>(.*?)</(?:[^\s<>/:]+:)?p>")
_ANNOTATION = re.compile(
    rb"<(?:[^\s<>/:]+:)?annotation\b.*?</(?:[^\s<>/:]+:)?annotation>", re.DOTALL
)
_LOOKS_WRONG = re.compile(r"#[A-Z/0]+[!?]?|Err:\d+")
_STEP = 1 << 20
_LONGEST = 64 << 20


class CellFact(NamedTuple):
    row: int
    column: int
    """Of the sheet, both from 0."""
    kind: str
    text: str
    """Of an error what is shown; of TEXT the value."""


def xlsx_facts(path: Path, sheet: str) -> list[CellFact]:
    """Of one sheet, in its order."""
    with open_archive(path) as archive:
        member = sheet_members(archive).get(sheet)
        if member is None or member not in archive.namelist():
            return []
        return list(_of_xlsx(archive, member))


def xlsx_leap_days(path: Path, sheet: str) -> list[CellFact]:
    """Cells of the sheet with the number of the day that never was."""
    found: list[CellFact] = []
    with open_archive(path) as archive:
        member = sheet_members(archive).get(sheet)
        if member is None or member not in archive.namelist():
            return []
        for piece in row_pieces(archive, member):
            for letters, row, value in _DAY_60.findall(piece):
                if text := leap_day(float(value)):
                    column = _number(letters.decode())
                    found.append(CellFact(int(row) - 1, column, TEXT, text))
    return found


def ods_facts(path: Path) -> dict[str, list[CellFact]]:
    """By the name of the sheet."""
    with open_archive(path) as archive:
        return _of_ods(archive)


def is_ods(path: Path) -> bool:
    """By what the archive holds, not by the name."""
    if not zipfile.is_zipfile(path):
        return False
    with open_archive(path) as archive:
        return "content.xml" in archive.namelist()


def row_pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The XML in pieces that end with a row, as long as rows are not beyond measure."""
    rest = b""
    with archive.open(member) as file:
        while block := file.read(_STEP):
            rest += block
            end = rest.rfind(b"row>") + 4
            if end > 4:
                yield rest[:end]
                rest = rest[end:]
            elif len(rest) > _LONGEST:
                yield rest
                rest = b""
    yield rest


def _attribute(attributes: bytes, name: bytes) -> str:
    found = re.search(
        rb"[\s:]" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", attributes
    )
    if found is None:
        return ""
    return unescape((found[1] or found[2] or b"").decode("utf-8", "replace"))


def _of_xlsx(archive: zipfile.ZipFile, member: str) -> Iterator[CellFact]:
    row, column = -1, -1
    for piece in row_pieces(archive, member):
        literal = any(one in piece for one in _LITERAL)
        if not literal or not _MAYBE_XLSX.search(piece):
            row += sum(piece.count(one) for one in _ROWS)
            continue
        for tag in _XLSX.finditer(piece):
            kind, attributes, closed = tag.groups()
            said = _attribute(attributes, b"r")
            if kind == b"row":
                row, column = int(said) - 1 if said.isdigit() else row + 1, -1
                continue
            letters = said.rstrip("0123456789")
            column = _number(letters) if letters else column + 1
            if letters and said[len(letters) :]:
                row = int(said[len(letters) :]) - 1
            if not closed:
                end = _XLSX_END.search(piece, tag.end())
                content = piece[tag.end() : end.start() if end else len(piece)]
                if told := _xlsx_cell(content, _attribute(attributes, b"t")):
                    yield CellFact(row, column, *told)


def _xlsx_cell(content: bytes, kind: str) -> tuple[str, str] | None:
    found = _VALUE.search(content)
    value = unescape(found[1].decode("utf-8", "replace")) if found else ""
    if kind == "e":
        return ERROR, value.strip() or UNNAMED
    if not _FORMULA.search(content):
        return None
    if kind == "str" and (found or _EMPTY_VALUE.search(content)):
        # A text without characters is a value.
        plain = unescaped(value)
        return (TEXT, plain) if plain != value else None
    return (NO_VALUE, "") if not value.strip() else None


def unescaped(text: str) -> str:
    """``_x000D_`` as the character, as ECMA-376 part 1, 22.9.2.19 has it."""
    return _ESCAPED.sub(lambda one: chr(int(one[1], 16)), text)


def _number(letters: str) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _of_ods(archive: zipfile.ZipFile) -> dict[str, list[CellFact]]:
    found: dict[str, list[CellFact]] = {}
    facts: list[CellFact] = []
    row = column = 0
    times = 1
    for piece in row_pieces(archive, "content.xml"):
        for tag in _ODS.finditer(piece):
            kind, attributes, closed = tag.groups()
            if kind == b"table":
                facts = found.setdefault(_attribute(attributes, b"name"), [])
                row, times = 0, 0
            elif kind == b"table-row":
                row, column = row + times, 0
                times = _repeated(attributes, b"number-rows-repeated")
            else:
                wide = _repeated(attributes, b"number-columns-repeated")
                told = _ods_cell(piece, tag.end(), attributes, bool(closed))
                if told and wide * times <= _STEP:
                    facts += [
                        CellFact(row + down, column + right, *told)
                        for down in range(times)
                        for right in range(wide)
                    ]
                column += wide
    return found


def _repeated(attributes: bytes, name: bytes) -> int:
    said = _attribute(attributes, name)
    return int(said[:12]) if said.isdigit() else 1


def _ods_cell(
    piece: bytes, start: int, attributes: bytes, closed: bool
) -> tuple[str, str] | None:
    formula = b":formula" in attributes
    error = b'value-type="error"' in attributes
    if not formula and not error:
        return None
    content = b""
    if not closed:
        end = _ODS_END.search(piece, start)
        content = piece[start : end.start() if end else len(piece)]
    paragraphs = _PARAGRAPH.findall(_ANNOTATION.sub(b"", content))
    text = re.sub(rb"<[^>]*>", b"", b"\n".join(paragraphs)).decode("utf-8", "replace")
    shown = unescape(text).strip()
    kind = _attribute(attributes, b"value-type")
    hidden = kind == "string" and not _attribute(attributes, b"string-value")
    says_empty = b":string-value" in attributes
    if error or (hidden and says_empty and _LOOKS_WRONG.fullmatch(shown)):
        return ERROR, shown or UNNAMED
    if not kind and not shown:
        return NO_VALUE, ""
    return None
