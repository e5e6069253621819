"""What happens before a route is asked: the key, the size and the pace of a body."""

import asyncio
from collections.abc import Iterable
from typing import Any, cast

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.routing import BaseRoute, Route
from starlette.types import Message

from onemanage.gateway.access.secrets import new_api_key
from onemanage.gateway.files.uploads import Uploads
from onemanage.gateway.gateway import Writes
from onemanage.gateway.http.admission import is_open

from .edge_samples import BEARER, HOST, listening, settings
from .psd_samples import KEY, World
from .test_ids import filled, operations

UNKNOWN = new_api_key()
JSON = b"Content-Type: application/json\r\n"
CHUNKED = (b"transfer-encoding", b"chunked")


class Later(BaseModel):
    name: str


def with_a_later_route(app: FastAPI) -> FastAPI:
    @app.post("/v1/later")
    async def later(body: Later) -> None: ...

    @app.post("/v1/counted")
    async def counted(body: Later, caller: Writes) -> dict[str, str]:
        return {"name": body.name}

    return app


async def refused(
    app: FastAPI,
    method: str,
    path: str,
    key: str | None,
    *body: tuple[bytes, bytes],
) -> int:
    """The status; fails where anything of the body is asked for, whose headers are
    ``body``."""
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError(f"{method} {path} reads a body of a stranger")

    async def send(message: Message) -> None:
        sent.append(message)

    headers = list(body or (CHUNKED, (b"content-type", b"text/plain")))
    if key is not None:
        headers.append((b"authorization", f"Bearer {key}".encode()))
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": headers,
        "http_version": "1.1",
    }
    await app(scope, receive, send)
    status: int = sent[0]["status"]
    return status


def addresses(routes: Iterable[BaseRoute]) -> list[tuple[str, str]]:
    """Every method and path, with something for each parameter."""
    found = []
    for route in routes:
        if isinstance(route, Route):
            given = dict.fromkeys(route.param_convertors, "1")
            path = route.path_format.format_map(given)
            found += [(method, path) for method in route.methods or ()]
        else:  # what include_router leaves
            found += addresses(cast(Any, route).original_router.routes)
    return found


@pytest.mark.parametrize(
    "key", [None, "om_live_x", UNKNOWN], ids=["none", "no key", "unknown"]
)
async def test_no_route_reads_anything_of_a_body_without_a_good_key(
    world: World, key: str | None
) -> None:
    app = with_a_later_route(world.behind(settings()))
    open_paths = set()
    assert len(addresses(app.routes)) > 40
    for method, path in addresses(app.routes):
        if is_open(method, path):
            open_paths.add(path)
            continue
        assert await refused(app, method, path, key) == 401, (method, path)

    assert ("POST", "/v1/later") in addresses(app.routes)
    assert open_paths == {
        *("/healthz", "/readyz", "/v1/previews/1/content", "/i/1/1/1"),
        *("/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"),
        *("/v1/sessions", "/v1/invitations/accept", "/v1/sign-in-codes/exchange"),
        *("/i/1/1/tiles/1/info.json", "/i/1/1/tiles/1/1/1/0/1"),
        *("/console", "/console/1"),
    }


async def test_nothing_is_told_of_addresses_to_who_has_no_key(world: World) -> None:
    async with world.client("") as nobody, world.client() as owner:
        assert (await nobody.get("/v1/nowhere")).status_code == 401
        assert (await owner.get("/v1/nowhere")).status_code == 404


async def test_a_revoked_key_is_refused_soon(world: World) -> None:
    gateway = world.gateway
    async with world.stranger() as stranger:
        assert (await stranger.get("/v1/tasks")).status_code == 200
        await gateway.store._pool.execute(
            "UPDATE api_keys SET revoked_at = now() WHERE id = 'key_2'"
        )
        while (answer := await stranger.get("/v1/tasks")).status_code == 200:
            await asyncio.sleep(0.1)
        assert answer.json()["type"].endswith("/wrong_api_key")


async def test_wrong_keys_by_the_hundred_leave_the_database_to_those_with_a_good_one(
    world: World,
) -> None:
    wrong = [new_api_key() for _ in range(300)]
    keys = world.gateway.callers
    assert await keys.caller(KEY)
    asking = [asyncio.ensure_future(keys.caller(one)) for one in wrong]
    async with world.client() as owner:
        assert (await owner.get("/v1/tasks")).status_code == 200
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(one).__name__ for one in found} == {"Problem"}


