"""The journal of a run over files: what is done, so that it is not done again.

A line of JSON for each step, appended before the step counts. The run that did all of
its work deletes its journal; one that was interrupted leaves it, and the same command
goes on by it.
"""

import hashlib
import json
import os
import stat
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from onemanage.client.cli.exits import CommandError
from onemanage.client.cli.text import shown

VERSION = 1
KEY_SECONDS = 23 * 3600
"""The server knows an Idempotency-Key for 24 hours; one that is older is not used."""
KEPT_SECONDS = 30 * 24 * 3600


@dataclass
class Entry:
    """How far one file has come."""

    key: str
    """Idempotency-Key of what is asked of the server for it, made before that."""

    at: float
    result: dict[str, Any] | None = None
    """What was told of it when it was done."""

    steps: dict[str, str] = field(default_factory=dict)
    """Ids of what its steps have made, tasks mostly, by their names."""

    @property
    def is_done(self) -> bool:
        """Whether all of it is."""
        return self.result is not None


def run_name(**what: object) -> str:
    """The same for the same command with the same options at the same server."""
    text = json.dumps(what, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Journal:
    """Used by one process at a time, as a context manager.

    Raises CommandError where another process runs by it, or it cannot be written.
    """

    def __init__(self, path: Path, *, again: bool = False) -> None:
        self.path = path
        self._again = again
        self._entries: dict[str, Entry] = {}
        self._file: IO[bytes] | None = None
        self._unfinished = False

    def __enter__(self) -> "Journal":
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = open(self.path, "ab+", buffering=0)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            if not stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
                raise CommandError(
                    f"{shown(self.path)} is no file to keep a journal in."
                )
            _lock(self._file, self.path)
            if self._again:
                self._file.truncate(0)
            self._load()
        except CommandError:
            self._file.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._file is not None
        waiting = any(map(_is_waiting, self._entries.values()))
        is_through = kind is None and not waiting and not self._unfinished
        if is_through or not self._entries:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def entry(self, item: str) -> Entry | None:
        """What is known of it; nothing of one whose key the server knows no more."""
        entry = self._entries.get(_digest(item))
        if entry is None or entry.is_done or entry.steps:
            return entry
        return entry if time.time() - entry.at < KEY_SECONDS else None

    def begin(self, item: str, name: str) -> Entry:
        """Note that it is begun, with a new key. Before anything is asked for it."""
        entry = Entry(key=str(uuid.uuid4()), at=time.time())
        self._entries[_digest(item)] = entry
        self._write(item, {"name": name, "key": entry.key, "at": entry.at})
        return entry

    def step(self, item: str, name: str, made: str) -> None:
        """Note what a step has made: an id."""
        self._entries[_digest(item)].steps[name] = made
        self._write(item, {"step": name, "made": made})

    def done(self, item: str, result: Mapping[str, Any]) -> None:
        """Note that all of it is done, and what was told of it."""
        self._entries[_digest(item)].result = dict(result)
        self._write(item, {"done": dict(result)})

    def dropped(self, item: str) -> None:
        """Note that nothing is left of it: the next run begins it anew."""
        self._entries.pop(_digest(item), None)
        self._unfinished = True
        self._write(item, {"dropped": True})

    def _write(self, item: str, line: Mapping[str, Any]) -> None:
        assert self._file is not None
        text = json.dumps({"v": VERSION, "item": _digest(item), **line}, default=str)
        try:
            written = self._file.write(text.encode("utf-8", "surrogateescape") + b"\n")
            if written is not None and written <= len(text):
                raise OSError(28, os.strerror(28))
        except OSError as error:
            raise self._unwritable(error) from error

    def _load(self) -> None:
        assert self._file is not None
        self._file.seek(0)
        whole = self._file.read()
        cut = whole.rfind(b"\n") + 1
        if cut < len(whole):  # the process was killed while it wrote this line
            self._file.truncate(cut)
        for number, line in enumerate(whole[:cut].splitlines(), 1):
            try:
                self._replay(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise CommandError(
                    f"The journal {shown(self.path)} cannot be read from line {number}"
                    " on. Delete it, or give --again, to do everything anew.",
                    code="bad_journal",
                ) from error

    def _replay(self, line: dict[str, Any]) -> None:
        item = line["item"]
        if "key" in line:
            self._entries[item] = Entry(key=line["key"], at=line["at"])
        elif "dropped" in line:
            self._entries.pop(item, None)
        elif "step" in line:
            self._entries[item].steps[line["step"]] = line["made"]
        elif "done" in line:
            self._entries[item].result = line["done"]

    def _unwritable(self, error: OSError) -> CommandError:
        return CommandError(
            f"The journal {shown(self.path)} cannot be written:"
            f" {error.strerror or error}. Make room, or name another by --journal; what"
            " is done stays done.",
            code="cannot_write",
        )


def sweep(folder: Path) -> None:
    """Delete journals of runs that nobody has gone on with for a month."""
    oldest = time.time() - KEPT_SECONDS
    for path in folder.glob("*.jsonl"):
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _digest(item: str) -> str:
    return hashlib.sha256(item.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _lock(file: IO[bytes], path: Path) -> None:
    """Until it is closed. Raises CommandError where another process has it."""
    try:
        import fcntl
    except ImportError:  # Windows: an open file cannot be deleted there, but shared
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(
            "The same command runs already, in another process. Wait for it, or name"
            f" another journal by --journal ({shown(path)} is that one's).",
            code="already_running",
        ) from None


def _is_waiting(entry: Entry) -> bool:
    """Whether a later run can still go on with it."""
    return not entry.is_done and time.time() - entry.at < KEY_SECONDS
