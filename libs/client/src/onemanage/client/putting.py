"""How a file is sent: what was asked for, the body of one request, the faults of parts."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from onemanage.client.answers import kind_of, retry_after
from onemanage.client.errors import ConnectionFailed, OneManageError, Problem
from onemanage.client.progress import OnProgress, Progress
from onemanage.client.uploadable import READ_BYTES, LateReader, Source, SourceChanged

WHOLE_BYTES = 64 * 1024 * 1024
"""Up to this a file goes in one request."""
PARTS_AT_ONCE = 4
_STORAGE = "storage_error"
"""The code of what storage itself refused."""
_PASSING = frozenset({403, 404, 408, 409, 429})
"""Of storage: an address that is too old, an upload of which the server says more."""
_GO_ON = "Upload the same file again: it goes on where it was."
_MESSAGE = re.compile(r"<Message>([^<]{1,300})</Message>")


@dataclass(frozen=True)
class Asked:
    """What an upload was asked for with."""

    sha256: str | None = None
    part_size: int | None = None
    at_once: int = PARTS_AT_ONCE
    upload_id: str | None = None
    idempotency_key: str | None = None
    on_progress: OnProgress | None = None
    on_begun: Callable[[str], object] | None = None

    def __post_init__(self) -> None:
        if self.at_once < 1:
            raise ValueError(f"at_once is {self.at_once}; it must be 1 or more.")
        if self.upload_id is not None and self.idempotency_key is not None:
            raise ValueError("Give upload_id or idempotency_key, not both.")

    def key_of(self, source: Source) -> str:
        """The same whenever the same file is uploaded in the same way."""
        if source.identity is None:
            return uuid4().hex
        said = (source.identity, source.name, source.size, self.sha256, self.part_size)
        return hashlib.sha256(repr(said).encode()).hexdigest()


class Watched(io.RawIOBase):
    """A source as the body of a request: counted, hashed, and looked at once more before
    its last bytes go. Read from its beginning again, it begins anew."""

    def __init__(self, source: Source, progress: Progress) -> None:
        self._source, self._progress = source, progress
        self.name = source.name
        self._reader: LateReader | None = None
        self._place = self._wanted = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of what was read."""
        return self._hash.hexdigest()

    def seekable(self) -> bool:
        """It is read anew from its beginning."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where reading goes on."""
        return self._wanted

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """To the beginning, or the end to learn its size."""
        self._wanted = offset + (self._source.size if whence == os.SEEK_END else 0)
        return self._wanted

    def read(self, size: int = READ_BYTES) -> bytes:
        """Raises SourceChanged, and Stopped where the transfer has ended."""
        if self._reader is None or self._wanted != self._place:
            self._begin()
        assert self._reader is not None
        left = self._source.size - self._place
        chunk = self._reader.read(min(size, left))
        self._place += len(chunk)
        self._wanted = self._place
        self._hash.update(chunk)
        if len(chunk) < left and not chunk:
            self._source.check()
            raise ends_early(self._source, self._place)
        if len(chunk) == left:
            self._source.check()
        self._progress.add(len(chunk))
        return chunk

    def close(self) -> None:
        """Its source stays open."""
        if self._reader is not None:
            self._reader.close()
        super().close()

    def _begin(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._progress.take_back(self._place)
        assert self._wanted == 0, "a body is sent from its beginning"
        self._reader = LateReader(self._source)
        self._place, self._hash = 0, hashlib.sha256()


def ends_early(source: Source, place: int) -> SourceChanged:
    """It has fewer bytes than when it was begun."""
    return SourceChanged(
        f"{source.name!r} ends at byte {place:,} and had {source.size:,}: it changed "
        "while it was uploaded. Upload it again when it is whole."
    )


def fault_of_part(
    found: httpx.Response | httpx.HTTPError, number: int
) -> OneManageError:
    """Why a part is not in storage."""
    if isinstance(found, httpx.HTTPError):
        why = str(found) or type(found).__name__
        return ConnectionFailed(
            f"The line to storage broke while part {number} was sent ({why}).",
            hint=_GO_ON,
            was_sent=True,
        )
    said = _MESSAGE.search(found.text)
    why = said.group(1) if said else found.reason_phrase
    return kind_of(found.status_code)(
        f"Storage at {found.request.url.host} did not take part {number}: "
        f"{found.status_code} {why}.",
        status=found.status_code,
        code=_STORAGE,
        hint=_GO_ON,
        retry_after=retry_after(found),
    )


def may_help(error: Exception) -> bool | float:
    """Whether to put a part again; a number is after how many seconds."""
    if isinstance(error, Problem):
        if error.code != _STORAGE:
            return False
        is_passing = error.status in _PASSING or error.status >= 500
        return error.retry_after if is_passing and error.retry_after else is_passing
    return isinstance(error, ConnectionFailed)


def when_ended(upload: Any) -> OneManageError:
    """An upload that takes no more parts, and is no file."""
    why = f": {upload.error.message}" if upload.error is not None else ""
    return OneManageError(
        f"The upload {upload.id} is {upload.state} and takes no more parts{why}",
        hint="Leave upload_id out, and another one is begun.",
    )
