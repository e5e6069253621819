"""All that we rely on of an S3, tried on a real bucket: what it cannot, and what breaks.

Everything is written below one prefix, and taken away again.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from onemanage.platform.storage.inspecting import beginning
from onemanage.platform.storage.parts import MIN_PART, Parts, UploadMissing
from onemanage.platform.storage.storage import ObjectMissing, RangeOutside, Storage
from onemanage.platform.storage.writing import PART_SIZE

_KIND = "application/octet-stream"
_MANY = 1001
"""Objects, one more than a list or a deletion has at once."""


class Unexpected(Exception):
    """Storage answered, and not as S3 would."""


class Outcome(msgspec.Struct, frozen=True):
    """Of one trial. ``error`` is None where all was as it should be; ``breaks`` is what
    does not work then, and ``needed`` whether anything of OneManage does so today."""

    name: str
    error: str | None
    breaks: str
    needed: bool


@dataclass(frozen=True)
class Bench:
    """What a trial is given. ``at`` is a prefix of its own; ``origin`` is that of pages
    which upload, or empty."""

    storage: Storage
    parts: Parts
    at: str
    origin: str

    def client(self, call: str, key: str, **given: Any) -> Awaitable[Any]:
        """boto3's ``call`` of the object, in a thread."""
        function = getattr(self.storage._s3, call)
        bucket = self.storage.settings.s3_bucket
        return asyncio.to_thread(function, Bucket=bucket, Key=key, **given)

    async def begun(self, key: str) -> str:
        """The id of an upload in parts."""
        return await self.storage.begin_multipart(key, _KIND)


async def check(
    storage: Storage, public: str = "", origin: str = ""
) -> AsyncIterator[Outcome]:
    """Each trial's outcome as it is known, the last that of clearing up. ``public`` is
    where clients reach storage, where that is another address."""
    at = f"checks/{secrets.token_hex(8)}/"
    parts = Parts(storage, public)
    reached = await _outcome(REACHED, Bench(storage, parts, at, origin))
    yield reached
    if reached.error is not None:
        return
    try:
        for number, trial in enumerate(TRIALS):
            if trial is not CORS or origin:
                bench = Bench(storage, parts, f"{at}{number}/", origin)
                yield await _outcome(trial, bench)
    finally:
        cleared = await _outcome(CLEARED, Bench(storage, parts, at, origin))
    yield cleared


async def _outcome(trial: "Trial", bench: Bench) -> Outcome:
    error = None
    try:
        await trial.run(bench)
    except Exception as raised:  # whatever it is, it is what the trial has found
        error = f"{type(raised).__name__}: {raised}"
    return Outcome(trial.name, error, trial.breaks, trial.needed)


def _expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Unexpected(f"{what}: {found!r} instead of {wanted!r}")


async def _sent(
    method: str,
    url: str,
    data: bytes = b"",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """As a client of ours would send it, who has nothing but the address."""
    request = AWSRequest(method, url, headers=dict(headers), data=data).prepare()
    return await asyncio.to_thread(URLLib3Session().send, request)


async def _reached(bench: Bench) -> None:
    await bench.storage.check()


async def _whole(bench: Bench) -> None:
    """Keys of any characters; what comes with an object; the last word counts."""
    key, told = f"{bench.at}größe (1)+~&2.webp", {"sha256": "ab", "note": "a b"}
    for data in (b"first", b"pixels"):
        await bench.storage.put_bytes(key, data, "image/webp", told)
    found = await bench.storage.find(key, 100)
    _expect(found and found.data, b"pixels", "read the short way")
    _expect(found and found.media_type, "image/webp", "its type")
    _expect(found and found.metadata.items() >= told.items(), True, "its metadata")
    _expect(await bench.storage.get_bytes(key), b"pixels", "read by boto3")
    _expect(await bench.storage.has(key), True, "whether it is there")


async def _absent(bench: Bench) -> None:
    key = f"{bench.at}none"
    _expect(await bench.storage.find(key, 1), None, "what is not there")
    _expect(await bench.storage.has(key), False, "whether it is there")
    try:
        await bench.storage.get_bytes(key)
    except ObjectMissing:
        return
    raise Unexpected("what is not there was read")


async def _streamed(bench: Bench) -> None:
    key, data = f"{bench.at}large", secrets.token_bytes(2 * PART_SIZE + 1)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 1_000_000):
            yield data[start : start + 1_000_000]

    stored = await bench.storage.put_stream(key, chunks(), _KIND, {"note": "large"})
    read = await bench.storage.get_bytes(key)
    _expect(hashlib.sha256(read).hexdigest(), stored.sha256, "its SHA-256")


async def _given_up(bench: Bench) -> None:
    key = f"{bench.at}given-up"
    upload = await bench.begun(key)
    await bench.storage.upload_part(key, upload, 1, b"part")
    found = await bench.storage.unfinished_uploads(key)
    _expect(found, [(key, upload)], "uploads that are not finished")
    await bench.storage.abort_multipart(key, upload)
    _expect(await bench.storage.unfinished_uploads(key), [], "uploads given up")
    _expect(await bench.storage.has(key), False, "whether it is there")
    try:
        await bench.parts.arrived(key, upload)
    except UploadMissing:
        return
    raise Unexpected("the parts of an upload that was given up are listed")


