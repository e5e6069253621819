"""Pixels stay in the file until somebody asks for them.

psd-tools reads a document whole: every channel of every layer, the merged image, and
the layers of 16 and 32-bit documents twice. Of a file of two gigabytes that is more
than a child may have. Opened here, they are noted as places in the file, and read anew
each time they are looked at; what is looked at is in the page cache.

This stands in for the ``read`` of four of psd-tools' classes, and for a function that
it calls for each value, while a document is opened; it is pinned to its minor version.
"""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, BinaryIO

from psd_tools import PSDImage
from psd_tools.constants import Compression, Tag
from psd_tools.psd import bin_utils
from psd_tools.psd.bin_utils import (
    bounded_reader,
    read_exact,
    read_fmt,
    read_padding,
)
from psd_tools.psd.descriptor import Enumerated, read_length_and_key
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.layer_and_mask import ChannelData, LayerInfoBlock
from psd_tools.psd.tagged_blocks import TaggedBlock

from onemanage.psd.domain.enumerations import letters

_WORTH_LEAVING = 4096
"""Bytes; less is read at once."""
_LAYERS_KEYS = (Tag.LAYER_16.value, Tag.LAYER_32.value)
_read_block = TaggedBlock.read
_format_objects = lru_cache(1024)(bin_utils._format_objects)
"""A fourth of the time to parse is psd-tools' counting of what a format asks for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where bytes stand."""

    path: Path
    offset: int
    length: int

    def read(self, begin: int = 0, end: int | None = None) -> bytes:
        """Or a part. Raises OSError, also where the file has become shorter."""
        begin, end, _ = slice(begin, end).indices(self.length)
        wanted = max(0, end - begin)
        with self.path.open("rb") as file:
            data = os.pread(file.fileno(), wanted, self.offset + begin)
        if len(data) != wanted:
            raise OSError(f"{len(data)} of {wanted} bytes are left in the file")
        return data


class _Left:
    """``data`` that is a place in the file, until something else is put there."""

    _place: Place | None = None
    _data: bytes = b""

    @property
    def data(self) -> bytes:
        return self._data if self._place is None else self._place.read()

    @data.setter
    def data(self, value: bytes) -> None:
        self._place, self._data = None, value

    @property
    def _length(self) -> int:
        return 2 + (len(self._data) if self._place is None else self._place.length)


class _LeftChannelData(_Left, ChannelData):
    pass


class _LeftImageData(_Left, ImageData):
    pass


def part_of(stored: ChannelData | ImageData, begin: int, end: int) -> bytes:
    """``stored.data[begin:end]``, and no more of the file is read than that."""
    place = stored._place if isinstance(stored, _Left) else None
    return stored.data[begin:end] if place is None else place.read(begin, end)


def open_lazily(
    path: Path,
    file: BinaryIO,
    read: Callable[[BinaryIO], PSDImage] = PSDImage.open,
) -> PSDImage:
    """psd-tools' document; ``file`` is ``path`` opened, to see where reading has ended.

    The file must stay where it is. Raises what ``read`` does.
    """
    file.seek(0)
    with _reading(path):
        return read(file)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    def channel(_: type, fp: IO[bytes], length: int = 0, **__: Any) -> ChannelData:
        return _left(_LeftChannelData, fp, path, max(0, length))

    def merged(_: type, fp: IO[bytes], **__: Any) -> ImageData:
        here = fp.tell()
        rest = fp.seek(0, os.SEEK_END) - here - 2
        fp.seek(here)
        return _left(_LeftImageData, fp, path, rest)

    with ExitStack() as stack:
        replaced: tuple[tuple[Any, Any], ...] = (
            (ChannelData, channel),
            (ImageData, merged),
            (TaggedBlock, _block),
            (Enumerated, _enumerated),
        )
        for owner, read in replaced:
            stack.callback(setattr, owner, "read", owner.__dict__["read"])
            owner.read = classmethod(read)
        stack.callback(setattr, bin_utils, "_format_objects", bin_utils._format_objects)
        bin_utils._format_objects = _format_objects
        yield


def _left[T: (_LeftChannelData, _LeftImageData)](
    kind: type[T], fp: IO[bytes], path: Path, length: int
) -> T:
    """``length`` bytes after the two that name the compression."""
    compression = Compression(read_fmt("H", fp)[0])
    if length < _WORTH_LEAVING or not _is_file(fp):
        return kind(compression=compression, data=read_exact(fp, length))
    found = kind(compression=compression)
    found._place = Place(path, fp.tell(), length)
    with bounded_reader(fp, length):  # checks that they are there, and passes over
        return found


def _is_file(fp: IO[bytes]) -> bool:
    """Or a part of it; else what was read of it into memory."""
    while inner := getattr(fp, "_fp", None):
        fp = inner
    return not isinstance(fp, io.BytesIO)


def _enumerated(cls: type[Enumerated], fp: IO[bytes], **_: Any) -> Enumerated:
    kind, value = read_length_and_key(fp), read_length_and_key(fp)
    return cls(kind, letters(kind, value))


def _block(
    cls: type[TaggedBlock], fp: IO[bytes], version: int = 1, padding: int = 1, **_: Any
) -> TaggedBlock:
    """The layers of 16 and 32-bit documents stand in a block, which is not copied."""
    start = fp.tell()
    signature, key = read_fmt("4s4s", fp)
    if signature not in cls._SIGNATURES or key not in _LAYERS_KEYS:
        fp.seek(start)
        return _read_block(fp, version=version, padding=padding)
    length = read_fmt(cls._length_format(Tag(key), version), fp)[0]
    with bounded_reader(fp, length) as body:
        layers = LayerInfoBlock.read(body, version=version)
    read_padding(fp, length, padding)
    return cls(signature, Tag(key), layers)  # type: ignore[arg-type]  # psd-tools says bytes and means either
