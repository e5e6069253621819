"""Real servers in a directory of their own: they keep data, and ask for passwords."""

import asyncio
import base64
import json
import os
import signal
import socket
import stat
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import boto3
import nats
import pytest
from botocore.exceptions import ClientError
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import StreamConfig
from nats.js.errors import Error as JetStreamError
from types_boto3_s3 import S3Client

from onemanage.local.addresses import (
    Addresses,
    UnreadableCredentials,
    free_port_pair,
    load_credentials,
)
from onemanage.local.child import Command
from onemanage.local.nats import OtherNodeCount
from onemanage.local.output import log_file
from onemanage.local.postgres import Unreachable, hand_over, unprivileged_user
from onemanage.local.runner import running
from onemanage.local.servers import MissingKeys, plan_servers, start_servers
from onemanage.platform.messaging.nats import connect
from onemanage.testing.fixtures import PATIENCE, stored

ELSEWHERE = {
    "DATABASE_ADMIN_URL": "postgresql://admin:secret@other:5432/shop",
    "S3_ENDPOINT": "https://s3.example",
    "S3_ACCESS_KEY_ID": "id",
    "S3_SECRET_ACCESS_KEY": "secret",
}
"""Of the environment: PostgreSQL and S3 are not started here."""


def s3_client(addresses: Addresses, secret: str | None = None) -> S3Client:
    return boto3.client(
        "s3",
        endpoint_url=addresses.s3_endpoint,
        region_name=addresses.s3_region,
        aws_access_key_id=addresses.s3_access_key_id,
        aws_secret_access_key=secret or addresses.s3_secret_access_key,
    )


@pytest.fixture
def own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NATS_URL", "DATABASE_ADMIN_URL", "S3_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("own_servers")
def test_the_object_storage_reports_to_nobody(tmp_path: Path) -> None:
    (s3,) = [p for p in plan_servers(tmp_path, {}).processes if p.name == "s3"]

    # By itself it begins to once 10 GiB are stored.
    assert isinstance(s3.command, Command)
    assert "-master.telemetry=false" in s3.command.arguments


@pytest.mark.usefixtures("own_servers")
async def test_data_is_still_there_after_a_restart(tmp_path: Path) -> None:
    log = log_file(tmp_path / "log")
    async with start_servers(tmp_path, log) as addresses:
        client = await nats.connect(addresses.nats_url)
        await client.jetstream().add_stream(name="KEPT", subjects=["kept.>"])
        await client.jetstream().publish("kept.one", b"message")
        await client.close()
        admin = await asyncpg.connect(addresses.database_admin_url)
        await admin.execute("CREATE TABLE kept AS SELECT 1 AS one")
        await admin.close()
        s3_client(addresses).create_bucket(Bucket="kept")
        s3_client(addresses).put_object(Bucket="kept", Key="one", Body=b"object")

    async with start_servers(tmp_path, log) as again:
        client = await nats.connect(again.nats_url)
        message = await client.jetstream().get_msg("KEPT", seq=1)
        assert message.data == b"message"
        await client.close()
        admin = await asyncpg.connect(again.database_admin_url)
        assert await admin.fetchval("SELECT one FROM kept") == 1
        await admin.close()
        kept = s3_client(again).get_object(Bucket="kept", Key="one")
        assert kept["Body"].read() == b"object"


@pytest.mark.usefixtures("own_servers")
async def test_a_server_that_was_killed_comes_back_at_its_address(
    tmp_path: Path,
) -> None:
    servers = plan_servers(tmp_path, {}, throwaway=True)
    async with running(log_file(tmp_path / "log")) as runner:
        await servers.start(runner)
        os.kill(runner.pid("nats"), signal.SIGKILL)
        client = await nats.connect(
            servers.addresses.nats_url,
            max_reconnect_attempts=100,
            reconnect_time_wait=0.1,
            allow_reconnect=True,
        )
        await client.flush()
        await client.close()


