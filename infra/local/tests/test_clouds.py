"""Storage at the clouds' own addresses, before a real S3 that refuses what they refuse."""

import asyncio
import hashlib
import http.client
import json
import secrets
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest
from anyio.from_thread import start_blocking_portal
from botocore.config import Config
from botocore.exceptions import ClientError

from onemanage.local.child import Command
from onemanage.local.output import log_file
from onemanage.local.runner import running
from onemanage.local.s3 import s3
from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage import command, conformance
from onemanage.platform.storage.clients import bucket_address, client_of
from onemanage.platform.storage.conformance import TRIALS, check
from onemanage.platform.storage.inspecting import beginning, sha256_of
from onemanage.platform.storage.parts import MIN_PART, Parts
from onemanage.platform.storage.storage import RangeOutside, Storage, ensure_bucket
from onemanage.testing.clouds import OSS, OSS_HOST, R2, Cloud, Passed, Request, cloud

KEY = "files/wsp/größe (1)+2"
BUCKET = "pictures"
MIB = 1024 * 1024
MD5_OF_X = b64encode(hashlib.md5(b"x", usedforsecurity=False).digest()).decode()


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageSettings]:
    """An S3 that knows buckets before OSS's host too; a path leads to it as well."""
    place = tmp_path_factory.mktemp("clouds")
    secret = secrets.token_hex(16)
    process, endpoint = s3(place, "key", secret, BUCKET, throwaway=True)
    assert isinstance(process.command, Command)
    domain = f"-s3.domainName={OSS_HOST}"
    arguments = (*process.command.arguments, domain)
    process = replace(process, command=replace(process.command, arguments=arguments))
    log = log_file(place / "s3.log")
    settings = StorageSettings(
        s3_endpoint=endpoint,
        s3_bucket=BUCKET,
        s3_access_key_id="key",
        s3_secret_access_key=secret,
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running(log)) as runner,
    ):
        portal.call(runner.start, process)
        asyncio.run(ensure_bucket(settings))
        yield settings


