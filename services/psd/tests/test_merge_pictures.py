"""Pictures of rows, made ready by an imaging that is played, over real NATS and S3."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from onemanage.contracts.imaging.quick import MadeImage, MakeImage, QuickSource
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merge_pictures import (
    FindPictures,
    FoundPicture,
    FoundPictures,
    NamedPicture,
)
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryUnanswered
from onemanage.platform.messaging.quick import QuickFailed, away, busy
from onemanage.platform.messaging.quick_answering import answer_quickly
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import Jobs
from onemanage.platform.storage.storage import Storage
from onemanage.psd.merges import pictures as of_merges
from onemanage.psd.merges.pictures import Fetched, PictureMissing, Pictures
from onemanage.testing.fixtures import answering

WORKSPACE_ID = "wsp_1"
FILE = NamedPicture("fil_1", "gray")
ADDRESS = NamedPicture("https://example.org/shoe.jpg")


class Imaging:
    """What it was asked for; it refuses what ``refuses`` says, one after the other."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.asked: list[MakeImage] = []
        self.refuses: list[Exception] = []

    async def make(self, question: MakeImage) -> MadeImage:
        self.asked.append(question)
        if self.refuses:
            raise self.refuses.pop(0)
        await self._storage.put_bytes(question.store_key, b"made", "image/png")
        return MadeImage(
            media_type="image/png", width=20, height=10, size=4, sha256="ab"
        )


async def _found(query: FindPictures, _: None) -> FoundPictures:
    """As the gateway says it."""
    return FoundPictures(
        items=[
            FoundPicture(
                make=MakeImage(
                    workspace_id=query.workspace_id,
                    source=QuickSource(
                        name=one.name,
                        url=one.name if one.name.startswith("https") else None,
                    ),
                    recipe=check_recipe({}),
                    store_key=f"images/{query.workspace_id}/{one.name[-5:]}",
                )
            )
            for one in query.pictures
        ]
    )


@pytest.fixture
async def imaging(nats: Client, storage: Storage) -> AsyncIterator[Imaging]:
    played, stop = Imaging(storage), asyncio.Event()

    async def make(question: MakeImage) -> MadeImage:
        return await played.make(question)

    making = asyncio.create_task(answer_quickly(nats, [make], stop, slots=4))
    async with answering(nats, [_found]):
        yield played
    stop.set()
    await making


@pytest.fixture
def pictures(
    nats: Client, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> Pictures:
    monkeypatch.setattr(of_merges, "_PAUSES", (0.01, 0.01))
    made = Pictures(storage)
    made.ask_through(nats)
    return made


async def _fetched(pictures: Pictures, storage: Storage, *wanted: Any) -> Fetched:
    sandbox: Any = None  # no child has to do with it
    jobs = Jobs(storage, sandbox, Words("merge", "Making", "ask for less"), 10)
    with jobs.begin("offer.psd") as job:
        found = await pictures.fetched(job, WORKSPACE_ID, "tsk_1", set(wanted))
        for path in found.files.values():
            assert not isinstance(path, Path) or path.read_bytes() == b"made"
        return found


async def test_a_source_is_made_ready_once_for_all_chunks_that_name_it(
    pictures: Pictures, storage: Storage, imaging: Imaging
) -> None:
    both = await asyncio.gather(
        *(_fetched(pictures, storage, FILE, ADDRESS) for _ in range(2))
    )
    another_process = await _fetched(pictures, storage, FILE)

    assert sum(one.pixels for one in both) == 2 * 20 * 10
    assert another_process.pixels == 0
    assert sorted(one.source.name for one in imaging.asked) == [FILE.name, ADDRESS.name]
    assert all(one.is_kept for one in imaging.asked)


@pytest.mark.parametrize(
    ("refused", "code", "says"),
    [
        (InvalidInput("url.no_image", "It answers 404."), "url.no_image", "404"),
        (
            QuickFailed("heavy", "imaging.heavy", "Too much."),
            "imaging.heavy",
            "transformations",
        ),
    ],
)
async def test_what_is_wrong_with_a_source_is_told_and_the_others_are_made(
    pictures: Pictures,
    storage: Storage,
    imaging: Imaging,
    refused: Exception,
    code: str,
    says: str,
) -> None:
    imaging.refuses = [refused]

    found = await _fetched(pictures, storage, FILE, ADDRESS)

    (bad,) = [one for one in found.files.values() if isinstance(one, PictureMissing)]
    assert bad.code == code and says in bad.message
    assert len(found.files) == 2


async def test_imaging_that_has_no_room_is_asked_again(
    pictures: Pictures, storage: Storage, imaging: Imaging
) -> None:
    imaging.refuses = [busy(1), away("Away.")]

    found = await _fetched(pictures, storage, FILE)

    assert isinstance(found.files[FILE], Path) and len(imaging.asked) == 3


async def test_where_imaging_stays_away_the_chunk_is_tried_later_or_an_address_rejected(
    pictures: Pictures, storage: Storage, imaging: Imaging
) -> None:
    imaging.refuses = [away("Away.")] * 3
    with pytest.raises(QueryUnanswered):
        await _fetched(pictures, storage, FILE)

    imaging.refuses = [away("It is slow.")] * 3
    found = await _fetched(pictures, storage, ADDRESS)

    assert found.files[ADDRESS] == PictureMissing("quick.unavailable", "It is slow.")
