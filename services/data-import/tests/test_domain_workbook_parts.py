"""Workbooks as they may be written: parts of other names, other namespaces, locked."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no types

from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.errors import Encrypted, NotATable
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table

STRICT = [
    (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    ("<workbook ", '<workbook conformance="strict" '),
]


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name in ("May", "June"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["city", "day", "twice"])
            sheet.write(1, 0, f"Oslo in {name}")
            sheet.write_datetime(1, 1, date(2024, 5, 1), day)
            sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
            sheet.write(2, 0, "Rome")
            sheet.write_datetime(2, 1, date(2024, 5, 2), day)
            sheet.write(2, 2, 4)
    return path


def rewritten(path: Path, *changes: tuple[str, str]) -> Path:
    """With other words in its parts and in their names."""
    made = path.with_name("rewritten.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for info in source.infolist():
            name, text = info.filename, source.read(info).decode()
            for old, new in changes:
                name, text = name.replace(old, new), text.replace(old, new)
            target.writestr(name, text)
    return made


def read(path: Path) -> dict[str | None, list[Any]]:
    """Rows and rejects of each sheet."""
    found: dict[str | None, list[Any]] = {}
    for table in make_plan([PlannedFile("f1", path, path.name)]).tables:
        rows = found.setdefault(table.sheet, [])
        for batch in read_table(path, table):
            rows += cast_batch(batch.frame, table.columns, table.dialect).frame.rows()
            rows += [(one.line, one.value) for one in batch.rejects]
    return found


RIGHT = {
    name: [("Rome", date(2024, 5, 2), 4), (2, "#DIV/0!")] for name in ("May", "June")
}


@pytest.mark.parametrize(
    "changes",
    [
        [],
        STRICT,
        [("styles.xml", "styles1.xml")],
        [("sharedStrings.xml", "text.xml")],
        [("workbook.xml", "workbook22.xml")],
        [("workbook.xml", "WorkBook.xml")],
        [("xl/", "excel/")],
        [("xl/", "")],
        [("worksheets/sheet", "tabs/s")],
        [("xl/", "a/b/"), ("workbook.xml", "x.xml"), ("styles.xml", "y.xml"), *STRICT],
        [("#DIV/0!", "#DIV/0!"), ('Target="worksheets/', 'Target="/xl/worksheets/')],
        [('Target="styles.xml"', 'Target="/xl/../xl/styles.xml"')],
    ],
)
def test_a_workbook_is_read_whatever_its_parts_are_called(
    tmp_path: Path, changes: list[tuple[str, str]]
) -> None:
    assert read(rewritten(workbook(tmp_path / "a.xlsx"), *changes)) == RIGHT


def test_an_error_that_is_not_known_is_found_under_other_names_too(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "a.xlsx")
    made = rewritten(path, ("#DIV/0!", "#SPILL!"), ("xl/", "excel/"))

    assert read(made)["May"] == [("Rome", date(2024, 5, 2), 4), (2, "#SPILL!")]


def test_lengths_of_time_are_read_beside_errors_and_under_other_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        length = book.add_format({"num_format": "[h]:mm"})
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["n", "length"])
        for row, value in enumerate((0.5, 25.5 / 24, 0.25), 1):
            sheet.write(row, 0, row)
            sheet.write(row, 1, value, length)
        sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
    right = [(2, "25:30:00"), (3, "06:00:00"), (2, "#SPILL!")]

    made = rewritten(path, ("#DIV/0!", "#SPILL!"))
    assert read(made) == {"S": right}
    assert read(rewritten(path, ("#DIV/0!", "#SPILL!"), ("xl/", "excel/"))) == {
        "S": right
    }


def test_a_document_with_a_workbook_within_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    kinds = "application/vnd.openxmlformats-officedocument."
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    members = {
        "[Content_Types].xml": "<Types>"
        f'<Default Extension="xlsx" ContentType="{kinds}spreadsheetml.sheet"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kinds}word"/></Types>',
        "_rels/.rels": f'<Relationships><Relationship Id="r" Type="{office}'
        '/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<?xml version="1.0"?><document/>',
    }
    with zipfile.ZipFile(path, "w") as made:
        for name, text in members.items():
            made.writestr(name, text)

    with pytest.raises(NotATable, match="no workbook"):
        read(path)


@pytest.mark.parametrize("part", ["content.xml", "encrypted-package"])
def test_an_ods_with_a_password_says_so(tmp_path: Path, part: str) -> None:
    path = tmp_path / "a.ods"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr(part, bytes(range(256)) * 8)
        made.writestr(
            "META-INF/manifest.xml",
            f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{manifest}">'
            f'<manifest:file-entry manifest:full-path="{part}" manifest:size="9">'
            '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
            "</manifest:manifest>",
        )

    with pytest.raises(Encrypted, match="has a password"):
        read(path)


def test_an_xlsx_with_a_password_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + name)

    with pytest.raises(Encrypted, match="has a password"):
        read(path)
