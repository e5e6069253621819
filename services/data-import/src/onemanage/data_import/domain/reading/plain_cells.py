"""Cells of an XLSX sheet as common programs write them, a piece of XML at a time.

Nothing is looked at one by one: where the tags stand and what they are is found for
the whole piece at once, and what does not follow the one order of tags that such
programs write is not plain.
"""

import re
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above
from numpy.typing import NDArray

from onemanage.data_import.domain.reading.decode import is_utf8

_SI, _CELL, _VALUE, _END_VALUE, _END_CELL, _ROW, _END_ROW = range(1, 8)
_INLINE, _TEXT, _SPACED, _END_TEXT, _END_INLINE, _FORMULA, _END_FORMULA = range(8, 15)
_SPACED_TAG = b'<t xml:space="preserve">'
_ROW_NUMBER = re.compile(rb'<row\s(?:[^>]*\s)?r="([0-9]{1,7})"')
_ESCAPE = re.compile(rb"_x[0-9A-Fa-f]{4}_")
_OTHER_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_LAST_ROW = 1 << 20
MOST_COLUMNS = 1_600
"""More than a table may have is for the careful reader to say."""


type Ints = NDArray[np.signedinteger[Any]]


class NotPlain(Exception):
    """The sheet is for the careful reader."""


class Cells(NamedTuple):
    """All that have a value, from left to right and from the first row down."""

    numbers: Ints
    """Of the piece's rows, in the sheet, from 1."""
    row: Ints
    """Of each cell, as an index into ``numbers``."""
    column: Ints
    """Of each cell, in the sheet, from 0."""
    attributes: Any
    """Arrow dictionary of strings: what its tag says beside the place."""
    inline: NDArray[np.bool_]
    """Whether its text stands in the cell as a string."""
    spaced: NDArray[np.bool_]
    """Whether blanks around that are part of it."""
    texts: Any
    """Arrow strings, as they are written."""


def _codes(names: dict[bytes, int]) -> NDArray[np.uint8]:
    table = np.zeros(1 << 16, np.uint8)
    for name, code in names.items():
        table[name[0] << 8 | name[1]] = code
    return table


_OF_CELLS = _codes(
    {
        b"c ": _CELL,
        b"v>": _VALUE,
        b"/v": _END_VALUE,
        b"/c": _END_CELL,
        b"ro": _ROW,
        b"/r": _END_ROW,
        b"is": _INLINE,
        b"t>": _TEXT,
        b"t ": _SPACED,
        b"/t": _END_TEXT,
        b"/i": _END_INLINE,
        b"f>": _FORMULA,
        b"f ": _FORMULA,
        b"/f": _END_FORMULA,
    }
)
_OF_STRINGS = _codes(
    {
        b"si": _SI,
        b"t>": _TEXT,
        b"t ": _SPACED,
        b"/t": _END_TEXT,
        b"/s": _END_INLINE,
    }
)


class _Tags(NamedTuple):
    data: bytes
    array: NDArray[np.uint8]
    at: Ints
    kinds: NDArray[np.uint8]

    @classmethod
    def of(cls, data: bytes, names: NDArray[np.uint8]) -> "_Tags":
        """Raises NotPlain where there is one that is not among the names."""
        if _is_read_differently(data) or not is_utf8(data):
            raise NotPlain
        array = np.frombuffer(data, np.uint8)
        at = np.flatnonzero(array == ord("<")).astype(np.int32)
        name = array[at + 1].astype(np.uint16) << 8 | array[at + 2]
        kinds = names[name]
        if not kinds.all():
            raise NotPlain
        return cls(data, array, at, kinds)

    def follow(self, first: Ints, *kinds: int) -> bool:
        """Whether tags of these kinds come after each of the first ones."""
        last = len(self.kinds) - 1
        return all(
            (self.kinds[np.minimum(first + step, last)] == kind).all()
            for step, kind in enumerate(kinds, 1)
        )

    def text_starts(self, tags: Ints) -> Ints:
        """Where the text of tags <t> or <v> begins."""
        spaced = self.kinds[tags] == _SPACED
        if self.data.count(_SPACED_TAG) != int(np.count_nonzero(self.kinds == _SPACED)):
            raise NotPlain
        return self.at[tags] + np.where(spaced, len(_SPACED_TAG), 3)


