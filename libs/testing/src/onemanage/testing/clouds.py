"""Object storage that refuses what clouds refuse: a proxy before a real one.

Each rule is a function of its own; what it says is what the cloud's own page or its
answers say. A request that no rule refuses is passed on as it came, `Host` and signature
with it.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

OSS_HOST = "s3.oss-cn-hangzhou.aliyuncs.com"
R2_HOST = "0123456789abcdef.eu.r2.cloudflarestorage.com"
"""With a jurisdiction."""
_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True)
class Request:
    """One that came to the cloud. ``sizes`` are those of the parts of its upload."""

    method: str
    host: str
    query: dict[str, list[str]]
    headers: Message
    body: bytes
    sizes: dict[int, int]

    def is_to(self, method: str, name: str) -> bool:
        """As S3 tells its operations apart: by method and a name in the query."""
        return self.method == method and name in self.query


type Refusal = tuple[int, str, str]
"""Status, S3's code, and text."""
type Rule = Callable[[Request], Refusal | None]


def path_style(request: Request) -> Refusal | None:
    """OSS: the bucket stands before the host, or nothing is answered."""
    if request.host == OSS_HOST:
        text = "The bucket must be addressed using OSS third level domain."
        return 403, "SecondLevelDomainForbidden", text
    return None


def no_md5(request: Request) -> Refusal | None:
    """OSS: the list of objects to delete comes with its MD5."""
    if request.is_to("POST", "delete") and "Content-MD5" not in request.headers:
        return 400, "MissingArgument", "Missing Some Required Arguments: Content-MD5."
    return None


def chunked(request: Request) -> Refusal | None:
    """Both: a body comes as it is, not in the chunks of AWS."""
    hashed = request.headers.get("x-amz-content-sha256", "")
    encoding = request.headers.get("Content-Encoding", "")
    if hashed.startswith("STREAMING-") or "aws-chunked" in encoding:
        return 400, "InvalidArgument", "aws-chunked encoding is not supported."
    return None


def unequal_parts(request: Request) -> Refusal | None:
    """R2: all parts have one size, but for the last. It says so at the end."""
    sizes = [request.sizes[number] for number in sorted(request.sizes)]
    if request.is_to("POST", "uploadId") and len(set(sizes[:-1])) > 1:
        text = "All non-trailing parts must have the same length."
        return 400, "InvalidPart", text
    return None


def acl(request: Request) -> Refusal | None:
    """R2 knows no access lists."""
    for name in request.headers:
        if name.lower() == "x-amz-acl" or name.lower().startswith("x-amz-grant-"):
            return 501, "NotImplemented", f"Header '{name}' not implemented."
    return None


def checksums(request: Request) -> Refusal | None:
    """R2: one checksum at most, and of S3's own those by CRC."""
    found = {name.lower() for name in request.headers}
    own = {
        name for name in found if re.match("x-amz-checksum-(?!algorithm|type)", name)
    }
    if other := sorted(name for name in own if "-crc" not in name):
        return 501, "NotImplemented", f"Header '{other[0]}' not implemented."
    if len(own) + ("content-md5" in found) > 1:
        return 400, "InvalidRequest", "You can only specify one checksum at a time."
    return None


def region(request: Request) -> Refusal | None:
    """R2: its region is auto, which us-east-1 is another name of."""
    scope = request.query.get("X-Amz-Credential", [""])[0]
    signed = scope or request.headers.get("Authorization", "")
    found = re.search(r"/\d{8}/([^/]*)/s3/", signed)
    if found and found[1] not in ("auto", "us-east-1", ""):
        return 400, "InvalidRegionName", f"The region name '{found[1]}' is not valid."
    return None


@dataclass(frozen=True)
class Cloud:
    """A vendor: the host that its addresses have, and what it refuses. ``ignores_ranges``
    where one that an object does not fill is answered with all of it."""

    host: str
    rules: tuple[Rule, ...]
    ignores_ranges: bool = False


OSS = Cloud(OSS_HOST, (path_style, no_md5, chunked), ignores_ranges=True)
R2 = Cloud(R2_HOST, (unequal_parts, acl, checksums, region, chunked))


@dataclass
class Passed:
    """What came by: of each upload the sizes of its parts, and whom it refused why."""

    sizes: dict[str, dict[int, int]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)


@contextmanager
def cloud(
    vendor: Cloud, upstream: str, whole: Callable[[str], bytes]
) -> Iterator[tuple[str, Passed]]:
    """The vendor's endpoint, before the storage at ``upstream``; in this process alone
    its names lead here. ``whole`` gives all of the object of a path."""
    passed = Passed()
    with _Server(vendor, urlsplit(upstream).netloc, whole, passed) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            with _leading_here(vendor.host):
                yield f"http://{vendor.host}:{server.server_port}", passed
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _leading_here(host: str) -> Iterator[None]:
    found = socket.getaddrinfo

    def here(name: Any, *others: Any, **named: Any) -> Any:
        is_ours = str(name) == host or str(name).endswith(f".{host}")
        return found("127.0.0.1" if is_ours else name, *others, **named)

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(socket, "getaddrinfo", here)
        yield


class _Server(ThreadingHTTPServer):
    def __init__(
        self,
        vendor: Cloud,
        upstream: str,
        whole: Callable[[str], bytes],
        passed: Passed,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.vendor, self.upstream = vendor, upstream
        self.whole, self.passed = whole, passed


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests look at what was passed."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        upload = query.get("uploadId", [""])[0]
        sizes = self.server.passed.sizes.setdefault(upload, {})
        host = self.headers["Host"].partition(":")[0]
        request = Request(self.command, host, query, self.headers, body, dict(sizes))
        self.server.passed.seen.append(request)
        for rule in self.server.vendor.rules:
            if refusal := rule(request):
                self.server.passed.refused.append(refusal[1])
                self._refuse(*refusal)
                return
        if request.is_to("PUT", "partNumber"):
            sizes[int(query["partNumber"][0])] = len(body)
        self._pass_on(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_OPTIONS = _answer

    def _refuse(self, status: int, code: str, text: str) -> None:
        said = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self._send(said)

    def _pass_on(self, body: bytes) -> None:
        connection = HTTPConnection(self.server.upstream)
        connection.request(self.command, self.path, body, dict(self.headers.items()))
        answer = connection.getresponse()
        if self.server.vendor.ignores_ranges and _overshoots(self.headers, answer):
            answer.read()
            self.send_response(200)
            self.send_header("ETag", '"of all of it"')
            self._send(self.server.whole(self.path))
        else:
            data = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            length = answer.getheader("Content-Length")
            self._send(data, length if self.command == "HEAD" else None)
        connection.close()

    def _send(self, data: bytes, length: str | None = None) -> None:
        self.send_header("Content-Length", length or str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def _overshoots(headers: Message, answer: HTTPResponse) -> bool:
    """Whether a range was asked for that ends beyond the object."""
    if answer.status == 416:
        return True
    asked = re.fullmatch(r"bytes=\d+-(\d+)", headers.get("Range", ""))
    told = re.search(r"/(\d+)$", answer.getheader("Content-Range", ""))
    return bool(asked and told and int(asked[1]) >= int(told[1]))
