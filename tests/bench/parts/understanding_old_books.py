"""ODS and XLS written from their bytes up: one sheet, whose first row are names.

ODS after OpenDocument 1.2, part 1, 9.1; XLS as BIFF8 in a compound file, after
[MS-XLS] 2.4 and [MS-CFB] 2. Cells come as their text, value and number, None for text.
"""

import io
import struct
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from xml.sax.saxutils import escape

type Book = Sequence[Sequence[tuple[str, object, float | None]]]
type Forms = Sequence[str | int]

_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
_LENGTHS = ("[h]:mm:ss", "[mm]:ss", 46)


def ods_file(rows: Book, forms: Forms) -> bytes:
    lines = []
    for row in rows:
        made = [_ods_cell(*cell, form) for cell, form in zip(row, forms, strict=True)]
        made.append('<table:table-cell table:number-columns-repeated="1000"/>')
        lines.append(f"<table:table-row>{''.join(made)}</table:table-row>")
    lines.append(
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="1004"/></table:table-row>'
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES}>'
        f'<office:body><office:spreadsheet><table:table table:name="Data">'
        f"{''.join(lines)}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    made_file = io.BytesIO()
    with zipfile.ZipFile(made_file, "w", zipfile.ZIP_DEFLATED) as packed:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        packed.writestr("mimetype", kind, zipfile.ZIP_STORED)
        packed.writestr("content.xml", content)
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        packed.writestr(
            "META-INF/manifest.xml",
            f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{manifest}"/>',
        )
    return made_file.getvalue()


def _ods_cell(text: str, value: object, number: float | None, form: str | int) -> str:
    if not text:
        return "<table:table-cell/>"
    shown = f"<text:p>{escape(text)}</text:p>"
    said = 'office:value-type="string"'
    if isinstance(value, bool):
        said = f'office:value-type="boolean" office:boolean-value="{value}"'.lower()
        said = said.replace("office:boolean-value", "office:boolean-value")
    elif form in _LENGTHS and number is not None and value is not None:
        hours, minutes, seconds = text.split(":")
        said = 'office:value-type="time" '
        said += f'office:time-value="PT{hours}H{minutes}M{seconds}S"'
    elif isinstance(value, time):
        said = 'office:value-type="time" office:time-value='
        said += f'"PT{value.hour:02}H{value.minute:02}M{value.second:02}S"'
    elif isinstance(value, datetime | date):
        said = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif number is not None:
        kind = "percentage" if "%" in str(form) else "float"
        said = f'office:value-type="{kind}" office:value="{number!r}"'
    return f"<table:table-cell {said}>{shown}</table:table-cell>"


def xls_file(rows: Book, forms: Forms) -> bytes:
    names = [
        one for one in forms if isinstance(one, str) and one not in ("General", "@")
    ]
    numbers = {name: 164 + at for at, name in enumerate(dict.fromkeys(names))}
    codes = [numbers.get(str(one), one if isinstance(one, int) else 0) for one in forms]
    head = _begin(5)
    for name, number in numbers.items():
        head += _record(0x41E, struct.pack("<H", number) + _unicode(name, "<H"))
    for number in (0, *codes):
        head += _record(0xE0, struct.pack("<HH16x", 0, number))
    start = len(head) + 4 + 8 + len("Data") + 4
    head += _record(0x85, struct.pack("<IHBB", start, 0, 4, 0) + b"Data")
    head += _record(0x0A, b"")
    size = struct.pack("<IIHHH", 0, len(rows), 0, len(forms), 0)
    body = _begin(0x10) + _record(0x200, size)
    for line, row in enumerate(rows):
        for at, (text, value, number_) in enumerate(row):
            place = struct.pack("<HHH", line, at, at + 1)
            if isinstance(value, bool):
                body += _record(0x205, place + struct.pack("<BB", value, 0))
            elif number_ is not None:
                body += _record(0x203, place + struct.pack("<d", number_))
            elif text:
                body += _record(0x204, place + _unicode(text, "<H"))
    return _compound(head + body + _record(0x0A, b""))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))


def _unicode(text: str, length: str) -> bytes:
    return struct.pack(length + "B", len(text), 1) + text.encode("utf-16-le")


def _compound(stream: bytes) -> bytes:
    """One stream, Workbook, of at least 4,096 bytes, as shorter ones lie elsewhere."""
    free, end, own = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    stream = stream.ljust(4096, b"\0")
    size = len(stream)
    sectors = -(-size // 512)
    tables = 1
    while tables * 128 < tables + 1 + sectors:
        tables += 1
    first = tables + 1
    chain = [own] * tables + [end]
    chain += [*range(first + 1, first + sectors), end]
    chain += [free] * (tables * 128 - len(chain))

    def entry(title: str, kind: int, child: int, start: int, length: int) -> bytes:
        name = (title + "\0").encode("utf-16-le")
        return name.ljust(64, b"\0") + struct.pack(
            "<HBBIII36xIQ", len(name), kind, 1, free, free, child, start, length
        )

    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, first, size)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, tables, tables, 0, 4096, end, 0, end, 0)
    listed = [*range(tables), *[free] * (109 - tables)]
    header += struct.pack("<109I", *listed)
    table = struct.pack(f"<{len(chain)}I", *chain)
    return (
        header + table + folder.ljust(512, b"\0") + stream.ljust(sectors * 512, b"\0")
    )
