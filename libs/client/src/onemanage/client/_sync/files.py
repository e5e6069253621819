"""``client.files``: what was uploaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from onemanage.client import types
from onemanage.client._sync import operations
from onemanage.client._sync.sending import SendingInParts, send_whole
from onemanage.client.errors import Problem
from onemanage.client.progress import OnProgress
from onemanage.client.putting import PARTS_AT_ONCE, WHOLE_BYTES, Asked
from onemanage.client.sources import Source as Body
from onemanage.client.sources import measured
from onemanage.client.sources import name_of as name_of_body
from onemanage.client.spreading import RANGES_AT_ONCE
from onemanage.client.threads import run
from onemanage.client.uploadable import (
    Given,
    Source,
    Spool,
    chunks_of,
    is_async,
    name_of,
    source_of,
)


class Sendable(NamedTuple):
    """What a request is given: bytes to send, or the id of what was uploaded."""

    source: Body | None
    file_id: str | None
    name: str | None


class Files(operations.Files):
    """What each operation does, and what takes several of them."""

    def upload(
        self,
        source: Given,
        *,
        name: str | None = None,
        sha256: str | None = None,
        part_size: int | None = None,
        at_once: int = PARTS_AT_ONCE,
        upload_id: str | None = None,
        idempotency_key: str | None = None,
        on_progress: OnProgress | None = None,
        on_begun: Callable[[str], object] | None = None,
    ) -> types.FileOut:
        """Upload a path, bytes, an open file, or what gives bytes one after the other.

        Up to 64 MiB go in one request; what is larger, or is given a ``part_size``, in
        parts of so many bytes, ``at_once`` of them at the same time. Where that is cut off, the same call goes
        on, in another process, too: by ``upload_id``, which ``on_begun`` was told, or
        because it is the same file, unchanged. A large file that was uploaded whole
        within a day is not sent again, unless by an ``idempotency_key`` of its own.

        A stream is written to a temporary file first, so that it can be sent again.
        ``sha256``: what it must have; found out on the way where it is not given.
        ``on_progress(bytes, total)`` is called by whichever thread is at work.

        Raises NotUploadable; SourceChanged where it changes or vanishes meanwhile.
        """
        asked = Asked(
            sha256=sha256,
            part_size=part_size,
            at_once=at_once,
            upload_id=upload_id,
            idempotency_key=idempotency_key,
            on_progress=on_progress,
            on_begun=on_begun,
        )
        with _opened(source, name) as found:
            is_small = found.size <= WHOLE_BYTES
            if is_small and upload_id is None and part_size is None:
                return send_whole(self._client, found, asked)
            try:
                return SendingInParts(self._client, found, asked).run()
            except Problem as problem:
                if problem.code != "upload.not_offered":
                    raise
                return send_whole(self._client, found, asked)

    def download(
        self,
        file_id: str,
        to: str | os.PathLike[str] = ".",
        *,
        overwrite: bool = False,
        at_once: int = RANGES_AT_ONCE,
        on_progress: OnProgress | None = None,
    ) -> Path:
        """Download a file to a path, or into a folder under its own name, made safe.

        Its SHA-256 is checked. From 64 MiB on it comes over ``at_once`` connections at
        the same time. One that was cut off is gone on with.

        Raises NotWritable, Damaged.
        """
        file = self.get(file_id)
        return self.content(file_id).save(
            to,
            overwrite=overwrite,
            name=file.name,
            sha256=file.sha256,
            size=file.size,
            at_once=at_once,
            on_progress=on_progress,
        )

    def sendable(
        self, source: Body, name: str | None, *, uploaded: bool = False
    ) -> Sendable:
        """As the body of another request, or uploaded first where it is large.

        ``uploaded``: uploaded first, whatever its size.
        """
        size, body = run(measured, source)
        if not uploaded and (size is None or size <= WHOLE_BYTES):
            return Sendable(body, None, name or name_of_body(source))
        file = self.upload(source, name=name)
        return Sendable(None, file.id, None)


@contextmanager
def _opened(given: Any, name: str | None) -> Iterator[Source]:
    source = run(source_of, given, name)
    if source is not None:
        yield source
        return
    spool = Spool(name or name_of(given))
    try:
        if is_async(given):
            for chunk in given:
                run(spool.write, chunk)
        else:
            run(spool.write_all, chunks_of(given))
        yield spool.source()
    finally:
        spool.close()
