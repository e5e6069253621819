"""The quick way: one image for whoever waits for it, by a worker, without a task.

A child makes it of a source that lies on the worker's disk; the answer takes it along,
and it is stored behind. What is lost on the way is made again when it is asked for.
"""

import asyncio
import hashlib
import math
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from anyio import to_thread

from onemanage.contracts.imaging.images import NamedFile
from onemanage.contracts.imaging.quick import (
    INLINE_BYTES,
    MadeImage,
    MakeImage,
    QuickSource,
)
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.imaging.domain.results import VariantResult
from onemanage.imaging.errors import HEAVY, heavy_text
from onemanage.imaging.fetching import Fetcher
from onemanage.platform.messaging.quick import QuickFailed
from onemanage.platform.process.behind import Behind
from onemanage.platform.process.figures import RENDERS
from onemanage.platform.process.telemetry import span
from onemanage.platform.sandbox.errors import SandboxFailed
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.invalid_input import (
    Words,
    as_invalid_input,
    took_too_long,
)
from onemanage.platform.sandbox.rooms import Room
from onemanage.platform.sandbox.sandbox import Sandbox, made_in
from onemanage.platform.storage.quick_sources import (
    UNCHECKED_SECONDS,
    cached_object,
    copy_files,
    digest,
    image_metadata,
    made_bytes,
)
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage

_MEDIA_TYPE = re.compile("image/[a-z]{3,5}")
_MOST_UNSTORED = 32
"""Images that wait to be stored; of more, some are made again instead."""
_CHECKED_WITHIN = 1.0
"""Seconds, whether the source of what was stored is still there."""
_SMALL = 16 << 20
"""Bytes of what an image is made of, where it is copied for a child that stays."""
_WORDS = Words("imaging", "Making the image", "order it as a transformation")
_FOREVER = math.inf

_MAKE_QUICKLY = ChildFunction(
    "onemanage.imaging.domain.quickly:make_quickly", VariantResult
)


@dataclass(frozen=True, slots=True)
class Most:
    """What one image may take."""

    cpu_seconds: float
    niceness: int
    """By how much tasks go before it."""
    images_per_child: int = 1
    """Of one workspace, one after the other."""


