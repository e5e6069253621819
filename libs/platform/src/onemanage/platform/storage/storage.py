"""Files in any S3, by boto3, streamed in both directions.

boto3 blocks, so every call runs in a worker thread; a stream never holds more than
one part of eight MiB in memory.
"""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import closing
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any

import anyio.to_thread
import msgspec
from anyio import CapacityLimiter
from botocore.exceptions import ClientError
from loguru import logger

from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage.clients import CONNECTIONS, bucket_address, client_of
from onemanage.platform.storage.short_way import Found, ShortWay
from onemanage.platform.storage.writing import PART_SIZE, PartWriter, StoredObject

_CHUNK = 256 * 1024
_THREADS = CONNECTIONS - 1
"""One is left for ``check``."""
_FINDS = 8
_DELETE_AT_ONCE = 1000


class ObjectMissing(Exception):
    """There is no object under this key (any more)."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no object {key}")
        self.key = key


class RangeOutside(Exception):
    """The object of ``size`` bytes holds none of the bytes that were asked for."""

    def __init__(self, key: str, size: int) -> None:
        super().__init__(f"{key} has {size} bytes")
        self.size = size


class ObjectStream(msgspec.Struct, frozen=True):
    """An object on its way out. ``chunks`` must be read to the end or closed."""

    size: int  # bytes of the range, where one was asked for
    media_type: str
    etag: str
    chunks: AsyncIterator[bytes]
    content_range: str | None = None  # as ``bytes 0-9/100``
    metadata: dict[str, str] = {}  # what was stored with it


class Storage:
    """One bucket."""

    def __init__(self, settings: StorageSettings) -> None:
        self.settings = settings
        self._bucket = settings.s3_bucket
        self._limiter = CapacityLimiter(_THREADS)
        self._find_limiter = CapacityLimiter(_FINDS)
        self._check_limiter = CapacityLimiter(1)
        self._s3 = client_of(settings, settings.s3_endpoint)
        address = bucket_address(self._s3, self._bucket)
        self._short_way = ShortWay(settings, address, CONNECTIONS + _FINDS)

    async def _call[R](
        self, function: Callable[[], R], cancelled: threading.Event | None = None
    ) -> R:
        """Whoever is cancelled waits for the request: nothing is written after that.

        ``cancelled`` is set first, for a function that can end early."""
        request = asyncio.ensure_future(
            anyio.to_thread.run_sync(function, limiter=self._limiter)
        )
        try:
            return await asyncio.shield(request)
        except asyncio.CancelledError:
            if cancelled is not None:
                cancelled.set()
            with anyio.CancelScope(shield=True):
                await asyncio.wait({request})
            if not request.cancelled():
                request.exception()  # looked at: nobody is left to hear of it
            raise

    async def check(self) -> None:
        """Raises where the bucket cannot be reached; in a thread of its own, behind no
        upload. May be cancelled at any time."""
        await anyio.to_thread.run_sync(
            lambda: self._s3.head_bucket(Bucket=self._bucket),
            abandon_on_cancel=True,
            limiter=self._check_limiter,
        )

    async def put_bytes(
        self,
        key: str,
        data: bytes,
        media_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Store what is whole in memory; for less than a part of 8 MiB.

        ``metadata``, names and values in ASCII, comes with the object.
        """
        return await self._call(lambda: self._put(key, data, media_type, metadata))

    def _put(
        self, key: str, data: bytes, media_type: str, metadata: Mapping[str, str] | None
    ) -> StoredObject:
        """In this thread. Where the short way fails, boto3 tries, and says why not."""
        if not self._short_way.put(key, data, media_type, metadata or {}):
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=data,
                ContentType=media_type,
                Metadata=metadata or {},
            )
        digest = hashlib.sha256(data).hexdigest()
        return StoredObject(key, len(data), digest, media_type)

    async def put_file(
        self,
        key: str,
        path: Path,
        media_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Store a file of any size, read part by part; a small one at once."""
        if path.stat().st_size < PART_SIZE:
            return await self._call(
                lambda: self._put(key, path.read_bytes(), media_type, metadata)
            )

        async def chunks() -> AsyncIterator[bytes]:
            async with await anyio.open_file(path, "rb") as file:
                while chunk := await file.read(PART_SIZE):
                    yield chunk

        return await self.put_stream(key, chunks(), media_type, metadata)

    async def put_stream(
        self,
        key: str,
        chunks: AsyncIterator[bytes],
        media_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Write as the chunks come; if they raise, nothing is left under ``key``."""
        writer = PartWriter(self, key, media_type, metadata)
        try:
            async for chunk in chunks:
                await writer.write(chunk)
            return await writer.finish()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await writer.abort()
            raise

    async def get_bytes(self, key: str) -> bytes:
        """The whole object; for small ones. Raises ObjectMissing."""
        stream = await self.open(key)
        return b"".join([chunk async for chunk in stream.chunks])

    async def get_file(self, key: str, path: Path) -> int:
        """Stream to ``path``; returns the size in bytes. Raises ObjectMissing.

        Cancelled, it stops at the next part, and leaves what it has of the file."""
        cancelled = threading.Event()

        def download() -> int:
            short = self._short_way.get(key, path, cancelled)
            if short is not None:
                return short
            with closing(self._get(key)["Body"]) as body, path.open("wb") as file:
                for chunk in body.iter_chunks(PART_SIZE):
                    file.write(chunk)
                    if cancelled.is_set():
                        break
                return file.tell()

        return await self._call(download, cancelled)

    async def find(self, key: str, most: int) -> Found | None:
        """The object, with its bytes where they are no more than ``most``; None where
        there is none. In threads of its own, behind no upload. Raises what outage.py
        knows."""
        return await anyio.to_thread.run_sync(
            lambda: self._short_way.find(key, most),
            limiter=self._find_limiter,
        )

    async def has(self, key: str) -> bool:
        """Whether the object is there."""
        found = await self._call(lambda: self._short_way.has(key))
        return key in await self.keys(key, most=1) if found is None else found

    async def open(self, key: str, byte_range: str | None = None) -> ObjectStream:
        """All of it, or a range as ``bytes=0-9``. Raises ObjectMissing, RangeOutside."""
        answer = await self._call(lambda: self._get(key, byte_range))
        body = answer["Body"]

        async def chunks() -> AsyncIterator[bytes]:
            try:
                while chunk := await self._call(lambda: body.read(_CHUNK)):
                    yield chunk
            finally:
                body.close()

        return ObjectStream(
            answer["ContentLength"],
            answer.get("ContentType", "application/octet-stream"),
            answer["ETag"].strip('"'),
            chunks(),
            answer.get("ContentRange"),
            answer.get("Metadata", {}),
        )

    def _get(self, key: str, byte_range: str | None = None) -> Any:
        wanted: Any = {} if byte_range is None else {"Range": byte_range}
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key, **wanted)
        except self._s3.exceptions.NoSuchKey:
            raise ObjectMissing(key) from None
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidRange":
                raise
            head = self._s3.head_object(Bucket=self._bucket, Key=key)
            raise RangeOutside(key, head["ContentLength"]) from None
        size = found["ContentLength"]
        if byte_range and "ContentRange" not in found and _first(byte_range) >= size:
            found["Body"].close()  # OSS sends all of it instead of a refusal
            raise RangeOutside(key, size)
        return found

    async def keys(self, prefix: str, most: int = 1 << 40) -> list[str]:
        """Keys under a prefix, in the order of S3 (UTF-8 bytes); a list in memory."""

        def listed() -> list[str]:
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix, PaginationConfig={"MaxItems": most}
            )
            return [item["Key"] for page in pages for item in page.get("Contents", [])]

        return await self._call(listed)

    async def older(
        self, prefix: str, before: datetime, after: str = ""
    ) -> tuple[list[str], str]:
        """Of the thousand keys under a prefix that come after one, those last written
        ``before``; and the last of the thousand, empty where there are no more."""

        def listed() -> tuple[list[str], str]:
            page = self._s3.list_objects_v2(
                Bucket=self._bucket, Prefix=prefix, StartAfter=after
            )
            found = page.get("Contents", [])
            old = [item["Key"] for item in found if item["LastModified"] < before]
            return old, found[-1]["Key"] if page.get("IsTruncated") else ""

        return await self._call(listed)

    async def delete(self, keys: Iterable[str]) -> None:
        """Gone, or was never there."""
        for batch in batched(keys, _DELETE_AT_ONCE):
            answer = await self._call(
                lambda batch=batch: self._s3.delete_objects(  # type: ignore[misc]  # mypy infers no type for a lambda's default
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
                )
            )
            if errors := answer.get("Errors"):
                raise OSError(f"{len(errors)} objects not deleted: {errors[0]}")

    async def delete_prefix(self, prefix: str) -> None:
        """Every object under it, and every upload that was begun and not finished."""
        await self.abort_unfinished(prefix)
        while found := await self.keys(prefix, _DELETE_AT_ONCE):
            await self.delete(found)

    async def abort_unfinished(self, prefix: str) -> None:
        """Every upload that was begun and not finished; their parts take up room."""
        for key, upload_id in await self.unfinished_uploads(prefix):
            await self.abort_multipart(key, upload_id)

    async def unfinished_uploads(self, prefix: str) -> list[tuple[str, str]]:
        """Key and upload id of multipart uploads that are neither whole nor aborted."""

        def listed() -> list[tuple[str, str]]:
            pages = self._s3.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            return [
                (upload["Key"], upload["UploadId"])
                for page in pages
                for upload in page.get("Uploads", [])
            ]

        return await self._call(listed)

    async def begin_multipart(
        self, key: str, media_type: str, metadata: Mapping[str, str] | None = None
    ) -> str:
        """The upload id. What is begun costs room until it is completed or aborted."""
        answer = await self._call(
            lambda: self._s3.create_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                ContentType=media_type,
                Metadata=metadata or {},
            )
        )
        return answer["UploadId"]

    async def upload_part(
        self, key: str, upload_id: str, number: int, data: bytes
    ) -> str:
        """Returns the part's ETag, which completing needs."""
        answer = await self._call(
            lambda: self._s3.upload_part(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                PartNumber=number,
                Body=data,
            )
        )
        return answer["ETag"]

    async def complete_multipart(
        self, key: str, upload_id: str, etags: list[str]
    ) -> None:
        """Make one object of the parts; ``etags`` are theirs, from part 1 on."""
        parts = [{"ETag": e, "PartNumber": n} for n, e in enumerate(etags, start=1)]
        await self._call(
            lambda: self._s3.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]  # plain dicts are what it takes
            )
        )

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Give up an upload by parts."""
        await self._call(
            lambda: self._s3.abort_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload_id
            )
        )


def _first(byte_range: str) -> int:
    """Of ``bytes=7-9``, 7; of the last so many bytes, 0."""
    return int(byte_range.removeprefix("bytes=").partition("-")[0] or 0)


async def ensure_bucket(settings: StorageSettings) -> None:
    """Create the bucket where it is not there. Safe to repeat and to race; of one that
    is there, a key that may use it is enough."""
    storage = Storage(settings)
    s3, bucket = storage._s3, settings.s3_bucket
    try:
        await storage.check()
    except ClientError:
        try:
            await storage._call(lambda: s3.create_bucket(Bucket=bucket))
        except (
            s3.exceptions.BucketAlreadyOwnedByYou,
            s3.exceptions.BucketAlreadyExists,
        ):
            logger.debug("Bucket {} is there", bucket)
