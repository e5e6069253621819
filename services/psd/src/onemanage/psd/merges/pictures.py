"""Pictures that cells name, on their way into slots."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

import anyio
import msgspec

from onemanage.contracts.imaging.quick import MadeImage, MakeImage
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merge_pictures import (
    MOST_PICTURES_ASKED,
    FindPictures,
    FoundPicture,
    FoundPictures,
    NamedPicture,
)
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryUnanswered, ask
from onemanage.platform.messaging.quick import QuickFailed, ask_quickly
from onemanage.platform.process.gather import gather_few
from onemanage.platform.process.outbound import shown_address
from onemanage.platform.sandbox.job import AT_ONCE, Job
from onemanage.platform.storage.storage import Storage

_MAKING_SECONDS = 20.0
"""That one question waits: longer than where somebody looks on."""
_PAUSES = (1.0, 3.0, 10.0, 30.0)
"""Seconds until imaging is asked once more, where it has no room or is away."""
_HEAVY = (
    "Preparing it takes too long. Order a transformation of it (POST "
    "/v1/images/transformations), and write the id of that."
)


class PictureMissing(msgspec.Struct, frozen=True):
    """Why there is none of this name."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file of each in the job's folder, or why there is none."""

    files: dict[NamedPicture, Path | PictureMissing]
    pixels: int
    """That imaging has made for it."""


class Pictures:
    """Of one process. The gateway knows which names are the workspace's; imaging makes
    what slots want prepared, and fetches addresses."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._client: Client | None = None
        self._locks: WeakValueDictionary[str, anyio.Lock] = WeakValueDictionary()

    def ask_through(self, client: Client) -> None:
        """From here on."""
        self._client = client

    async def fetched(
        self,
        job: Job,
        workspace_id: str,
        merge_task_id: str,
        wanted: Collection[NamedPicture],
    ) -> Fetched:
        """Each source is made ready once, whatever number of rows and chunks name it."""
        files: dict[NamedPicture, Path | PictureMissing] = {}
        pixels = 0

        async def fetch(number: int, picture: NamedPicture, one: FoundPicture) -> None:
            nonlocal pixels
            try:
                key, made = await self._stored(one)
                pixels += made
                name = shown_address(picture.name)  # of an address, without its query
                text = f"{name} is not stored any more. Upload it again."
                gone = InvalidInput("merge.picture_gone", text)
                files[picture] = await job.fetch(key, f"picture-{number}", gone)
            except InvalidInput as error:
                files[picture] = PictureMissing(error.code, error.message)

        asked = sorted(wanted)
        found = await self._found(workspace_id, merge_task_id, asked)
        pairs = enumerate(zip(asked, found, strict=True))
        await gather_few(fetch, [(at, *pair) for at, pair in pairs], AT_ONCE)
        return Fetched(files, pixels)

    async def _stored(self, found: FoundPicture) -> tuple[str, int]:
        """The key that it is under, and how many pixels were made for that. Raises
        InvalidInput where there is none, and none can be made."""
        if found.make is not None:
            return found.make.store_key, await self._made(found.make)
        if found.source is None or found.source.object_key is None:
            raise InvalidInput(found.code, found.message)
        return found.source.object_key, 0

    async def _made(self, question: MakeImage) -> int:
        """Once, whichever chunks of this process want it."""
        key = question.store_key
        async with self._locks.setdefault(key, anyio.Lock()):
            if await self._storage.find(key, 0) is not None:
                return 0
            made = await self._prepared(msgspec.structs.replace(question, is_kept=True))
        return made.width * made.height * made.frames

    async def _prepared(self, question: MakeImage) -> MadeImage:
        """Asked again for a while. Raises InvalidInput where the source is to blame;
        QueryUnanswered where nothing of it is, so that the whole task is tried again.
        """
        assert self._client is not None  # the gateway was asked through it
        for pause in (*_PAUSES, None):
            try:
                return await ask_quickly(
                    self._client, question, MadeImage, _MAKING_SECONDS
                )
            except QuickFailed as error:
                failed = error
            if failed.kind == "heavy":
                raise InvalidInput(failed.code, _HEAVY)
            if failed.kind == "invalid":
                raise InvalidInput(failed.code, failed.message)
            if pause is not None:
                await anyio.sleep(pause)
        if question.source.url is not None:  # its server may be slow for ever
            raise InvalidInput(failed.code, failed.message)
        raise QueryUnanswered("quick.imaging.image")

    async def _found(
        self, workspace_id: str, merge_task_id: str, pictures: Sequence[NamedPicture]
    ) -> list[FoundPicture]:
        """In their order. A gateway that is away for a moment is asked again; the task
        is, later."""
        items: list[FoundPicture] = []
        for at in range(0, len(pictures), MOST_PICTURES_ASKED):
            some = list(pictures[at : at + MOST_PICTURES_ASKED])
            question = FindPictures(
                workspace_id=workspace_id,
                pictures=some,
                merge_task_id=merge_task_id,
            )
            items += (await self._asked(question)).items
        return items

    async def _asked(self, question: FindPictures) -> FoundPictures:
        if self._client is None:
            raise RuntimeError("nobody has said whom to ask")
        for pause in (0.2, 1.0, 3.0):
            try:
                return await ask(self._client, question, FoundPictures)
            except QueryUnanswered:
                await anyio.sleep(pause)
        return await ask(self._client, question, FoundPictures)
