"""One request of S3, PutObject, the short way.

boto3's client resolves, checks and hooks for two milliseconds before each request that
it sends; signed by the same botocore and sent over the same kind of connections, one
takes a fifth of that. A document has hundreds of images.
"""

import socket
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from onemanage.platform.process.settings import StorageSettings

_TIMEOUTS = (3, 60)
"""Seconds to connect, and until an answer."""
_AT_ONCE = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
"""As boto3's clients have it: a body that waits for its head to be acknowledged takes 40
milliseconds longer."""
AS_THEY_ARE = "/-._~"
"""Of a key's characters, besides letters and digits."""


def signer_of(settings: StorageSettings) -> S3SigV4Auth:
    """Signs requests as whoever the settings name."""
    credentials = Credentials(settings.s3_access_key_id, settings.s3_secret_access_key)
    return S3SigV4Auth(credentials, "s3", settings.s3_region)


def session_of(connections: int) -> URLLib3Session:
    """Keeps so many connections; may be used in several threads at once."""
    return URLLib3Session(
        timeout=_TIMEOUTS,  # type: ignore[arg-type]  # its stubs know of one alone
        max_pool_connections=connections,
        socket_options=_AT_ONCE,  # type: ignore[arg-type]  # they say strings
    )


class Puts:
    """Puts of one storage. May be called in several threads at once."""

    def __init__(self, settings: StorageSettings, connections: int) -> None:
        self._endpoint = settings.s3_endpoint.rstrip("/")
        self._signer = signer_of(settings)
        self._session = session_of(connections)

    def put(
        self,
        path: str,
        data: bytes,
        media_type: str,
        metadata: Mapping[str, str] = MappingProxyType({}),
    ) -> bool:
        """Whether ``path``, which begins with the bucket, holds the data now.

        Where not, it may, or may not: to put it again, in any way, is right.
        """
        request = AWSRequest(
            "PUT",
            f"{self._endpoint}/{quote(path, safe=AS_THEY_ARE)}",
            headers={
                "Content-Type": media_type,
                **{f"x-amz-meta-{name}": value for name, value in metadata.items()},
            },
            data=data,
        )
        self._signer.add_auth(request)
        try:
            answer = self._session.send(request.prepare())
        except BotoCoreError:
            return False
        return bool(answer.status_code == 200)
