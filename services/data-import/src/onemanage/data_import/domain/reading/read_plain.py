"""Sheets of XLSX, a piece at a time, where they are as common programs write them.

The reading library holds a sheet whole, several times over, and every cell as text. Of
a plain sheet this gives the same rows in constant memory, but for the shared strings,
and in half the time. It never guesses: at what it does not know for certain it raises
NotPlain, and from there on the careful reader goes on.
"""

import re
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types

from onemanage.contracts.imports.plans import TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import InvalidSource
from onemanage.data_import.domain.reading.archive import open_archive, open_member
from onemanage.data_import.domain.reading.old_workbook_guard import is_compound
from onemanage.data_import.domain.reading.plain_cells import (
    Cells,
    Ints,
    NotPlain,
    cells_of,
    plain_text,
    strings_of,
)
from onemanage.data_import.domain.reading.plain_values import (
    DATE,
    NUMBER,
    date_texts,
    number_texts,
    style_kinds,
)
from onemanage.data_import.domain.reading.workbook_facts import sheet_members
from onemanage.data_import.domain.reading.workbook_guard import (
    MAX_INFLATED,
    check_list,
)
from onemanage.data_import.domain.reading.workbook_parts import has_usual_names

_PIECE = 8 << 20
_LONGEST = 64 << 20
_MOST_XML = 32 << 20
_WORKBOOK, _STYLES = "xl/workbook.xml", "xl/styles.xml"
_SHARED_MEMBER = "xl/sharedStrings.xml"
_SHARED, _FLAG, _WRITTEN = 10, 11, 12
_TYPES = {"s": _SHARED, "b": _FLAG, "str": _WRITTEN, "inlineStr": _WRITTEN}
_ATTRIBUTES = re.compile(r'(?:\s(?:s="(\d{1,6})"|t="([A-Za-z]+)"))*')
_OTHER_ENCODING = re.compile(
    rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE
)
_DATE_1904 = re.compile(rb'\bdate1904="(?:1|true)"')


def plain_batches(path: Path, table: TablePlan) -> Generator[Batch, None, int | None]:
    """As ``read_workbook``, as far as the sheet is plain.

    Returns the number of the last row that was read, or None where that is all.
    """
    if is_compound(path) or not zipfile.is_zipfile(path):
        return 0
    sheet: _PlainSheet | None = None
    try:
        with open_archive(path) as archive:
            check_list(path, archive)
            sheet = _PlainSheet(archive, table)
            yield from sheet.batches()
    except (NotPlain, InvalidSource):  # which the careful reader has words for
        return sheet.done if sheet is not None else 0
    return None


