"""A folder for the temporary files of one process, gone when it is, however it ends.

A process that is killed cannot tidy up. So each one holds a lock on its folder, and
the next one to start removes the folders that nobody holds a lock on any more.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = "lock"


@contextmanager
def open_scratch(name: str) -> Iterator[Path]:
    """A fresh folder ``onemanage-<name>-…``; all temporary files go there inside."""
    prefix = f"onemanage-{name}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        _remove_if_abandoned(left)
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with _locked(folder), _default(folder):
            yield folder


@contextmanager
def _default(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    # Complete under another name first: no folder may be seen without its lock held.
    descriptor = os.open(folder / f"{_LOCK}.new", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.rename(folder / f"{_LOCK}.new", folder / _LOCK)
        yield
    finally:
        os.close(descriptor)


def _remove_if_abandoned(folder: Path) -> None:
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR)
    except OSError:
        return  # being made, or not ours
    try:
        with suppress(BlockingIOError):  # its process lives
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
