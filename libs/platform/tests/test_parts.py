"""Parts that others put straight into a real S3, and looking at what they make."""

import asyncio
import hashlib
import http.client
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from botocore.exceptions import ClientError

from onemanage.platform.storage.inspecting import beginning, sha256_of
from onemanage.platform.storage.parts import (
    MIN_PART,
    Part,
    Parts,
    UploadMissing,
    latest,
)
from onemanage.platform.storage.storage import ObjectMissing, RangeOutside, Storage

KEY = "files/w/f/source"
FIRST, LAST = bytes(range(256)) * (MIN_PART // 256), b"the end"
MIB = 1024 * 1024


async def begun(storage: Storage) -> str:
    return await storage.begin_multipart(KEY, "application/octet-stream")


async def put(url: str, data: bytes) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.put(url, content=data)).status_code


async def test_parts_that_others_put_in_any_order_become_one_object(
    storage: Storage,
) -> None:
    parts, upload_id = Parts(storage), await begun(storage)
    one, two = await parts.presign(
        KEY, upload_id, [(1, len(FIRST)), (2, len(LAST))], 60
    )
    assert await parts.arrived(KEY, upload_id) == []
    assert await put(two, LAST) == 200
    assert [each.number for each in await parts.arrived(KEY, upload_id)] == [2]
    for _ in range(2):  # as after an answer that was lost
        assert await put(one, FIRST) == 200

    there = await parts.arrived(KEY, upload_id)
    await parts.complete(KEY, upload_id, there)

    assert [(each.number, each.size) for each in there] == [
        (1, len(FIRST)),
        (2, len(LAST)),
    ]
    assert await storage.get_bytes(KEY) == FIRST + LAST
    assert await beginning(storage, KEY, 16) == (FIRST[:16], len(FIRST + LAST))


async def test_an_address_is_good_for_its_part_its_upload_and_its_length_alone(
    storage: Storage,
) -> None:
    parts, upload_id = Parts(storage), await begun(storage)
    other = await begun(storage)
    [url] = await parts.presign(KEY, upload_id, [(1, len(LAST))], 60)

    for changed in (
        url.replace("partNumber=1", "partNumber=2"),
        url.replace(upload_id, other),
        url.replace("/files/w/", "/files/x/"),
        url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
    ):
        assert changed != url
        assert await put(changed, LAST) == 403
    assert await put(url, LAST + b" and more") == 403
    assert await put(url, LAST[:-1]) == 403
    assert await parts.arrived(KEY, upload_id) == []
    assert await put(url, LAST) == 200


async def test_addresses_are_signed_for_where_clients_reach_storage(
    storage: Storage,
) -> None:
    port = urlsplit(storage.settings.s3_endpoint).port
    public, upload_id = f"http://storage.example:{port}", await begun(storage)
    [url] = await Parts(storage, public).presign(KEY, upload_id, [(1, 4)], 60)
    at = urlsplit(url)

    assert at.netloc == f"storage.example:{port}"
    assert await asyncio.to_thread(_put_as, at.netloc, f"{at.path}?{at.query}") == 200


def _put_as(host: str, path: str) -> int:
    """By loopback, as ``host``: what a proxy in front of storage hands on."""
    connection = http.client.HTTPConnection("127.0.0.1", int(host.rpartition(":")[2]))
    connection.request("PUT", path, b"four", {"Host": host})
    status = connection.getresponse().status
    connection.close()
    return status


async def test_arrived_parts_are_listed_in_pages(storage: Storage) -> None:
    parts, upload_id = Parts(storage), await begun(storage)
    for number in range(1, 8):
        await storage.upload_part(KEY, upload_id, number, b"x" * number)

        await storage.upload_part(KEY, upload_id, number, b"x" * number)

    some = await parts.arrived(KEY, upload_id, first=4, last=5)

    assert [(each.number, each.size) for each in some] == [(4, 4), (5, 5)]
    assert [each.number for each in await parts.arrived(KEY, upload_id)] == [
        *range(1, 8)
    ]
    assert await parts.arrived(KEY, upload_id, first=8) == []


def test_of_a_part_that_was_put_again_the_later_counts() -> None:
    def put(number: int, second: int, etag: str) -> dict[str, Any]:
        at = datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)
        return {"PartNumber": number, "LastModified": at, "ETag": etag, "Size": 7}

    later = [put(1, 2, "new"), put(1, 1, "old"), put(2, 1, "a"), put(2, 1, "a")]
    unclear = [put(3, 1, "a"), put(3, 2, "b"), put(3, 2, "c"), put(4, 1, "d")]

    assert latest(later) == [Part(1, 7, "new"), Part(2, 7, "a")]
    assert latest(unclear) == [Part(4, 7, "d")]


async def test_an_upload_that_is_whole_or_aborted_is_missing(storage: Storage) -> None:
    parts = Parts(storage)
    whole, aborted = await begun(storage), await begun(storage)
    await storage.upload_part(KEY, whole, 1, LAST)
    [url] = await parts.presign(KEY, aborted, [(1, len(LAST))], 60)
    there = await parts.arrived(KEY, whole)
    await parts.complete(KEY, whole, there)
    await storage.abort_multipart(KEY, aborted)

    for upload_id in (aborted, "never-was"):
        with pytest.raises(UploadMissing):
            await parts.arrived(KEY, upload_id)
    with pytest.raises(UploadMissing):
        await parts.complete(KEY, aborted, [Part(1, 7, '"x"')])
    assert await put(url, LAST) == 404
    assert await storage.get_bytes(KEY) == LAST


async def test_parts_that_are_not_those_of_the_upload_make_no_object(
    storage: Storage,
) -> None:
    parts, upload_id = Parts(storage), await begun(storage)
    await storage.upload_part(KEY, upload_id, 1, LAST)
    with pytest.raises(ClientError):
        await parts.complete(KEY, upload_id, [Part(1, 7, '"0123"')])


async def test_an_object_is_hashed_in_stretches_and_tells_how_far_it_is(
    storage: Storage,
) -> None:
    data = b"0123456789abcdef" * (65 * MIB // 16) + b"rest"
    path_parts = [data[at : at + 16 * MIB] for at in range(0, len(data), 16 * MIB)]
    upload_id = await begun(storage)
    etags = [
        await storage.upload_part(KEY, upload_id, number, part)
        for number, part in enumerate(path_parts, 1)
    ]
    await storage.complete_multipart(KEY, upload_id, etags)
    told: list[int] = []

    async def hear(done: int) -> None:
        told.append(done)

    found = await sha256_of(storage, KEY, len(data), hear)

    assert found == hashlib.sha256(data).hexdigest()
    assert told == [64 * MIB, len(data)]


async def test_hashing_that_is_cancelled_stops(storage: Storage) -> None:
    await storage.put_bytes(KEY, LAST, "text/plain")
    begun_reading = asyncio.Event()

    async def hear(_: int) -> None:
        begun_reading.set()
        await asyncio.Event().wait()

    hashing = asyncio.create_task(sha256_of(storage, KEY, len(LAST), hear))
    await begun_reading.wait()
    hashing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hashing


async def test_what_is_not_there_or_has_no_bytes_has_no_beginning(
    storage: Storage,
) -> None:
    with pytest.raises(ObjectMissing):
        await beginning(storage, KEY, 16)
    await storage.put_bytes(KEY, b"", "text/plain")
    with pytest.raises(RangeOutside):
        await beginning(storage, KEY, 16)
