"""One request of S3, GetObject of what may not be there, the short way: as puts.py."""

import socket
from urllib.parse import quote

import anyio.to_thread
import msgspec
from anyio import CapacityLimiter
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from onemanage.platform.process.settings import StorageSettings

_TIMEOUTS = (3, 60)
"""Seconds to connect, and until an answer."""
_AT_ONCE = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
_AS_THEY_ARE = "/-._~"
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
        credentials = Credentials(
            settings.s3_access_key_id, settings.s3_secret_access_key
        )
        self._signer = S3SigV4Auth(credentials, "s3", settings.s3_region)
        self._limiter = CapacityLimiter(_THREADS)
        self._session = URLLib3Session(
            timeout=_TIMEOUTS,  # type: ignore[arg-type]  # its stubs know of one alone
            max_pool_connections=_THREADS,
            socket_options=_AT_ONCE,  # type: ignore[arg-type]  # they say strings
        )

    async def find(self, key: str, most: int) -> Found | None:
        """The object with its bytes, where they are no more than ``most``; None where
        there is none. Raises what outage.py knows: Unreadable, or that
        storage is away."""
        return await anyio.to_thread.run_sync(
            self._find, key, most, limiter=self._limiter
        )

    def _find(self, key: str, most: int) -> Found | None:
        url = f"{self._base}{quote(key, safe=_AS_THEY_ARE)}"
        request = AWSRequest("GET", url, stream_output=True)
        self._signer.add_auth(request)
        answer = self._session.send(request.prepare())
        if answer.status_code == 404:
            answer.content  # read, so that the connection serves again
            return None
        if answer.status_code != 200:
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