async def in_spite_of_elections(ask: Callable[[], Awaitable[object]]) -> None:
    """Asked again while nobody leads, as whoever uses a cluster does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await ask()
                return
            except (NatsTimeout, NoRespondersError, JetStreamError):
                await asyncio.sleep(0.2)


async def test_three_nodes_keep_three_copies_and_have_them_after_a_restart(
    tmp_path: Path,
) -> None:
    config = StreamConfig(name="KEPT", subjects=["kept.>"], num_replicas=3)
    for started in range(2):
        servers = plan_servers(tmp_path, ELSEWHERE, nodes=3)
        assert servers.addresses.environment()["STREAM_REPLICAS"] == "3"
        async with running(log_file(tmp_path / "log")) as runner:
            await servers.start(runner)
            urls = servers.addresses.nats_url.split(",")
            assert len(urls) == 3
            client = await connect(servers.addresses.nats_url, "test")
            # A busy machine can make nodes that have just started elect once more.
            if not started:
                await in_spite_of_elections(
                    lambda: client.jetstream().add_stream(config)
                )
                await in_spite_of_elections(
                    lambda: client.jetstream().publish(
                        "kept.one", b'"message"', headers={"Nats-Msg-Id": "1"}
                    )
                )
            assert await stored(client, "KEPT") == [("kept.one", "message")]
            await client.close()


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1)])
async def test_messages_of_another_number_of_nodes_are_not_opened(
    tmp_path: Path, before: int, after: int
) -> None:
    servers = plan_servers(tmp_path, ELSEWHERE, nodes=before)
    async with running(log_file(tmp_path / "log")) as runner:
        await servers.start(runner)
    with pytest.raises(OtherNodeCount, match=f"made with NODES={before} .*={after}"):
        plan_servers(tmp_path, ELSEWHERE, nodes=after)
    plan_servers(tmp_path, ELSEWHERE, nodes=before)


def test_nodes_of_a_cluster_want_a_password_of_each_other(tmp_path: Path) -> None:
    plan_servers(tmp_path, ELSEWHERE, nodes=3)
    password = load_credentials(tmp_path).nats_password
    for name in ("nats-1", "nats-2", "nats-3"):
        config = (tmp_path / name / "nats.conf").read_text(encoding="utf-8")
        assert "password: $NATS_OPERATOR_PASSWORD" in config
        assert config.count("password: $NATS_CLUSTER_PASSWORD") == 1
        assert password not in config


async def test_postgres_is_17_in_utf8_with_the_builtin_c_utf8(
    servers: Addresses,
) -> None:
    admin = await asyncpg.connect(servers.database_admin_url)
    row = await admin.fetchrow(
        "SELECT pg_encoding_to_char(encoding) AS encoding, datlocprovider, datlocale,"
        " current_setting('server_version_num')::int / 10000 AS major"
        " FROM pg_database WHERE datname = current_database()"
    )
    await admin.close()
    assert row is not None
    assert tuple(row) == ("UTF8", b"b", "C.UTF-8", 17)


async def test_a_role_enters_with_the_password_in_its_url_alone(
    servers: Addresses,
) -> None:
    url = servers.database_url("entrant")
    admin = await asyncpg.connect(servers.database_admin_url)
    await admin.execute("CREATE ROLE entrant LOGIN")
    password = urlsplit(url).password
    await admin.execute(f"ALTER ROLE entrant PASSWORD '{password}'")
    try:
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SELECT current_user") == "entrant"
        await connection.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(url.replace(f":{password}@", ":wrong@"))
    finally:
        await admin.execute("DROP ROLE entrant")
        await admin.close()


async def test_nats_refuses_a_wrong_password(servers: Addresses) -> None:
    # By hand: nats-py leaves the refused connection open.
    parts = urlsplit(servers.nats_url)
    with socket.create_connection((parts.hostname, parts.port or 0), 5) as connection:
        connection.sendall(b'CONNECT {"user":"onemanage","pass":"wrong"}\r\nPING\r\n')
        with connection.makefile("rb") as answer:
            assert answer.readline().startswith(b"INFO ")
            assert answer.readline() == b"-ERR 'Authorization Violation'\r\n"


async def test_s3_refuses_a_wrong_secret(servers: Addresses) -> None:
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        s3_client(servers, secret="wrong").list_buckets()


async def test_nats_takes_messages_of_8_mb(servers: Addresses) -> None:
    client = await nats.connect(servers.nats_url)
    assert client.max_payload == 8 * 1024**2
    await client.close()


def test_credentials_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    made = load_credentials(tmp_path)
    file = tmp_path / "credentials.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_credentials(tmp_path) == made
    assert made.nats_password not in repr(made)
    assert json.loads(file.read_text())["nats_password"] == made.nats_password


def test_a_directory_from_before_sealing_is_given_a_key_once(tmp_path: Path) -> None:
    made = load_credentials(tmp_path)
    file = tmp_path / "credentials.json"
    kept = json.loads(file.read_text())
    del kept["data_import_sealing_key"], kept["imaging_sealing_key"]
    del kept["webhook_sealing_key"]
    file.write_text(json.dumps(kept))
    given = load_credentials(tmp_path)
    assert len(base64.b64decode(given.data_import_sealing_key)) == 32
    assert len(base64.b64decode(given.imaging_sealing_key)) == 32
    assert len(base64.b64decode(given.webhook_sealing_key)) == 32
    assert given.nats_password == made.nats_password
    assert load_credentials(tmp_path) == given


def test_broken_credentials_are_told_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text("{")
    with pytest.raises(UnreadableCredentials, match="Restore it"):
        load_credentials(tmp_path)
    assert (tmp_path / "credentials.json").read_text() == "{"


def test_servers_named_in_the_environment_are_not_started(tmp_path: Path) -> None:
    environ = {"NATS_URL": "nats://other:4222", **ELSEWHERE}
    planned = plan_servers(tmp_path, environ)
    assert planned.processes == ()
    assert planned.postgres is None
    assert planned.addresses.nats_url == "nats://other:4222"
    url = planned.addresses.database_url("psd")
    assert url.startswith("postgresql://psd:")
    assert url.endswith("@other:5432/shop")


def test_s3_by_address_needs_its_keys(tmp_path: Path) -> None:
    with pytest.raises(MissingKeys, match="S3_ACCESS_KEY_ID"):
        plan_servers(tmp_path, {"S3_ENDPOINT": "https://s3.example"})


def test_a_pair_of_ports_is_as_far_apart_as_asked() -> None:
    first, second = free_port_pair(10_000)
    assert second - first == 10_000


root_only = pytest.mark.skipif(
    os.geteuid() != 0, reason="an ordinary user runs PostgreSQL as itself"
)


@root_only
def test_root_runs_postgres_as_somebody_else() -> None:
    assert unprivileged_user() != "same"


@root_only
@pytest.mark.usefixtures("own_servers")
async def test_postgres_starts_for_root_where_namespaces_are_blocked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onemanage.local.postgres._namespaces_work", lambda: False)
    # pytest's directories are closed to other users; this one's parents are not.
    with tempfile.TemporaryDirectory() as directory:
        data_dir = Path(directory)
        log = log_file(data_dir / "log")
        try:
            async with start_servers(data_dir, log, throwaway=True) as addresses:
                admin = await asyncpg.connect(addresses.database_admin_url)
                assert await admin.fetchval("SELECT 1") == 1
                await admin.close()
        except Unreachable as error:
            pytest.skip(f"this checkout is closed to other users: {error}")
        assert (data_dir / "postgres" / "17").stat().st_uid != 0


@root_only
def test_a_directory_that_postgres_cannot_reach_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "data" / "postgres").mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(Unreachable, match="chmod o\\+x"):
        hand_over(closed / "data" / "postgres", 65534)
