"""XLS workbooks, looked through before the reading library sees them.

An XLS is a small file system (a compound file) with a stream of records. The library
makes room for the lengths that both declare: of tables of sectors, of the sheet's
range, of the list of strings. Here all of them are held against what is really there.
"""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onemanage.data_import.domain.errors import Damaged, Encrypted, TooLarge
from onemanage.data_import.domain.reading.cell_range import CellRange

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_LARGEST_SECTOR = 0xFFFFFFFA
_ENTRY = 128
STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")

# Records, of all versions of the format.
_DIMENSIONS = (0x0000, 0x0200)
_STRINGS, _CONTINUED, _PASSWORD = 0x00FC, 0x003C, 0x002F
BEGIN = (0x0009, 0x0209, 0x0409, 0x0809)
_CELLS = {
    *(0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0203, 0x0204, 0x0205, 0x0206),
    *(0x0406, 0x027E, 0x00BD, 0x00D6, 0x00FD),
}
_MANY = 0x00BD
"""A row of numbers: first and last column stand at its two ends."""
_SHORTEST_STRING = 3


class _Header(NamedTuple):
    sector: int
    """Bytes."""
    directory: int
    """Its first sector."""
    mini_cutoff: int
    mini_table: int
    difat: int
    fat: list[int]
    """The sectors that the table of sectors is in."""