@pytest.mark.parametrize("is_chunked", [True, False])
async def test_a_body_over_the_limit_of_json_is_refused_whatever_the_route(
    world: World, is_chunked: bool
) -> None:
    given = settings(max_json_bytes=1000)
    app = with_a_later_route(world.behind(given))
    body = b'{"name": "' + b"x" * 1001 + b'"}'
    for path in (b"/v1/later", b"/v1/counted", b"/v1/imports", b"/v1/images/batches"):
        async with listening(app, given) as edge:
            head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + BEARER + JSON
            if is_chunked:
                parts = (b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n" % len(body))
                answer = await edge.ask(head, *parts, body, b"\r\n0\r\n\r\n")
            else:
                answer = await edge.ask(head, b"Content-Length: %d\r\n\r\n" % 10**9)
        assert (answer.status, answer.code) == (413, "body_too_large")


@pytest.mark.parametrize("kind", [b"application/json", b"text/csv"])
async def test_no_route_reads_a_body_that_announces_more_than_it_may_have(
    world: World, kind: bytes
) -> None:
    most = {"content-length": str(10**12).encode(), "content-type": kind}
    body = [(name.encode(), value) for name, value in most.items()]
    found = {
        (method, path): await refused(
            world.app, method.upper(), filled(path, "", ""), KEY, *body
        )
        for method, path, operation in await operations(world)
        if "requestBody" in operation
    }
    # These two ask for something else first: whose import it is, and for a recipe.
    assert found.pop(("post", "/v1/imports/{import_id}/rejects")) == 503
    assert found.pop(("post", "/v1/images/transformations")) in (413, 422)
    assert set(found.values()) == {413}, found
    assert len(found) > 20


async def test_a_body_up_to_the_limit_is_read(world: World) -> None:
    given = settings(max_json_bytes=1000)
    async with listening(with_a_later_route(world.behind(given)), given) as edge:
        body = b'{"name": "' + b"x" * 900 + b'"}'
        head = b"POST /v1/counted HTTP/1.1\r\n" + HOST + BEARER + JSON
        answer = await edge.ask(head, b"Content-Length: %d\r\n\r\n" % len(body), body)
        assert answer.status == 200


@pytest.mark.parametrize("path", [b"/v1/counted", b"/v1/files", b"/v1/psd/documents"])
async def test_a_body_that_stops_half_way_is_refused_and_its_connection_closed(
    world: World, path: bytes
) -> None:
    given = settings(idle_seconds=0.3, drain_seconds=0.1)
    async with listening(with_a_later_route(world.behind(given)), given) as edge:
        line = await edge.connect()
        await line.send(b"POST " + path + b" HTTP/1.1\r\n" + HOST + BEARER)
        await line.send(b"Content-Length: 100\r\n\r\n8BPS half of it, or less")
        answer = await line.answer()
        assert (answer.status, answer.code) == (408, "body_too_slow")
        assert await line.rest() == b""


async def test_a_body_that_drips_is_refused_and_one_that_flows_slowly_is_not(
    world: World,
) -> None:
    given = settings(idle_seconds=0.4, min_body_rate=1000)
    async with listening(world.behind(given), given) as edge:

        async def sent(part: bytes) -> int:
            line = await edge.connect()
            head = b"POST /v1/files HTTP/1.1\r\n" + HOST + BEARER
            await line.send(head + b"Content-Length: %d\r\n\r\n" % (30 * len(part)))
            answer = asyncio.ensure_future(line.answer())
            for _ in range(30):
                await line.send(part)
                await asyncio.wait({answer}, timeout=0.05)
            status = (await answer).status
            line.close()
            return status

        assert tuple(await asyncio.gather(sent(b"."), sent(bytes(1000)))) == (408, 201)


async def test_a_body_in_a_content_encoding_is_refused_and_told_which_is_read(
    world: World,
) -> None:
    async with world.client() as owner:
        for path in ("/v1/files", "/v1/previews"):
            headers = {"Content-Encoding": "gzip"}
            answer = await owner.post(path, content=b"\x1f\x8b", headers=headers)
            assert answer.status_code == 415
            assert answer.headers["Accept-Encoding"] == "identity"
        plain = await owner.post(
            "/v1/files", content=b"plain", headers={"Content-Encoding": "identity"}
        )
        assert plain.status_code == 201


async def test_a_file_may_be_larger_than_json_and_not_larger_than_a_file(
    world: World,
) -> None:
    given = settings(max_json_bytes=1000)
    parts = world.gateway
    uploads = Uploads(world.storage, parts.store, max_bytes=100_000, max_seconds=60)
    async with listening(world.behind(given, uploads=uploads), given) as edge:

        async def sent(size: int) -> int:
            head = b"POST /v1/files HTTP/1.1\r\n" + HOST + BEARER
            length = b"Content-Length: %d\r\n\r\n" % size
            return (await edge.ask(head, length, bytes(size))).status

        assert [await sent(90_000), await sent(100_001)] == [201, 413]
