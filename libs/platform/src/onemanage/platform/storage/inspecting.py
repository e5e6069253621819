"""Looking at objects that others have written: how they begin, how large, which bytes.

An object is read in stretches of 64 MiB. A connection that breaks costs what is left of
one, and what was read of it counts; in memory there is a chunk of it.
"""

import hashlib
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing

from botocore.exceptions import IncompleteReadError
from loguru import logger

from onemanage.platform.messaging.outage import is_outage
from onemanage.platform.storage.storage import Storage

_STRETCH = 64 * 1024 * 1024
_CHUNK = 1024 * 1024


async def beginning(storage: Storage, key: str, most: int) -> tuple[bytes, int]:
    """The first ``most`` bytes of an object, and how many it has.

    Raises ObjectMissing, and RangeOutside for an object without any.
    """
    found = await storage.open(key, f"bytes=0-{most - 1}")
    head = b"".join([chunk async for chunk in found.chunks])
    total = (found.content_range or "").rpartition("/")[2]
    return head, int(total or found.size)


async def sha256_of(
    storage: Storage, key: str, size: int, told: Callable[[int], Awaitable[None]]
) -> str:
    """In hex, of the object's ``size`` bytes. ``told`` hears how many were read.

    Raises ObjectMissing. Cancelled, it stops at the next chunk.
    """
    reading = _Reading(storage, key)
    while reading.done < size:
        before = reading.done
        try:
            await reading.stretch(min(_STRETCH, size - before))
        except Exception as error:
            broken = is_outage(error) or isinstance(error, IncompleteReadError)
            if reading.done == before or not broken:
                raise
            logger.warning("Reading goes on at byte {}: {!r}", reading.done, error)
        await told(reading.done)
    return reading.sha256.hexdigest()


class _Reading:
    """How far one object has been read."""

    def __init__(self, storage: Storage, key: str) -> None:
        self._storage, self._key = storage, key
        self.sha256, self.done = hashlib.sha256(), 0

    async def stretch(self, size: int) -> None:
        cancelled = threading.Event()
        wanted = f"bytes={self.done}-{self.done + size - 1}"

        def read() -> None:
            with closing(self._storage._get(self._key, wanted)["Body"]) as body:
                for chunk in body.iter_chunks(_CHUNK):
                    self.sha256.update(chunk)
                    self.done += len(chunk)
                    if cancelled.is_set():
                        break

        await self._storage._call(read, cancelled)
