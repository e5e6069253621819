"""Where the bytes of a body come from, and whether they can be had again."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Union

CHUNK = 256 * 1024
"""Bytes read at a time; a file of no more is read as soon as it is opened."""

IN_MEMORY = (bytes, bytearray, memoryview)

Source = Union[bytes, bytearray, memoryview, str, "os.PathLike[str]", IO[bytes]]
"""Bytes; a path (``str`` is one, too); or a file open for reading bytes."""


class Opened:
    """A source being read: from its beginning, each time that it is sent."""

    def __init__(self, source: Source) -> None:
        self._file, self._is_ours = _opened(source)
        self.is_quick = isinstance(source, IN_MEMORY)
        """Whether it never waits for a disk."""
        self.name = _name(source)
        """Of the file, without its folder; None where it has none."""
        self._start = _position(self._file)
        self.size = _size(self._file, self._start)
        """Bytes from here to the end; None of a pipe."""

    @property
    def can_be_sent_again(self) -> bool:
        """False of a pipe: what was read of it is gone."""
        return self._start is not None

    def rewind(self) -> None:
        """Back to where it began."""
        if self._start is not None:
            self._file.seek(self._start)

    def read(self, count: int = CHUNK) -> bytes:
        """The next bytes; none at the end."""
        return self._file.read(count)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk

    def close(self) -> None:
        """Of what was opened here; what the caller opened stays open."""
        if self._is_ours:
            self._file.close()


def _opened(source: Source) -> tuple[IO[bytes], bool]:
    if isinstance(source, IN_MEMORY):
        return io.BytesIO(source), True
    if isinstance(source, (str, os.PathLike)):
        return open(source, "rb"), True
    if isinstance(source, io.TextIOBase) or not hasattr(source, "read"):
        raise TypeError(
            "Give bytes, a path, or a file opened for reading bytes "
            f"(mode 'rb'), not {type(source).__name__}."
        )
    return source, False


def _name(source: Source) -> str | None:
    if isinstance(source, (str, os.PathLike)):
        return Path(source).name
    name = getattr(source, "name", None)
    return Path(name).name if isinstance(name, str) and name[:1] != "<" else None


def _position(file: IO[bytes]) -> int | None:
    try:
        return file.tell() if file.seekable() else None
    except (AttributeError, OSError):
        return None


def _size(file: IO[bytes], start: int | None) -> int | None:
    if start is None:
        return None
    end = file.seek(0, os.SEEK_END)
    file.seek(start)
    return end - start


def name_of(source: Source | None) -> str | None:
    """Of the file that it is; None where it is none."""
    return None if source is None else _name(source)


def measured(source: Source) -> tuple[int | None, Source]:
    """Bytes of a source, None of a pipe; and the source, in memory where it is a small
    file that is given by its path."""
    opened = Opened(source)
    try:
        size = opened.size
        is_path = isinstance(source, (str, os.PathLike))
        if not is_path or size is None or size > CHUNK:
            return size, source
        content = opened.read(CHUNK + 1)
        return len(content), content if len(content) <= CHUNK else source
    finally:
        opened.close()
