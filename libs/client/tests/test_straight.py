"""Large downloads are read another way, and get to the server as all else does."""

import asyncio
import ssl
from pathlib import Path

import httpx
import pytest

from onemanage.client import AsyncOneManage, ConnectionFailed, OneManage
from onemanage.testing.certificates import signed_by_itself

from .answering import answering
from .test_lanes import DATA, FILE, PIECE, Shelf, saved, small

__all__ = ["small"]  # which is a fixture here as well


def test_a_proxy_is_asked_for_the_pieces_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()
    with answering(shelf) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        path = saved("http://onemanage.example", tmp_path)

    assert path.read_bytes() == DATA
    assert len(shelf.ranges) > 1
    paths = {asked.path for asked in proxy.asked}
    assert paths == {f"http://onemanage.example/v1/files/{FILE}/content"}


def test_a_http_client_of_the_callers_own_brings_the_pieces_too(
    tmp_path: Path,
) -> None:
    shelf, ranges = Shelf(), []

    def note(request: httpx.Request) -> None:
        ranges.append(request.headers.get("Range"))

    with answering(shelf) as server:
        http = httpx.Client(event_hooks={"request": [note]})
        with http, OneManage("om_live_key", url=server.url, http=http) as client:
            path = client.files.content(FILE).save(tmp_path / "a.bin")

    assert path.read_bytes() == DATA
    assert len([one for one in ranges if one is not None]) == len(shelf.ranges) > 1


async def test_who_cancels_waits_for_no_line(tmp_path: Path) -> None:
    shelf, has_come = Shelf(), asyncio.Event()
    shelf.held_from = 2 * PIECE
    loop = asyncio.get_running_loop()

    def hear(done: int, total: int) -> None:
        if done == 2 * PIECE:
            loop.call_soon_threadsafe(has_come.set)

    with answering(shelf) as server:
        async with AsyncOneManage("om_live_key", url=server.url) as client:
            content = client.files.content(FILE)
            saving = asyncio.create_task(
                content.save(tmp_path / "a.bin", on_progress=hear)
            )
            await has_come.wait()  # now all of its connections wait for the server
            saving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await saving
        shelf.hear(2 * PIECE, len(DATA))
        (part,) = tmp_path.iterdir()
        assert part.read_bytes() == DATA[: 2 * PIECE]


def test_certificates_are_those_that_httpx_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = signed_by_itself(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    shelf = Shelf()
    with answering(shelf, tls=context) as server:
        with pytest.raises(ConnectionFailed, match="certificate"):
            saved(server.url, tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        path = saved(server.url, tmp_path)

    assert path.read_bytes() == DATA
    assert len(shelf.ranges) > 1
