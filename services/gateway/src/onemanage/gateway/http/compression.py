"""gzip for answers that are text, where the client takes it and there is enough of it.

Compressed bytes are another representation, so their ETag is another: ``"x-gzip"`` for
``"x"``. In If-None-Match and If-Match it comes back and is taken off before a route sees
it. In If-Range it stays on: a range is always of the bytes as they are, and does not
continue what was sent compressed.
"""

import re
import zlib
from collections.abc import Awaitable, Collection, Iterable

import anyio.to_thread
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST_BYTES = 1024
"""Less is not worth the client's time to unpack it."""
_LEVEL = 1
_AT_ONCE_BYTES = 16 * 1024
"""More is compressed in a thread."""
_GZIP = 16 + zlib.MAX_WBITS
_TEXT = re.compile(
    rb"(?:application/(?:[\w.-]+\+)?json|text/(?!event-stream)[\w.-]+)\s*(?:;|$)"
)
_STATUS_WITHOUT_BODY = frozenset({204, 206, 304})
_SUFFIX = '-gzip"'
_SUFFIX_BYTES = _SUFFIX.encode()
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*$", re.IGNORECASE)
_CONDITIONS = frozenset({b"if-none-match", b"if-match"})


class Compression:
    """The innermost of all: what is around it sees what is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope["headers"], send)
        for name, value in answer.asked:
            if name in _CONDITIONS and _SUFFIX_BYTES in value:
                answer.known += value
        if answer.known:
            # The same scope: what routing finds is written into it for those around.
            scope["headers"] = list(_without_suffix(answer.asked))
        await self._app(scope, receive, answer.send)


class _Answer:
    """One, on its way out."""

    __slots__ = ("_packer", "_send", "_start", "asked", "known")

    def __init__(self, asked: list[tuple[bytes, bytes]], send: Send) -> None:
        self.asked, self._send = asked, send
        self.known = b""
        """ETags of compressed bytes that the client has."""
        self._start: Message | None = None
        self._packer: "zlib._Compress | None" = None

    def send(self, message: Message) -> Awaitable[None]:
        """No coroutine of its own: most answers are small, and pass through."""
        if message["type"] == "http.response.start":
            self._start = self._start_of(message)
            return self._send(message) if self._start is None else _nothing()
        if self._start is not None and message["type"] == "http.response.body":
            return self._begin(self._start, message)
        if self._packer is not None:
            return self._pack(message)
        return self._send(message)

    def _start_of(self, message: Message) -> Message | None:
        """Held back where its body decides. None where nothing is to be done, as for
        most: the headers are looked at as they are."""
        kind, length = b"", LEAST_BYTES
        for name, value in message["headers"]:
            if name == b"content-type":
                kind = value
            elif name == b"content-length":
                length = int(value)
            elif name == b"content-encoding":
                return None
        if length < LEAST_BYTES or message["status"] in _STATUS_WITHOUT_BODY:
            if message["status"] == 304 and self.known:
                self._tell_known_etag(message)
            return None
        return message if _TEXT.match(kind) else None

    async def _begin(self, start: Message, first: Message) -> None:
        self._start = None
        headers = MutableHeaders(raw=start["headers"])
        body, is_whole = first.get("body", b""), not first.get("more_body", False)
        if not is_whole or len(body) >= LEAST_BYTES:
            headers.add_vary_header("Accept-Encoding")
            if self._takes_gzip():
                _as_gzip(headers)
                self._packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
                if is_whole:
                    first = {**first, "body": await self._packed(body, is_whole)}
                    headers["Content-Length"] = str(len(first["body"]))
                    self._packer = None
        await self._send(start)
        if self._packer is not None:
            await self._pack(first)
        else:
            await self._send(first)

    async def _pack(self, message: Message) -> None:
        is_last = not message.get("more_body", False)
        body = await self._packed(message.get("body", b""), is_last)
        if body or is_last:
            await self._send({**message, "body": body})

    async def _packed(self, data: bytes, is_last: bool) -> bytes:
        packer = self._packer
        assert packer is not None  # it packs

        def packed() -> bytes:
            done = packer.compress(data)
            return done + packer.flush() if is_last else done

        if len(data) <= _AT_ONCE_BYTES:
            return packed()
        return await anyio.to_thread.run_sync(packed)

    def _takes_gzip(self) -> bool:
        given = [value for name, value in self.asked if name == b"accept-encoding"]
        return takes_gzip(b",".join(given).decode("latin-1"))

    def _tell_known_etag(self, message: Message) -> None:
        """304 names what the client has."""
        headers = MutableHeaders(raw=message["headers"])
        etag = headers.get("etag", "")
        if etag and _suffixed(etag).encode() in self.known:
            headers["ETag"] = _suffixed(etag)
            headers.add_vary_header("Accept-Encoding")


async def _nothing() -> None: ...


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client would have gzip at least as gladly as the bytes as they are."""
    return chosen(accept_encoding, ("gzip",)) is not None


def chosen(accept_encoding: str, offered: Collection[str]) -> str | None:
    """What a client would rather have (RFC 9110, 12.5.3), the first of those that it
    likes alike; None where that is the bytes as they are."""
    qualities: dict[str, float] = {}
    for one in accept_encoding.split(","):
        found = _QUALITY.search(one)
        name = one.partition(";")[0].strip().lower()
        qualities[name] = float(found.group(1)) if found else 1.0

    def liked(coding: str) -> float:
        names = (coding, f"x-{coding}")  # x-gzip is an old name
        known = [qualities[name] for name in names if name in qualities]
        return max(known, default=qualities.get("*", 0.0))

    best = max(offered, key=liked, default=None)
    if best is None or liked(best) <= 0:
        return None
    return best if liked(best) >= qualities.get("identity", 0.0) else None


def _as_gzip(headers: MutableHeaders) -> None:
    headers["Content-Encoding"] = "gzip"
    if "content-length" in headers:
        del headers["Content-Length"]
    if "accept-ranges" in headers:
        headers["Accept-Ranges"] = "none"
    if etag := headers.get("etag"):
        headers["ETag"] = _suffixed(etag)


def _suffixed(etag: str) -> str:
    return etag.removesuffix('"') + _SUFFIX


def _without_suffix(
    headers: Iterable[tuple[bytes, bytes]],
) -> Iterable[tuple[bytes, bytes]]:
    for name, value in headers:
        if name in _CONDITIONS:
            value = value.replace(_SUFFIX_BYTES, b'"')
        yield name, value
