"""XLS workbooks as the reading library can take them.

fastexcel 0.21.0 reads XLS by calamine 0.36.1. It takes the numbers that a chart keeps
of its own for cells of the sheet that the chart lies on, and a sheet that is a chart for
a table. And it finds the workbook under two of its four names only. calamine 0.37 does
better, but fastexcel has none with it, and python-calamine 0.9.1, which has it, gives
nothing for cells that are errors. So the bytes are put right before: records of charts
become drawings, which nobody reads, and the name becomes the usual one. The built-in
dates of East Asian Excel become dates that the library knows.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from onemanage.data_import.domain.reading.old_workbook_encoding import page_changes
from onemanage.data_import.domain.reading.old_workbook_guard import (
    BEGIN,
    STREAMS,
    Compound,
)
from onemanage.data_import.domain.reading.old_workbook_times import day_changes

_SHEET, _END, _DRAWING = 0x0085, 0x000A, 0x00EC
_CHART = 0x0020
_MAYBE_CHART = re.compile(rb"\x09\x08..\x00[\x05\x06]\x20\x00", re.DOTALL)
_NAMES = {"WORKBOOK": "Workbook", "BOOK": "Book"}


def repaired(path: Path) -> bytes | None:
    """The file of a workbook that ``check_compound`` has let through, put right; None
    where there is nothing to put right."""
    data = path.read_bytes()
    compound = Compound(data)
    changes = _name_changes(data, compound)
    for name, first, size in list(compound.entries()):
        stream = compound.stream(first, size) if name in STREAMS else b""
        changed = day_changes(stream) | page_changes(stream)
        if _MAYBE_CHART.search(stream):
            kind = struct.pack("<H", _DRAWING)
            for at in _records_of_charts(stream):
                changed |= dict(enumerate(kind, at))
        if changed:
            piece, places = compound.places(first, size)
            for byte, value in changed.items():
                changes[places[byte // piece] + byte % piece] = value
    if not changes:
        return None
    made = bytearray(data)
    for place, value in changes.items():
        made[place] = value
    return bytes(made)


def _name_changes(data: bytes, compound: Compound) -> dict[int, int]:
    changes: dict[int, int] = {}
    for place in compound.directory_places():
        for wrong, right in _NAMES.items():
            name = (wrong + "\0").encode("utf-16-le")
            if data[place : place + len(name)] == name:
                changes |= dict(enumerate(right.encode("utf-16-le"), place))
    return changes


def _records_of_charts(stream: bytes) -> Iterator[int]:
    """Where the kind of each record stands that is of a chart. A sheet that is a chart
    keeps its first and last record, and is empty then."""
    sheets: set[int] = set()
    depth = at = 0
    is_sheet = False
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        is_left = False
        if kind == _SHEET and length >= 4:
            sheets.add(struct.unpack_from("<I", stream, at + 4)[0])
        elif kind in BEGIN and at in sheets:
            is_sheet = is_left = _is_chart(stream, at, length)
            depth = int(is_sheet)
        elif kind in BEGIN and (depth or _is_chart(stream, at, length)):
            depth += 1
        elif kind == _END and depth == 1:
            depth, is_left = 0, is_sheet
            if not is_sheet:
                yield at
        elif kind == _END and depth:
            depth -= 1
        if depth and not is_left:
            yield at
        at += 4 + length


def _is_chart(stream: bytes, at: int, length: int) -> bool:
    if length < 4 or at + 8 > len(stream):
        return False
    (what,) = struct.unpack_from("<H", stream, at + 6)
    return bool(what == _CHART)
