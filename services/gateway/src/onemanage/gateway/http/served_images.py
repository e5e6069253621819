"""Small images, and where they are, kept for those that are asked for again and again.

A hit costs the check of the API key and nothing more: no query, no read of storage.
Nothing is kept longer than a minute, so what has been discarded is shown no longer
than that. What is stored under a key never changes: a run has keys of its own.
"""

import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from cachetools import TTLCache

from onemanage.contracts.base import CompletedEvent, Event
from onemanage.contracts.deletion import Deleted
from onemanage.contracts.imaging.images import StoredImage
from onemanage.platform.process.figures import CACHE_LOOKUPS
from onemanage.platform.storage.storage import ObjectStream, Storage

KEPT_SECONDS = 60.0
MAX_IMAGE_BYTES = 1024 * 1024
"""Bytes; a larger image is streamed each time."""
_MAX_BYTES = 64 * 1024 * 1024
"""Bytes of all images together."""
_MAX_DESCRIBED = 20_000
"""Images described in memory: some twenty megabytes."""


class Content(msgspec.Struct, frozen=True):
    """A whole image."""

    data: bytes
    media_type: str


class ServedImages:
    """Of one process."""

    def __init__(
        self, storage: Storage, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.storage = storage
        self._contents: TTLCache[str, Content] = TTLCache(
            _MAX_BYTES, KEPT_SECONDS, clock, getsizeof=lambda each: len(each.data)
        )
        self._described: TTLCache[tuple[str, str], Sequence[StoredImage]] = TTLCache(
            _MAX_DESCRIBED, KEPT_SECONDS, clock, getsizeof=len
        )

    async def of(
        self,
        workspace_id: str,
        made_id: str,
        ask: Callable[[], Awaitable[Sequence[StoredImage]]],
    ) -> Sequence[StoredImage]:
        """The images of what ``made_id`` names in this workspace.

        Raises what ``ask`` raises; that is not kept.
        """
        key = workspace_id, made_id
        found = self._described.get(key)
        if found is None:
            found = await ask()
            self._described[key] = found
        return found

    def forget(self, workspace_id: str, made_id: str) -> None:
        """Where its images are is asked again."""
        self._described.pop((workspace_id, made_id), None)

    def forget_deleted(self, event: Event) -> None:
        """What a deletion says that it has taken away."""
        if isinstance(event, CompletedEvent) and isinstance(event.result, Deleted):
            for thing in event.result.things:
                self.forget(event.workspace_id, thing.id)

    async def content(self, object_key: str) -> Content | ObjectStream:
        """Raises ObjectMissing."""
        kept = self._contents.get(object_key)
        CACHE_LOOKUPS.add("served_images", "miss" if kept is None else "hit")
        if kept is not None:
            return kept
        stream = await self.storage.open(object_key)
        if stream.size > MAX_IMAGE_BYTES:
            return stream
        data = b"".join([chunk async for chunk in stream.chunks])
        content = Content(data, stream.media_type)
        self._contents[object_key] = content
        return content
