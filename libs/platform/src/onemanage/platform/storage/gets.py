"""One request of S3, GetObject of what may not be there, the short way: as puts.py."""

from urllib.parse import quote

import anyio.to_thread
import msgspec
from anyio import CapacityLimiter
from botocore.awsrequest import AWSRequest

from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage.puts import AS_THEY_ARE, session_of, signer_of

_THREADS = 8
_META = "x-amz-meta-"


class Unreadable(ConnectionError):
    """Storage answers neither with the object nor that there is none. Retryable."""


class Found(msgspec.Struct, frozen=True):
    """An object that is there."""

    data: bytes | None
    """None where it is larger than was asked for."""
    size: int
    media_type: str
    metadata: dict[str, str]
    """What it was stored with, by names in small letters."""


class Gets:
    """Gets of one storage."""

    def __init__(self, settings: StorageSettings) -> None:
        self._base = f"{settings.s3_endpoint.rstrip('/')}/{settings.s3_bucket}/"
        self._signer, self._session = signer_of(settings), session_of(_THREADS)
        self._limiter = CapacityLimiter(_THREADS)

    async def find(self, key: str, most: int) -> Found | None:
        """The object with its bytes, where they are no more than ``most``; None where
        there is none. Raises what outage.py knows: Unreadable, or that
        storage is away."""
        return await anyio.to_thread.run_sync(
            self._find, key, most, limiter=self._limiter
        )

    def _find(self, key: str, most: int) -> Found | None:
        url = f"{self._base}{quote(key, safe=AS_THEY_ARE)}"
        request = AWSRequest("GET", url, stream_output=True)
        self._signer.add_auth(request)
        answer = self._session.send(request.prepare())
        if answer.status_code != 200:
            answer.content  # read, so that the connection serves again
            if answer.status_code == 404:
                return None
            raise Unreadable(f"storage answers {answer.status_code} of {key}")
        size = int(answer.headers["Content-Length"])
        if size > most:
            answer.raw.close()
        return Found(
            None if size > most else answer.content,
            size,
            answer.headers.get("Content-Type", "application/octet-stream"),
            {
                name.lower().removeprefix(_META): value
                for name, value in answer.headers.items()
                if name.lower().startswith(_META)
            },
        )
