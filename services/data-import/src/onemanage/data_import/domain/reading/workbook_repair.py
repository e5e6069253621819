"""A copy of an XLSX in which every error is one that the reading library knows."""

import io
import re
import zipfile
from pathlib import Path

from onemanage.data_import.domain.reading.archive import open_archive
from onemanage.data_import.domain.reading.cell_facts import (
    KNOWN_ERRORS,
    UNNAMED,
    row_pieces,
)
from onemanage.data_import.domain.reading.workbook_facts import sheet_members

_ERROR = re.compile(
    rb"(<(?:[^\s<>/:]+:)?c\s(?=[^>]*\bt\s*=\s*[\"']e[\"'])[^>]*[^/>]>"
    rb"(?:(?!</(?:[^\s<>/:]+:)?c\s*>).)*?<(?:[^\s<>/:]+:)?v(?:\s[^>]*)?>)([^<]*)(?=<)",
    re.DOTALL,
)


def with_known_errors(source: Path | bytes) -> bytes:
    """What the others were, ``xlsx_facts`` of the file itself says."""
    made = io.BytesIO()
    with (
        open_archive(source) as archive,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
    ):
        sheets = set(sheet_members(archive).values())
        for info in archive.infolist():
            with copy.open(info.filename, "w", force_zip64=True) as target:
                for piece in row_pieces(archive, info.filename):
                    if info.filename in sheets:
                        piece = _ERROR.sub(_known, piece)
                    target.write(piece)
    return made.getvalue()


def _known(found: re.Match[bytes]) -> bytes:
    value = found[2].strip()
    known = value.decode("utf-8", "replace") in KNOWN_ERRORS
    return found[1] + (value if known else UNNAMED.encode())
