"""XLSX and XLSB whose parts have other names than Excel gives them.

Any name is valid: what a part is, its relationship says. fastexcel 0.21.0 (calamine
0.36.1) looks for the usual names alone. Without the workbook it finds nothing; without
the styles it takes dates for numbers, and says nothing of it.
"""

import os
import posixpath
import re
import tempfile
import zipfile
from html import escape, unescape
from pathlib import Path

from onemanage.data_import.domain.reading.archive import open_archive

_RELATION = re.compile(rb"<(?:[^\s<>/:]+:)?Relationship\s[^>]*>")
_OVERRIDE = re.compile(rb"<(?:[^\s<>/:]+:)?Override\s[^>]*>")
_MOST_XML = 8 << 20
_STEP = 1 << 20
_SINGLE = {"styles": "styles", "sharedStrings": "sharedStrings"}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

_OFFICE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def is_office_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether the package says that it is a workbook, under whatever name."""
    part = _main(archive)
    if part is None:
        return False
    for tag in _OVERRIDE.findall(_read(archive, "[Content_Types].xml")):
        name = _attribute(tag, "PartName").lstrip("/")
        if name.casefold() == part.casefold():
            kind = _attribute(tag, "ContentType").lower()
            return "spreadsheetml" in kind or "ms-excel" in kind
    return False


def has_usual_names(archive: zipfile.ZipFile) -> bool:
    """Whether all parts have the names that Excel gives."""
    part = _main(archive)
    return part is None or all(a == b for a, b in _usual(archive, part)[0].items())


def with_usual_names(path: Path) -> Path | None:
    """A copy beside the file with the names that Excel gives; None where it has them."""
    with open_archive(path) as archive:
        part = _main(archive)
        if part is None:
            return None
        names, relations = _usual(archive, part)
        if all(old == new for old, new in names.items()):
            return None
        # Two tables of one file may be read at once, each with a copy.
        made_at, name = tempfile.mkstemp(".parts", dir=path.parent)
        with (
            os.fdopen(made_at, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
        ):
            for old, new in names.items():
                with archive.open(old) as source, copy.open(new, "w") as made:
                    while block := source.read(_STEP):
                        made.write(block)
            end = posixpath.splitext(names[part])[1]
            copy.writestr(f"xl/_rels/workbook{end}.rels", relations)
            main = f'<Relationship Id="rId1" Type="{_OFFICE}" Target="{names[part]}"/>'
            copy.writestr("_rels/.rels", _relations(main))
            copy.writestr("[Content_Types].xml", _TYPES)
    return Path(name)


def _usual(archive: zipfile.ZipFile, part: str) -> tuple[dict[str, str], str]:
    """New names by old ones, and the relationships between the new."""
    end = ".bin" if part.lower().endswith(".bin") else ".xml"
    names = {part: f"xl/workbook{end}"}
    lines = []
    folder, file = posixpath.split(part)
    tags = _RELATION.findall(_read(archive, f"{folder}/_rels/{file}.rels".lstrip("/")))
    for at, tag in enumerate(tags, 1):
        kind = _attribute(tag, "Type").rsplit("/", 1)[-1]
        old = _member(archive, posixpath.join("/", folder, _attribute(tag, "Target")))
        if old is None or kind == "worksheet" and old in names:
            continue
        if kind in _SINGLE:
            new = f"xl/{_SINGLE[kind]}{end}"
        elif kind.endswith("sheet"):
            usual = old.startswith("xl/") and folder == "xl"
            new = old if usual else f"xl/{kind}s/part{at}{end}"
        else:
            continue
        names[old] = new
        lines.append(
            f'<Relationship Id="{escape(_attribute(tag, "Id"))}" '
            f'Type="{escape(_attribute(tag, "Type"))}" Target="/{escape(new)}"/>'
        )
    return names, _relations("".join(lines))


def _relations(lines: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'


def _main(archive: zipfile.ZipFile) -> str | None:
    for tag in _RELATION.findall(_read(archive, "_rels/.rels")):
        if _attribute(tag, "Type").endswith("/officeDocument"):
            return _member(archive, posixpath.join("/", _attribute(tag, "Target")))
    return None


def _member(archive: zipfile.ZipFile, target: str) -> str | None:
    """Names of parts are the same in capitals."""
    wanted = posixpath.normpath(target).lstrip("/").casefold()
    found = (name for name in archive.namelist() if name.casefold() == wanted)
    return next(found, None)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    member = _member(archive, name)
    if member is None:
        return b""
    with archive.open(member) as file:
        return file.read(_MOST_XML)


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""".encode(), tag)
    if found is None:
        return ""
    return unescape((found[1] or found[2] or b"").decode("utf-8", "replace"))
