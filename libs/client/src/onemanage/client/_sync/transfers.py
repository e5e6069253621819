"""What is downloaded: a picture, a table, an archive; gone on with where the line breaks.

A file has its name once it is whole: until then it is a hidden one beside, which the next
download of the same bytes goes on with (landing.py).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import httpx

from onemanage.client._sync.lanes import CHUNK_BYTES, Lanes
from onemanage.client.archives import unpacked
from onemanage.client.errors import OneManageError
from onemanage.client.names import safe_name
from onemanage.client.progress import OnProgress, Progress
from onemanage.client.ranges import Damaged, Part, part_of, pause_after
from onemanage.client.requests import Request
from onemanage.client.sinks import (
    FileSink,
    MemorySink,
    PathSink,
    Sink,
    is_device,
    named,
)
from onemanage.client.spreading import (
    LARGE_BYTES,
    RANGES_AT_ONCE,
    Changed,
    Spread,
)
from onemanage.client.threads import run, run_out, sleep

if TYPE_CHECKING:
    from PIL.Image import Image

    from onemanage.client._sync.transport import Transport
    from onemanage.client.pictures import Picture

T = TypeVar("T")
_SMALL_BYTES = 1024 * 1024


class Content:
    """Bytes that the server has. Nothing is asked for before they are read."""

    def __init__(self, transport: Transport, request: Request) -> None:
        self._transport, self._request = transport, request

    def read(self) -> bytes:
        """All of them, in memory."""
        sink = MemorySink()
        _Fetch(self._transport, self._request, sink).run()
        return sink.memory.getvalue()

    def picture(self) -> Picture:
        """The image, in memory: ``.pil()``, ``.save(…)``, and notebooks show it."""
        from onemanage.client.pictures import Picture

        sink = MemorySink()
        part = _Fetch(self._transport, self._request, sink).run()
        kind = part.media_type.partition(";")[0]
        return Picture(sink.memory.getvalue(), kind, safe_name(part.name, "picture"))

    def pil(self) -> Image:
        """The image, decoded by Pillow. Raises NoPillow where that is not installed."""
        return (self.picture()).pil()

    @contextmanager
    def stream(self) -> Iterator[httpx.Response]:
        """The answer, whose bytes are read by ``iter_bytes``."""
        with self._transport.stream(self._request) as response:
            yield response

    def save(
        self,
        to: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        name: str | None = None,
        sha256: str | None = None,
        size: int | None = None,
        at_once: int = RANGES_AT_ONCE,
        on_progress: OnProgress | None = None,
    ) -> Path:
        """Write them to a file, and return its path. In a folder it has ``name``, or the
        one that the server says, made safe.

        A file that is there stays, unless ``overwrite``. A download that was cut off is
        gone on with. ``sha256``: what they must have, as 64 hex digits. From 64 MiB on
        they come over ``at_once`` connections at the same time; ``size``, where it is
        known, spares a look. ``on_progress(bytes, total)`` is called by whichever thread
        is at work.

        Raises NotWritable, Damaged.
        """
        path = Path(to)
        if is_device(path):
            file: IO[bytes] = run(open, path, "wb")
            try:
                self.copy_to(file, sha256=sha256, on_progress=on_progress)
            finally:
                run(file.close)
            return path
        sink = run(_path_sink, path, overwrite, name)
        fetch = _Fetch(self._transport, self._request, sink, sha256, on_progress)
        fetch.at_once, fetch.size = at_once, size or 0
        fetch.run()
        return sink.path

    def copy_to(
        self,
        file: IO[bytes],
        *,
        sha256: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> int:
        """Write them to an open file, from where it stands; how many they were.

        Raises NotWritable, Damaged.
        """
        sink = FileSink(file, named(file))
        fetch = _Fetch(self._transport, self._request, sink, sha256, on_progress)
        fetch.run()
        return fetch.done

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._request.path}>"


@dataclass
class _Fetch:
    """One download on its way into a sink, over as many connections as it takes."""

    transport: Transport
    request: Request
    sink: Sink
    sha256: str | None = None
    on_progress: OnProgress | None = None
    at_once: int = 1
    size: int = 0
    """As far as the caller knows it."""
    done: int = 0
    etag: str | None = None
    """Of the bytes that are there; None where they cannot be gone on with."""
    hash: Any = field(default_factory=hashlib.sha256)
    has_begun: bool = False
    there: int = 0
    """Bytes that an earlier download of the same has left."""
    looked: Part | None = None

    def run(self) -> Part:
        """All of it, checked. Raises OneManageError, and then leaves what can be gone on
        with, under no name that could be taken for the file's."""
        try:
            if self.size >= LARGE_BYTES or self._has_left():
                self._look()
            part = self._all()
            self._check()
            self._call(self.sink.commit)
        except BaseException as error:
            is_whole = isinstance(error, Damaged)
            kept = self.sink.give_up(keep=self.etag is not None and not is_whole)
            if kept is not None and isinstance(error, OneManageError):
                error.hint = (
                    f"What came is kept in {kept.name!r} beside it: the next download "
                    "goes on with it."
                )
            raise
        return part

    def _has_left(self) -> bool:
        """Whether it was cut off before. Of small ones, less comes for nothing than a
        full folder takes to be looked through."""
        if self.size < _SMALL_BYTES or not isinstance(self.sink, PathSink):
            return False
        return self._call(self.sink.has_left)

    def _call(self, function: Callable[..., T], *arguments: Any) -> T:
        """In a thread, where it may have to wait for a disk."""
        if self.sink.is_quick:
            return function(*arguments)
        return run_out(function, *arguments)

    def _all(self) -> Part:
        failures = furthest = 0
        while True:
            try:
                return self._some()
            except httpx.HTTPError as error:
                failures = 1 if self.done > furthest else failures + 1
                furthest = max(furthest, self.done)
                pause = pause_after(failures, self.transport.settings.retries)
                if pause is None:
                    raise self.transport.fault(error, self.request) from error
                sleep(pause)

    def _some(self) -> Part:
        """What one connection brings; all, where several are better."""
        if self.looked is not None and self._is_worth_lanes(self.looked):
            return self._by_lanes(self.looked)
        headers = {**self.request.headers, "Accept-Encoding": "identity"}
        if self.done and self.etag is not None:
            headers.update({"Range": f"bytes={self.done}-", "If-Range": self.etag})
        request = replace(self.request, headers=headers)
        with self.transport.stream(request) as response:
            part = part_of(response)
            is_next = self._call(self._place, part)
            if is_next and not self._is_worth_lanes(part):
                progress = Progress(part.total or 0, self.on_progress)
                progress.add(self.done)
                for chunk in response.iter_raw(CHUNK_BYTES):
                    self._call(self._take, chunk)
                    progress.add(len(chunk))
                return part
        if self._is_worth_lanes(part):
            return self._by_lanes(part)
        self._call(self._hash_head)
        return self._some()

    def _is_worth_lanes(self, part: Part) -> bool:
        is_known = part.total is not None and self.etag is not None
        can_be = is_known and self.at_once > 1 and isinstance(self.sink, PathSink)
        return can_be and (part.total or 0) - self.done >= LARGE_BYTES

    def _by_lanes(self, part: Part) -> Part:
        """The rest, in pieces."""
        assert isinstance(self.sink, PathSink)
        assert part.total is not None and self.etag is not None
        self._call(self.sink.check_room, part.total - self.done)
        self.hash = hashlib.sha256()  # of what is there already, too
        hash = None if self.sha256 is None else self.hash
        spread = Spread(self.sink, self.done, part.total, hash)
        progress = Progress(part.total, self.on_progress)
        progress.add(self.done)
        try:
            with self.transport.straight() as straight:
                lanes = Lanes(straight, self.request, self.etag, spread, progress)
                lanes.run(self.at_once)
        except Changed:  # from the beginning, over one connection
            self.at_once, self.etag = 1, None
            self._call(self._restart)
            return self._some()
        self.done = part.total
        return part

    def _look(self) -> None:
        """What there is, and how much of it from an earlier time, before it is sent."""
        request = replace(self.request, method="HEAD")
        with suppress(OneManageError):  # GET says what is wrong
            with self.transport.stream(request) as response:
                self.looked = part_of(response)
        if self.looked is not None:
            self._call(self._begin, self.looked)
            if self.done and not self._is_worth_lanes(self.looked):
                self._call(self._hash_head)

    def _begin(self, part: Part) -> None:
        """Where an earlier download of the same bytes was cut off, behind what it left."""
        self.has_begun, self.etag = True, part.etag
        self.there = self.sink.begin(part.name, part.etag, part.total)
        if part.total is not None and self.there < part.total:
            self.done = self.there

    def _place(self, part: Part) -> bool:
        """See to it that what comes now is what is to be written next; False where it
        is not, as some of it is there from an earlier time."""
        if not self.has_begun:
            self._begin(part)
            if self.done:
                return False
        elif part.first not in (0, self.done):
            raise Damaged(
                f"{self.request.path} gave bytes from {part.first:,} on, and those from "
                f"{self.done:,} on were asked for. Download it again."
            )
        if part.etag != self.etag:  # it is another one by now
            self.etag = None
        if part.first == 0 and (self.done or self.there):
            self._restart()
        if part.total is not None:
            self.sink.check_room(part.total - self.done)
        return True

    def _restart(self) -> None:
        self.sink.restart()
        self.done, self.there, self.hash = 0, 0, hashlib.sha256()

    def _hash_head(self) -> None:
        """What is there already; several connections do so themselves."""
        if self.sha256 is None:
            return
        head = self.sink.head()
        while chunk := head.read(CHUNK_BYTES):
            self.hash.update(chunk)

    def _take(self, chunk: bytes) -> None:
        self.sink.write(chunk)
        self.done += len(chunk)
        if self.sha256 is not None:
            self.hash.update(chunk)

    def _check(self) -> None:
        found = self.hash.hexdigest()
        if self.sha256 is not None and found != self.sha256.lower():
            raise Damaged(
                f"What came of {self.request.path} has the SHA-256 {found}, and should "
                f"have {self.sha256}. Nothing of it was kept: download it again."
            )


def _path_sink(path: Path, overwrite: bool, name: str | None) -> PathSink:
    return PathSink(path, overwrite=overwrite, name=name)


def saved_archive(content: Content, to: str | os.PathLike[str] | None) -> list[Path]:
    """The files of an archive, written below a folder. None, where there is no folder."""
    if to is None:
        return []
    folder = run(tempfile.mkdtemp, ".zip")
    try:
        archive = content.save(Path(folder) / "archive.zip")
        return run(unpacked, archive, to)
    finally:
        run(shutil.rmtree, folder)