def strings_of(piece: bytes) -> Any:
    """The shared strings of a piece that ends with one. Raises NotPlain."""
    tags = _Tags.of(piece, _OF_STRINGS)
    items = np.flatnonzero(tags.kinds == _SI)
    texts = items + 1
    is_plain = tags.follow(texts, _END_TEXT, _END_INLINE)
    if not is_plain or len(items) * 4 != len(tags.kinds):
        raise NotPlain
    if not np.isin(tags.kinds[texts], (_TEXT, _SPACED)).all():
        raise NotPlain
    starts = tags.text_starts(texts)
    found = between(piece, starts, tags.at[texts + 1])
    return plain_text(found, tags.kinds[texts] == _SPACED)


def cells_of(piece: bytes) -> Cells:
    """The cells of a piece that begins and ends with a row. Raises NotPlain."""
    tags = _Tags.of(piece, _OF_CELLS)
    cells = np.flatnonzero(tags.kinds == _CELL)
    starts = tags.at[cells]
    ends = tags.at[np.minimum(cells + 1, len(tags.at) - 1)] - 1
    if b"<f" in piece:
        keep = (tags.kinds != _FORMULA) & (tags.kinds != _END_FORMULA)
        tags = tags._replace(at=tags.at[keep], kinds=tags.kinds[keep])
        cells = np.flatnonzero(tags.kinds == _CELL)
    following = tags.kinds[np.minimum(cells + 1, len(tags.kinds) - 1)]
    valued, inline = following == _VALUE, following == _INLINE
    _check_order(tags, cells, following)
    numbers, row = _rows(tags, cells)
    column, after = _columns(tags, starts, numbers, row)
    place = row << 11 | column
    if (np.diff(place) <= 0).any() or (tags.array[ends] != ord(">")).any():
        raise NotPlain
    full = valued | inline
    attributes = between(piece, after[full], ends[full]).dictionary_encode()
    opening = (cells + 1 + inline)[full]
    begins = tags.text_starts(opening)
    texts = between(piece, begins, tags.at[opening + 1])
    spaced = tags.kinds[opening] == _SPACED
    return Cells(
        numbers, row[full], column[full], attributes, inline[full], spaced, texts
    )


def _check_order(tags: _Tags, cells: Ints, following: NDArray[np.uint8]) -> None:
    valued, inline = cells[following == _VALUE], cells[following == _INLINE]
    closed = np.count_nonzero(following == _END_CELL)
    alone = np.count_nonzero(np.isin(following, (_CELL, _ROW, _END_ROW)))
    rows = np.count_nonzero(np.isin(tags.kinds, (_ROW, _END_ROW)))
    known = 4 * len(valued) + 6 * len(inline) + 2 * closed + alone + rows
    is_text = np.isin(tags.kinds[inline + 2], (_TEXT, _SPACED)) if len(inline) else True
    if (
        known != len(tags.kinds)
        or not np.all(is_text)
        or not tags.follow(valued, _VALUE, _END_VALUE, _END_CELL)
        or not tags.follow(inline + 2, _END_TEXT, _END_INLINE, _END_CELL)
    ):
        raise NotPlain


def _rows(tags: _Tags, cells: Ints) -> tuple[Ints, Ints]:
    """Numbers of the rows, and the row of each cell."""
    is_row = tags.kinds == _ROW
    numbers = _row_numbers(tags, tags.at[is_row])
    if (
        not len(numbers)
        or (np.diff(numbers, prepend=0) <= 0).any()
        or numbers[-1] > _LAST_ROW
    ):
        raise NotPlain
    firsts = np.searchsorted(cells, np.flatnonzero(is_row))
    counts = np.diff(firsts, append=len(cells))
    return numbers, np.repeat(np.arange(len(numbers), dtype=np.int32), counts)


