"""boto3's clients, with what the clouds want to be told otherwise.

Aliyun OSS answers no path-style request and deletes many objects only where their list
comes with Content-MD5, which boto3 stopped sending with 1.36; neither it nor Cloudflare
R2 reads every checksum that boto3 adds by itself, and OSS no aws-chunked body.

    https://www.alibabacloud.com/help/en/oss/developer-reference/compatibility-with-amazon-s3
    https://www.alibabacloud.com/help/en/oss/user-guide/0016-00000606
    https://developers.cloudflare.com/r2/api/s3/api/
"""

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage.measuring import measured

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

CONNECTIONS = 17
"""Requests of one client that may be under way at once."""
_VIRTUAL = (
    ".aliyuncs.com",
    ".aliyuncs-internal.com",
    ".amazonaws.com",
    ".amazonaws.cn",
)
"""Ends of hosts: OSS takes nothing else, AWS takes paths for old buckets alone."""


def client_of(settings: StorageSettings, endpoint: str) -> "S3Client":
    """boto3's, of the storage that is reached at ``endpoint``."""
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key_id,
        aws_secret_access_key=settings.s3_secret_access_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing_of(settings, endpoint)},
            retries={"mode": "standard", "max_attempts": 4},
            connect_timeout=3,
            read_timeout=60,
            max_pool_connections=CONNECTIONS,
            # Else each body has a checksum, and over TLS is sent as aws-chunked.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    client.meta.events.register("before-call.s3.DeleteObjects", _with_md5)
    return measured(client)


def addressing_of(
    settings: StorageSettings, endpoint: str
) -> Literal["path", "virtual"]:
    """Whether the bucket stands in the path or before the host, as ``S3_ADDRESSING``
    says or, where that is ``auto``, the host."""
    if settings.s3_addressing != "auto":
        return settings.s3_addressing
    host = urlsplit(endpoint).hostname or ""
    return "virtual" if host.endswith(_VIRTUAL) else "path"


def bucket_address(client: "S3Client", bucket: str) -> str:
    """What the address of each of its objects begins with, without the last slash."""
    signed = client.generate_presigned_url("head_bucket", Params={"Bucket": bucket})
    return signed.partition("?")[0].rstrip("/")


def _with_md5(params: dict[str, Any], **_: Any) -> None:
    """The list of what is deleted has its MD5, and boto3's checksum not beside it: R2
    takes one of the two."""
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = b64encode(digest).decode()
    params["context"].pop("checksum", None)
