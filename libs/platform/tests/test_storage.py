"""Files in a real S3."""

import asyncio
import hashlib
import os
import secrets
import socket
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage import storage as storage_module
from onemanage.platform.storage.short_way import ShortWay
from onemanage.platform.storage.storage import ObjectMissing, Storage, ensure_bucket
from onemanage.platform.storage.writing import PART_SIZE, StoredObject
from onemanage.testing.fixtures import Servers

PNG = "image/png"
BIG = bytes(range(256)) * (2 * PART_SIZE // 256) + b"the rest"


async def chunks_of(data: bytes, size: int = 300_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def failing(data: bytes) -> AsyncIterator[bytes]:
    async for chunk in chunks_of(data):
        yield chunk
    raise ConnectionResetError("the sender went away")


async def open_uploads(storage: Storage) -> list[str]:
    answer = await storage._call(
        lambda: storage._s3.list_multipart_uploads(Bucket=storage._bucket)
    )
    return [upload["Key"] for upload in answer.get("Uploads", [])]


async def test_bytes_come_back_as_they_were(storage: Storage) -> None:
    stored = await storage.put_bytes("a/b.png", b"pixels", PNG)
    digest = hashlib.sha256(b"pixels").hexdigest()
    assert stored == StoredObject("a/b.png", 6, digest, PNG)
    assert await storage.get_bytes("a/b.png") == b"pixels"


@pytest.mark.parametrize(
    "data", [b"", b"small", BIG[:PART_SIZE], BIG], ids=["none", "small", "part", "big"]
)
async def test_a_stream_of_any_length_comes_back_with_its_hash(
    storage: Storage, data: bytes
) -> None:
    stored = await storage.put_stream("file", chunks_of(data), PNG)
    assert stored.size == len(data)
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    opened = await storage.open("file")
    assert (opened.size, opened.media_type) == (len(data), PNG)
    assert b"".join([chunk async for chunk in opened.chunks]) == data
    assert await open_uploads(storage) == []


@pytest.mark.parametrize("size", [5, PART_SIZE, PART_SIZE + 1])
async def test_what_is_told_of_an_object_comes_with_it(
    storage: Storage, tmp_path: Path, size: int
) -> None:
    told = {"sha256": "0123", "warnings": '["gr\\u00fcn"]'}
    (tmp_path / "file").write_bytes(bytes(size))
    await storage.put_file("images/one", tmp_path / "file", "image/png", told)

    found = await storage.open("images/one")
    await found.chunks.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert (found.metadata, found.size) == (told, size)


async def test_keys_are_listed_by_when_they_were_written(storage: Storage) -> None:
    for number in range(3):
        await storage.put_bytes(f"images/{number}", b"one", "image/png")
    await storage.put_bytes("other", b"one", "image/png")
    soon = datetime.now(UTC) + timedelta(minutes=1)

    keys = [f"images/{number}" for number in range(3)]
    assert await storage.older("images/", soon) == (keys, "")
    assert await storage.older("images/", soon, after="images/0") == (keys[1:], "")
    assert await storage.older("images/", soon - timedelta(hours=1)) == ([], "")


@pytest.mark.parametrize("data", [b"small", BIG], ids=["small", "big"])
async def test_a_stream_that_raises_leaves_nothing(
    storage: Storage, data: bytes
) -> None:
    with pytest.raises(ConnectionResetError):
        await storage.put_stream("file", failing(data), PNG)
    assert await storage.keys("") == []
    assert await open_uploads(storage) == []
    with pytest.raises(ObjectMissing):
        await storage.open("file")


async def test_a_stream_that_raises_leaves_the_older_object_alone(
    storage: Storage,
) -> None:
    await storage.put_bytes("file", b"older", PNG)
    with pytest.raises(ConnectionResetError):
        await storage.put_stream("file", failing(BIG), PNG)
    assert await storage.get_bytes("file") == b"older"


async def test_a_file_comes_back_as_a_file(storage: Storage, tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(BIG)
    stored = await storage.put_file("file", source, PNG)
    assert stored.sha256 == hashlib.sha256(BIG).hexdigest()
    assert await storage.get_file("file", copy) == len(BIG)
    assert copy.read_bytes() == BIG


async def test_a_cancelled_download_stops_at_the_next_part(
    storage: Storage, tmp_path: Path
) -> None:
    await storage.put_stream("file", chunks_of(BIG), PNG)
    slow = tmp_path / "pipe"
    os.mkfifo(slow)
    copying = asyncio.create_task(storage.get_file("file", slow))
    with await asyncio.to_thread(slow.open, "rb") as reader:
        first = await asyncio.to_thread(reader.read, 1)
        copying.cancel()
        await asyncio.sleep(0)  # it hears of that before there is room for more
        rest = await asyncio.to_thread(reader.read)
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert BIG.startswith(first + rest)
    assert len(first + rest) <= PART_SIZE


async def test_reading_may_stop_before_the_end(storage: Storage) -> None:
    await storage.put_stream("file", chunks_of(BIG), PNG)
    opened = await storage.open("file")
    first = await anext(opened.chunks)
    assert BIG.startswith(first)
    await opened.chunks.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert await storage.get_bytes("file") == BIG


async def test_a_missing_object_is_named(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(ObjectMissing, match="no object not/there"):
        await storage.get_bytes("not/there")
    with pytest.raises(ObjectMissing):
        await storage.get_file("not/there", tmp_path / "copy")


async def test_a_prefix_is_deleted_and_its_neighbours_stay(storage: Storage) -> None:
    for key in ("doc_1/a", "doc_1/b/c", "doc_10/a", "other"):
        await storage.put_bytes(key, b"x", PNG)
    await storage.delete_prefix("doc_1/")
    assert await storage.keys("") == ["doc_10/a", "other"]


async def test_a_prefix_of_more_than_one_page_is_deleted_whole(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_module, "_DELETE_AT_ONCE", 3)
    for number in range(8):
        await storage.put_bytes(f"a/{number}", b"x", "text/plain")
    assert await storage.keys("a/", 2) == ["a/0", "a/1"]

    await storage.delete_prefix("a/")

    assert await storage.keys("") == []


async def test_deleting_what_is_not_there_is_no_error(storage: Storage) -> None:
    await storage.put_bytes("a", b"x", PNG)
    await storage.delete(["a", "never/there"])
    await storage.delete([])
    await storage.delete_prefix("nothing/")
    assert await storage.keys("") == []


@pytest.mark.parametrize("short", [True, False])
async def test_whether_an_object_is_there_is_told_of_the_very_key(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    if not short:
        monkeypatch.setattr(storage._short_way, "has", lambda _: None)
    await storage.put_bytes("a b/ü.png", b"pixels", PNG)
    assert await storage.has("a b/ü.png")
    assert not await storage.has("a b/ü")
    assert not await storage.has("a b/ü.png.png")


async def test_the_bucket_is_made_once_however_often_it_is_asked_for(
    servers: Servers,
) -> None:
    given = servers.environment()
    settings = StorageSettings(
        s3_endpoint=given["S3_ENDPOINT"],
        s3_bucket=f"test-{secrets.token_hex(6)}",
        s3_access_key_id=given["S3_ACCESS_KEY_ID"],
        s3_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
    )
    storage = Storage(settings)
    with pytest.raises(ClientError):
        await storage.check()
    await asyncio.gather(ensure_bucket(settings), ensure_bucket(settings))
    await storage.put_bytes("a", b"x", PNG)
    await ensure_bucket(settings)
    await storage.check()
    assert await storage.keys("") == ["a"]


async def test_a_check_does_not_queue_behind_uploads(storage: Storage) -> None:
    release = threading.Event()
    busy = [asyncio.create_task(storage._call(release.wait)) for _ in range(40)]

    await storage.check()

    assert not any(one.done() for one in busy)
    release.set()
    await asyncio.gather(*busy)


@pytest.mark.parametrize("name", ["a b+c&d", "ünï", "~x/%41", "q?r=1#f"])
async def test_a_key_of_any_characters_is_that_key(storage: Storage, name: str) -> None:
    key = f"keys/{name}"
    stored = await storage.put_bytes(key, b"found", "text/plain")
    assert (stored.key, stored.size) == (key, 5)
    assert await storage.get_bytes(key) == b"found"


async def test_what_the_short_way_cannot_put_boto3_puts(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage._short_way, "put", lambda *_: False)
    await storage.put_bytes("long/way", b"there", "image/png")
    found = await storage.open("long/way")
    assert found.media_type == "image/png"
    assert b"".join([chunk async for chunk in found.chunks]) == b"there"


async def test_what_the_short_way_cannot_get_boto3_gets(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def break_off(_path: str, file: Path, _stop: object) -> None:
        file.write_bytes(b"the first half of something longer")

    monkeypatch.setattr(storage._short_way, "get", break_off)
    await storage.put_bytes("long/way", b"there", "image/png")
    assert await storage.get_file("long/way", tmp_path / "file") == 5
    assert (tmp_path / "file").read_bytes() == b"there"


async def test_a_body_that_breaks_off_is_not_taken_for_the_object(
    tmp_path: Path,
) -> None:
    def answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=[server])
        thread.start()
        settings = StorageSettings(
            s3_endpoint=f"http://127.0.0.1:{server.getsockname()[1]}",
            s3_bucket="b",
            s3_access_key_id="key",
            s3_secret_access_key="secret",
        )
        way = ShortWay(settings, f"{settings.s3_endpoint}/b", 2)
        assert way.get("key", tmp_path / "file", threading.Event()) is None
        thread.join()


async def test_where_nothing_can_be_put_boto3_says_why(storage: Storage) -> None:
    with pytest.raises(ClientError):
        await storage.put_bytes("no/../key", b"data", "text/plain")


async def test_a_storage_that_is_not_there_puts_nothing() -> None:
    settings = StorageSettings(
        s3_endpoint="http://127.0.0.1:9",
        s3_bucket="b",
        s3_access_key_id="key",
        s3_secret_access_key="secret",
    )
    assert not ShortWay(settings, "http://127.0.0.1:9/b", 2).put(
        "key", b"data", "text/plain"
    )
