"""Files as streams of bytes: plain, gzip, bzip2, Zstandard, or one member of a zip.

Compressed bytes are counted as they come out; what grows beyond all reason is refused
before it fills anything.
"""

import bz2
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa  # type: ignore[import-untyped]  # it has no types

from onemanage.data_import.domain.errors import Damaged, Encrypted, TooLarge, WrongPlan

MAX_RATIO = 200
"""Of bytes after to bytes before, once there are more than FREE of them. Tables that
repeat themselves reach 50; a bomb has 1,000."""
FREE = 64 << 20
MAX_SIZE = 64 << 30
MAX_MEMBERS = 1_000
_MOST_LISTED = 8 << 20
"""Bytes of an archive's list of members: some 100,000 of them."""
_BUFFER = 256 << 10
_MAGIC = 10
_BZIP2, _BZIP2_EMPTY = b"1AY&SY", b"\x17rE8P\x90"
"""What the first block of a bzip2 file begins with: digits of pi, of its root at the end."""


class Stream(Protocol):
    """Bytes to be read once, from the beginning."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""


class _Counted:
    """A stream that stops a bomb, and names what breaks."""

    def __init__(self, stream: Stream, packed: int, where: str | None) -> None:
        self._stream = stream
        self._packed = packed
        self._where = where
        self._size = 0

    def read(self, size: int = -1, /) -> bytes:
        try:
            data = self._stream.read(size)
        except (EOFError, zlib.error, OSError, zipfile.BadZipFile) as error:
            raise Damaged(
                "data_import.damaged",
                "The compressed file is damaged or was cut off. Compress it again and "
                f"upload it whole. Reason: {error}.",
                self._where,
            ) from error
        self._size += len(data)
        check_ratio(self._packed, self._size, self._where)
        return data


def check_ratio(packed: int, size: int, where: str | None) -> None:
    """Raises TooLarge for what is, or says it is, a bomb."""
    if size <= FREE or (size <= packed * MAX_RATIO and size <= MAX_SIZE):
        return
    raise TooLarge(
        "data_import.bomb",
        f"{packed:,} compressed bytes become more than {size:,}, which is beyond the "
        f"limits of {MAX_RATIO} to 1 and {MAX_SIZE >> 30} GiB. Upload the file "
        "without compression.",
        where,
    )


@contextmanager
def open_bytes(path: Path, member: str | None = None) -> Iterator[Stream]:
    """The file's bytes, decompressed. Raises InvalidSource subclasses while read."""
    with path.open("rb") as file:
        opened = _unpacker(file.read(_MAGIC))
        file.seek(0)
        if opened is not None:
            packed = path.stat().st_size
            with opened(file) as unpacked:
                yield _Counted(unpacked, packed, None)
        elif member is not None:
            with open_archive(path) as archive:
                yield from _member(archive, member)
        else:
            yield file


def is_compressed(path: Path) -> bool:
    """Whether ``open_bytes`` decompresses it; members of archives not counted."""
    with path.open("rb") as file:
        return _unpacker(file.read(_MAGIC)) is not None


def _unpacker(head: bytes) -> Callable[[BinaryIO], Any] | None:
    if head[:2] == b"\x1f\x8b":
        return lambda file: gzip.GzipFile(fileobj=file)
    if head[:3] == b"BZh" and head[4:] in (_BZIP2, _BZIP2_EMPTY):
        return bz2.BZ2File
    if head[:4] == b"\x28\xb5\x2f\xfd":
        return lambda file: pa.CompressedInputStream(file, "zstd")
    return None


class _Directory(io.BufferedReader):
    """The file of an archive, whose list of members is not read if it is too long.

    Each member takes memory as soon as it is listed, and the list's length is only
    declared.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MOST_LISTED:
            raise TooLarge(
                "data_import.bomb",
                f"The archive's list of members has {size:,} bytes; at most "
                f"{_MOST_LISTED:,} are read. Put fewer files into one archive.",
            )
        return super().read(size)


@contextmanager
def open_archive(source: Path | bytes) -> Iterator[zipfile.ZipFile]:
    """A ZIP archive, or a workbook that is one.

    Raises Damaged for damage within, TooLarge where it lists too many members.
    """
    raw = io.BytesIO(source) if isinstance(source, bytes) else io.FileIO(source)
    try:
        with (
            _Directory(raw, _BUFFER) as file,
            zipfile.ZipFile(file) as archive,
        ):
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Damaged(
            "data_import.damaged",
            "The file begins like a ZIP archive or a workbook but is damaged or was "
            f"cut off. Save it again and upload it whole. Reason: {error}.",
        ) from error


def _member(archive: zipfile.ZipFile, name: str) -> Iterator[Stream]:
    try:
        info = archive.getinfo(name)
    except KeyError as error:
        raise WrongPlan(
            "data_import.no_such_part",
            f"The archive has no file {name!r}. Plan the file again.",
        ) from error
    with open_member(archive, info) as stream:
        yield stream


@contextmanager
def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[Stream]:
    """One member's bytes, counted. Raises InvalidSource subclasses while read."""
    if info.flag_bits & 1:
        raise Encrypted(
            "data_import.encrypted",
            "The ZIP archive has a password. Upload it without one.",
            info.filename,
        )
    check_ratio(info.compress_size, info.file_size, info.filename)
    with archive.open(info) as stream:
        yield _Counted(stream, info.compress_size, info.filename)