class QuickImages:
    """Of one worker process."""

    def __init__(
        self,
        storage: Storage,
        sandbox: Sandbox,
        fetcher: Fetcher,
        cache: SourceCache,
        most: Most,
        weights: Path | None = None,
    ) -> None:
        self._storage, self._sandbox, self._fetcher = storage, sandbox, fetcher
        self._cache, self._most, self._weights = cache, most, weights
        self._behind = Behind()
        self._unchecked: dict[str, list[str]] = {}
        """What was stored, by the key of its source."""
        self._checking: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    async def ready(self) -> None:
        """Returns once a child could begin at once."""
        await self._sandbox.ready()

    async def make(self, question: MakeImage) -> MadeImage:
        """Raises InvalidInput and QuickFailed."""
        async with self._sources(question) as (source, watermarks):
            made, data = await self._made(question, source, watermarks)
        image = _image(made, data)
        RENDERS.add("quick")
        if question.is_kept or len(data) > INLINE_BYTES:
            await self._store(question, image, data)
            return msgspec.structs.replace(image, object_key=question.store_key)
        if len(self._behind) < _MOST_UNSTORED:
            self._behind.do("Keeping an image", self._store(question, image, data))
        return msgspec.structs.replace(image, data=data)

    async def stored(self) -> None:
        """Returns when nothing waits to be stored or checked any more."""
        self._hurry.set()
        await self._behind.done()
        self._hurry.clear()

    async def _made(
        self, question: MakeImage, source: Path, watermarks: dict[str, Path]
    ) -> tuple[VariantResult, bytes]:
        if self._may_share(question, [source, *watermarks.values()]):
            return await self._made_in_room(question, source, watermarks)
        with TemporaryDirectory() as name:
            folder = Path(name).resolve()
            made = await self._run(question, source, watermarks, folder)
            return made, made_bytes(made_in(folder, made.path))

    def _may_share(self, question: MakeImage, files: Sequence[Path]) -> bool:
        """Whether images of the same workspace may have been before in its child, or
        come after: of the workspace's own files (ADR 55), and where a child's start is
        much beside the work."""
        is_own = question.source.url is None
        is_small = sum(file.stat().st_size for file in files) <= _SMALL
        return is_own and is_small and self._most.images_per_child > 1

    async def _made_in_room(
        self, question: MakeImage, source: Path, watermarks: dict[str, Path]
    ) -> tuple[VariantResult, bytes]:
        owner, most = f"quick {question.workspace_id}", self._most.images_per_child
        with self._sandbox.room(owner, most) as room:
            folder = room.folder
            marks = {
                name: folder / f"mark-{number}"
                for number, name in enumerate(watermarks)
            }
            copies = {source: folder / "source"}
            copies |= {watermarks[name]: copy for name, copy in marks.items()}
            await to_thread.run_sync(copy_files, copies)
            made = await self._run(question, folder / "source", marks, folder, room)
            return made, made_bytes(made_in(folder, made.path))

    async def _run(
        self,
        question: MakeImage,
        source: Path,
        watermarks: dict[str, Path],
        folder: Path,
        room: Room | None = None,
    ) -> VariantResult:
        most = self._most
        readable = [] if room else [source, *watermarks.values()]
        try:
            with as_invalid_input(_WORDS, question.source.name):
                return await self._sandbox.run(
                    _MAKE_QUICKLY,
                    source,
                    question.recipe,
                    folder,
                    watermarks,
                    self._weights,
                    most.cpu_seconds,
                    timeout=_FOREVER,  # whoever asks has a limit, and ends it
                    folders=[folder],
                    readable=readable,
                    cpu_seconds=math.ceil(most.cpu_seconds),
                    niceness=most.niceness,
                    room=room,
                )
        except InvalidInput as error:
            if took_too_long(error) or error.code == HEAVY:
                raise _too_heavy(most.cpu_seconds) from None
            raise

    @asynccontextmanager
    async def _sources(
        self, question: MakeImage
    ) -> AsyncIterator[tuple[Path, dict[str, Path]]]:
        """The source, and watermarks by file id."""
        async with AsyncExitStack() as stack:
            source = question.source
            if source.url is not None:
                path = await stack.enter_async_context(
                    self._of_address(question.workspace_id, source.url, source)
                )
            else:
                path = await stack.enter_async_context(
                    cached_object(self._cache, self._storage, source)
                )
            watermarks = {
                file.file_id: await stack.enter_async_context(
                    cached_object(self._cache, self._storage, _named(file))
                )
                for file in question.watermarks
            }
            yield path, watermarks

    @asynccontextmanager
    async def _of_address(
        self, workspace_id: str, url: str, source: QuickSource
    ) -> AsyncIterator[Path]:
        whole = self._fetcher.whole(url, source.sealed_url, workspace_id)
        digest = hashlib.sha256(f"{workspace_id} {whole}".encode()).hexdigest()

        async def fetch(path: Path) -> None:
            await self._fetcher.fetch(url, path, source.sealed_url, workspace_id)

        async with self._cache.source(digest, fetch, seconds=UNCHECKED_SECONDS) as path:
            yield path

    async def _store(self, question: MakeImage, image: MadeImage, data: bytes) -> None:
        key = question.store_key
        await self._storage.put_bytes(
            key, data, image.media_type, image_metadata(image)
        )
        if (source := question.source.object_key) is not None:
            self._unchecked.setdefault(source, []).append(key)
            if self._checking is None or self._checking.done():
                self._checking = self._behind.do("Looking for sources", self._check())

    async def _check(self) -> None:
        """A deletion takes a source away before it looks for what was made of it; what
        was stored after that goes here. One look is for all images of a moment."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CHECKED_WITHIN):
                await self._hurry.wait()
        while self._unchecked:
            source, keys = self._unchecked.popitem()
            if not await self._storage.keys(source, 1):
                await self._storage.delete(keys)


def _named(file: NamedFile) -> QuickSource:
    return QuickSource(name=file.file_id, object_key=file.file_key)


def _too_heavy(seconds: float) -> QuickFailed:
    return QuickFailed("heavy", HEAVY, heavy_text(seconds), "the source")


def _image(made: VariantResult, data: bytes) -> MadeImage:
    """A child may have been taken over: browsers are told what it says of the image."""
    if not _MEDIA_TYPE.fullmatch(made.media_type):
        raise SandboxFailed(f"an image of type {made.media_type!r}")
    return MadeImage(
        media_type=made.media_type,
        width=made.width,
        height=made.height,
        size=len(data),
        sha256=digest(data),
        frames=made.frames,
        warnings=list(made.warnings),
    )
