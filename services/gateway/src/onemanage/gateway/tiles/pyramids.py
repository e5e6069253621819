"""Where the tiles of pictures are, and their bytes; remembered as far as it is small."""

from array import array

import msgspec
from cachetools import LRUCache, TTLCache

from onemanage.contracts.previews.pyramids import ends_of
from onemanage.contracts.previews.tiles import GetPyramid, TilePyramid, pyramid_of
from onemanage.gateway.images.addresses.sources import Source, Sources
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed, ask
from onemanage.platform.process.figures import CACHE_LOOKUPS
from onemanage.platform.storage.storage import ObjectMissing, Storage

_KEPT_SECONDS = 60.0
_MAX_KEPT = 10_000
_MAX_INDEX_BYTES = 16 * 1024 * 1024
"""Of all indexes together: eight bytes a tile, so some eight thousand pictures."""


class Tiled(msgspec.Struct, frozen=True):
    """A picture as an address names it, with the id that its tiles have."""

    workspace_id: str
    text: str
    source: Source

    @property
    def pyramid_id(self) -> str:
        """The same for the same picture, whoever asks in the workspace."""
        return pyramid_of(self.workspace_id, self.source.id, self.source.identity)


class Pyramids:
    """Of one process. What is kept is reached through its source alone, which is looked
    up each minute and forgotten when it is deleted."""

    def __init__(
        self, client: Client, storage: Storage, sources: Sources, public_url: str
    ) -> None:
        self._client, self._storage, self._sources = client, storage, sources
        self.public_url = public_url.rstrip("/")
        self._found: TTLCache[str, TilePyramid] = TTLCache(_MAX_KEPT, _KEPT_SECONDS)
        self._indexes: LRUCache[str, array[int]] = LRUCache(
            _MAX_INDEX_BYTES, getsizeof=lambda each: each.itemsize * len(each)
        )

    async def tiled(self, workspace_id: str, text: str) -> Tiled:
        """Raises Problem: 404 where there is none, 422 where it has no pixels."""
        found = await self._sources.find(workspace_id, text)
        return Tiled(workspace_id, text, found)

    async def find(self, tiled: Tiled) -> TilePyramid:
        """With its index at hand. Raises QueryFailed where it is not made yet, or its
        object is lost."""
        pyramid_id = tiled.pyramid_id
        pyramid = self._found.get(pyramid_id)
        if pyramid is None:
            question = GetPyramid(
                workspace_id=tiled.workspace_id, pyramid_id=pyramid_id
            )
            pyramid = await ask(self._client, question, TilePyramid)
            self._found[pyramid_id] = pyramid
        try:
            await self._index(pyramid)
        except ObjectMissing:
            self.forget(pyramid)
            raise QueryFailed("not_found", "The tiles are not kept any more.") from None
        return pyramid

    def forget(self, pyramid: TilePyramid) -> None:
        """Its object is gone: it may be another's by now."""
        self._found.pop(pyramid.pyramid_id, None)
        self._indexes.pop(pyramid.object_key, None)

    async def tile(self, pyramid: TilePyramid, number: int) -> bytes:
        """Raises ObjectMissing."""
        ends = await self._index(pyramid)
        begin = ends[number - 1] if number else 0
        return await self._read(pyramid, begin, ends[number])

    async def _index(self, pyramid: TilePyramid) -> "array[int]":
        kept = self._indexes.get(pyramid.object_key)
        CACHE_LOOKUPS.add("tile_indexes", "miss" if kept is None else "hit")
        if kept is not None:
            return kept
        begin = pyramid.size
        ends = ends_of(await self._read(pyramid, begin, begin + 4 * pyramid.tiles))
        self._indexes[pyramid.object_key] = ends
        return ends

    async def _read(self, pyramid: TilePyramid, begin: int, end: int) -> bytes:
        key = pyramid.object_key
        stream = await self._storage.open(key, f"bytes={begin}-{end - 1}")
        return b"".join([chunk async for chunk in stream.chunks])
