"""Which images a rendition has, kept for those whose images are being fetched."""

from contextlib import suppress

import msgspec
from cachetools import LRUCache

from onemanage.contracts.psd.renditions import RenditionImage, RenditionManifest
from onemanage.platform.storage.storage import Storage

_MOST = 20_000
"""Images described in memory, of all renditions together: some twenty megabytes."""


class RenditionImages:
    """What is stored under a key never changes: a run has keys of its own."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._kept: LRUCache[str, list[RenditionImage]] = LRUCache(_MOST, getsizeof=len)

    async def of(self, manifest_key: str) -> list[RenditionImage]:
        """Raises ObjectMissing."""
        kept = self._kept.get(manifest_key)
        if kept is not None:
            return kept
        stored = await self._storage.get_bytes(manifest_key)
        images = msgspec.json.decode(stored, type=RenditionManifest).images
        with suppress(ValueError):  # one that has more than all may have is not kept
            self._kept[manifest_key] = images
        return images
