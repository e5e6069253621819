"""What a download is written to: a path, an open file, or memory."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, Protocol

from onemanage.client.landing import Landing, NotWritable
from onemanage.client.names import safe_name


class Sink(Protocol):
    """Takes the bytes of one download, from its beginning."""

    is_quick: bool
    """Whether it never waits for a disk."""

    def begin(self, name: str | None, etag: str | None, total: int | None) -> int:
        """How many bytes of what has this tag are there already. ``name`` is what the
        server calls it, and ``total`` how many it has. Raises NotWritable."""

    def head(self) -> IO[bytes]:
        """What is there, to be read."""

    def restart(self) -> None:
        """Drop what was written. Raises NotWritable where that cannot be."""

    def check_room(self, more: int) -> None:
        """Raises NotWritable where so many bytes will not fit."""

    def write(self, chunk: bytes) -> None:
        """Raises NotWritable."""

    def commit(self) -> None:
        """All is there."""

    def give_up(self, *, keep: bool) -> Path | None:
        """Nothing more comes; where ``keep``, what a later download goes on with."""


class FileSink:
    """An open file, which is the caller's."""

    is_quick = False

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name = file, name
        self._first: int | None = None

    def begin(self, name: str | None, etag: str | None, total: int | None) -> int:
        """From the place where it stands."""
        if self._first is None and _seeks(self._file):
            self._first = self._file.tell()
        return 0

    def head(self) -> IO[bytes]:
        """Where something is left of an earlier time."""
        raise AssertionError("nothing was there when it began")

    def restart(self) -> None:
        """From the beginning; raises NotWritable where there is no way back."""
        if self._first is None:
            raise NotWritable(
                f"The line broke, and what was written to {self._name} cannot be taken "
                "back. Download it to a file."
            )
        self._file.seek(self._first)
        self._file.truncate()

    def check_room(self, more: int) -> None:
        """Raises NotWritable, where the disk can be asked."""

    def write(self, chunk: bytes) -> None:
        """Raises NotWritable."""
        try:
            rest = memoryview(chunk)
            while rest:  # a raw file may take a part of it
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            why = error.strerror or str(error)
            raise NotWritable(f"{self._name} cannot be written: {why}.") from error

    def commit(self) -> None:
        """All of it is there. Raises NotWritable."""
        try:
            self._file.flush()
        except OSError as error:
            why = error.strerror or str(error)
            raise NotWritable(f"{self._name} cannot be written: {why}.") from error

    def give_up(self, *, keep: bool) -> Path | None:
        """Nothing more comes."""
        return None


class MemorySink(FileSink):
    """Bytes."""

    is_quick = True

    def __init__(self) -> None:
        self.memory = io.BytesIO()
        super().__init__(self.memory, "memory")


class PathSink:
    """A file, or a folder in which it has the name that the server says, made safe."""

    is_quick = False

    def __init__(self, path: Path, *, overwrite: bool, name: str | None = None) -> None:
        self._path, self._overwrite = path, overwrite
        self._landing: Landing | None = None
        if not path.is_dir():
            self._landing = Landing(path, overwrite=overwrite)
        elif name is not None:
            self._landing = Landing(path / safe_name(name), overwrite=overwrite)

    @property
    def path(self) -> Path:
        """Where it is, once it has begun."""
        return self._there.target

    @property
    def _there(self) -> Landing:
        assert self._landing is not None, "it has not begun"
        return self._landing

    def has_left(self) -> bool:
        """Whether an earlier download left something, of these bytes or of others."""
        return self._landing is not None and self._landing.has_left()

    def begin(self, name: str | None, etag: str | None, total: int | None) -> int:
        """From the place where it stands."""
        if self._landing is None:
            target = self._path / safe_name(name)
            self._landing = Landing(target, overwrite=self._overwrite)
        return self._landing.begin(etag, total)

    def head(self) -> IO[bytes]:
        """Where something is left of an earlier time."""
        return self._there.head()

    def restart(self) -> None:
        """From the beginning; raises NotWritable where there is no way back."""
        self._there.restart()

    def check_room(self, more: int) -> None:
        """Raises NotWritable, where the disk can be asked."""
        self._there.check_room(more)

    def write(self, chunk: bytes) -> None:
        """Raises NotWritable."""
        self._there.write(chunk)

    def spread(self, total: int) -> None:
        """From now on bytes come in any order."""
        self._there.spread(total)

    def write_at(self, place: int, chunk: bytes) -> None:
        """Raises NotWritable."""
        self._there.write_at(place, chunk)

    def read_at(self, place: int, size: int) -> bytes:
        """What was written there."""
        return self._there.read_at(place, size)

    def reached(self, place: int) -> None:
        """Nothing is missing before this place. Raises NotWritable."""
        self._there.reached(place)

    def commit(self) -> None:
        """All of it is there. Raises NotWritable."""
        self._there.commit()

    def give_up(self, *, keep: bool) -> Path | None:
        """Nothing more comes."""
        if self._landing is None:
            return None
        if keep:
            return self._landing.keep()
        self._landing.discard()
        return None


def is_device(path: Path) -> bool:
    """/dev/stdout, a pipe: it is written to, and nothing is put in its place."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _seeks(file: IO[bytes]) -> bool:
    try:
        return file.seekable()
    except (AttributeError, OSError):
        return False


def named(file: IO[bytes]) -> str:
    """An open file in words."""
    said = getattr(file, "name", None)
    return repr(os.fspath(said)) if isinstance(said, (str, os.PathLike)) else "the file"
