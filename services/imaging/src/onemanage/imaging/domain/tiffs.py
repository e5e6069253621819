"""Directories of a TIFF: which of them is the picture."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from onemanage.imaging.errors import InvalidImage

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4, 16: 8, 18: 8}
"""Bytes of a value by its type, of those that are read here."""
_MOST = 100_000
"""Directories that are followed."""
_SENSOR = (32803, 34892)
"""Photometric interpretations of values from a sensor, which have to be developed."""
PREVIEW = "What the camera's sensor saw is not developed: a preview of it is shown."
_SUBFILE, _WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC = 254, 256, 257, 258, 262
_ORIENTATION, _SAMPLES, _CHILDREN, _EXTRA, _PROFILE = 274, 277, 330, 338, 34675
_READ = frozenset((*range(254, 263), 274, 277, 330, 338))


@dataclass
class Directory:
    """One image of the file."""

    offset: int
    values: dict[int, tuple[int, ...]] = field(default_factory=dict)
    next: int = 0
    icc: bytes | None = None

    def value(self, tag: int, default: int = 0) -> int:
        """The first number of a tag."""
        return (self.values.get(tag) or (default,))[0]

    @property
    def is_reduced(self) -> bool:
        """Whether it is a smaller version of another image (tag 254, bit 0)."""
        return bool(self.value(_SUBFILE) & 1)

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown as it is."""
        return self.value(_PHOTOMETRIC) not in _SENSOR and self.value(_WIDTH) > 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as they are stored."""
        return self.value(_WIDTH), self.value(_HEIGHT)

    @property
    def orientation(self) -> int:
        """As EXIF has it, 1 to 8."""
        found = self.value(_ORIENTATION, 1)
        return found if 1 <= found <= 8 else 1

    @property
    def is_deep(self) -> bool:
        """Whether it is gray or RGB of 16 bits or more, which Pillow reads in part: it
        drops the lower bits of some, and refuses floats and planes."""
        is_wide = self.value(_BITS, 1) in (16, 32, 64)
        return is_wide and self.value(_PHOTOMETRIC) in (0, 1, 2)

    @property
    def is_gray(self) -> bool:
        """Whether its samples are lightness alone."""
        return self.value(_PHOTOMETRIC) in (0, 1)

    @property
    def bits(self) -> int:
        """Of a sample."""
        return self.value(_BITS, 1)

    @property
    def weight(self) -> int:
        """Bytes of all its samples."""
        return self.area * max(1, self.value(_SAMPLES, 1)) * self.value(_BITS, 1) // 8

    @property
    def area(self) -> int:
        """Pixels."""
        return self.value(_WIDTH) * self.value(_HEIGHT)


class _File:
    """Numbers of a file in its byte order, of either size of offsets (TIFF 6.0, and
    BigTIFF by Aware Systems)."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.order = "<" if data[:2] == b"II" else ">"
        self.is_big = self.number(2, 2) == 43
        self.wide = 8 if self.is_big else 4

    def number(self, at: int, size: int) -> int:
        """Raises struct.error beyond the end."""
        code = {1: "B", 2: "H", 4: "I", 8: "Q"}[size]
        found: int = struct.unpack_from(self.order + code, self.data, at)[0]
        return found

    @property
    def first(self) -> int:
        """Where the first directory stands."""
        return self.number(8 if self.is_big else 4, self.wide)

    def starting_at(self, offset: int) -> bytes:
        """The file, of which this directory is the first; offsets stay what they are."""
        code = self.order + ("Q" if self.is_big else "I")
        at = 8 if self.is_big else 4
        head = self.data[:at] + struct.pack(code, offset)
        return head + self.data[len(head) :]

    def directory(self, offset: int) -> Directory:
        """Raises struct.error where it is not whole."""
        count = self.number(offset, 8 if self.is_big else 2)
        at = offset + (8 if self.is_big else 2)
        entry = 20 if self.is_big else 12
        found = Directory(offset)
        for start in range(at, at + min(count, 4096) * entry, entry):
            tag, kind = self.number(start, 2), self.number(start + 2, 2)
            if tag in _READ:
                found.values[tag] = self._values(start, kind)
            elif tag == _PROFILE:
                found.icc = self._bytes(start)
        found.next = self.number(at + count * entry, self.wide)
        return found

    def _bytes(self, start: int) -> bytes:
        count = self.number(start + 4, self.wide)
        at = self.number(start + 4 + self.wide, self.wide)
        return bytes(self.data[at : at + min(count, 16 << 20)])

    def _values(self, start: int, kind: int) -> tuple[int, ...]:
        size = _SIZES.get(kind, 0)
        count = min(self.number(start + 4, self.wide), 64)
        if not size:
            return ()
        at = start + 4 + self.wide
        if size * count > self.wide:
            at = self.number(at, self.wide)
        return tuple(self.number(at + n * size, size) for n in range(count))


