"""Bytes that stay in the file until somebody asks for them."""

import os
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psd_tools.constants import Compression
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.layer_and_mask import ChannelData

_HEAD = 2
"""Bytes before pixels, which name their compression."""
_KNOWN = frozenset(int(one) for one in Compression)


class StoredFile:
    """A file that stays open for as long as anything of it may be asked for.

    It must stay as it is. Raises OSError where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)

    def read(self, offset: int, length: int) -> bytes:
        """Raises OSError where there is less, also where the file has become shorter."""
        data = os.pread(self._descriptor, length, offset)
        while 0 < len(data) < length:  # two gigabytes at a time is all that Linux reads
            more = os.pread(self._descriptor, length - len(data), offset + len(data))
            if not more:
                break
            data += more
        if len(data) != length:
            raise OSError(f"{len(data)} of {length} bytes are left in the file")
        return data


@dataclass(frozen=True, slots=True)
class Place:
    """Where bytes stand."""

    file: StoredFile
    offset: int
    length: int

    def read(self, begin: int = 0, end: int | None = None) -> bytes:
        """Or a part. Raises OSError as the file does."""
        begin, end, _ = slice(begin, end).indices(self.length)
        return self.file.read(self.offset + begin, max(0, end - begin))


class _Left:
    """Compression and ``data`` are in the file, until something else is put there."""

    _place: Place | None = None
    """Of both; the compression comes first."""
    _compression: Compression | None = None
    _data: bytes = b""

    @property
    def compression(self) -> Compression:
        """Raises ValueError where it is none that is known."""
        if self._compression is None:
            head = self._place.read(0, _HEAD) if self._place else bytes(_HEAD)
            word = int.from_bytes(head, "big")
            if word not in _KNOWN:
                raise ValueError(f"its compression {word} is not known")
            self._compression = Compression(word)
        return self._compression

    @compression.setter
    def compression(self, value: int) -> None:
        self._compression = Compression(value)

    @property
    def data(self) -> bytes:
        return self._data if self._place is None else self._place.read(_HEAD)

    @data.setter
    def data(self, value: bytes) -> None:
        self.compression  # noqa: B018  # of what stays, before its place is forgotten
        self._place, self._data = None, value

    @property
    def _length(self) -> int:
        if self._place is None:
            return _HEAD + len(self._data)
        return self._place.length


class LeftChannelData(_Left, ChannelData):
    """One channel of a layer."""


class LeftImageData(_Left, ImageData):
    """The merged image."""


def left[T: (LeftChannelData, LeftImageData)](kind: type[T], place: Place) -> T:
    """What stands at ``place``, its compression first."""
    made: T = object.__new__(kind)
    object.__setattr__(made, "_place", place)
    return made


def part_of(stored: ChannelData | ImageData, begin: int, end: int) -> bytes:
    """``stored.data[begin:end]``, and no more of the file is read than that."""
    place = stored._place if isinstance(stored, _Left) else None
    if place is None:
        return stored.data[begin:end]
    return Place(place.file, place.offset + _HEAD, place.length - _HEAD).read(
        begin, end
    )
