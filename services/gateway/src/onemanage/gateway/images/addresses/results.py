"""Images that were made: from memory, from storage, or made now, once for all who ask."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256

import msgspec
from cachetools import LRUCache

from onemanage.contracts.imaging.quick import INLINE_BYTES, MadeImage, MakeImage
from onemanage.gateway.images.addresses.claims import Claims
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick import QuickFailed, ask_quickly
from onemanage.platform.process.figures import CACHE_LOOKUPS
from onemanage.platform.storage.short_way import Found
from onemanage.platform.storage.storage import Storage

_CACHE = "images"
_MOST_WARNINGS = 2_000
"""Characters of them in a header."""

type Question = Callable[[], Awaitable[MakeImage]]
"""What is asked where it is not there. May raise Problem."""
type Began = Callable[[], None]
"""Told before anything is made. May raise Problem: then nothing is."""
type Made = Callable[[MadeImage], None]
"""Told what a worker has made for this process."""


class Image(msgspec.Struct, frozen=True):
    """One that is there. ``data`` is None where it is large, and only in storage."""

    data: bytes | None
    object_key: str
    media_type: str
    sha256: str
    warnings: str
    """As a header has them: JSON in ASCII; empty where there are none."""


class Results:
    """Of one process. ``most_bytes`` of them are kept in memory, the latest used."""

    def __init__(
        self, client: Client, storage: Storage, claims: Claims | None, most_bytes: int
    ) -> None:
        self._client, self._storage, self._claims = client, storage, claims
        self._kept: LRUCache[str, Image] = LRUCache(most_bytes, getsizeof=_size)
        self._making: dict[str, asyncio.Task[Image]] = {}

    def kept(self, key: str) -> Image | None:
        """From memory."""
        image = self._kept.get(key)
        if image is not None:  # else it is looked up again, and counted then
            CACHE_LOOKUPS.add(_CACHE, "hit")
        return image

    async def image(
        self, key: str, question: Question, began: Began, made: Made
    ) -> Image:
        """Whoever asks while it is being made gets the same. Raises QuickFailed, what
        ``began`` raises, or that a server is away."""
        found = self._kept.get(key)
        if found is not None:
            CACHE_LOOKUPS.add(_CACHE, "hit")
            return found
        making = self._making.get(key)
        if making is None:
            CACHE_LOOKUPS.add(_CACHE, "miss")
            making = asyncio.create_task(
                self._found_or_made(key, question, began, made)
            )
            self._making[key] = making
            making.add_done_callback(lambda done: self._is_made(key, done))
        return await asyncio.shield(making)  # others may wait for it, too

    async def stored(
        self, key: str, question: Question, began: Began, made: Made
    ) -> str:
        """The SHA-256 of what is in storage under ``key``, for another service to read;
        it is made first where it is not there. Raises as ``image``."""
        found = await self._storage.find(key, 0)
        if found is not None and "sha256" in found.metadata:
            return found.metadata["sha256"]
        began()
        asked = msgspec.structs.replace(await question(), is_kept=True)
        answer = await ask_quickly(self._client, asked, MadeImage)
        made(answer)
        return answer.sha256

    def forget(self, prefix: str) -> None:
        """Those under keys that begin so."""
        for key in [key for key in self._kept if key.startswith(prefix)]:
            self._kept.pop(key, None)

    async def hand_out(self, key: str) -> MadeImage | None:
        """For another process that wants the same. Raises QuickFailed."""
        making = self._making.get(key)
        image = self._kept.get(key)
        if image is None and making is not None:
            image = await asyncio.shield(making)
        if image is None:
            return None
        return MadeImage(
            media_type=image.media_type,
            width=0,
            height=0,
            size=len(image.data or b""),
            sha256=image.sha256,
            warnings=json.loads(image.warnings or "[]"),
            data=image.data,
            object_key=None if image.data is not None else key,
        )

    def _is_made(self, key: str, done: asyncio.Task[Image]) -> None:
        self._making.pop(key)
        if not done.cancelled():
            done.exception()  # looked at: whoever waited may have gone

    async def _found_or_made(
        self, key: str, question: Question, began: Began, made: Made
    ) -> Image:
        stored = await self._storage.find(key, INLINE_BYTES)
        if stored is None:
            began()
            image = _of_made(key, await self._made_once(key, question, made))
        else:
            image = _of_stored(key, stored)
        if _size(image) <= self._kept.maxsize:
            self._kept[key] = image
        return image

    async def _made_once(self, key: str, question: Question, made: Made) -> MadeImage:
        claims = self._claims
        if claims is not None:
            owner = await claims.claim(key)
            if owner != claims.own:
                handed = await claims.ask(owner, key)
                if handed is not None:
                    return handed
                await claims.claim(key, instead_of=owner)
        try:
            found = await ask_quickly(self._client, await question(), MadeImage)
        except BaseException:
            if claims is not None:
                await claims.give_up(key)
            raise
        made(found)
        return found


def _of_made(key: str, made: MadeImage) -> Image:
    return Image(
        made.data,
        made.object_key or key,
        made.media_type,
        made.sha256,
        _header(made.warnings),
    )


def _of_stored(key: str, found: Found) -> Image:
    told = found.metadata
    return Image(
        found.data,
        key,
        found.media_type,
        told.get("sha256") or sha256(found.data or key.encode()).hexdigest(),
        told.get("warnings", "").removeprefix("[]"),
    )


def _header(warnings: list[str]) -> str:
    """As many as there is room for."""
    while len(text := json.dumps(warnings)) > _MOST_WARNINGS:
        warnings = warnings[:-1]
    return text if warnings else ""


def _size(image: Image) -> int:
    return len(image.data or b"") + 1_000
