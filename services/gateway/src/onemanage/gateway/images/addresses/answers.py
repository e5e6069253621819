"""An image by address as an HTTP answer, or why there is none."""

from html import escape
from typing import Literal

import msgspec
from starlette.responses import Response

from onemanage.gateway.http.downloads import (
    SAFE,
    Conditions,
    Gone,
    disposition,
    download,
    range_outside,
)
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.addresses.serving import Shown
from onemanage.platform.storage.storage import Storage

_YEAR = 365 * 86_400
_CHANGING_SECONDS = 300
"""For which a cache may show what a preset or an outside address may change."""
_FALLBACK_SECONDS = 60
_PRIVATE_SECONDS = 300
_MOST_NAME = 150
_ENDINGS = {"image/jpeg": "jpg", "image/svg+xml": "svg"}
DRAWN_FOR = frozenset({404, 410, 415, 422})


class Public(msgspec.Struct, frozen=True):
    """Of a signed address, which caches may share. ``left`` are the seconds until it
    ends; None: it does not."""

    left: int | None

    def cache_control(self, most: int = _YEAR, *, immutable: bool = False) -> str:
        """``most`` are seconds."""
        kept = most if self.left is None else min(most, self.left)
        return f"public, max-age={kept}{', immutable' if immutable else ''}"


async def image(
    storage: Storage,
    shown: Shown,
    asked: Conditions,
    public: Public | None,
    kind: Literal["inline", "attachment"],
    gone: Gone | None,
) -> Response:
    """All of it, a range, or 304 where the client has it. Raises a 416 Problem, and
    what ``gone`` says or ObjectMissing where storage has forgotten it."""
    answer = in_memory(shown, asked, public, kind)
    if answer is not None:
        return answer
    found = shown.image
    answer = await download(storage, found.object_key, found.sha256, asked, gone=gone)
    answer.headers.update(_headers(shown, public, kind))
    answer.headers["Content-Type"] = found.media_type
    return answer


def in_memory(
    shown: Shown,
    asked: Conditions,
    public: Public | None,
    kind: Literal["inline", "attachment"] = "inline",
) -> Response | None:
    """The same; None where it takes storage."""
    found = shown.image
    headers = _headers(shown, public, kind)
    if asked.if_none_match is not None and asked.has(headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if found.data is None:
        return None
    wanted = asked.range_of(headers["ETag"])
    if wanted is None:
        return Response(found.data, 200, headers, found.media_type)
    return _part(found.data, wanted, headers, found.media_type)


def drawn(problem: Problem) -> Response | None:
    """A small picture that says what is wrong, for whoever asked for one by
    ``?errors=image``; None where the problem is not of that kind."""
    if problem.status not in DRAWN_FOR:
        return None
    title = escape(problem.code.replace("_", " ").replace(".", ": "))
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180" '
        'viewBox="0 0 320 180" font-family="sans-serif" text-anchor="middle">'
        '<rect width="320" height="180" fill="#eceff1"/>'
        f'<text x="160" y="90" font-size="40" fill="#607d8b">{problem.status}</text>'
        f'<text x="160" y="120" font-size="14" fill="#607d8b">{title}</text></svg>'
    )
    headers = {**SAFE, "Cache-Control": "no-store"}
    # Nothing in it may run or load, should it be opened as a page of its own.
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return Response(text.encode(), problem.status, headers, "image/svg+xml")


def _headers(shown: Shown, public: Public | None, kind: str) -> dict[str, str]:
    found = shown.image
    headers = {
        "ETag": f'"{found.sha256}"',
        "Cache-Control": _cache_control(shown, public),
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(_file_name(shown), kind),
        **SAFE,
    }
    if shown.plan.varies:
        headers["Vary"] = "Accept"
    if found.warnings:
        headers["X-Image-Warnings"] = found.warnings
    if shown.is_fallback:
        headers["X-Image-Fallback"] = "1"
    return headers


def _cache_control(shown: Shown, public: Public | None) -> str:
    if shown.is_fallback:
        most, forever = _FALLBACK_SECONDS, False
    elif not shown.plan.is_fixed:
        most, forever = _CHANGING_SECONDS, False
    elif public is None:
        most, forever = _PRIVATE_SECONDS, False
    else:
        most, forever = _YEAR, True
    if public is None:
        return f"private, max-age={most}"
    return public.cache_control(most, immutable=forever)


def _file_name(shown: Shown) -> str:
    """The source's, with the ending of what it has become."""
    media_type = shown.image.media_type
    ending = _ENDINGS.get(media_type, media_type.rpartition("/")[2])
    stem = shown.source.name.rpartition(".")[0] or shown.source.name
    return f"{stem[:_MOST_NAME]}.{ending}"


def _part(
    data: bytes, wanted: str, headers: dict[str, str], media_type: str
) -> Response:
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    size = len(data)
    if first:
        begin = int(first)
        end = min(int(last) + 1, size) if last else size
    else:
        begin, end = max(0, size - int(last)), size
    if begin >= end:
        raise range_outside(size)
    headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    return Response(data[begin:end], 206, headers, media_type)
