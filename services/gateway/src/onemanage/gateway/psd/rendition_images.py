"""Which images a rendition has, kept for those whose images are being fetched."""

from collections import OrderedDict

import msgspec

from onemanage.contracts.psd.renditions import RenditionImage, RenditionManifest
from onemanage.platform.storage import Storage

_MOST = 20_000
"""Images described in memory, of all renditions together: some twenty megabytes."""


class RenditionImages:
    """What is stored under a key never changes: a run has keys of its own."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._kept: OrderedDict[str, list[RenditionImage]] = OrderedDict()
        self._count = 0

    async def of(self, manifest_key: str) -> list[RenditionImage]:
        """Raises ObjectMissing."""
        kept = self._kept.get(manifest_key)
        if kept is not None:
            self._kept.move_to_end(manifest_key)
            return kept
        stored = await self._storage.get_bytes(manifest_key)
        images = msgspec.json.decode(stored, type=RenditionManifest).images
        self._keep(manifest_key, images)
        return images

    def _keep(self, key: str, images: list[RenditionImage]) -> None:
        if key in self._kept:  # another request has read it meanwhile
            return
        self._kept[key] = images
        self._count += len(images)
        while self._count > _MOST:
            _, dropped = self._kept.popitem(last=False)
            self._count -= len(dropped)
