"""The console as the gateway serves it."""

import gzip
from pathlib import Path

import httpx
import msgspec
import pytest

from onemanage.gateway.console.site import NoConsole, Site

from .psd_samples import World

SCRIPT = b"console.log('one')\n" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Console</title>")
    (tmp_path / "assets" / "main-4f2a.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "main-4f2a.js.gz").write_bytes(gzip.compress(SCRIPT))
    return tmp_path


def _serve(world: World, site: Site) -> httpx.AsyncClient:
    gateway = msgspec.structs.replace(world.gateway, site=site)
    world.app.state.gateway = gateway
    transport = httpx.ASGITransport(world.app)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_every_address_below_it_is_the_page_and_files_are_files(
    world: World, folder: Path
) -> None:
    async with _serve(world, Site(folder, "https://s3.example.com/bucket")) as client:
        pages = [
            await client.get(f"/console{path}")
            for path in ("", "/", "/tasks/tsk_1?x=1", "/../../etc/passwd", "/%2e%2e/x")
        ]
        script = await client.get("/console/assets/main-4f2a.js")
        plain = await client.get(
            "/console/assets/main-4f2a.js", headers={"Accept-Encoding": "identity"}
        )
        gone = await client.get("/console/assets/main-0000.js")
        written = await client.post("/console/tasks")

    assert {one.text for one in pages[:3]} == {"<!doctype html><title>Console</title>"}
    assert all("passwd" not in one.text and one.status_code != 500 for one in pages)
    assert pages[0].headers["cache-control"] == "no-cache"
    assert script.content == plain.content == SCRIPT
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["etag"] != plain.headers["etag"]
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-type"].startswith("text/javascript")
    assert (gone.status_code, written.status_code) == (404, 405)
    assert gone.headers["content-type"] == "application/problem+json"


async def test_it_may_run_its_own_scripts_and_nothing_else(
    world: World, folder: Path
) -> None:
    async with _serve(world, Site(folder, "https://s3.example.com/bucket")) as client:
        answer = await client.get("/console/")
        again = await client.get(
            "/console/", headers={"If-None-Match": answer.headers["etag"]}
        )

    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "http:" not in policy
    assert "script-src 'self';" in policy
    assert "connect-src 'self' https://s3.example.com;" in policy
    assert "trusted-types 'none'" in policy and "frame-ancestors 'none'" in policy
    assert again.status_code == 304 and not again.content
    assert again.headers["content-security-policy"] == policy


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("br;q=0, gzip;q=0", None),
    ],
)
async def test_a_file_comes_as_small_as_a_browser_can_read_it(
    world: World, folder: Path, accepted: str, coding: str | None
) -> None:
    (folder / "index.html.gz").write_bytes(b"by gzip")
    (folder / "index.html.br").write_bytes(b"by brotli")
    asked = {"Accept-Encoding": accepted}
    async with (
        _serve(world, Site(folder)) as client,
        client.stream("GET", "/console/", headers=asked) as answer,
    ):
        sent = b"".join([part async for part in answer.aiter_raw()])
        known = asked | {"If-None-Match": answer.headers["etag"]}
        again = await client.get("/console/", headers=known)

    bytes_of = {"br": b"by brotli", "gzip": b"by gzip"}
    assert sent == bytes_of.get(coding or "", (folder / "index.html").read_bytes())
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert again.status_code == 304


async def test_without_a_console_none_is_served(world: World) -> None:
    async with world.client() as client:
        answer = await client.get("/console/")
    assert (answer.status_code, answer.json()["title"]) == (404, "no console")


def test_a_folder_without_a_console_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(NoConsole, match="CONSOLE_DIR"):
        Site(tmp_path)
