"""What compressing answers costs, and what it saves.

    make bench NAME=answers_gzip

In one process, without a network: a small answer (that of an accepted task) through
an app with and without the middleware, by turns, CPU microseconds each; and a list of
a hundred layers as JSON, compressed at three levels: milliseconds, and what is left
of it. The ratio is what the middleware adds to the small one, by 10 us.
"""

import asyncio
import json
import statistics
import time
import zlib
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onemanage.gateway.http.compression import Compression
from tests.bench.parts import summary

ROUNDS = 9
CALLS = 5_000
LEVELS = (1, 4, 6)
MOST_ADDED = 10.0
"""Microseconds that the middleware may cost an answer that it leaves as it is."""
AT_MOST = {"added": 1.0}
_HEADERS = [
    (b"host", b"127.0.0.1:8000"),
    (b"authorization", b"Bearer om_live_" + b"x" * 43 + b"_123456"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"gzip, deflate, br"),
    (b"content-type", b"application/json"),
    (b"idempotency-key", b"0123456789abcdef"),
]
_SMALL = msgspec.json.encode(
    {"id": "tsk_" + "0" * 32, "state": "queued", "x": "y" * 450}
)


def an_app(is_compressed: bool) -> Any:
    async def answer(_: Request) -> Response:
        return Response(_SMALL, 202, media_type="application/json")

    app = Starlette(routes=[Route("/", answer, methods=["POST"])])
    return Compression(app) if is_compressed else app


async def microseconds(app: Any) -> float:
    """Of CPU, for one answer."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: dict[str, Any]) -> None: ...

    begun = time.process_time()
    for _ in range(CALLS):
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "root_path": "",
            "query_string": b"",
            "headers": _HEADERS,
        }
        await app(scope, receive, send)
    return (time.process_time() - begun) / CALLS * 1e6


def a_list() -> bytes:
    """Of layers, as /v1/psd/documents/{id}/layers tells them."""
    items = [
        {
            "id": number,
            "parent_id": number // 7 or None,
            "name": f"Layer {number} of the poster",
            "kind": "pixel",
            "blend_mode": "normal",
            "opacity": round(number % 100 / 100, 3),
            "left": number * 37 % 1200,
            "top": number * 53 % 1600,
            "width": number * 71 % 900,
            "height": number * 91 % 900,
            "visible": True,
            "shown": number % 3 > 0,
            "image": {
                "media_type": "image/png",
                "size": number * 45_741 % 1_000_003,
                "url": f"/v1/psd/documents/doc_{'c' * 32}/layers/{number}/image",
            },
        }
        for number in range(100)
    ]
    return msgspec.json.encode({"items": items, "next_cursor": None})


def packed(data: bytes, level: int) -> tuple[float, float]:
    """Milliseconds, and the share that is left."""
    begun = time.perf_counter()
    for _ in range(50):
        packer = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        made = packer.compress(data) + packer.flush()
    return (time.perf_counter() - begun) / 50 * 1000, len(made) / len(data)


async def main() -> None:
    without, with_it = [], []
    for _ in range(ROUNDS):
        without.append(await microseconds(an_app(False)))
        with_it.append(await microseconds(an_app(True)))
    data = a_list()
    levels = {level: packed(data, level) for level in LEVELS}
    added = statistics.median(b - a for a, b in zip(without, with_it, strict=True))
    found = {
        "small_answer_us": round(statistics.median(without), 2),
        "with_compression_us": round(statistics.median(with_it), 2),
        "added_us": round(added, 2),
        "list_bytes": len(data),
        "levels": {
            level: {"milliseconds": round(took, 3), "left": round(left, 3)}
            for level, (took, left) in levels.items()
        },
    }
    print(json.dumps(found, indent=2))
    summary.say("answers_gzip", {"added": added / MOST_ADDED}, at_most=AT_MOST)


if __name__ == "__main__":
    asyncio.run(main())