def is_compound(path: Path) -> bool:
    """Whether it begins as XLS and other OLE files do."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def check_compound(path: Path) -> None:
    """Raises TooLarge, Damaged or Encrypted for what must not be read further."""
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        compound = Compound(data)
        for name, first, size in compound.entries():
            if name in STREAMS:
                _check_records(compound.stream(first, size))


class Compound:
    """Every chain of sectors ends, and none is longer than the file."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self._data = data
        self._header = self._read_header()
        self._next = self._table(self._header.fat)
        self._mini: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._mini_chain: list[int] = []
        self._mini_data = b""

    def entries(self) -> Iterator[tuple[str, int, int]]:
        """Name, first sector and size of each stream, all of which have been followed."""
        directory = self._joined(self._chain(self._next, self._header.directory))
        large = self._header.sector > 512
        found = []
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            entry = directory[at : at + _ENTRY]
            (length,) = struct.unpack_from("<H", entry, 64)
            kind, first, low, high = entry[66], *struct.unpack_from("<III", entry, 116)
            size = low | (high << 32 if large else 0)
            if kind not in (2, 5):
                continue
            if size > len(self._data):
                raise _damaged(f"a stream of {size:,} bytes is declared")
            name = entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            found.append((kind, name, first, size))
        for kind, _, first, size in found:
            if kind == 5 and size:
                self._mini_chain = self._chain(self._next, first)
                self._mini_data = self._joined(self._mini_chain)
                chain = self._chain(self._next, self._header.mini_table)
                self._mini = np.frombuffer(self._joined(chain), "<u4")
        for kind, name, first, size in found:
            if kind == 2 and size:
                self.stream(first, size)
                yield name, first, size

    def stream(self, first: int, size: int) -> bytes:
        """Its bytes, from its first sector on. Raises where the chain is broken."""
        if size < self._header.mini_cutoff:
            chain = self._chain(self._mini, first)
            parts = (self._mini_data[at * 64 : at * 64 + 64] for at in chain)
            return b"".join(parts)[:size]
        return self._joined(self._chain(self._next, first))[:size]

    def places(self, first: int, size: int) -> tuple[int, list[int]]:
        """Where in the file the stream's bytes lie: pieces of so many bytes each, and
        the place of every piece. Only once ``entries`` has come to its end."""
        sector = self._header.sector
        if size >= self._header.mini_cutoff:
            return sector, [(at + 1) * sector for at in self._chain(self._next, first)]
        inside = [at * 64 for at in self._chain(self._mini, first)]
        chain = self._mini_chain
        return 64, [(chain[at // sector] + 1) * sector + at % sector for at in inside]

    def directory_places(self) -> list[int]:
        """Where in the file the entries of the directory are, of 128 bytes each."""
        sector = self._header.sector
        chain = self._chain(self._next, self._header.directory)
        starts = [(at + 1) * sector for at in chain]
        return [start + at for start in starts for at in range(0, sector, _ENTRY)]

    def _read_header(self) -> _Header:
        head = self._data[:_HEADER]
        if len(head) < _HEADER:
            raise _damaged("its header was cut off")
        (shift,) = struct.unpack_from("<H", head, 30)
        if shift not in (9, 12):
            raise _damaged("its sectors are of no known size")
        sector = 1 << shift
        _, fats, directory, _, cutoff, mini, minis, difat, difats = struct.unpack_from(
            "<9I", head, 40
        )
        room = len(self._data) // sector + 1
        for what, count in (("fat", fats), ("mini", minis), ("difat", difats)):
            if count > room:
                raise _damaged(
                    f"{count:,} sectors are declared ({what}), it has {room:,}"
                )
        listed = [at for at in struct.unpack_from("<109I", head, 76)]
        header = _Header(sector, directory, cutoff, mini, difat, listed)
        return header._replace(fat=self._listed(header, difats)[:fats])

    def _listed(self, header: _Header, count: int) -> list[int]:
        """Sectors of the table, those that have no room in the header too."""
        found, at = [one for one in header.fat if one < _LARGEST_SECTOR], header.difat
        for _ in range(count):
            if at >= _LARGEST_SECTOR:
                break
            *more, at = struct.unpack(
                f"<{header.sector // 4}I", self._sector(at, header.sector)
            )
            found += [one for one in more if one < _LARGEST_SECTOR]
        else:
            if at < _LARGEST_SECTOR and count:
                raise _damaged("its list of sectors does not end")
        return found

    def _table(self, sectors: list[int]) -> NDArray[np.uint32]:
        return np.frombuffer(self._joined(sectors), "<u4")

    def _sector(self, at: int, size: int) -> bytes:
        start = (at + 1) * size
        if start >= len(self._data):
            raise _damaged(f"sector {at:,} lies behind its end")
        return self._data[start : start + size].ljust(size, b"\0")

    def _joined(self, sectors: list[int]) -> bytes:
        return b"".join(self._sector(at, self._header.sector) for at in sectors)

    def _chain(self, following: NDArray[np.uint32], first: int) -> list[int]:
        chain: list[int] = []
        while first < _LARGEST_SECTOR:
            if first >= len(following) or len(chain) >= len(following):
                raise _damaged("a chain of its sectors leads nowhere or in a circle")
            chain.append(first)
            first = int(following[first])
        return chain


def _check_records(data: bytes) -> None:
    found, number, at = CellRange("sheet 1"), 0, 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        start, at = at + 4, at + 4 + length
        if kind in _CELLS and length >= 4:
            row, column = struct.unpack_from("<HH", data, start)
            found.see(row, column)
            if kind == _MANY and at <= len(data):
                (last,) = struct.unpack_from("<H", data, at - 2)
                found.see(row, max(last, column), max((length - 6) // 6 - 1, 0))
        elif kind in BEGIN:
            found.check()
            number += 1
            found = CellRange(f"part {number}")
        elif kind in _DIMENSIONS:
            _check_dimensions(data[start:at], kind, found.where)
        elif kind == _PASSWORD and number <= 1:
            # The records that follow are encrypted, what they declare too.
            raise Encrypted(
                "data_import.encrypted",
                "The workbook has a password. Save it without one and upload it again.",
            )
        elif kind == _STRINGS:
            _check_strings(data, start, at)
    found.check()


def _check_dimensions(data: bytes, kind: int, where: str) -> None:
    """Room is made for all of it, whatever the cells are."""
    form = "<IIHH" if len(data) >= 12 else "<HHHH"
    if len(data) < struct.calcsize(form):
        return
    first, last, left, right = struct.unpack_from(form, data)
    room = max(last - first, 0) * max(right - left, 0)
    if room > 1 << 24:
        raise TooLarge(
            "data_import.too_many_cells",
            f"The sheet says that it reaches over {room:,} cells; an XLS has at most "
            f"{1 << 24:,}. Open it in Excel or LibreOffice and save it as XLSX.",
            where,
        )


def _check_strings(data: bytes, start: int, end: int) -> None:
    """The list of strings, which may be continued in the records that follow."""
    if end - start < 8:
        return
    (count,) = struct.unpack_from("<I", data, start + 4)
    size = end - start
    while end + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, end)
        if kind != _CONTINUED:
            break
        size, end = size + length, end + 4 + length
    if count * _SHORTEST_STRING > size:
        raise TooLarge(
            "data_import.too_many_cells",
            f"The workbook says that it has {count:,} strings, and there is room for "
            f"{size // _SHORTEST_STRING:,} at most. Open it in Excel or LibreOffice and "
            "save it as XLSX.",
        )


def _damaged(reason: str) -> Damaged:
    return Damaged(
        "data_import.damaged",
        "The workbook is damaged and cannot be read. Open it in Excel or LibreOffice "
        f"and save it again. Reason: {reason}.",
    )
