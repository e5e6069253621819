"""Bodies, answers and what is told of them, on a gateway that listens."""

import asyncio

import pytest
from fastapi import FastAPI
from loguru import logger
from starlette.responses import Response, StreamingResponse

from onemanage.gateway.files.uploads import Uploads
from onemanage.testing.fixtures import eventually

from .edge_samples import BEARER, HOST, Line, Listening, listening, settings
from .psd_samples import World

HEALTHZ = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
UPLOAD = b"POST /v1/files HTTP/1.1\r\n" + HOST


async def is_closed(line: Line) -> bool:
    return await line.rest() == b""


@pytest.mark.parametrize(
    "frames",
    [
        b"1;" + b"x" * 500,
        b"1\r\nx\r\n0\r\nA: " + b"x" * 500,
        b"1\r\nx\r\n0\r\n" + b"A: b\r\n" * 100,
    ],
    ids=["extension", "trailer", "trailers"],
)
async def test_what_stands_around_a_body_is_limited_as_headers_are(
    world: World, frames: bytes
) -> None:
    given = settings(max_header_bytes=4096, drain_seconds=0.2)
    async with listening(world.behind(given), given) as edge:
        line = await edge.connect()
        await line.send(UPLOAD + BEARER + b"Transfer-Encoding: chunked\r\n\r\n")
        answer = asyncio.ensure_future(line.answer())
        await line.send(frames)
        while not answer.done():
            await line.send(b"x" * 500)
            await asyncio.wait({answer}, timeout=0.02)
        assert answer.result().code in ("headers_too_large", "bad_http")
        await eventually(lambda: not edge.connections)


def slow(app: FastAPI) -> FastAPI:
    """With answers of 64 MiB, for those who do not read them."""

    async def chunks() -> object:
        for _ in range(1024):
            yield bytes(64 * 1024)

    async def much() -> Response:
        return StreamingResponse(chunks())  # type: ignore[arg-type]  # an iterator it is

    app.add_api_route("/v1/much", much)
    return app


async def test_an_answer_that_nobody_reads_is_cut_off(world: World) -> None:
    given = settings(idle_seconds=0.3)
    async with listening(slow(world.behind(given)), given) as edge:
        line = await edge.connect()
        line.writer.transport.pause_reading()  # type: ignore[attr-defined]  # it reads
        await line.send(b"GET /v1/much HTTP/1.1\r\n" + HOST + BEARER + b"\r\n")
        await eventually(lambda: edge.connections)
        await eventually(lambda: not edge.connections)


async def test_an_answer_that_is_read_slowly_comes_whole(world: World) -> None:
    given = settings(idle_seconds=0.5)
    async with listening(slow(world.behind(given)), given) as edge:
        line = await edge.connect()
        await line.send(b"GET /v1/much HTTP/1.1\r\n" + HOST + BEARER + b"\r\n")
        size = 0
        while size < 64 * 1024**2:
            size += len(await line.reader.readexactly(1024**2))
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("closes", [b"", b"Connection: close\r\n"])
async def test_who_sends_a_large_body_reads_why_it_is_refused(
    world: World, closes: bytes
) -> None:
    given = settings()
    async with listening(world.behind(given), given) as edge:
        line = await edge.connect()
        size = 12 * 1024**2
        await line.send(UPLOAD + closes + b"Content-Length: %d\r\n\r\n" % size)
        for _ in range(12):
            await line.send(bytes(1024**2))
        answer = await line.answer()
        assert (answer.status, answer.code) == (401, "no_api_key")
        if not closes:  # all of it was thrown away, so the connection is good still
            await line.send(HEALTHZ)
            assert (await line.answer()).status == 200
        else:
            assert await is_closed(line)


async def test_a_refused_body_is_not_thrown_away_without_end(world: World) -> None:
    given = settings(max_drained_bytes=1024**2)
    async with listening(world.behind(given), given) as edge:
        line = await edge.connect()
        await line.send(UPLOAD + b"Content-Length: %d\r\n\r\n" % 10**12)
        assert (await line.answer()).code == "no_api_key"
        with pytest.raises(ConnectionError):
            while True:
                await line.send(bytes(1024**2))


async def test_a_refused_body_that_does_not_come_is_not_waited_for(
    world: World,
) -> None:
    given = settings(drain_seconds=0.2)
    async with listening(world.behind(given), given) as edge:
        line = await edge.connect()
        await line.send(UPLOAD + b"Content-Length: 100\r\n\r\n")
        assert (await line.answer()).code == "no_api_key"
        assert await is_closed(line)


async def test_who_asks_before_sending_is_refused_before_anything_is_sent(
    world: World,
) -> None:
    given = settings()
    async with listening(world.behind(given), given) as edge:
        expect = b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n"
        assert (await edge.ask(UPLOAD + expect)).status == 401
        line = await edge.connect()
        await line.send(UPLOAD + BEARER + expect)
        assert (await line.answer()).status == 100
        await line.send(b"the bytes")
        assert (await line.answer()).status == 201


