"""Uploaded files come back, whole or in ranges; HEAD is answered wherever GET is."""

import asyncio

import httpx
import pytest

from onemanage.gateway.http.downloads import Conditions

from .edge_samples import BEARER, HOST, listening, settings
from .psd_samples import DOCUMENT, World
from .test_ids import filled, operations

DATA = bytes(range(256)) * 4000


@pytest.fixture
async def content(world: World) -> str:
    """The address of a file of some size and with an awkward name."""
    key, _ = world.file
    await world.storage.put_bytes(key, DATA, "text/html")
    file_id = world.psd.documents[DOCUMENT].file_id
    await world.gateway.store._pool.execute(
        "UPDATE files SET name = $1, sha256 = 'aa' WHERE id = $2", 'a"ü.html', file_id
    )
    return f"/v1/files/{file_id}/content"


async def test_a_file_is_downloaded_as_it_was_uploaded(
    world: World, content: str
) -> None:
    async with world.client() as client, world.stranger() as stranger:
        described = (await client.get(content.removesuffix("/content"))).json()
        whole = await client.get(content)
        known = await client.get(content, headers={"If-None-Match": 'W/"aa"'})
        foreign = await stranger.get(content)

    assert described["url"] == content
    assert whole.status_code == 200 and whole.content == DATA
    assert whole.headers["ETag"] == '"aa"'
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    assert whole.headers["Content-Disposition"] == (
        "attachment; filename=\"a__.html\"; filename*=UTF-8''a%22%C3%BC.html"
    )
    assert (known.status_code, known.content) == (304, b"")
    assert foreign.status_code == 404


async def test_a_range_of_a_file_is_sent_and_one_outside_is_refused(
    world: World, content: str
) -> None:
    async with world.client() as client:

        async def ranged(given: str, **more: str) -> httpx.Response:
            return await client.get(content, headers={"Range": given, **more})

        first = await ranged("bytes=0-9")
        rest = await ranged(f"bytes={len(DATA) - 5}-")
        last = await ranged("bytes=-3")
        same = await ranged("bytes=0-9", **{"If-Range": '"aa"'})
        changed = await ranged("bytes=0-9", **{"If-Range": '"bb"'})
        outside = await ranged(f"bytes={len(DATA)}-")
        several = await ranged("bytes=0-1,3-4")
        beyond = await ranged(f"bytes=5-{10 * len(DATA)}")
        nothing = await ranged("bytes=-0")
        weak = await ranged("bytes=0-9", **{"If-Range": 'W/"aa"'})
        dated = await ranged(
            "bytes=0-9", **{"If-Range": "Sat, 29 Oct 1994 19:43:31 GMT"}
        )
        known = await ranged("bytes=0-9", **{"If-None-Match": '"aa"'})
        head = await client.head(content, headers={"Range": "bytes=0-9"})

    assert (first.status_code, first.content) == (206, DATA[:10])
    assert first.headers["Content-Range"] == f"bytes 0-9/{len(DATA)}"
    assert first.headers["Content-Length"] == "10"
    assert rest.content == DATA[-5:] and last.content == DATA[-3:]
    assert (same.status_code, changed.status_code) == (206, 200)
    assert several.status_code == 200
    assert (beyond.status_code, beyond.content) == (206, DATA[5:])
    assert nothing.status_code == 416
    assert weak.status_code == dated.status_code == 200
    assert known.status_code == 304
    assert (head.status_code, "Content-Range" in head.headers) == (200, False)
    assert head.headers["Content-Length"] == str(len(DATA))
    assert outside.status_code == 416
    assert outside.headers["Content-Range"] == f"bytes */{len(DATA)}"
    assert outside.json()["type"].endswith("/range_outside")


async def test_a_file_without_bytes_has_no_ranges(world: World, content: str) -> None:
    await world.storage.put_bytes(world.file[0], b"", "text/html")
    async with world.client() as client:
        whole = await client.get(content)
        outside = await client.get(content, headers={"Range": "bytes=0-"})

    assert (whole.status_code, whole.content) == (200, b"")
    assert outside.status_code == 416
    assert outside.headers["Content-Range"] == "bytes */0"


@pytest.mark.parametrize(
    "given", ["bytes=²-", "bytes=5-2", "bytes=-", "lines=1-2", "x"]
)
def test_what_is_no_range_is_passed_over(given: str) -> None:
    assert Conditions(byte_range=given).range_of('"a"') is None


async def test_head_says_what_get_would_and_sends_nothing(
    world: World, content: str
) -> None:
    async with world.client() as client:
        whole = await client.get(content)
        head = await client.head(content)
        stream = await client.head("/v1/tasks")
        missing = await client.head("/v1/tasks/tsk_" + "0" * 32)

    assert (head.status_code, head.content) == (200, b"")
    shown = ("Content-Length", "ETag", "Content-Type", "Content-Disposition")
    assert [head.headers[name] for name in shown] == [
        whole.headers[name] for name in shown
    ]
    assert (stream.status_code, stream.content) == (200, b"")
    assert int(stream.headers["Content-Length"]) > 0
    assert (missing.status_code, missing.content) == (404, b"")


async def test_head_is_answered_wherever_get_is(world: World) -> None:
    answers = []
    async with world.client() as client:
        gets = [path for method, path, _ in await operations(world) if method == "get"]
        answers = await asyncio.gather(
            *(client.head(filled(path, "", "")) for path in gets)
        )
    for path, answer in zip(gets, answers, strict=True):
        assert answer.status_code != 405, path
        assert answer.content == b"", path


async def test_an_event_stream_that_was_seen_to_its_end_is_not_sent_again(
    world: World,
) -> None:
    body = {"before": DOCUMENT, "after": "doc_" + "2" * 32}
    wait = {"Prefer": "respond-async"}
    async with world.client() as client:
        task = await client.post("/v1/psd/diffs", json=body, headers=wait)
        at = task.headers["Location"]
        await world.gateway.tasks._pool.execute(
            "UPDATE tasks SET state = 'cancelled', finished_at = now() WHERE id = $1",
            task.json()["id"],
        )
        seen = (await client.get(f"{at}/events")).text.splitlines()
        fields = dict(line.partition(": ")[::2] for line in seen if ": " in line)
        last = {"Last-Event-ID": fields["id"]}
        again = await client.get(f"{at}/events", headers=last)
        other = await client.get(f"{at}/events", headers={"Last-Event-ID": "x"})

    assert fields["event"] == "task" and int(fields["retry"]) > 0
    assert (again.status_code, again.content) == (204, b"")
    assert other.status_code == 200


async def test_a_connection_goes_on_after_the_head_of_what_is_streamed(
    world: World, content: str
) -> None:
    async with listening(world.app, settings()) as edge:
        line = await edge.connect()
        request = f" {content} HTTP/1.1\r\n".encode() + HOST + BEARER + b"\r\n"
        await line.send(b"HEAD" + request)
        head = await line.reader.readuntil(b"\r\n\r\n")
        await line.send(b"GET" + request)
        whole = await line.answer()

    assert f"content-length: {len(DATA)}".encode() in head.lower()
    assert (whole.status, whole.body) == (200, DATA)