def _row_numbers(tags: _Tags, at: Ints) -> Ints:
    array, last = tags.array, len(tags.array) - 1
    common = b'<row r="'
    if any((array[at + step] != sign).any() for step, sign in enumerate(common)):
        found = _ROW_NUMBER.findall(tags.data)
        if len(found) != len(at):
            raise NotPlain
        return np.array(found).astype(np.int64)
    numbers, place = np.zeros(len(at), np.int64), at + len(common)
    for _ in range(8):
        byte = array[np.minimum(place, last)]
        is_digit = (byte >= ord("0")) & (byte <= ord("9"))
        numbers = np.where(is_digit, numbers * 10 + byte - ord("0"), numbers)
        place = place + is_digit
    if (array[np.minimum(place, last)] != ord('"')).any():
        raise NotPlain
    return numbers


def _columns(
    tags: _Tags,
    starts: Ints,
    numbers: Ints,
    row: Ints,
) -> tuple[Ints, Ints]:
    """The column of each cell, and where its reference ends, behind the quote."""
    array, last = tags.array, len(tags.array) - 1
    for step, sign in enumerate(b'r="', 3):
        if (array[starts + step] != sign).any():
            raise NotPlain
    at = starts + 6
    column = np.zeros(len(starts), np.int32)
    for _ in range(3):
        byte = array[np.minimum(at, last)]
        is_letter = (byte >= ord("A")) & (byte <= ord("Z"))
        if not is_letter.any():
            break
        column = np.where(is_letter, column * 26 + byte - (ord("A") - 1), column)
        at = at + is_letter
    digits = np.ones(len(numbers), np.int32)
    for power in range(1, 7):
        digits += numbers >= 10**power
    end = at + digits[row]
    if not len(starts):
        return column, end
    if (end > last).any() or (array[end] != ord('"')).any():
        raise NotPlain
    if column.min() < 1 or column.max() > MOST_COLUMNS:
        raise NotPlain
    try:
        said = between(tags.data, at, end).cast(pa.int32())
    except pa.ArrowInvalid as error:
        raise NotPlain from error
    if not np.array_equal(said.to_numpy(), numbers[row]):
        raise NotPlain
    return column - 1, end + 1


def between(data: bytes, starts: Ints, ends: Ints) -> Any:
    """The text between these places, which come in their order, as Arrow strings."""
    count = len(starts)
    if not count:
        return pa.array([], pa.string())
    offsets = np.empty(2 * count, np.int32)
    offsets[::2], offsets[1::2] = starts, ends
    # Every second string is what stands between two of them.
    both = pa.Array.from_buffers(
        pa.string(), 2 * count - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
    return both.take(pa.array(np.arange(0, 2 * count, 2)))


def plain_text(texts: Any, spaced: NDArray[np.bool_]) -> Any:
    """Written text as it is meant. Raises NotPlain for what is read differently."""
    if pc.any(pc.equal(pc.binary_length(texts), 0)).as_py():
        raise NotPlain
    trimmed = pc.not_equal(pc.utf8_trim_whitespace(texts), texts)
    if pc.any(pc.and_(trimmed, pa.array(~spaced))).as_py():
        raise NotPlain
    if not pc.any(pc.match_substring(texts, "&")).as_py():
        return texts
    for written, meant in _ENTITIES.items():
        texts = pc.replace_substring(texts, written, meant)
    return texts


def _is_read_differently(data: bytes) -> bool:
    """Whether there is what not all programs take for the same text."""
    return (
        b"\r" in data
        or (b"_" in data and _ESCAPE.search(data) is not None)
        or (b"&" in data and _OTHER_ENTITY.search(data) is not None)
    )
