"""What a file is: by its contents alone, never by its name."""

import re
from codecs import BOM_UTF8
from pathlib import Path
from typing import NamedTuple

from onemanage.data_import.domain.errors import (
    Encrypted,
    NotATable,
    TooLarge,
)
from onemanage.data_import.domain.reading.archive import (
    MAX_MEMBERS,
    check_ratio,
    is_compressed,
    open_archive,
    open_bytes,
)
from onemanage.data_import.domain.reading.datapackage import (
    Package,
    Resource,
    find_package,
)
from onemanage.data_import.domain.reading.encodings import ESCAPE, sniff_wide
from onemanage.data_import.domain.reading.html_tables import is_html
from onemanage.data_import.domain.reading.json_values import (
    is_list_of_others,
    json_layout,
)
from onemanage.data_import.domain.reading.old_workbook_guard import STREAMS
from onemanage.data_import.domain.reading.workbook_guard import is_locked_ods
from onemanage.data_import.domain.reading.workbook_parts import is_office_workbook
from onemanage.data_import.domain.reading.xml_workbook import is_xml_workbook

_FOREIGN = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"8BPS": "a Photoshop document",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file within another",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_WORKBOOK = (
    "The file is an Office document but no workbook. Upload an XLSX, XLS, XLSB or ODS "
    "file, or CSV."
)
_SAYS_MORE = re.compile(
    r"(?i)datapackage\.json|(?:readme|licen[cs]e|copying|changelog|changes|notice|"
    r"authors|contributing)(?:[-_. ]\w{1,10})?(?:\.(?:txt|md|rst|rtf|html?|pdf))?"
)
_SHEETS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


class Part(NamedTuple):
    """One readable piece of a file."""

    format: str
    """Of TablePlan; "none" for a member of a ZIP archive that is no table."""
    member: str | None = None
    why: NotATable | None = None
    resource: Resource | None = None
    """What a datapackage.json of the archive says of it."""


