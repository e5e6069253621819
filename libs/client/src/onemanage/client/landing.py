"""Where a download lands: a hidden file beside the wanted one, renamed once it is whole.

Its name says of which bytes it is a part, so that a later download of the same goes on
with it. Two at once do not share it: it is locked. Where its bytes come in any order, a
mark behind the place of the last one says up to where none is missing.
"""

import errno
import hashlib
import os
import shutil
import struct
import threading
import uuid
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Optional

from onemanage.client.errors import OneManageError

_BUFFER = 1024 * 1024
_SHOWN_BYTES = 100
"""Of the file's name, in the temporary one."""
_FULL = (errno.ENOSPC, errno.EDQUOT)
_MARK = struct.Struct(">8sQ")
_SIGN = b"\x89reached"


class NotWritable(OneManageError):
    """A file cannot be put where it was asked for: it is there, or there is no room."""


class Landing:
    """One download on its way to ``target``. Raises NotWritable wherever the disk does
    not take it."""

    def __init__(self, target: Path, *, overwrite: bool = False) -> None:
        self.target = Path(os.path.realpath(target))
        self._overwrite = overwrite
        self._file: Optional[BinaryIO] = None
        self._part = self.target
        self._resumes = False
        self._spread: Optional[_Spread] = None
        self._fault: Optional[NotWritable] = None
        self.check()

    def check(self) -> None:
        """Raises NotWritable where it is clear by now that nothing will come of it."""
        if not self._overwrite and os.path.lexists(self.target):
            raise _is_there(self.target)
        if self.target.is_dir():
            raise NotWritable(f"{str(self.target)!r} is a folder. Name a file in it.")
        if not self.target.parent.is_dir():
            raise NotWritable(
                f"There is no folder {str(self.target.parent)!r}. Make it first."
            )

    def has_left(self) -> bool:
        """Whether an earlier download of this name was cut off: of these bytes or not."""
        pattern = _begin_of(self.target.name)
        names = os.listdir(self.target.parent)
        return any(name.startswith(pattern) for name in names)

    def begin(self, etag: Optional[str], total: Optional[int] = None) -> int:
        """Open the temporary file; how many bytes of what has this tag, and ``total``
        bytes where that is known, are in it without a gap."""
        self.close()
        self._resumes = etag is not None
        token = hashlib.sha256((etag or uuid.uuid4().hex).encode()).hexdigest()[:16]
        self._open(f"{_begin_of(self.target.name)}{token}.part")
        assert self._file is not None
        there = self._file.seek(0, os.SEEK_END)
        if total is not None and there == total + _MARK.size:
            there = _marked(self._file, total)
            self._file.truncate(there)
            self._file.seek(there)
        return there

    def _open(self, name: str) -> None:
        folder = self.target.parent
        try:
            while True:
                self._part = folder / name
                file = open(os.open(self._part, _FLAGS, 0o666), "r+b", _BUFFER)
                if _is_locked_by_us(file) and _is_still(file, self._part):
                    self._file = file
                    return
                file.close()  # of another process, which may have renamed it by now
                if self._part.exists():
                    self._resumes = False
                    name = f"{_begin_of(self.target.name)}{uuid.uuid4().hex[:16]}.part"
        except OSError as error:
            raise self._refused(error) from error

    def head(self) -> BinaryIO:
        """To read what is there, for its hash; writing goes on behind it."""
        assert self._file is not None
        self._file.seek(0)
        return self._file

    def restart(self) -> None:
        """Drop what is there."""
        assert self._file is not None
        self._gather()
        self._file.seek(0)
        self._file.truncate()

    def check_room(self, more: int) -> None:
        """Raises NotWritable where so many bytes more will not fit."""
        free = shutil.disk_usage(self.target.parent).free
        if more > free:
            self.discard()
            raise _full(self.target, f"{more:,} bytes more are to come, {free:,} fit")

    def write(self, chunk: bytes) -> None:
        """Raises NotWritable, and leaves nothing then."""
        assert self._file is not None
        try:
            self._file.write(chunk)
        except OSError as error:
            raise self._refused(error) from error

    def spread(self, total: int) -> None:
        """From now on bytes come in any order, from several threads: ``write_at``.

        Raises NotWritable.
        """
        assert self._file is not None
        reached = self._file.seek(0, os.SEEK_END)
        self._file.flush()
        self._spread = _Spread(self._file.fileno(), total, self.target)
        self.reached(reached)

    def write_at(self, place: int, chunk: bytes) -> None:
        """Raises NotWritable, and leaves nothing then."""
        try:
            self._still_spread().write(place, chunk)
        except OSError as error:
            raise self._refused(error) from error

    def read_at(self, place: int, size: int) -> bytes:
        """So many bytes at most of what was written there."""
        return self._still_spread().read(place, size)

    def reached(self, place: int) -> None:
        """Nothing is missing before this place. Raises NotWritable."""
        try:
            self._still_spread().mark(place)
        except OSError as error:
            raise self._refused(error) from error

    def _still_spread(self) -> "_Spread":
        """Whoever comes late, as a thread that waited for its line, is told what was
        wrong first."""
        if self._spread is None:
            raise self._fault or _broken_off(self.target)
        return self._spread

    def _end(self) -> int:
        """No more bytes come in any order; up to where none is missing."""
        spread, self._spread = self._spread, None
        return 0 if spread is None else spread.end()

    def _gather(self) -> None:
        """The same; those behind a gap are dropped."""
        if self._spread is not None and self._file is not None:
            reached = self._end()
            self._file.seek(0, os.SEEK_END)  # or it believes to stand where it stood
            self._file.truncate(reached)

    def commit(self) -> None:
        """The wanted file is there, whole; a temporary one is not any more."""
        assert self._file is not None
        try:
            self._file.flush()
            self._gather()
            if os.name == "nt":  # which renames no open file
                self._file.close()
            if self._overwrite:
                os.replace(self._part, self.target)
            else:
                _rename_new(self._part, self.target)
        except FileExistsError:
            self.discard()
            raise _is_there(self.target) from None
        except OSError as error:
            raise self._refused(error) from error
        self.close()

    def keep(self) -> Optional[Path]:
        """Leave what came for a later download; None where none could go on with it."""
        if self._file is None:
            return None
        try:
            self._gather()
            is_of_use = self._resumes and self._file.seek(0, os.SEEK_END) > 0
            self._file.flush()
        except OSError:  # no room for what is still to be written
            is_of_use = False
        if not is_of_use:
            self.discard()
            return None
        self.close()
        return self._part

    def discard(self) -> None:
        """Leave nothing."""
        file, self._file = self._file, None
        if file is None:
            return
        self._end()
        if os.name != "nt":
            self._part.unlink(missing_ok=True)
        try:
            file.close()  # it may have more to write than there is room for
        except OSError:
            pass  # nothing of it is wanted
        self._part.unlink(missing_ok=True)

    def close(self) -> None:
        """What was written stays where it is."""
        file, self._file = self._file, None
        self._end()
        if file is not None:
            file.close()

    def _refused(self, error: OSError) -> NotWritable:
        if error.errno in _FULL:
            self._fault = _full(self.target, "the disk is full")
        else:
            why = error.strerror or str(error)
            self._fault = NotWritable(f"{str(self.target)!r} cannot be written: {why}.")
        self.discard()
        return self._fault


