"""Three requests of S3, PutObject, GetObject and HeadObject, the short way.

boto3's client resolves, checks and hooks for two milliseconds before each request that
it sends; signed by the same botocore and sent over the same kind of connections, one
takes a fifth of that. A document has hundreds of images, and an image is ordered by
somebody who waits.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import msgspec
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.response import StreamingBody

from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage.measuring import MeasuredSession

_TIMEOUTS = (3, 60)
"""Seconds to connect, and until an answer."""
_AT_ONCE = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
"""As boto3's clients have it: a body that waits for its head to be acknowledged takes 40
milliseconds longer."""
_AS_THEY_ARE = "/-._~"
"""Of a key's characters, besides letters and digits."""
_CHUNK = 1 << 20
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


class ShortWay:
    """To one bucket, at ``address``. May be gone in several threads at once; where it
    leads nowhere, boto3 is to try, which says why not."""

    def __init__(
        self, settings: StorageSettings, address: str, connections: int
    ) -> None:
        self._bucket = address
        credentials = Credentials(
            settings.s3_access_key_id, settings.s3_secret_access_key
        )
        self._signer = S3SigV4Auth(credentials, "s3", settings.s3_region)
        self._session = MeasuredSession(
            timeout=_TIMEOUTS,  # type: ignore[arg-type]  # its stubs know of one alone
            max_pool_connections=connections,
            socket_options=_AT_ONCE,  # type: ignore[arg-type]  # they say strings
        )

    def put(
        self,
        key: str,
        data: bytes,
        media_type: str,
        metadata: Mapping[str, str] = MappingProxyType({}),
    ) -> bool:
        """Whether ``key`` holds the data now.

        Where not, it may, or may not: to put it again, in any way, is right.
        """
        request = AWSRequest(
            "PUT",
            self._address(key),
            headers={
                "Content-Type": media_type,
                **{f"{_META}{name}": value for name, value in metadata.items()},
            },
            data=data,
        )
        try:
            answer = self._session.send(self._signed(request))
        except BotoCoreError:
            return False
        return bool(answer.status_code == 200)

    def get(self, key: str, file: Path, stop: threading.Event) -> int | None:
        """Write the object to ``file``, and return its size in bytes.

        None where it could not be had, or not whole: what is in the file by then means
        nothing. Ends early once ``stop`` is set.
        """
        request = AWSRequest("GET", self._address(key), stream_output=True)
        try:
            answer = self._session.send(self._signed(request))
            size = int(answer.headers.get("Content-Length", -1))
            # It compares with the length, and names what breaks off as botocore does.
            with closing(StreamingBody(answer.raw, size)) as body:
                if answer.status_code != 200:
                    body.read()  # so that the connection can be used again
                    return None
                return _written(body, file, stop)
        except BotoCoreError:
            return None

    def find(self, key: str, most: int) -> Found | None:
        """The object, with its bytes where they are no more than ``most``; None where
        there is none. Raises what outage.py knows: Unreadable, or that storage is away.
        """
        request = AWSRequest("GET", self._address(key), stream_output=True)
        answer = self._session.send(self._signed(request))
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

    def has(self, key: str) -> bool | None:
        """Whether there is such an object; None where that could not be found out."""
        request = AWSRequest("HEAD", self._address(key))
        try:
            answer = self._session.send(self._signed(request))
        except BotoCoreError:
            return None
        return {200: True, 404: False}.get(answer.status_code)

    def _address(self, key: str) -> str:
        return f"{self._bucket}/{quote(key, safe=_AS_THEY_ARE)}"

    def _signed(self, request: AWSRequest) -> AWSPreparedRequest:
        self._signer.add_auth(request)
        return request.prepare()


def _written(body: StreamingBody, file: Path, stop: threading.Event) -> int:
    with file.open("wb") as target:
        for chunk in body.iter_chunks(_CHUNK):
            target.write(chunk)
            if stop.is_set():
                break
        return target.tell()
