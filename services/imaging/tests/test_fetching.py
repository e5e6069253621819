"""Addresses that users give lead to public machines, or to a clear refusal."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from onemanage.imaging import fetching
from onemanage.imaging.fetching import Fetcher
from onemanage.platform.tasks import InvalidInput

type Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]

HERE = [ip_network("127.0.0.0/8")]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """A server on loopback that reads a request and then does as it is told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)
        except ConnectionError:
            pass  # whoever asked has heard enough
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.close()


def says(head: str, body: bytes = b"") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)
        await writer.drain()

    return answer


async def refused(url: str, path: Path, fetcher: Fetcher) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        await fetcher.fetch(url, path)
    return caught.value


def open_fetcher(max_bytes: int = 10_000, seconds: float = 5) -> Fetcher:
    return Fetcher(max_bytes=max_bytes, seconds=seconds, allowed=HERE)


async def test_an_image_is_fetched_from_a_network_that_is_allowed(
    tmp_path: Path,
) -> None:
    async with serving(says("200 OK\r\nContent-Length: 5", b"image")) as url:
        await open_fetcher().fetch(url, tmp_path / "image")
    assert (tmp_path / "image").read_bytes() == b"image"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.0.0.8/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:10.0.0.8]/",
        "http://100.64.0.1/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://user:secret@example.org/",
    ],
)
async def test_what_is_not_public_is_not_fetched(url: str, tmp_path: Path) -> None:
    fetcher = Fetcher(max_bytes=10, seconds=5)
    error = await refused(url, tmp_path / "image", fetcher)
    assert error.code == "url.not_allowed"


async def test_a_redirect_is_judged_like_the_first_address(tmp_path: Path) -> None:
    moved = says("302 Found\r\nLocation: http://192.168.0.1/\r\nContent-Length: 0")
    async with serving(moved) as url:
        error = await refused(url, tmp_path / "image", open_fetcher())
    assert error.code == "url.not_allowed"


async def test_redirects_in_a_circle_end(tmp_path: Path) -> None:
    async with serving(says("302 Found\r\nLocation: /\r\nContent-Length: 0")) as url:
        error = await refused(url, tmp_path / "image", open_fetcher())
    assert error.code == "url.too_many_redirects"


async def test_a_body_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 1000)
            await writer.drain()

    async with serving(flood) as url:
        error = await refused(url, tmp_path / "image", open_fetcher())
    assert error.code == "url.too_large"


async def test_a_body_that_drips_is_let_go(tmp_path: Path) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with serving(drip) as url:
        error = await refused(url, tmp_path / "image", open_fetcher(seconds=0.5))
    assert error.code == "url.too_slow"


async def test_another_answer_than_an_image_is_named(tmp_path: Path) -> None:
    async with serving(says("404 Not Found\r\nContent-Length: 0")) as url:
        error = await refused(url, tmp_path / "image", open_fetcher())
    assert (error.code, "404" in error.message) == ("url.no_image", True)


def after(refusals: list[Answer]) -> Answer:
    """These, one after the other, and then an image."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        then = says("200 OK\r\nContent-Length: 5", b"image")
        await (refusals.pop(0) if refusals else then)(writer)

    return answer


async def hangs_up(_: asyncio.StreamWriter) -> None:
    pass


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_PAUSES", (0.0, 0.0))


async def drips(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ni")
    await writer.drain()
    await asyncio.sleep(1)


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("refusal", [says("503 Busy"), hangs_up, drips])
async def test_who_is_patient_gets_what_a_server_had_not_at_once(
    refusal: Answer, tmp_path: Path
) -> None:
    path, fetcher = tmp_path / "image", open_fetcher(seconds=0.5)
    async with serving(after([refusal, refusal])) as url:
        await fetcher.fetch_patiently(url, path, None, "wsp_1")
    assert path.read_bytes() == b"image"


@pytest.mark.usefixtures("_no_pauses")
async def test_patience_ends_and_what_stays_wrong_is_not_asked_again(
    tmp_path: Path,
) -> None:
    path, left = tmp_path / "image", [says("503 Busy")] * 3 + [says("404 Gone")] * 9
    async with serving(after(left)) as url:
        with pytest.raises(InvalidInput, match="503"):
            await open_fetcher().fetch_patiently(url, path, None, "wsp_1")
        with pytest.raises(InvalidInput, match="404"):
            await open_fetcher().fetch_patiently(url, path, None, "wsp_1")
    assert len(left) == 8
