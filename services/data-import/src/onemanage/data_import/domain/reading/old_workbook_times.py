"""Dates and lengths of time of XLS that the reading library takes for other things.

calamine 0.36.1 (in fastexcel 0.21.0) makes points in time of lengths ([h]:mm), and
numbers of the dates that East Asian Excel has built in. The former are read here, from
the records of the cells; of the latter the format is made one that it knows.
"""

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from onemanage.data_import.domain.reading.cell_facts import TEXT, CellFact
from onemanage.data_import.domain.reading.number_formats import (
    DAY_FORMAT,
    EAST_ASIAN,
    leap_day,
    length_of,
    shows_length,
)
from onemanage.data_import.domain.reading.old_workbook_guard import (
    BEGIN,
    STREAMS,
    Compound,
)

type Pick = Callable[[int, float], str | None]
"""Of a cell's style and number: the text that it is to have, if another one."""

_FORMAT, _STYLE, _SHEET, _END = 0x041E, 0x00E0, 0x0085, 0x000A
_DATE_MODE = 0x0022
_NUMBER, _SHORT, _MANY, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
_BIFF8 = 0x0600
_NO_NUMBER = b"\xff\xff"
"""How the result of a formula ends that is no number."""


class _Style(NamedTuple):
    place: int
    """In the stream, of the number of its format."""
    format: int


def day_changes(stream: bytes) -> dict[int, int]:
    """By place in the stream: other bytes, with which East Asian dates are dates."""
    changes: dict[int, int] = {}
    codes, styles = _styles(stream)
    for style in styles:
        if style.format in EAST_ASIAN and style.format not in codes:
            changes |= dict(enumerate(struct.pack("<H", DAY_FORMAT), style.place))
    return changes


def counts_from_1904(data: bytes) -> bool:
    """Whether the first day of the workbook is in 1904, as on old Macs."""
    stream = workbook_stream(Compound(data))
    return any(
        kind == _DATE_MODE and start < end and stream[start] == 1
        for kind, start, end in global_records(stream)
    )


def xls_lengths(data: bytes) -> list[list[CellFact]]:
    """Of each sheet, in the order of the workbook; charts are none any more, as
    ``repaired`` leaves the file. Empty where there are no such cells at all."""
    stream = workbook_stream(Compound(data))
    codes, styles = _styles(stream)
    lengths = {
        at
        for at, style in enumerate(styles)
        if shows_length(style.format, codes.get(style.format))
    }

    def pick(style: int, days: float) -> str | None:
        return length_of(days) if style in lengths else None

    if not lengths:
        return []
    return [list(_cells(stream, at, pick)) for at in _sheets(stream)]


def xls_leap_days(data: bytes, sheet: int) -> list[CellFact]:
    """Cells of the sheet, counted from 0, with the number of the day that never was."""
    stream = workbook_stream(Compound(data))
    starts = _sheets(stream)
    if sheet >= len(starts):
        return []
    return list(_cells(stream, starts[sheet], lambda _, days: leap_day(days)))


def workbook_stream(compound: Compound) -> bytes:
    """The stream of the workbook; empty where there is none."""
    found = [one for one in compound.entries() if one[0] in STREAMS]
    return compound.stream(*found[0][1:]) if found else b""


def stream_records(stream: bytes, at: int = 0) -> Iterator[tuple[int, int, int]]:
    """Kind of each record, and where its content begins and ends."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        yield kind, at, min(at + length, len(stream))
        at += length


def global_records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Those before the sheets: formats, styles, and where each sheet begins."""
    for record in stream_records(stream):
        yield record
        if record[0] == _END:
            return


def _styles(stream: bytes) -> tuple[dict[int, str], list[_Style]]:
    """Declared formats by their numbers, and the styles that cells name."""
    codes: dict[int, str] = {}
    styles: list[_Style] = []
    version = _BIFF8
    for kind, start, end in global_records(stream):
        if kind in BEGIN and end - start >= 2 and not styles:
            (version,) = struct.unpack_from("<H", stream, start)
        elif kind == _FORMAT and end - start >= 5:
            (number,) = struct.unpack_from("<H", stream, start)
            codes[number] = _code(stream[start + 2 : end], version)
        elif kind == _STYLE and end - start >= 4:
            (number,) = struct.unpack_from("<H", stream, start + 2)
            styles.append(_Style(start + 2, number))
    return codes, styles


def _code(text: bytes, version: int) -> str:
    if version != _BIFF8:
        return text[1:].decode("latin-1")
    return text[3:].decode("utf-16-le" if text[2] & 1 else "latin-1", "replace")


def _sheets(stream: bytes) -> list[int]:
    """Where in the stream each sheet begins."""
    return [
        struct.unpack_from("<I", stream, start)[0]
        for kind, start, end in global_records(stream)
        if kind == _SHEET and end - start >= 4
    ]


def _cells(stream: bytes, at: int, pick: Pick) -> Iterator[CellFact]:
    depth = 0
    for kind, start, end in stream_records(stream, at):
        if kind in BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            for row, column, style, days in _numbers(stream, kind, start, end):
                yield from picked(row, column, style, days, pick)


def picked(
    row: int, column: int, style: int, days: float, pick: Pick
) -> Iterator[CellFact]:
    """The cell with the text that is picked for it; none where there is none, nor for
    what is no number."""
    try:
        text = pick(style, days)
    except (ValueError, OverflowError):
        return
    if text is not None:
        yield CellFact(row, column, TEXT, text)


def _numbers(
    stream: bytes, kind: int, start: int, end: int
) -> Iterator[tuple[int, int, int, float]]:
    """Row, column, style and value of what the record has."""
    if kind in (_NUMBER, _FORMULA) and end - start >= 14:
        if kind == _NUMBER or stream[start + 12 : start + 14] != _NO_NUMBER:
            yield struct.unpack_from("<HHHd", stream, start)
    elif kind == _SHORT and end - start >= 10:
        row, column, style, packed = struct.unpack_from("<HHHI", stream, start)
        yield row, column, style, unpacked(packed)
    elif kind == _MANY and end - start >= 6:
        row, column = struct.unpack_from("<HH", stream, start)
        for more, place in enumerate(range(start + 4, end - 7, 6)):
            style, packed = struct.unpack_from("<HI", stream, place)
            yield row, column + more, style, unpacked(packed)


def unpacked(packed: int) -> float:
    """A number of 30 bits and two flags, as XLS and XLSB have short ones."""
    if packed & 2:
        whole = packed >> 2
        value = float(whole - (1 << 30) if whole & (1 << 29) else whole)
    else:
        (value,) = struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))
    return value / 100 if packed & 1 else value