def page_of(data: bytes, page: int) -> tuple[bytes, Directory | None, list[str]]:
    """The file with the page that is asked for as its first, that page, and warnings.

    Pages are the images of the chain that are no smaller version of another; of a raw
    file, whose picture has to be developed, the largest preview there is. The page is
    None where the file's directories cannot be read. Raises InvalidImage where there
    is no such page.
    """
    try:
        file = _File(data)
        main = list(_chain(file))
    except (struct.error, KeyError):
        return data, None, []  # the decoder says what is wrong
    pages, warnings = _pages(file, main)
    if page > len(pages):
        text = f"The image has no page {page}."
        raise InvalidImage("imaging.no_such_page", text, "/reading/page")
    found = pages[page - 1]
    if found.offset != file.first:
        data = file.starting_at(found.offset)
    return data, found, warnings


def page_count(data: bytes) -> int:
    """Pages as `page_of` counts them; 1 where the directories cannot be read."""
    try:
        file = _File(data)
        return len(_pages(file, list(_chain(file)))[0])
    except (struct.error, KeyError):
        return 1


def values(data: bytes, page: Directory) -> NDArray[Any]:
    """Samples of the first page, (height, width) or (height, width, samples), black at
    0. Raises what imagecodecs does."""
    found: NDArray[Any] = imagecodecs.tiff_decode(data)
    count = page.value(_SAMPLES, 1)
    if found.ndim == 3 and found.shape[0] == count and found.shape[2] != count:
        found = np.moveaxis(found, 0, 2)  # plane by plane
    if page.value(_PHOTOMETRIC) == 0 and found.dtype.kind == "u":
        found = np.iinfo(found.dtype).max - found
    colors = 3 if page.value(_PHOTOMETRIC) == 2 else 1
    if found.ndim == 3:
        has_alpha = page.value(_EXTRA) in (1, 2) and found.shape[2] > colors
        found = found[:, :, : colors + has_alpha]
    return np.ascontiguousarray(found)


def _pages(file: _File, main: list[Directory]) -> tuple[list[Directory], list[str]]:
    """Never none, as a chain has one directory at least."""
    pages = [one for one in main if one.is_picture and not one.is_reduced]
    if pages:
        return pages, []
    everything = main + list(_children(file, main))
    full = [one for one in everything if not one.is_reduced]
    pages = [one for one in full if one.is_picture]
    if pages:
        return pages, []
    shown = [one for one in everything if one.is_picture]
    if not shown:
        return main[:1], []
    return [max(shown, key=lambda one: one.area)], [PREVIEW] if full else []


def _chain(file: _File) -> Iterator[Directory]:
    seen: set[int] = set()
    offset = file.first
    while offset and offset not in seen and len(seen) < _MOST:
        seen.add(offset)
        try:
            found = file.directory(offset)
        except struct.error:
            if len(seen) == 1:
                raise
            return
        yield found
        offset = found.next


def _children(file: _File, parents: list[Directory]) -> Iterator[Directory]:
    """Images of which the chain names only where they are (tag 330)."""
    for parent in parents[:64]:
        for offset in parent.values.get(_CHILDREN, ()):
            try:
                yield file.directory(offset)
            except struct.error:
                continue
