"""What is uploaded: a path, bytes or an open file, of which any place can be read.

What comes as a stream is written to a temporary file first: only what can be read again
can be sent again when the line is cut.
"""

import hashlib
import os
import stat
import tempfile
import threading
from pathlib import Path
from typing import (
    AsyncIterable,
    BinaryIO,
    Iterable,
    Iterator,
    Optional,
    Protocol,
    Union,
    cast,
)

from onemanage.client.errors import OneManageError
from onemanage.client.sources import IN_MEMORY

Given = Union[
    str,
    "os.PathLike[str]",
    bytes,
    bytearray,
    memoryview,
    BinaryIO,
    Iterable[bytes],
    AsyncIterable[bytes],
]
"""What can be uploaded; the last by the async client."""
READ_BYTES = 256 * 1024
"""At once: of four parts under way a mebibyte is in memory."""
_IN_MEMORY = 1024 * 1024
"""Of a stream, before it goes to a temporary file."""


class SourceChanged(OneManageError):
    """What is being uploaded is not what it was when the upload began."""


class NotUploadable(OneManageError):
    """This is nothing that could be uploaded: a folder, text, an empty file."""


class Reader(Protocol):
    """Reads on from a place."""

    def read(self, most: int) -> bytes:
        """Up to so many bytes; none at the end."""

    def close(self) -> None:
        """Nothing is read any more."""


class Source(Protocol):
    """Bytes of a known number. Its readers are independent of each other."""

    name: str
    size: int

    @property
    def identity(self) -> Optional[str]:
        """The same for the same bytes in another process; None where nothing says."""

    def open(self, first: int = 0) -> Reader:
        """From byte ``first`` on. Raises SourceChanged."""

    def check(self) -> None:
        """Raises SourceChanged where it is not any more what it was at first."""


def source_of(given: object, name: Optional[str] = None) -> Optional[Source]:
    """None where it is a stream, of which ``Spool`` makes a source.

    Raises NotUploadable.
    """
    if isinstance(given, IN_MEMORY):
        return BytesSource(memoryview(given).cast("B"), name or "unnamed")
    if isinstance(given, (str, os.PathLike)):
        path = Path(given)
        found = _looked_at(path)
        return FileSource(path, found, name) if stat.S_ISREG(found.st_mode) else None
    if hasattr(given, "read"):
        file = cast(BinaryIO, given)
        if hasattr(file, "seekable") and file.seekable():
            return ObjectSource(file, name or name_of(file))
    return None


def name_of(given: object) -> str:
    """Of a path, or of an open file that says it."""
    said = getattr(given, "name", given)
    if isinstance(said, (str, os.PathLike)):
        last = os.path.basename(os.fspath(said))
        return os.fsencode(last).decode("utf-8", "replace") or "unnamed"
    return "unnamed"


def is_async(given: object) -> bool:
    """Whether it gives bytes to an event loop alone."""
    return hasattr(given, "__aiter__")


def chunks_of(given: object) -> Iterator[bytes]:
    """Of a stream: a pipe by its path, an open file, whatever gives bytes.

    Raises NotUploadable.
    """
    if isinstance(given, (str, os.PathLike)):
        with open(given, "rb") as file:
            yield from chunks_of(file)
    elif hasattr(given, "read"):
        read = cast(BinaryIO, given).read
        while chunk := read(READ_BYTES):
            yield chunk
    elif isinstance(given, Iterable):
        yield from given
    else:
        raise NotUploadable(
            f"A {type(given).__name__} cannot be uploaded. Give a path, bytes, a file "
            "open as 'rb', or something that gives bytes one after the other."
        )


class LateReader:
    """Opens a source when it is first read, and nothing any more once it is closed, by
    whichever thread."""

    def __init__(self, source: Source, first: int = 0) -> None:
        self._source, self._first = source, first
        self._reader: Optional[Reader] = None
        self._turn, self._is_closed = threading.Lock(), False

    def read(self, most: int) -> bytes:
        """Raises SourceChanged."""
        try:
            with self._turn:
                if self._is_closed:
                    return b""
                if self._reader is None:
                    self._reader = self._source.open(self._first)
                return self._reader.read(most)
        finally:
            if self._is_closed:  # meanwhile, by one who did not wait for us
                self.close()

    def close(self) -> None:
        """Nothing is read any more. Waits for nobody: who reads at this moment closes."""
        self._is_closed = True
        if self._turn.acquire(blocking=False):
            try:
                if self._reader is not None:
                    self._reader.close()
            finally:
                self._turn.release()


