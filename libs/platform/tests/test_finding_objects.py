"""Objects that may not be there, asked for the short way."""

import asyncio

import pytest

from onemanage.platform.messaging.outage import is_outage
from onemanage.platform.storage.storage import Storage

KEY = "images/wsp_1/fil_1/größe (1)+2.webp"


async def test_what_is_there_comes_with_what_it_was_stored_with(
    storage: Storage,
) -> None:
    told = {"sha256": "ab" * 32, "warnings": '["a", "b"]'}
    await storage.put_bytes(KEY, b"pixels", "image/webp", told)

    found = await storage.find(KEY, 6)

    assert found is not None
    assert (found.data, found.size, found.media_type) == (b"pixels", 6, "image/webp")
    assert told.items() <= found.metadata.items()


async def test_what_is_not_there_is_none_however_often_it_is_asked_for(
    storage: Storage,
) -> None:
    found = await asyncio.gather(*(storage.find(f"none/{n}", 9) for n in range(40)))
    assert found == [None] * 40


async def test_of_what_is_larger_only_its_size_is_told(storage: Storage) -> None:
    await storage.put_bytes("large", bytes(100_000), "image/png")
    for _ in range(20):  # its connections are given back, or made anew
        found = await storage.find("large", 99_999)
        assert found is not None and (found.data, found.size) == (None, 100_000)


async def test_a_storage_that_is_away_or_refuses_is_an_outage(storage: Storage) -> None:
    for changed in (
        {"s3_endpoint": "http://127.0.0.1:9"},
        {"s3_secret_access_key": "wrong"},
    ):
        other = Storage(storage.settings.model_copy(update=changed))
        with pytest.raises(Exception) as raised:
            await other.find("a", 9)
        assert is_outage(raised.value), changed