async def _ranges(bench: Bench) -> None:
    key = f"{bench.at}digits"
    await bench.storage.put_bytes(key, b"0123456789", _KIND)
    found = await bench.storage.open(key, "bytes=2-4")
    _expect(b"".join([c async for c in found.chunks]), b"234", "bytes 2 to 4")
    _expect(found.content_range, "bytes 2-4/10", "what is said of them")
    _expect(await beginning(bench.storage, key, 64), (b"0123456789", 10), "its head")
    try:
        await bench.storage.open(key, "bytes=10-")
    except RangeOutside as outside:
        _expect(outside.size, 10, "its size")
        return
    raise Unexpected("a range outside of the object was answered")


async def _many(bench: Bench) -> None:
    """More than one list, more than one deletion."""
    names = [f"{bench.at}{number:04}" for number in range(_MANY)]
    puts = (bench.storage.put_bytes(name, b"x", _KIND) for name in reversed(names))
    await asyncio.gather(*puts)
    _expect(await bench.storage.keys(bench.at), names, "the keys, in order")
    soon = datetime.now(UTC) + timedelta(days=1)
    old, _ = await bench.storage.older(bench.at, soon, after=names[-3])
    _expect(old, names[-2:], "keys after one")
    await bench.storage.delete([*names, f"{bench.at}never-there"])
    _expect(await bench.storage.keys(bench.at), [], "what is left of them")


async def _signed(bench: Bench) -> None:
    """As uploads in parts go: by addresses, in any order, each in its length."""
    key, first, last = f"{bench.at}signed", bytes(MIN_PART), b"the end"
    upload = await bench.begun(key)
    one, two = await bench.parts.presign(
        key, upload, [(1, len(first)), (2, len(last))], 600
    )
    refused = await _sent("PUT", two, last + b" and more")
    _expect(refused.status_code in (400, 403), True, "a part that is longer is refused")
    for url, data in ((two, last), (one, first)):
        answer = await _sent("PUT", url, data)
        _expect(answer.status_code, 200, answer.content[:300].decode(errors="replace"))
    there = await bench.parts.arrived(key, upload)
    sizes = [(part.number, part.size) for part in there]
    _expect(sizes, [(1, len(first)), (2, len(last))], "the parts that arrived")
    await bench.parts.complete(key, upload, there)
    _expect(await bench.storage.get_bytes(key), first + last, "what became of them")


async def _cors(bench: Bench) -> None:
    key = f"{bench.at}cors"
    upload = await bench.begun(key)
    [url] = await bench.parts.presign(key, upload, [(1, 4)], 600)
    asked = {"Origin": bench.origin, "Access-Control-Request-Method": "PUT"}
    answer = await _sent("OPTIONS", url, headers=asked)
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    _expect(allowed in (bench.origin, "*"), True, f"answered {answer.status_code}")


async def _conditional(bench: Bench) -> None:
    key = f"{bench.at}once"
    await bench.client("put_object", key, Body=b"1", IfNoneMatch="*")
    try:
        await bench.client("put_object", key, Body=b"2", IfNoneMatch="*")
    except bench.storage._s3.exceptions.ClientError as refused:
        _expect(refused.response["Error"]["Code"], "PreconditionFailed", "the second")
        return
    raise Unexpected("the second wrote over the first")


async def _copied(bench: Bench) -> None:
    key, copy = f"{bench.at}from", f"{bench.at}to"
    await bench.storage.put_bytes(key, b"data", "image/png", {"note": "kept"})
    source = {"Bucket": bench.storage.settings.s3_bucket, "Key": key}
    await bench.client("copy_object", copy, CopySource=source)
    found = await bench.storage.find(copy, 100)
    _expect(found and (found.data, found.media_type), (b"data", "image/png"), "copied")


async def _named(bench: Bench) -> None:
    key, name = f"{bench.at}named", 'attachment; filename="a b.png"'
    await bench.storage.put_bytes(key, b"data", "image/png")
    bucket = bench.storage.settings.s3_bucket
    url = bench.parts.signer.generate_presigned_url(
        "get_object",
        Params={"Bucket": bucket, "Key": key, "ResponseContentDisposition": name},
    )
    answer = await _sent("GET", url)
    _expect(answer.headers.get("Content-Disposition"), name, "the name that was asked")


async def _cleared(bench: Bench) -> None:
    await bench.storage.delete_prefix(bench.at)
    _expect(await bench.storage.keys(bench.at), [], "what is left")


@dataclass(frozen=True)
class Trial:
    """One thing that we rely on."""

    name: str
    run: Callable[[Bench], Awaitable[None]]
    breaks: str
    needed: bool = True


REACHED = Trial("the bucket is reached", _reached, "everything; /readyz is 503")
CLEARED = Trial("all is taken away again", _cleared, "deleting; objects stay for ever")
CORS = Trial("pages may PUT parts", _cors, "uploads in parts from this origin's pages")
_NOTHING = "nothing of today"
TRIALS = (
    Trial("objects are put and read", _whole, "everything"),
    Trial("what is not there is missing", _absent, "images by address, completions"),
    Trial("a stream is put in parts", _streamed, "uploads and exports over 8 MiB"),
    Trial("uploads are given up", _given_up, "room is lost; deleting does not end"),
    Trial("ranges are read", _ranges, "downloads in ranges, completing of uploads"),
    Trial("many are listed and deleted", _many, "deleting, expiry of previews"),
    Trial("parts are put by signed addresses", _signed, "uploads in parts"),
    CORS,
    Trial("puts have conditions", _conditional, _NOTHING, needed=False),
    Trial("objects are copied", _copied, _NOTHING, needed=False),
    Trial("signed reads name files", _named, _NOTHING, needed=False),
)
