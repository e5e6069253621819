"""gzip on what is text: where it is taken, what it is called, and what stays as it is."""

import gzip
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response, StreamingResponse

from onemanage.gateway.http.compression import LEAST_BYTES, Compression, takes_gzip
from onemanage.gateway.http.head import Head

from .psd_samples import DOCUMENT, World

CSV = b"id,name\n" + b"".join(b"%d,name %d\n" % (n, n) for n in range(60_000))
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
async def table(world: World) -> str:
    """The address of a text file that fills several chunks of storage."""
    key, _ = world.file
    await world.storage.put_bytes(key, CSV, "text/csv")
    file_id = world.psd.documents[DOCUMENT].file_id
    await world.gateway.store._pool.execute(
        "UPDATE files SET media_type = 'text/csv', sha256 = 'aa' WHERE id = $1", file_id
    )
    return f"/v1/files/{file_id}/content"


async def raw(client: httpx.AsyncClient, path: str, **headers: str) -> Any:
    """The answer, and its body as it came."""
    async with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([chunk async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize(
    ("given", "takes"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("*;q=0.5", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("gzip;q=0.001", True),
        ("gzip ; q = 0.7 , identity;q=0.7", True),
        ("identity, gzip;q=0.5", False),
        ("", False),
        ("br", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("gzipped", False),
    ],
)
def test_the_client_s_wish_is_read_with_its_weights(given: str, takes: bool) -> None:
    assert takes_gzip(given) is takes


async def test_a_large_answer_of_json_is_compressed_for_who_takes_it(
    world: World,
) -> None:
    async with world.client() as client:
        plain, whole = await raw(client, "/openapi.json", **PLAIN)
        packed, body = await raw(client, "/openapi.json", **GZIP)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(body) < len(whole) / 4
    assert gzip.decompress(body) == whole
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


async def test_a_small_answer_is_sent_as_it_is(world: World) -> None:
    async with world.client() as client:
        answer, body = await raw(client, "/healthz", **GZIP)
        problem, _ = await raw(client, "/v1/tasks/tsk_1", **GZIP)

    assert (body, "Content-Encoding" in answer.headers) == (b'{"status":"ok"}', False)
    assert "Vary" not in answer.headers
    assert "Content-Encoding" not in problem.headers


async def test_a_text_that_is_streamed_is_compressed_on_its_way(
    world: World, table: str
) -> None:
    async with world.client() as client:
        packed, body = await raw(client, table, **GZIP)
        plain, whole = await raw(client, table, **PLAIN)
        head = await client.head(table, headers=GZIP)

    assert gzip.decompress(body) == whole == CSV
    assert "Content-Length" not in packed.headers
    assert packed.headers["Accept-Ranges"] == "none"
    assert (packed.headers["ETag"], plain.headers["ETag"]) == ('"aa-gzip"', '"aa"')
    assert plain.headers["Content-Length"] == str(len(CSV))
    assert plain.headers["Vary"] == "Accept-Encoding"
    told = ("Content-Encoding", "ETag", "Vary", "Accept-Ranges", "Content-Type")
    assert [head.headers[name] for name in told] == [
        packed.headers[name] for name in told
    ]
    assert "Content-Length" not in head.headers


async def test_who_has_either_form_is_told_that_it_is_still_good(
    world: World, table: str
) -> None:
    async with world.client() as client:
        packed = await client.get(table, headers=GZIP | {"If-None-Match": '"aa-gzip"'})
        both = '"x", W/"aa-gzip"'
        listed = await client.get(table, headers=GZIP | {"If-None-Match": both})
        plain = await client.get(table, headers=GZIP | {"If-None-Match": '"aa"'})
        changed = await client.get(table, headers=GZIP | {"If-None-Match": '"b-gzip"'})

    assert [each.status_code for each in (packed, listed, plain)] == [304] * 3
    assert (packed.headers["ETag"], packed.headers["Vary"]) == (
        '"aa-gzip"',
        "Accept-Encoding",
    )
    assert plain.headers["ETag"] == '"aa"'
    assert changed.status_code == 200


async def test_a_range_is_of_the_bytes_as_they_are(world: World, table: str) -> None:
    some = GZIP | {"Range": "bytes=0-1999"}
    async with world.client() as client:
        ranged, body = await raw(client, table, **some)
        same, _ = await raw(client, table, **some, **{"If-Range": '"aa"'})
        mixed, _ = await raw(client, table, **some, **{"If-Range": '"aa-gzip"'})
        outside, _ = await raw(client, table, **GZIP, Range="bytes=99999999-")

    assert (ranged.status_code, body) == (206, CSV[:2000])
    assert "Content-Encoding" not in ranged.headers
    assert ranged.headers["ETag"] == '"aa"'
    assert same.status_code == 206
    assert (mixed.status_code, mixed.headers["Content-Encoding"]) == (200, "gzip")
    assert outside.status_code == 416


async def test_what_is_no_text_is_sent_as_it_is(world: World) -> None:
    key, _ = world.file
    await world.storage.put_bytes(key, CSV, "image/png")
    at = f"/v1/files/{world.psd.documents[DOCUMENT].file_id}/content"
    async with world.client() as client:
        answer, body = await raw(client, at, **GZIP)

    assert (body, "Content-Encoding" in answer.headers) == (CSV, False)
    assert "Vary" not in answer.headers


async def test_a_stream_of_events_is_sent_as_it_is(world: World) -> None:
    body = {"before": DOCUMENT, "after": "doc_" + "2" * 32}
    async with world.client() as client:
        task = await client.post(
            "/v1/psd/diffs", json=body, headers={"Prefer": "respond-async"}
        )
        await client.delete(task.headers["Location"])
        at = f"{task.headers['Location']}/events"
        answer, events = await raw(client, at, **GZIP)

    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert "Content-Encoding" not in answer.headers
    assert b"event: task" in events


async def test_a_compressed_body_of_a_request_is_refused_and_says_what_to_send(
    world: World,
) -> None:
    async with world.client() as client:
        answer = await client.post(
            "/v1/uploads",
            content=gzip.compress(b'{"name": "a", "size": 10}'),
            headers={"Content-Encoding": "gzip"},
        )

    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "identity"


def an_app(answer: Callable[[], Response]) -> FastAPI:
    app = FastAPI()
    app.add_middleware(Compression)
    app.add_middleware(Head)
    app.add_api_route("/", lambda: answer(), methods=["GET"], response_model=None)
    return app


async def asked(app: FastAPI, **headers: str) -> Any:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        return await raw(client, "/", **GZIP | headers)


async def test_what_is_encoded_already_or_has_just_enough_is_known() -> None:
    text = b"x" * LEAST_BYTES
    encoded = {"Content-Encoding": "br"}
    for made, packed in (
        (lambda: Response(text, media_type="text/plain"), True),
        (lambda: Response(text[1:], media_type="text/plain"), False),
        (lambda: Response(text, headers=encoded, media_type="text/plain"), False),
        (lambda: Response(text, media_type="application/problem+json"), True),
        (lambda: Response(text, media_type="application/jsonish"), False),
        (lambda: Response(text, media_type="image/svg+xml"), False),
        (lambda: Response(b"", media_type="text/plain"), False),
    ):
        answer, body = await asked(an_app(made))
        assert (answer.headers.get("Content-Encoding") == "gzip") is packed
        assert (gzip.decompress(body) if packed else body) in (text, text[1:], b"")


async def test_what_is_streamed_in_pieces_without_a_length_comes_whole() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(100):
            yield b"piece %d," % number
            yield b""

    app = an_app(lambda: StreamingResponse(pieces(), media_type="text/plain"))
    answer, body = await asked(app)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == b"".join(b"piece %d," % n for n in range(100))


async def test_a_vary_that_a_route_has_is_kept() -> None:
    headers = {"Vary": "Accept"}
    text = "x" * LEAST_BYTES
    app = an_app(lambda: Response(text, headers=headers, media_type="text/plain"))
    answer, _ = await asked(app)

    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
