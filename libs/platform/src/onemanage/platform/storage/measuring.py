"""How long storage takes to answer, by what it was asked and how it answered.

Measured where requests are sent, boto3's and the short way's alike; in threads, so under
a lock, which such a request does not feel.
"""

import threading
import time
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.httpsession import URLLib3Session

from onemanage.platform.process.figures import STORAGE_SECONDS

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_LOCK = threading.Lock()
_SHORT = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject"}
_BEGUN = "onemanage_begun"
_MISSING, _REFUSED, _ERROR = 404, 400, 500


class MeasuredSession(URLLib3Session):
    """botocore's session, for requests of single objects."""

    def send(self, request: AWSRequest | AWSPreparedRequest) -> Any:
        """As botocore's."""
        begun, result = time.monotonic(), "error"
        try:
            answer = super().send(request)
            result = _result(answer.status_code)
            return answer
        finally:
            _observe(begun, _SHORT.get(request.method or "", "other"), result)


def measured(client: "S3Client") -> "S3Client":
    """The client, each call of which is counted, its repetitions with it."""
    events = client.meta.events
    events.register("before-call.s3", _begin)
    events.register("after-call.s3", _end)
    events.register("after-call-error.s3", _fail)
    return client


def _begin(context: dict[str, Any], **_: Any) -> None:
    context[_BEGUN] = time.monotonic()


def _end(context: dict[str, Any], model: Any, http_response: Any, **_: Any) -> None:
    _observe(context[_BEGUN], model.name, _result(http_response.status_code))


def _fail(context: dict[str, Any], event_name: str, **_: Any) -> None:
    _observe(context[_BEGUN], event_name.rpartition(".")[2], "error")


def _observe(begun: float, operation: str, result: str) -> None:
    with _LOCK:
        STORAGE_SECONDS.observe(time.monotonic() - begun, operation, result)


def _result(status: int) -> str:
    if status >= _ERROR:
        return "error"
    if status == _MISSING:
        return "missing"
    return "refused" if status >= _REFUSED else "ok"