def parts(path: Path) -> list[Part]:
    """What the file holds: itself, or the members of a zip in their order.

    Raises InvalidSource subclasses, naming what is wrong.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise NotATable("data_import.empty", "The file is empty. Upload it again.")
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _of_zip(path)
    if head[:8] == _OLE:
        return [_of_ole(path)]
    return [Part(_format_of(path, None))]


def _of_zip(path: Path) -> list[Part]:
    with open_archive(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        is_workbook = is_office_workbook(archive) or is_locked_ods(archive)
        package = None if is_workbook else find_package(archive)
    names = {info.filename for info in infos}
    if is_workbook or any(name in names for name in _SHEETS):
        return [Part("excel")]
    if "[Content_Types].xml" in names:
        raise NotATable("data_import.not_a_table", _NO_WORKBOOK)
    tables = [
        info.filename
        for info in infos
        if info.file_size
        and not info.filename.startswith("__MACOSX/")
        and not info.filename.rsplit("/", 1)[-1].startswith(".")
    ]
    if not tables:
        raise NotATable(
            "data_import.empty", "The ZIP archive holds no file that is not empty."
        )
    if len(tables) > MAX_MEMBERS:
        raise TooLarge(
            "data_import.bomb",
            f"The ZIP archive holds {len(tables):,} files; at most {MAX_MEMBERS:,} "
            "are read at once.",
        )
    # Members may share their bytes, so each alone says little.
    check_ratio(path.stat().st_size, sum(info.file_size for info in infos), None)
    found = [_member(path, name, package) for name in tables]
    if all(part.why for part in found):
        found = [_member(path, name, None, by_name=False) for name in tables]
    if all(part.why for part in found) and found[0].why:
        raise found[0].why
    return found


def _member(
    path: Path, name: str, package: Package | None, by_name: bool = True
) -> Part:
    """What is no table lies beside tables often enough, and stops none of them."""
    resource = package.resources.get(name) if package else None
    try:
        if package and resource is None:
            why = f"{package.member} does not list it as a table."
            if name == package.member:
                why = "It says what the tables are, and was followed."
            raise NotATable("data_import.not_a_table", why, name)
        if (
            by_name
            and resource is None
            and _SAYS_MORE.fullmatch(name.rsplit("/", 1)[-1])
        ):
            raise NotATable(
                "data_import.not_a_table",
                "By its name it describes the files beside it, and is no table.",
                name,
            )
        return Part(_format_of(path, name), name, resource=resource)
    except NotATable as why:
        return Part("none", name, why)


def _of_ole(path: Path) -> Part:
    """An old workbook, or a new one behind a password; both are of the same family."""
    with path.open("rb") as file:
        data = file.read(64 << 20)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Encrypted(
            "data_import.encrypted",
            "The workbook has a password. Save it without one and upload it again.",
        )
    if not any(name.encode("utf-16-le") in data for name in STREAMS):
        raise NotATable(
            "data_import.not_a_table",
            _NO_WORKBOOK,
        )
    return Part("excel")


def _format_of(path: Path, member: str | None) -> str:
    with open_bytes(path, member) as stream:
        head = stream.read(64 << 10)
    if not head:
        raise NotATable("data_import.empty", "The file is empty. Upload it again.")
    packed = member is not None or is_compressed(path)
    if head[:4] in (b"PAR1", b"PARE") or head[:6] == b"ARROW1" or _is_stream(head):
        kind = "parquet" if head[:3] == b"PAR" else "arrow"
        if packed:
            raise _refuse(f"a compressed {kind.title()} file", member)
        return kind
    if packed and (head[:4] == b"PK\x03\x04" or head[:8] == _OLE):
        raise _refuse("an archive or workbook within an archive", member)
    for magic, kind in _FOREIGN.items():
        if head.startswith(magic):
            raise _refuse(kind, member)
    if head[257:262] == b"ustar":
        raise _refuse("a tar archive", member)
    return _of_text(head, member)


def _is_stream(head: bytes) -> bool:
    """An Arrow IPC stream: a mark, then the length of its schema."""
    return head[:4] == b"\xff\xff\xff\xff" and 0 < int.from_bytes(
        head[4:8], "little"
    ) < (16 << 20)


def _of_text(head: bytes, member: str | None) -> str:
    wide = sniff_wide(head)
    text = head.decode(wide, "ignore").encode() if wide else head
    if markup := _markup(text.lstrip(BOM_UTF8).lstrip(), member):
        return markup
    if wide:
        return "csv"
    # Files are filled up with NULs; a few within are cells to reject, and many are no
    # text at all. SOH and US part fields, and escapes change the set of characters.
    head = head.rstrip(b"\0")
    controls = sum(head.count(bytes([code])) for code in range(32))
    controls -= sum(head.count(code) for code in (b"\t", b"\n", b"\r", b"\1", b"\x1f"))
    controls -= head.count(b"\x1b") if ESCAPE.search(head) else 0
    if controls > len(head) // 20 + 8:
        raise _refuse("a binary file", member)
    start = head.lstrip(BOM_UTF8).lstrip()  # no text begins with half a mark
    if json_layout(start):
        return "jsonl"
    if is_list_of_others(start):
        raise NotATable(
            "data_import.not_a_table",
            "The file is a JSON list of values without names. Write objects with a "
            'name for each value: [{"id": 1, "city": "Oslo"}, …].',
            member,
        )
    return "csv"


def _markup(start: bytes, member: str | None) -> str | None:
    """html or xml; None for what is neither."""
    if start[:13].lower() == b"mime-version:":
        raise _refuse("a web page in one file (MHTML)", member)
    if start[:1] != b"<":
        return None
    if is_xml_workbook(start):
        return "xml"
    if is_html(start):
        return "html"
    if start.startswith((b"<?xml", b"<!DOCTYPE")):
        raise _refuse("XML, and no workbook in XML", member)
    return None


def _refuse(what: str, where: str | None) -> NotATable:
    return NotATable(
        "data_import.not_a_table",
        f"The file is {what}. Upload CSV, TSV, JSON, Parquet, Arrow, XLSX, XLS, "
        "XLSB or ODS; text may be in gzip, bzip2, Zstandard or ZIP.",
        where,
    )
