"""Cutting a picture into tiles, once, for viewers that zoom into it."""

from onemanage.contracts.base import utc_now
from onemanage.contracts.previews.pyramids import tile_count
from onemanage.contracts.previews.tiles import TileImage, TilePyramid
from onemanage.platform.process.figures import RENDERS
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import Jobs, Report
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.preview.domain.tile_set import TILES, TileSet
from onemanage.preview.store import Store, object_name

_MAKE_TILES = ChildFunction("onemanage.preview.domain.tiles:make_tiles", TileSet, int)
_OBJECT_TYPE = "application/octet-stream"
_WORDS = Words(
    "preview",
    "Cutting the picture into tiles",
    "make it smaller first (POST /v1/images/transformations)",
)


class Pyramids:
    """One object each, named by pyramid and run: a rerun rewrites it."""

    def __init__(
        self, storage: Storage, store: Store, sandbox: Sandbox, child_seconds: float
    ) -> None:
        self._storage, self._store = storage, store
        self._jobs = Jobs(storage, sandbox, _WORDS, child_seconds)

    async def make(self, command: TileImage, report: Report) -> TilePyramid:
        """The tiles of a picture, or those that are there. Raises InvalidInput."""
        found = await self._store.pyramids.get(command.workspace_id, command.pyramid_id)
        if found is not None and await self._storage.has(found.object_key):
            return found
        key = _key(command)
        await self._store.announce_objects([key])
        made = await self._cut(command, key, report)
        pyramid = TilePyramid(
            pyramid_id=command.pyramid_id,
            source=command.source,
            owner_id=command.owner_id,
            name=command.name,
            width=made.width,
            height=made.height,
            media_type=made.media_type,
            tiles=made.tiles,
            size=made.size,
            object_key=key,
            created_at=utc_now(),
        )
        await self._store.pyramids.keep(command.workspace_id, pyramid)
        RENDERS.add("tiles")
        await self._take_back_if_deleted(command)
        return pyramid

    async def _cut(self, command: TileImage, key: str, report: Report) -> TileSet:
        with self._jobs.begin(command.name) as job:
            source = await job.fetch(command.object_key, "source", _gone(command))

            async def on_progress(done: int) -> None:
                await report("tiles", done, 0)

            made = await job.run(_MAKE_TILES, source, job.out, on_progress=on_progress)
            await job.upload(TILES, _OBJECT_TYPE, key)
        assert made.tiles == tile_count(made.width, made.height)
        return made

    async def _take_back_if_deleted(self, command: TileImage) -> None:
        """Whoever deletes a picture takes its bytes away before its tiles: who cuts it
        meanwhile would show what is no more."""
        if not await self._storage.has(command.object_key):
            await self._store.discard_run(
                command.workspace_id, command.task_id, command.run
            )
            raise _gone(command)


def _gone(command: TileImage) -> InvalidInput:
    text = f"{command.source} is no longer stored. Make or upload it again."
    return InvalidInput("preview.no_source", text, command.source)


def _key(command: TileImage) -> str:
    folder = f"previews/{command.workspace_id}/{command.pyramid_id}"
    return f"{folder}/{object_name(command.task_id, command.run, 'tiles')}"