class FileSource:
    """A file by its path. Each reader has a handle of its own."""

    def __init__(
        self, path: Path, found: os.stat_result, name: Optional[str] = None
    ) -> None:
        self._path, self._first = path, found
        self.name = name or name_of(path)
        self.size = self._first.st_size

    @property
    def identity(self) -> Optional[str]:
        """By what the file system says; whatever writes to the file changes that."""
        found = self._first
        said = (
            os.fspath(self._path.resolve()),
            *(found.st_dev, found.st_ino, found.st_size),
            *(found.st_mtime_ns, found.st_ctime_ns),
        )
        text = "\n".join(map(str, said)).encode("utf-8", "surrogateescape")
        return hashlib.sha256(text).hexdigest()

    def open(self, first: int = 0) -> Reader:
        """Raises SourceChanged."""
        try:
            file = self._path.open("rb", buffering=0)
        except FileNotFoundError:
            raise self._vanished() from None
        try:
            self._compare(os.fstat(file.fileno()))
            file.seek(first)
        except BaseException:
            file.close()
            raise
        return file

    def check(self) -> None:
        """Raises SourceChanged."""
        try:
            self._compare(self._path.stat())
        except FileNotFoundError:
            raise self._vanished() from None

    def _compare(self, now: os.stat_result) -> None:
        first = self._first
        if now.st_size != first.st_size:
            what = f"it had {first.st_size:,} bytes and has {now.st_size:,} now"
        elif now.st_ino != first.st_ino:
            what = "another file has taken its place"
        elif now.st_mtime_ns != first.st_mtime_ns:
            what = "it was written to"
        else:
            return
        raise SourceChanged(
            f"{str(self._path)!r} changed while it was uploaded: {what}. Nothing was "
            "kept of it as a file. Wait until it is whole, and upload it again."
        )

    def _vanished(self) -> SourceChanged:
        return SourceChanged(
            f"{str(self._path)!r} vanished while it was uploaded. Nothing was kept of it "
            "as a file."
        )


class BytesSource:
    """Bytes in memory."""

    def __init__(self, data: memoryview, name: str) -> None:
        self._data = data
        self.name = name
        self.size = len(data)

    @property
    def identity(self) -> Optional[str]:
        """By its own bytes."""
        return hashlib.sha256(self._data).hexdigest()

    def open(self, first: int = 0) -> Reader:
        """Raises SourceChanged."""
        return _Slices(self._data[first:])

    def check(self) -> None:
        """Raises SourceChanged."""


class _Slices:
    def __init__(self, left: memoryview) -> None:
        self._left = left

    def read(self, most: int) -> bytes:
        found, self._left = bytes(self._left[:most]), self._left[most:]
        return found

    def close(self) -> None: ...


class ObjectSource:
    """An open file that somebody else closes, from where it stands to its end.

    It has one place, so its readers take turns.
    """

    identity: Optional[str] = None

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self.name = file, name
        self._begin = file.tell()
        self.size = file.seek(0, os.SEEK_END) - self._begin
        self._turn = threading.Lock()
        file.seek(self._begin)
        if not isinstance(file.read(0), bytes):
            raise NotUploadable("This file gives text. Open it by open(…, 'rb').")

    def open(self, first: int = 0) -> Reader:
        """Raises SourceChanged."""
        return _Turns(self._file, self._turn, self._begin + first)

    def check(self) -> None:
        """Raises SourceChanged."""
        with self._turn:
            size = self._file.seek(0, os.SEEK_END) - self._begin
        if size != self.size:
            raise SourceChanged(
                f"{self.name!r} changed while it was uploaded: it had {self.size:,} "
                f"bytes and has {size:,} now. Nothing was kept of it as a file."
            )


class _Turns:
    def __init__(self, file: BinaryIO, turn: threading.Lock, place: int) -> None:
        self._file, self._turn, self._place = file, turn, place

    def read(self, most: int) -> bytes:
        with self._turn:
            self._file.seek(self._place)
            found = self._file.read(most)
        self._place += len(found)
        return found

    def close(self) -> None: ...


class Spool:
    """A stream on its way to become a source; in a temporary file beyond a mebibyte."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)

    def write(self, chunk: bytes) -> None:
        """Raises NotUploadable for what are no bytes, and for a full disk."""
        if not isinstance(chunk, IN_MEMORY):
            raise NotUploadable(
                f"A stream has to give bytes; this gave {type(chunk).__name__}."
            )
        try:
            self._file.write(chunk)
        except OSError as error:
            raise NotUploadable(
                "A stream is kept in a temporary file until it has been sent, and that "
                f"could not be written: {error}. Make room in {tempfile.gettempdir()}, "
                "or name another folder by TMPDIR."
            ) from error

    def write_all(self, chunks: Iterable[bytes]) -> None:
        """Raises NotUploadable."""
        for chunk in chunks:
            self.write(chunk)

    def source(self) -> Source:
        """What was written. It is gone when the spool is closed."""
        self._file.seek(0)
        return ObjectSource(cast(BinaryIO, self._file), self._name)

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()


def _looked_at(path: Path) -> os.stat_result:
    """Raises NotUploadable."""
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            path.open("rb").close()
    except FileNotFoundError:
        raise NotUploadable(f"There is no file {str(path)!r}.") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise NotUploadable(f"{str(path)!r} cannot be read: {why}.") from error
    if stat.S_ISDIR(found.st_mode):
        raise NotUploadable(
            f"{str(path)!r} is a folder. Give the files in it, one by one."
        )
    return found