class _Spread:
    """The file of a landing, written by several threads in any order."""

    def __init__(self, descriptor: int, total: int, target: Path) -> None:
        self._file = FileIO(descriptor, "r+b", closefd=False)
        self._total, self._target = total, target
        self._reached = -1  # so that the first mark is written, whatever it says
        self._turn = threading.Lock()
        self._is_over = False

    def write(self, place: int, chunk: bytes) -> None:
        """Raises OSError."""
        rest = memoryview(chunk)
        with self._turn:
            self._go(place)
            while rest:  # of which a disk that is nearly full takes a part
                rest = rest[self._file.write(rest) :]

    def read(self, place: int, size: int) -> bytes:
        """So many bytes at most."""
        with self._turn:
            self._go(place)
            return self._file.read(size)

    def mark(self, place: int) -> None:
        """Up to there nothing is missing. Raises OSError."""
        with self._turn:
            if place != self._reached:
                self._go(self._total)
                self._file.write(_MARK.pack(_SIGN, place))
                self._reached = place

    def end(self) -> int:
        """Whoever comes later is refused: the descriptor may be another file's by then."""
        with self._turn:
            self._is_over = True
            return self._reached

    def _go(self, place: int) -> None:
        if self._is_over:
            raise _broken_off(self._target)
        self._file.seek(place)


def _marked(file: BinaryIO, total: int) -> int:
    """Up to where nothing is missing of what was broken off before it was whole."""
    file.seek(total)
    sign, reached = _MARK.unpack(file.read(_MARK.size))
    return int(reached) if sign == _SIGN and reached <= total else 0


_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)


def _begin_of(name: str) -> str:
    return f".{name.encode()[:_SHOWN_BYTES].decode('utf-8', 'ignore')}."


def _is_there(target: Path) -> NotWritable:
    return NotWritable(
        f"{str(target)!r} is there already, and stays as it is. Name another file, or "
        "say overwrite=True."
    )


def _full(target: Path, why: str) -> NotWritable:
    return NotWritable(
        f"There is no room for {str(target)!r}: {why}. Nothing of it was left there. Make "
        "room, and download it again."
    )


def _broken_off(target: Path) -> NotWritable:
    return NotWritable(f"The download to {str(target)!r} was broken off.")


def _rename_new(part: Path, target: Path) -> None:
    """Raises FileExistsError where somebody has made it meanwhile."""
    if os.name == "nt":
        os.rename(part, target)
        return
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if target.exists():
            raise FileExistsError from None
        os.rename(part, target)
        return
    os.unlink(part)


def _is_still(file: BinaryIO, path: Path) -> bool:
    """Whether the file has the name by which it was opened."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    opened = os.fstat(file.fileno())
    return (there.st_dev, there.st_ino) == (opened.st_dev, opened.st_ino)


if os.name == "nt":
    import msvcrt

    def _is_locked_by_us(file: BinaryIO) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # of Windows
        except OSError:
            return False
        return True

else:
    import fcntl

    def _is_locked_by_us(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
        return True