class _PlainSheet:
    """One sheet of an open workbook, and how far it was read."""

    def __init__(self, archive: zipfile.ZipFile, table: TablePlan) -> None:
        """Raises NotPlain, or InvalidSource for a bomb."""
        names = set(archive.namelist())
        if sum(one.file_size for one in archive.infolist()) > MAX_INFLATED:
            raise NotPlain
        members = sheet_members(archive)
        if _WORKBOOK not in names:
            raise NotPlain
        sheet = table.sheet or next(iter(members), "")
        if members.get(sheet) not in names or not has_usual_names(archive):
            raise NotPlain
        self._archive, self._member = archive, members[sheet]
        if _DATE_1904.search(self._small(_WORKBOOK)):
            raise NotPlain
        self._kinds = style_kinds(self._small(_STYLES)) if _STYLES in names else []
        self._shared: Any = None
        self._all = table.columns
        self._columns = [one for one in table.columns if one.include]
        self._after = table.dialect.header_row or 0
        self.width = 0
        self.done = 0
        """Rows of the sheet of which nothing is left to tell."""

    def batches(self) -> Iterator[Batch]:
        """As ``read_workbook``. Raises NotPlain and InvalidSource, at any batch."""
        for piece in self._pieces(self._member, b"<sheetData>", b"</row>"):
            cells = cells_of(piece)
            if not self.width and not (cells.column == 0).any():
                raise NotPlain  # the first column of the table may be another
            if len(cells.column):
                self.width = max(self.width, int(cells.column.max()) + 1)
            batch = self._batch(cells)
            if batch.frame.height:
                yield batch
            self.done = int(cells.numbers[-1])
        if self.width < max(one.position for one in self._all):
            raise NotPlain

    def _batch(self, cells: Cells) -> Batch:
        kinds, height = self._kinds_of(cells), len(cells.numbers)
        order = np.argsort(cells.column.astype(np.int16), kind="stable")
        most = max(self.width, *(one.position for one in self._columns))
        bounds = np.searchsorted(cells.column[order], np.arange(most + 1))
        made: dict[str, pl.Series] = {}
        for column in self._columns:
            at = column.position
            which = order[bounds[at - 1] : bounds[at]]
            texts = self._texts(cells, which, kinds[which])
            made[str(at)] = _in_rows(texts, cells.row[which], height)
        filled = np.bincount(cells.row, minlength=height) > 0
        keep = pl.Series(filled & (cells.numbers > self._after))
        frame = pl.DataFrame(made).filter(keep)
        return Batch(frame, pl.Series("line", cells.numbers).filter(keep), [])

    def _kinds_of(self, cells: Cells) -> Ints:
        """What each cell is, by what its tag says."""
        known = [self._kind(one) for one in cells.attributes.dictionary.to_pylist()]
        codes = cells.attributes.indices.to_numpy()
        kinds: Ints = np.array(known or [NUMBER], np.int64)[codes]
        if (cells.inline & (kinds != _WRITTEN)).any():
            raise NotPlain
        return kinds

    def _kind(self, attributes: str) -> int:
        found = _ATTRIBUTES.fullmatch(attributes)
        if found is None:
            raise NotPlain
        style, kind = found.groups()
        if kind not in (None, "n"):
            if kind not in _TYPES:
                raise NotPlain
            return _TYPES[kind]
        if style is None:
            return NUMBER
        if int(style) >= len(self._kinds):
            raise NotPlain
        return self._kinds[int(style)]

    def _texts(self, cells: Cells, which: Ints, kinds: Ints) -> pl.Series:
        """Of some cells of one column, in their order."""
        if len(kinds) and (kinds == kinds[0]).all():
            return self._of_kind(int(kinds[0]), cells, which)
        parts, places = [], []
        for kind in np.unique(kinds).tolist():
            here = np.flatnonzero(kinds == kind)
            parts.append(self._of_kind(kind, cells, which[here]))
            places.append(here)
        if not parts:
            return pl.Series([], dtype=pl.String)
        back = np.argsort(np.concatenate(places))
        return pl.concat(parts).gather(back)

    def _of_kind(self, kind: int, cells: Cells, which: Ints) -> pl.Series:
        written = cells.texts.take(pa.array(which))
        if kind == _SHARED:
            return self._shared_texts(written)
        if kind == _WRITTEN:
            return _series(plain_text(written, cells.spaced[which]))
        texts = _series(written)
        if kind == _FLAG:
            if not texts.is_in(["0", "1"]).all():
                raise NotPlain
            return texts.replace({"0": "false", "1": "true"})
        if kind == DATE:
            return date_texts(texts)
        if kind == NUMBER:
            return number_texts(texts)
        raise NotPlain

    def _shared_texts(self, written: Any) -> pl.Series:
        try:
            at = written.cast(pa.int32())
            if self._shared is None:
                self._shared = self._read_shared()
            return _series(self._shared.take(at))
        except (pa.ArrowInvalid, pa.ArrowIndexError) as error:
            raise NotPlain from error

    def _read_shared(self) -> Any:
        pieces = self._pieces(_SHARED_MEMBER, b"<sst", b"</si>")
        return pa.concat_arrays([strings_of(one) for one in pieces])

    def _small(self, member: str) -> bytes:
        info = self._archive.getinfo(member)
        if info.file_size > _MOST_XML:
            raise NotPlain
        with open_member(self._archive, info) as stream:
            return stream.read(_MOST_XML)

    def _pieces(self, member: str, begin: bytes, end: bytes) -> Iterator[bytes]:
        """The XML behind the tag ``begin``, in pieces that close with ``end``."""
        if member not in self._archive.namelist():
            raise NotPlain
        closing = b"</" + begin.strip(b"<>") + b">"
        with open_member(self._archive, self._archive.getinfo(member)) as stream:
            rest = _behind(stream.read(_PIECE), begin)
            while True:
                found = rest.find(closing)
                cut = rest.rfind(end, 0, found if found >= 0 else None) + len(end)
                if cut >= len(end):
                    yield rest[:cut]
                    rest = rest[cut:]
                if found >= 0:
                    break
                block = stream.read(_PIECE)
                rest += block
                if not block or len(rest) > _LONGEST:
                    raise NotPlain
            while stream.read(_PIECE):
                pass  # for the sum at its end


def _behind(data: bytes, begin: bytes) -> bytes:
    at = data.find(begin)
    if at < 0 or _OTHER_ENCODING.search(data, 0, at):
        raise NotPlain
    return data[data.find(b">", at) + 1 :]


def _series(texts: Any) -> pl.Series:
    made = pl.from_arrow(texts)
    assert isinstance(made, pl.Series)
    return made


def _in_rows(texts: pl.Series, rows: Ints, height: int) -> pl.Series:
    """Null in the other rows."""
    if len(texts) == height:
        return texts
    at = np.full(height, -1)
    at[rows] = np.arange(len(texts))
    return texts.gather(_series(pa.array(at, mask=at < 0)))
