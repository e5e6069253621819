"""Multipart uploads whose parts come from outside, straight to storage.

Whoever has the presigned address of a part may put that part there: of this upload,
under this number, in this length, until the address ends. What has arrived is asked of
storage and of nobody else.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError

from onemanage.platform.storage.clients import client_of
from onemanage.platform.storage.storage import Storage

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

MIN_PART = 5 * 1024 * 1024
MAX_PART = 5 * 1024**3 - MIN_PART
"""Bytes of a part; the last may be smaller. Of a larger one R2 says that it is too large:
https://developers.cloudflare.com/r2/platform/limits/"""
MAX_PARTS = 10_000
_PAGE = 1000
"""Parts that storage lists at once."""


class UploadMissing(Exception):
    """Storage has no such upload under way: it is whole, aborted, or never was."""

    def __init__(self, key: str, upload_id: str) -> None:
        super().__init__(f"no upload {upload_id} of {key}")
        self.key = key


class Part(msgspec.Struct, frozen=True):
    """A part that has arrived: its number from 1, its bytes, and its ETag."""

    number: int
    size: int
    etag: str


class Parts:
    """The multipart uploads of a bucket. ``public`` is where others reach it; where it
    is empty, addresses are those that we use ourselves."""

    def __init__(self, storage: Storage, public: str = "") -> None:
        self._storage = storage
        self.signer: S3Client = storage._s3
        if public and public != storage.settings.s3_endpoint:
            self.signer = client_of(storage.settings, public)

    async def presign(
        self, key: str, upload_id: str, parts: Sequence[tuple[int, int]], seconds: int
    ) -> list[str]:
        """Addresses to PUT parts to, of ``parts`` as number and bytes. No other length
        is taken there.
        """

        def signed() -> list[str]:
            return [
                self.signer.generate_presigned_url(
                    "upload_part",
                    Params={
                        **self._of(key, upload_id),
                        "PartNumber": number,
                        "ContentLength": size,
                    },
                    ExpiresIn=seconds,
                )
                for number, size in parts
            ]

        return await self._storage._call(signed)

    async def arrived(
        self, key: str, upload_id: str, first: int = 1, last: int = MAX_PARTS
    ) -> list[Part]:
        """The parts with numbers from ``first`` to ``last``, in order.

        Raises UploadMissing.
        """

        def page(after: int) -> Any:
            return self._storage._s3.list_parts(
                **self._of(key, upload_id),
                PartNumberMarker=after,
                MaxParts=min(_PAGE, last - after),
            )

        def listed() -> list[Part]:
            found: list[Any] = []
            after, is_more = first - 1, True
            while is_more and after < last:
                answer = page(after)
                parts = answer.get("Parts", [])
                is_more = answer.get("IsTruncated", False) and bool(parts)
                if is_more:
                    after = _read_to(parts)
                found += parts
            return [part for part in latest(found) if part.number <= last]

        try:
            return await self._storage._call(listed)
        except ClientError as error:
            raise _meant(error, key, upload_id) from None

    async def complete(self, key: str, upload_id: str, parts: Iterable[Part]) -> None:
        """Make one object of them. Raises UploadMissing, also where somebody else has
        done so.
        """
        made = [{"ETag": each.etag, "PartNumber": each.number} for each in parts]
        try:
            await self._storage._call(
                lambda: self._storage._s3.complete_multipart_upload(
                    **self._of(key, upload_id),
                    MultipartUpload={"Parts": made},  # type: ignore[typeddict-item]  # plain dicts are what it takes
                )
            )
        except ClientError as error:
            raise _meant(error, key, upload_id) from None

    def _of(self, key: str, upload_id: str) -> Any:
        bucket = self._storage.settings.s3_bucket
        return {"Bucket": bucket, "Key": key, "UploadId": upload_id}


def _read_to(parts: list[Any]) -> int:
    """The last number of which nothing is left for the next page."""
    last: int = parts[-1]["PartNumber"]
    return last if parts[0]["PartNumber"] == last else last - 1


def latest(listed: Iterable[Any]) -> list[Part]:
    """One of each number, as S3 lists them; where a part was put twice, SeaweedFS lists
    both.

    Of two that differ and came in the same second nobody knows which was the later:
    neither has arrived, and whoever sends the parts sends it again.
    """
    found: dict[int, list[Any]] = {}
    for part in listed:
        found.setdefault(part["PartNumber"], []).append(part)
    arrived = []
    for number, parts in sorted(found.items()):
        newest = max(part["LastModified"] for part in parts)
        counting = [part for part in parts if part["LastModified"] == newest]
        if len({part["ETag"] for part in counting}) == 1:
            arrived.append(Part(number, counting[0]["Size"], counting[0]["ETag"]))
    return arrived


def _meant(error: ClientError, key: str, upload_id: str) -> Exception:
    if error.response["Error"]["Code"] == "NoSuchUpload":
        return UploadMissing(key, upload_id)
    return error
