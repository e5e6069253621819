"""Uploads that do not end as they should, on real PostgreSQL and S3."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import Request
from starlette.types import Message

from onemanage.gateway.files import sniff
from onemanage.gateway.files.sweeper import sweep
from onemanage.gateway.files.uploads import Uploads
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, Store
from onemanage.platform.storage.storage import Storage
from onemanage.platform.storage.writing import PART_SIZE

type Body = AsyncIterator[bytes]


def request(body: Body) -> Request:
    async def receive() -> Message:
        chunk = await anext(body, None)
        return {
            "type": "http.request",
            "body": chunk or b"",
            "more_body": chunk is not None,
        }

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


@pytest.fixture
def uploads(storage: Storage, store: Store, owner: bytes) -> Uploads:
    return Uploads(storage, store, max_bytes=1024**3, max_seconds=60)


async def left(storage: Storage) -> int:
    """Objects and unfinished multipart uploads."""
    return len(await storage.keys("files/")) + len(
        await storage.unfinished_uploads("files/")
    )


async def test_what_a_lost_gateway_has_left_of_an_upload_is_swept_when_its_time_is_up(
    store: Store, storage: Storage, owner: bytes
) -> None:
    for name in ("whole", "half"):
        await store.begin_upload(f"files/w/{name}/source", OWNER_WORKSPACE)
    await storage.put_bytes("files/w/whole/source", b"no row", "text/plain")
    begun = await storage.begin_multipart("files/w/half/source", "text/plain")
    await storage.upload_part("files/w/half/source", begun, 1, bytes(PART_SIZE))

    assert await sweep(store, storage, older_than=60) == 0
    assert await left(storage) == 2
    assert await sweep(store, storage, older_than=0) == 2
    assert await left(storage) == 0
    assert await sweep(store, storage, older_than=0) == 0


async def test_a_file_that_was_taken_is_not_swept(
    store: Store, storage: Storage, uploads: Uploads
) -> None:
    async def body() -> Body:
        yield b"as it should be"

    row = await uploads.receive(request(body()), OWNER_WORKSPACE)
    assert await sweep(store, storage, older_than=0) == 0
    assert await storage.get_bytes(row.object_key) == b"as it should be"


async def test_a_sweep_that_fails_is_done_again(
    store: Store, storage: Storage, owner: bytes
) -> None:
    await store.begin_upload("files/w/f/source", OWNER_WORKSPACE)
    with pytest.raises(OSError, match="away"):
        async with store.overdue_upload(0):
            raise OSError("storage is away")
    assert await sweep(store, storage, older_than=0) == 1


async def test_no_file_is_made_of_what_was_swept_while_it_was_stored(
    store: Store, storage: Storage, uploads: Uploads, pool: Pool
) -> None:
    async def body() -> Body:
        yield bytes(sniff.HEAD_BYTES)
        yield b"the row of the upload is there by now"
        await sweep(store, storage, older_than=0)

    with pytest.raises(Problem) as refused:
        await uploads.receive(request(body()), OWNER_WORKSPACE)
    assert (refused.value.status, refused.value.code) == (408, "file.too_slow")
    assert await left(storage) == 0
    assert await pool.fetchval("SELECT count(*) FROM files") == 0


async def test_an_upload_that_drips_is_refused_when_its_time_is_up(
    store: Store, storage: Storage, owner: bytes
) -> None:
    async def body() -> Body:
        yield bytes(PART_SIZE + 1)
        while True:
            await asyncio.sleep(0.05)
            yield b"."

    uploads = Uploads(storage, store, max_bytes=1024**3, max_seconds=0.5)
    with pytest.raises(Problem) as refused:
        await uploads.receive(request(body()), OWNER_WORKSPACE)
    assert (refused.value.status, refused.value.code) == (408, "file.too_slow")
    assert await left(storage) == 0


async def test_a_repeated_upload_leaves_only_the_first_one(
    store: Store, storage: Storage, uploads: Uploads
) -> None:
    async def body() -> Body:
        yield b"twice"

    one, other = [
        await uploads.receive(request(body()), OWNER_WORKSPACE, idempotency_key="k")
        for _ in range(2)
    ]
    assert one.id == other.id
    await sweep(store, storage, older_than=0)
    assert await storage.keys("files/") == [one.object_key]
