"""Where the cells of an XLSX stand.

Two ways: the quick one takes the references out of the bytes, of cells as all common
programs write them, and counts empty cells too. Where it cannot tell that all is well,
the careful one looks at each tag.
"""

import re
from collections.abc import Iterator

import numpy as np

from onemanage.data_import.domain.errors import TooLarge
from onemanage.data_import.domain.reading.cell_range import CellRange

_COMMON = b'<c r="'
_ANY = (b"<c ", b"<c>", b"<c\t", b"<c\n", b"<c\r", b":c ", b":c>", b":c\t", b":c\n")
_FAR = re.compile(
    rb'<c r="(?:[A-Za-z]?[Q-Zq-z]|[A-Za-z]{2}|[A-Za-z](?:\d{8}|[2-9]\d{6}|1[1-9]\d{5}|10[5-9]\d{4}))'
)
"""Without such a one, sixteen columns and the rows of a sheet make no large room."""
_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?(row|c)((?:\s[^>]*?)?)(/?)>")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d*)")
_LETTERS, _DIGITS = 4, 8
"""More of either than a sheet has."""


def is_near(pieces: Iterator[bytes], where: str) -> bool:
    """Whether the quick way can tell that the cells do not reach too far.

    A piece ends with a tag; what stands before the cells is passed over.
    """
    found = CellRange(where)
    for piece in _with_cells(pieces):
        cells = piece.count(_COMMON)
        if cells != sum(map(piece.count, _ANY)):
            return False
        if not cells:
            continue
        if _FAR.search(piece):
            _see_all(piece, found)
        else:
            found.cells += cells
    try:
        found.check()
    except TooLarge:
        return False
    return True


def measure(pieces: Iterator[bytes], where: str) -> None:
    """The careful way, of cells that have a value. Raises TooLarge."""
    found, row, column = CellRange(where), -1, 0
    for piece in _with_cells(pieces):
        for kind, attributes, closed in _TAG.findall(piece):
            said = _REFERENCE.search(attributes)
            letters, digits = said.groups() if said else (b"", b"")
            if kind == b"row":
                row = int(digits[:_DIGITS]) - 1 if digits else row + 1
                column = 0
                continue
            at = int(digits[:_DIGITS]) - 1 if digits else max(row, 0)
            column = _column(letters) if letters else column
            if not closed:
                found.see(max(at, 0), column)
            column += 1
    found.check()


def _with_cells(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inside = False
    for piece in pieces:
        if not inside:
            at = piece.find(b"sheetData")
            if at < 0:
                continue
            inside, piece = True, piece[at:]
        yield piece


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:_LETTERS].upper():
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _see_all(piece: bytes, found: CellRange) -> None:
    """All cells of the piece, each written in the common way."""
    array = np.frombuffer(piece, np.uint8)
    at = np.flatnonzero(array[: -len(_COMMON) - _LETTERS - _DIGITS] == ord("="))
    for offset, sign in ((-4, "<"), (-3, "c"), (-2, " "), (-1, "r"), (1, '"')):
        at = at[array[at + offset] == ord(sign)]
    place = at + 2
    columns, rows = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    for _ in range(_LETTERS):
        byte = array[place].astype(np.int64) & 0xDF  # as a capital letter
        is_letter = (byte >= ord("A")) & (byte <= ord("Z"))
        columns = np.where(is_letter, columns * 26 + byte - (ord("A") - 1), columns)
        place = place + is_letter
    for _ in range(_DIGITS):
        byte = array[place].astype(np.int64)
        is_digit = (byte >= ord("0")) & (byte <= ord("9"))
        rows = np.where(is_digit, rows * 10 + byte - ord("0"), rows)
        place = place + is_digit
    if len(at):
        found.see(int(rows.min()) - 1, int(columns.min()) - 1, len(at))
        found.see(int(rows.max()) - 1, int(columns.max()) - 1, 0)