async def test_who_is_at_work_never_gives_way(world: World) -> None:
    given = settings(max_connections=2)
    async with listening(world.behind(given), given) as edge:
        busy = [await uploading(edge) for _ in range(2)]
        answer = await edge.ask()
        assert (answer.status, answer.code) == (503, "all_connections_taken")
        assert answer.headers["retry-after"]
        for line in busy:
            await line.send(b"de")
            assert (await line.answer()).status == 201


async def uploading(edge: Listening) -> Line:
    line = await edge.connect()
    await line.send(UPLOAD + BEARER + b"Content-Length: 5\r\n\r\nabc")
    await eventually(lambda: edge.server.server_state.tasks)
    return line


async def test_a_redirect_never_follows_what_the_request_calls_its_host(
    world: World,
) -> None:
    given = settings()
    async with listening(world.behind(given), given) as edge:
        for path in (b"/v1/files/", b"/v1/tasks/", b"/healthz/", b"//evil.example/"):
            head = b"GET " + path + b" HTTP/1.1\r\nHost: evil.example\r\n" + BEARER
            answer = await edge.ask(head, b"\r\n")
            assert answer.status in (404, 405)
            assert b"evil" not in answer.body
            assert "location" not in answer.headers


async def test_an_unexpected_error_is_answered_with_the_trace_of_its_log_line(
    world: World,
) -> None:
    app = world.behind(settings())

    async def broken() -> None:
        raise RuntimeError("by surprise")

    app.add_api_route("/v1/broken", broken)
    async with listening(app, settings()) as edge:
        answer = await edge.ask(b"GET /v1/broken HTTP/1.1\r\n", HOST, BEARER, b"\r\n")
    assert (answer.status, answer.code) == (500, "internal")
    trace_id = answer.headers["x-request-id"]
    assert f'"trace_id":"{trace_id}"'.encode() in answer.body


async def test_logs_hold_no_query_string(world: World) -> None:
    """With signatures and the like in it; whatever becomes of the request."""
    written: list[str] = []
    sink = logger.add(lambda line: written.append(str(line)), level="TRACE")
    app = world.behind(settings())

    async def broken() -> None:
        raise RuntimeError("by surprise")

    app.add_api_route("/v1/broken", broken)
    async with listening(app, settings()) as edge:
        for path in (b"/v1/broken", b"/v1/files", b"/v1/previews/p/content", b"/x"):
            ask = b"GET " + path + b"?signature=tell-nobody HTTP/1.1\r\n" + HOST
            await edge.ask(ask, BEARER, b"\r\n")
        await edge.ask(b"GET /?signature=tell-nobody HTTP/9.9\r\n\r\n")
    logger.remove(sink)
    assert "by surprise" in "".join(written)
    assert "tell-nobody" not in "".join(written)


FORM = b"Content-Type: multipart/form-data; boundary=B\r\n"
PART = (
    b"--B\r\nContent-Disposition: form-data; name=file; filename=a.psd\r\n\r\n8BPS\r\n"
)


async def test_a_form_whose_headers_are_cut_between_segments_is_taken(
    world: World,
) -> None:
    given = settings()
    async with listening(world.behind(given), given) as edge:
        line = await edge.connect()
        body = PART + b"--B--\r\n"
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        await line.send(UPLOAD + BEARER + FORM + length)
        for start in range(0, len(body), 9):
            await line.send(body[start : start + 9])
            await asyncio.sleep(0.01)  # so that each goes alone
        answer = await line.answer()
        assert answer.status == 201
        assert b'"name":"a.psd"' in answer.body


async def test_of_a_form_that_is_refused_nothing_is_kept(world: World) -> None:
    given, store = settings(), world.gateway.store
    uploads = Uploads(world.storage, store, max_bytes=10**6, max_seconds=60)
    app = world.behind(given, uploads=uploads)
    field = b"--B\r\nContent-Disposition: form-data; name=note\r\n\r\n"
    forms = {
        (400, "bad_form"): PART,
        (413, "form.too_large"): PART + field + bytes(200_000) + b"\r\n--B--\r\n",
        (413, "file.too_large"): PART + field + bytes(1_200_000) + b"\r\n--B--\r\n",
        (422, "form.many_files"): PART + PART + b"--B--\r\n",
    }
    before = await world.storage.keys("files/")
    async with listening(app, given) as edge:
        for expected, body in forms.items():
            length = b"Content-Length: %d\r\n\r\n" % len(body)
            answer = await edge.ask(UPLOAD, BEARER, FORM, length, body)
            assert (answer.status, answer.code) == expected
        long = b"Content-Type: multipart/form-data; boundary=" + b"B" * 300
        answer = await edge.ask(UPLOAD, BEARER, long, b"\r\nContent-Length: 0\r\n\r\n")
        assert (answer.status, answer.code) == (400, "bad_form")
    assert await world.storage.keys("files/") == before


async def test_what_is_no_document_is_told_in_plain_words(world: World) -> None:
    async with world.client() as owner:
        answer = await owner.post("/v1/psd/documents", content=b"%PDF-1.7 and more")
    assert answer.json()["detail"] == (
        "Not a Photoshop document: the first bytes look like application/pdf. "
        "Send a PSD or PSB."
    )