@dataclass(frozen=True)
class At:
    """Storage at a cloud, and what came by there."""

    storage: Storage
    passed: Passed

    def plain(self, **config: Any) -> Any:
        """boto3 as it comes, but for ``config``, to the same address."""
        settings = self.storage.settings
        given = {"retries": {"total_max_attempts": 1}, **config}
        endpoint = given.pop("endpoint", settings.s3_endpoint)
        return boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=given.pop("region", "auto"),
            aws_access_key_id=settings.s3_access_key_id,
            aws_secret_access_key=settings.s3_secret_access_key,
            config=Config(**given),
        )


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects of the check, for they take most of its time."""
    monkeypatch.setattr(conformance, "_MANY", 20)


@pytest.fixture
def oss(upstream: StorageSettings) -> Iterator[At]:
    with reached(OSS, upstream) as found:
        yield found


@pytest.fixture
def r2(upstream: StorageSettings) -> Iterator[At]:
    with reached(R2, upstream) as found:
        yield found


@contextmanager
def reached(vendor: Cloud, upstream: StorageSettings) -> Iterator[At]:
    straight = client_of(upstream, upstream.s3_endpoint)

    def whole(path: str) -> bytes:
        key = unquote(path.partition("?")[0].removeprefix("/"))
        body: bytes = straight.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body

    with cloud(vendor, upstream.s3_endpoint, whole) as (endpoint, passed):
        settings = upstream.model_copy(update={"s3_endpoint": endpoint})
        yield At(Storage(settings), passed)


class NotSent(Exception):
    """Raised in place of sending."""


def headers_of_a_stream(s3: Any) -> Any:
    """What ``s3`` would send; nothing is sent."""
    seen: list[Any] = []

    def look(request: Any, **_: Any) -> None:
        seen.append(request.headers)
        raise NotSent

    s3.meta.events.register("before-send.s3", look)
    with pytest.raises(NotSent):
        s3.put_object(Bucket=BUCKET, Key="a", Body=BytesIO(b"x"))
    return seen[0]


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as raised:
        call()
    return str(raised.value.response["Error"]["Code"])


VIRTUAL = {"s3": {"addressing_style": "virtual"}}


@pytest.mark.parametrize("vendor", [OSS, R2], ids=["oss", "r2"])
async def test_all_that_is_relied_on_works_at_each_cloud(
    upstream: StorageSettings, vendor: Cloud
) -> None:
    with reached(vendor, upstream) as at:
        found = [outcome async for outcome in check(at.storage)]

        assert [each for each in found if each.error is not None] == []
        assert len(found) == len(TRIALS) + 1
        assert at.passed.refused == []
        assert await at.storage.keys("checks/") == []


def test_oss_is_sent_no_path_by_its_host_alone(oss: At) -> None:
    by_path = oss.plain(s3={"addressing_style": "path"})
    assert refusal(lambda: by_path.list_objects_v2(Bucket=BUCKET)) == (
        "SecondLevelDomainForbidden"
    )
    oss.storage._s3.list_objects_v2(Bucket=BUCKET)
    assert oss.passed.seen[-1].host == f"{BUCKET}.{OSS_HOST}"


@pytest.mark.parametrize(
    ("endpoint", "said", "wanted"),
    [
        ("https://s3.oss-cn-hangzhou.aliyuncs.com", "auto", "virtual"),
        ("https://s3.oss-cn-beijing-internal.aliyuncs.com", "auto", "virtual"),
        ("https://s3.eu-central-1.amazonaws.com", "auto", "virtual"),
        ("https://0123.eu.r2.cloudflarestorage.com", "auto", "path"),
        ("http://storage:8333", "auto", "path"),
        ("https://aliyuncs.com.example", "auto", "path"),
        ("https://minio.example", "virtual", "virtual"),
        ("https://s3.eu-central-1.amazonaws.com", "path", "path"),
    ],
)
def test_the_host_says_how_it_is_addressed_unless_a_setting_does(
    upstream: StorageSettings, endpoint: str, said: str, wanted: str
) -> None:
    settings = upstream.model_copy(
        update={"s3_endpoint": endpoint, "s3_addressing": said}
    )
    address = bucket_address(client_of(settings, endpoint), BUCKET)
    host = endpoint.removeprefix("https://").removeprefix("http://")
    assert address.partition("://")[2] == (
        f"{BUCKET}.{host}" if wanted == "virtual" else f"{host}/{BUCKET}"
    )


async def test_deletions_come_with_the_md5_that_oss_wants(oss: At) -> None:
    plain = oss.plain(**VIRTUAL, request_checksum_calculation="when_required")
    await oss.storage.put_bytes("a", b"x", "text/plain")
    listed = {"Objects": [{"Key": "a"}]}
    assert refusal(lambda: plain.delete_objects(Bucket=BUCKET, Delete=listed)) == (
        "MissingArgument"
    )
    await oss.storage.delete(["a"])
    assert await oss.storage.keys("a") == []


async def test_no_body_is_sent_in_chunks_of_aws(oss: At, tmp_path: Path) -> None:
    by_tls = f"https://{OSS_HOST}"
    plain = headers_of_a_stream(oss.plain(endpoint=by_tls, **VIRTUAL))
    assert b"aws-chunked" in plain["Content-Encoding"]  # what boto3 does by itself
    ours = headers_of_a_stream(client_of(oss.storage.settings, by_tls))
    assert "Content-Encoding" not in ours

    (tmp_path / "file").write_bytes(bytes(9 * MIB))
    await oss.storage.put_bytes("small", b"x", "text/plain")
    await oss.storage.put_file("large", tmp_path / "file", "text/plain")
    await oss.storage.delete(["small", "large"])
    assert oss.passed.refused == []


async def test_a_range_that_oss_answers_with_everything_is_still_a_range(
    oss: At,
) -> None:
    await oss.storage.put_bytes(KEY, b"0123456789", "text/plain")
    with pytest.raises(RangeOutside) as outside:
        await oss.storage.open(KEY, "bytes=10-")
    assert outside.value.size == 10
    assert await beginning(oss.storage, KEY, 64) == (b"0123456789", 10)
    found = await oss.storage.open(KEY, "bytes=4-64")
    assert (found.size, found.content_range) == (10, None)  # as all of it, not a part
    assert b"".join([chunk async for chunk in found.chunks]) == b"0123456789"

    async def hear(_: int) -> None:
        """Nothing."""

    whole = hashlib.sha256(b"0123456789").hexdigest()
    assert await sha256_of(oss.storage, KEY, 10, hear) == whole


async def test_parts_of_a_stream_are_of_the_one_size_that_r2_takes(r2: At) -> None:
    plain = r2.plain(s3={"addressing_style": "path"})
    of = {"Bucket": BUCKET, "Key": "unequal"}
    upload = plain.create_multipart_upload(**of)["UploadId"]
    made = [
        {
            "PartNumber": number,
            "ETag": plain.upload_part(
                **of, UploadId=upload, PartNumber=number, Body=bytes(size)
            )["ETag"],
        }
        for number, size in enumerate((5 * MIB, 6 * MIB, 1), 1)
    ]
    assert "InvalidPart" == refusal(
        lambda: plain.complete_multipart_upload(
            **of, UploadId=upload, MultipartUpload={"Parts": made}
        )
    )
    plain.abort_multipart_upload(**of, UploadId=upload)

    async def chunks() -> AsyncIterator[bytes]:
        for size in (1, 9 * MIB, 3, 8 * MIB, 5):
            yield bytes(size)

    await r2.storage.put_stream("equal", chunks(), "text/plain")
    [sizes] = [found for found in r2.passed.sizes.values() if len(found) == 3][-1:]
    assert sizes[1] == sizes[2] > sizes[3]


def test_r2_is_sent_no_access_list(r2: At) -> None:
    plain = r2.plain(s3={"addressing_style": "path"})
    asked = {"Bucket": BUCKET, "Key": "a", "Body": b"x"}
    assert refusal(lambda: plain.put_object(**asked, ACL="private")) == "NotImplemented"
    r2.storage._s3.create_multipart_upload(Bucket=BUCKET, Key="a")
    assert not any("acl" in name.lower() for name in r2.passed.seen[-1].headers)


async def test_r2_is_sent_no_checksum_that_it_does_not_read(r2: At) -> None:
    plain = r2.plain(s3={"addressing_style": "path"})
    asked = {"Bucket": BUCKET, "Key": "a", "Body": b"x"}
    for given in ({"ChecksumAlgorithm": "SHA256"}, {"ContentMD5": MD5_OF_X}):
        said = refusal(partial(plain.put_object, **asked, **given))
        assert said in ("NotImplemented", "InvalidRequest")
    await r2.storage.put_bytes("a", b"x", "text/plain")
    await r2.storage.delete(["a"])
    names = {name.lower() for name in r2.passed.seen[-1].headers}
    assert "content-md5" in names
    assert not [name for name in names if name.startswith("x-amz-checksum")]


async def test_r2_knows_its_own_region_alone(r2: At, upstream: StorageSettings) -> None:
    plain = r2.plain(s3={"addressing_style": "path"}, region="eu-central-1")
    assert refusal(lambda: plain.list_objects_v2(Bucket=BUCKET)) == "InvalidRegionName"
    assert upstream.s3_region == "auto"  # where nobody says otherwise
    await r2.storage.put_bytes("a", b"x", "text/plain")


@pytest.mark.parametrize("vendor", [OSS, R2], ids=["oss", "r2"])
async def test_addresses_of_parts_are_those_of_the_cloud_and_good_there(
    upstream: StorageSettings, vendor: Cloud
) -> None:
    """Signed for the public address, whatever the services themselves use."""
    with reached(vendor, upstream) as at:
        inside = Storage(upstream)
        parts = Parts(inside, at.storage.settings.s3_endpoint)
        key = f"files/{vendor.host}"
        upload = await inside.begin_multipart(key, "text/plain")
        urls = await parts.presign(key, upload, [(1, MIN_PART), (2, 4)], 60)
        bucket_first = vendor is OSS
        for url in urls:
            host = urlsplit(url).hostname
            assert host == f"{BUCKET}.{vendor.host}" if bucket_first else vendor.host
        for url, size in zip(urls, (MIN_PART, 4), strict=True):
            assert await asyncio.to_thread(put, url, bytes(size)) == 200

        await parts.complete(key, upload, await parts.arrived(key, upload))

        assert len(await inside.get_bytes(key)) == MIN_PART + 4


def put(url: str, data: bytes) -> int:
    at = urlsplit(url)
    connection = http.client.HTTPConnection(at.netloc)
    connection.request("PUT", f"{at.path}?{at.query}", data)
    status = connection.getresponse().status
    connection.close()
    return status


async def test_the_check_says_what_fails_and_what_that_breaks(
    upstream: StorageSettings,
) -> None:
    with reached(replace(R2, rules=(no_deletions, no_copies)), upstream) as at:
        found = {each.name: each async for each in check(at.storage)}

    deletions = found["many are listed and deleted"]
    assert deletions.error is not None and "AccessDenied" in deletions.error
    assert deletions.needed and "deleting" in deletions.breaks
    copies = found["objects are copied"]
    assert copies.error is not None and not copies.needed
    assert found["all is taken away again"].error is not None
    assert found["objects are put and read"].error is None
    await Storage(upstream).delete_prefix("checks/")


def no_deletions(request: Request) -> tuple[int, str, str] | None:
    is_one = request.is_to("POST", "delete")
    return (403, "AccessDenied", "Not by this key.") if is_one else None


def no_copies(request: Request) -> tuple[int, str, str] | None:
    is_one = "x-amz-copy-source" in request.headers
    return (501, "NotImplemented", "No copies.") if is_one else None


@pytest.mark.parametrize("bucket", [BUCKET, "not-there"])
def test_the_command_tells_a_program_and_by_its_exit_status(
    upstream: StorageSettings,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in upstream.model_dump().items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("S3_BUCKET", bucket)
    monkeypatch.setattr(sys, "argv", ["onemanage-storage", "check", "--json"])

    with pytest.raises(SystemExit) as ended:
        command.main()

    told = json.loads(capsys.readouterr().out)
    failed = [each["name"] for each in told if each["error"]]
    is_there = bucket == BUCKET
    assert failed == ([] if is_there else ["the bucket is reached"])
    assert bool(ended.value.code) is not is_there
