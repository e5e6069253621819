"""In object storage a service reads and writes what is its part, and nothing else."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from onemanage.local.addresses import Addresses
from onemanage.local.s3 import BUCKET
from onemanage.local.stack import SCHEMAS
from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage.rights import RIGHTS
from onemanage.platform.storage.storage import Storage

BEGINNINGS = ("files/", "artifacts/", "previews/", "images/", "")


def test_every_service_has_its_part() -> None:
    assert RIGHTS.keys() == set(SCHEMAS)


@pytest.fixture(scope="module")
def objects(servers: Addresses) -> Iterator[Any]:
    """A client of the operator's, of a bucket with an object for each beginning."""
    if not servers.s3_is_ours:
        pytest.skip("another's S3 is told by whoever runs it who may do what")
    client = boto3.client(
        "s3",
        endpoint_url=servers.s3_endpoint,
        region_name=servers.s3_region,
        aws_access_key_id=servers.s3_access_key_id,
        aws_secret_access_key=servers.s3_secret_access_key,
    )
    client.create_bucket(Bucket=BUCKET)
    for beginning in BEGINNINGS:
        client.put_object(Bucket=BUCKET, Key=f"{beginning}w/one", Body=b"one")
    yield client
    for found in client.list_objects_v2(Bucket=BUCKET)["Contents"]:
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
    client.delete_bucket(Bucket=BUCKET)


def storage_of(servers: Addresses, service: str) -> Storage:
    keys = servers.s3_keys_of(service)
    return Storage(
        StorageSettings(
            s3_endpoint=servers.s3_endpoint,
            s3_bucket=BUCKET,
            s3_access_key_id=keys["S3_ACCESS_KEY_ID"],
            s3_secret_access_key=keys["S3_SECRET_ACCESS_KEY"],
        )
    )


@pytest.mark.parametrize("service", RIGHTS)
@pytest.mark.usefixtures("objects")
async def test_a_service_reads_what_it_works_on_and_no_more(
    servers: Addresses, service: str
) -> None:
    storage = storage_of(servers, service)
    for beginning in BEGINNINGS:
        if any(beginning.startswith(one) for one in RIGHTS[service].reads):
            assert await storage.get_bytes(f"{beginning}w/one") == b"one"
            assert await storage.keys(f"{beginning}w/") == [f"{beginning}w/one"]
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                await storage.get_bytes(f"{beginning}w/one")


@pytest.mark.parametrize("service", RIGHTS)
async def test_a_service_writes_lists_and_deletes_what_it_makes_and_no_more(
    servers: Addresses, objects: Any, service: str
) -> None:
    storage = storage_of(servers, service)
    for beginning in BEGINNINGS:
        key = f"{beginning}w/{service}/two"
        if beginning in RIGHTS[service].writes:
            await storage.put_bytes(key, b"two", "text/plain")
            await storage.delete_prefix(f"{beginning}w/{service}/")
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                await storage.put_bytes(key, b"two", "text/plain")
            with pytest.raises(Exception, match="AccessDenied"):
                await storage.delete([f"{beginning}w/one"])
        kept = objects.list_objects_v2(Bucket=BUCKET, Prefix=f"{beginning}w/")
        assert [each["Key"] for each in kept["Contents"]] == [f"{beginning}w/one"]


@pytest.mark.parametrize("service", RIGHTS)
@pytest.mark.usefixtures("objects")
async def test_no_service_makes_deletes_or_opens_a_bucket(
    servers: Addresses, service: str
) -> None:
    client = storage_of(servers, service)._s3
    policy = '{"Version": "2012-10-17", "Statement": []}'
    with pytest.raises(ClientError, match="AccessDenied"):
        client.create_bucket(Bucket="another")
    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_bucket(Bucket=BUCKET)
    with pytest.raises(ClientError, match="AccessDenied"):
        client.put_bucket_policy(Bucket=BUCKET, Policy=policy)


@pytest.mark.usefixtures("objects")
async def test_the_gateway_sees_whether_the_bucket_is_there(servers: Addresses) -> None:
    await storage_of(servers, "gateway").check()
