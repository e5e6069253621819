"""Texts of XLS from before Excel 97 (BIFF5), which are in the code page of a machine.

calamine 0.36.1 (in fastexcel 0.21.0) reads those of two bytes a byte at a time, does not
know the pages of DOS, and takes Windows-1252 where the workbook does not say its page.
So the texts are read here. One that names no page is read as what a person may have
written, and the plan's ``dialect.encoding`` can say it.
"""

import codecs
import struct
from collections.abc import Iterator
from typing import NamedTuple

from onemanage.data_import.domain.reading.cell_facts import TEXT, CellFact
from onemanage.data_import.domain.reading.encodings import Encoding
from onemanage.data_import.domain.reading.old_workbook_guard import BEGIN, Compound
from onemanage.data_import.domain.reading.old_workbook_times import (
    global_records,
    stream_records,
    workbook_stream,
)
from onemanage.data_import.domain.reading.plausible import rank

_CODE_PAGE, _SHEET, _END = 0x0042, 0x0085, 0x000A
_LABELS = (0x0204, 0x00D6)
"""A text, and one with formats within."""
_FORMULA, _RESULT = 0x0006, 0x0207
_BIFF5 = 0x0500
_PLAIN = 1252
"""A page of single bytes that the library knows."""
_PAGES = {
    **{932: "cp932", 936: "gb18030", 949: "cp949", 950: "big5hkscs", 1361: "johab"},
    **{367: "ascii", 10000: "mac_roman", 10001: "cp932", 10002: "big5hkscs"},
    **{10003: "euc_kr", 10006: "mac_greek", 10007: "mac_cyrillic", 10008: "gb18030"},
    **{10029: "mac_latin2", 10079: "mac_iceland", 10081: "mac_turkish"},
    **{32768: "mac_roman", 32769: "cp1252"},
}
_MOST_EVIDENCE = 48 << 10


class OldTexts(NamedTuple):
    encoding: Encoding
    """With ``ranked`` where the workbook does not say it."""
    names: list[str]
    """Of the sheets."""
    cells: list[list[CellFact]]
    """Of each sheet, its texts."""


class _Text(NamedTuple):
    row: int
    column: int
    raw: bytes


def page_changes(stream: bytes) -> dict[int, int]:
    """By place in the stream: other bytes, with which the library reads the workbook
    and gives each byte of a text some sign."""
    if not _is_old(stream):
        return {}
    changes: dict[int, int] = {}
    for kind, start, end in global_records(stream):
        if kind == _CODE_PAGE and end - start >= 2:
            changes |= dict(enumerate(struct.pack("<H", _PLAIN), start))
    return changes


def old_texts(data: bytes, encoding: str | None) -> OldTexts | None:
    """None for XLS of Excel 97 and later, whose texts are Unicode. ``encoding`` goes
    before what the workbook says."""
    stream = workbook_stream(Compound(data))
    if not _is_old(stream):
        return None
    names: list[bytes] = []
    sheets: list[list[_Text]] = []
    said: str | None = None
    for kind, start, end in global_records(stream):
        if kind == _SHEET and end - start >= 7:
            names.append(stream[start + 7 : end][: stream[start + 6]])
            (at,) = struct.unpack_from("<I", stream, start)
            sheets.append(list(_texts(stream, at)))
        elif kind == _CODE_PAGE and end - start >= 2:
            said = _page(struct.unpack_from("<H", stream, start)[0])
    name = encoding or said
    found = Encoding(name) if name else _guessed(names, sheets)
    cells = [
        [
            CellFact(one.row, one.column, TEXT, _decoded(one.raw, found.name))
            for one in texts
        ]
        for texts in sheets
    ]
    return OldTexts(found, [_decoded(one, found.name) for one in names], cells)


def _is_old(stream: bytes) -> bool:
    if len(stream) < 6:
        return False
    kind, _, version = struct.unpack_from("<HHH", stream)
    return kind in BEGIN and version == _BIFF5


def _page(number: int) -> str | None:
    name = _PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _guessed(names: list[bytes], sheets: list[list[_Text]]) -> Encoding:
    texts = dict.fromkeys(one.raw for cells in sheets for one in cells)
    evidence = b"\n".join(one for one in [*names, *texts] if not one.isascii())
    ranked = rank(evidence[:_MOST_EVIDENCE]) if evidence else None
    if ranked is None:
        return Encoding("cp1252")
    return Encoding(ranked.best.name, ranked=ranked)


def _decoded(raw: bytes, encoding: str) -> str:
    """What is no text in it is seen as such: it gets the sign for that."""
    return raw.decode(encoding, "replace")


def _texts(stream: bytes, at: int) -> Iterator[_Text]:
    """Of the sheet that begins there, without those of charts on it."""
    depth, formula = 0, (0, 0)
    for kind, start, end in stream_records(stream, at):
        if kind in BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif depth != 1:
            continue
        elif kind in _LABELS and end - start >= 8:
            row, column, _, length = struct.unpack_from("<HHHH", stream, start)
            yield _Text(row, column, stream[start + 8 : end][:length])
        elif kind == _FORMULA and end - start >= 4:
            formula = struct.unpack_from("<HH", stream, start)
        elif kind == _RESULT and end - start >= 2:
            (length,) = struct.unpack_from("<H", stream, start)
            yield _Text(*formula, stream[start + 2 : end][:length])
