"""A backup of what is under way, and what becomes of it in servers that were empty."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from onemanage.contracts.psd.documents import ParseExport
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks import dispatcher, recovery
from onemanage.platform.backup import backup as backups
from onemanage.platform.backup import tables
from onemanage.platform.backup.backup import Servers, backup, compare, restore
from onemanage.platform.backup.manifest import BackupUnusable, TargetNotEmpty
from onemanage.platform.backup.streams import state_of
from onemanage.platform.backup.tables import ProgramFailed, ProgramMissing
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings, StorageSettings
from onemanage.platform.storage.storage import Storage, ensure_bucket
from onemanage.testing.fixtures import (
    ACK_WAIT,
    MakeDatabase,
)
from onemanage.testing.fixtures import Servers as Given
from onemanage.testing.fixtures import eventually, settled, told, working

from .nodes import nats_node
from .test_older_store import connected, gateway, ordered, published

ENDED = ("completed", "failed", "cancelled")


def quiet(_: str) -> None:
    """Nobody reads it."""


def within(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"


@pytest.fixture
async def empty(servers: Given) -> AsyncIterator[str]:
    """The administrator's address of a database in which nothing is."""
    name = f"restored_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(servers.database_admin_url)
    await admin.execute(f'CREATE DATABASE "{name}"')
    yield within(servers.database_admin_url, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture
async def full(servers: Given, database: MakeDatabase) -> str:
    """The same of one with the gateway's tables, and a row of them."""
    url = within(
        servers.database_admin_url, (await database("gateway")).rpartition("/")[2]
    )
    admin = await asyncpg.connect(url)
    await admin.execute(
        "INSERT INTO gateway.workspaces (id, name) VALUES ('wsp_1', 'A')"
    )
    await admin.close()
    return url


@asynccontextmanager
async def other_nats(directory: Path) -> AsyncIterator[Client]:
    """Another server, on which the topology was declared and nothing has happened."""
    async with nats_node(directory) as node, connected(node) as client:
        await topology.declare(client, ack_wait=ACK_WAIT)
        yield client


async def test_all_that_was_accepted_ends_in_servers_that_were_empty(
    nats: Client,
    servers: Given,
    storage: Storage,
    database: MakeDatabase,
    empty: str,
    process_settings: ProcessSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The events are older than the rows, and nothing of TASKS is left."""
    monkeypatch.setattr(recovery, "_SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(dispatcher, "_EVERY_SECONDS", 0.1)
    given: list[str] = []

    async def parse(_: ParseExport) -> None:
        """Nothing."""

    urls: list[str] = []

    async def make(service: str) -> str:
        urls.append(await database(service))
        return urls[0]

    async with gateway(make, nats) as (pool, dispatching):
        admin_url = within(servers.database_admin_url, urls[0].rpartition("/")[2])
        given += await ordered(pool, dispatching, 3)
        await eventually(lambda: published(pool))
        async with working(process_settings, parse):
            await settled(nats)
        given += await ordered(pool, dispatching, 3, before=3)
        await eventually(lambda: published(pool))

        async def meanwhile() -> None:
            async with working(process_settings, parse):
                await settled(nats)
            given.extend(await ordered(pool, dispatching, 3, before=6))
            await eventually(lambda: published(pool))

        before_dumping(monkeypatch, meanwhile)
        source = Servers(admin_url, nats, storage)
        await backup(source, tmp_path / "backup", "list", quiet)

    async with nats_node(tmp_path) as node, connected(node) as client:
        await topology.declare(client, ack_wait=ACK_WAIT)
        target = Servers(empty, client, storage)
        found = await restore(target, tmp_path / "backup", quiet)
        await topology.declare(client, ack_wait=ACK_WAIT)

        assert not found.missing
        known = [each for each in given if "completed" in await told(client, each)]
        assert known == given[:3]  # of the next three the rows' server knew the end
        restored_url = within(servers.database_url("gateway"), empty.rpartition("/")[2])

        async def in_restored(_: str) -> str:
            return restored_url

        settings = ProcessSettings(nats_url=node.url, task_ack_wait=ACK_WAIT)
        async with (
            gateway(in_restored, client) as (pool, _),
            consumer(node.url, restored_url),
            working(settings, parse),
        ):
            await eventually(lambda: all_ended(pool, given))
        for each in given:
            assert (await told(client, each)).count("completed") == 1


def before_dumping(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Awaitable[None]]
) -> None:
    dump = tables.dump

    async def later(admin_url: str, file: Path) -> None:
        await meanwhile()
        await dump(admin_url, file)

    monkeypatch.setattr(tables, "dump", later)


@asynccontextmanager
async def consumer(nats_url: str, database_url: str) -> AsyncIterator[None]:
    """The gateway's own, which brings rows up to date."""
    environment = {"NATS_URL": nats_url, "DATABASE_URL": database_url}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "onemanage.gateway.consumer"),
        env=os.environ | environment | {"TASK_ACK_WAIT": str(ACK_WAIT)},
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def all_ended(pool: Pool, given: list[str]) -> bool:
    states = await pool.fetch("SELECT id, state FROM tasks")
    assert {row["id"] for row in states} == set(given)
    return all(row["state"] in ENDED for row in states)


async def test_what_is_not_empty_is_refused_by_name_and_left_as_it_is(
    nats: Client,
    servers: Given,
    storage: Storage,
    full: str,
    tmp_path: Path,
) -> None:
    await storage.put_bytes("files/a", b"as it was", "text/plain")
    source = Servers(full, nats, storage)
    await backup(source, tmp_path / "backup", "copy", quiet)
    await nats.jetstream().publish("events.psd.parse_export.started", b"{}")
    await storage.put_bytes("files/a", b"another thing", "text/plain")
    await storage.put_bytes("files/b", b"after it", "text/plain")

    with pytest.raises(TargetNotEmpty) as refused:
        await restore(source, tmp_path / "backup", quiet)

    for named in ("gateway", "EVENTS has 1 messages", "files/a"):
        assert named in str(refused.value)
    assert await storage.get_bytes("files/a") == b"another thing"
    state = await state_of(nats, topology.EVENTS)
    assert state is not None and state["messages"] == 1


async def test_a_restore_that_breaks_off_is_repeated(
    nats: Client,
    storage: Storage,
    full: str,
    empty: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await nats.jetstream().publish("events.psd.parse_export.started", b"{}")
    directory = tmp_path / "backup"
    await backup(Servers(full, nats, storage), directory, "list", quiet)
    whole = (directory / "tables.dump").read_bytes()

    async with other_nats(tmp_path) as client:
        target = Servers(empty, client, storage)
        (directory / "tables.dump").write_bytes(whole[: len(whole) * 9 // 10])
        with pytest.raises(ProgramFailed):
            await restore(target, directory, quiet)
        assert await tables.schemas(empty) == []  # all of it or nothing

        (directory / "tables.dump").write_bytes(whole)
        with monkeypatch.context() as broken:
            broken.setattr(backups, "compare", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await restore(target, directory, quiet)
        for _ in range(2):  # where all is done, nothing is done again
            await restore(target, directory, quiet)

        state = await state_of(client, topology.EVENTS)
        assert state is not None and state["messages"] == 1
    admin = await asyncpg.connect(empty)
    names = [
        row["name"] for row in await admin.fetch("SELECT name FROM gateway.workspaces")
    ]
    await admin.close()
    assert "A" in names


async def test_objects_come_back_from_their_copies_and_what_is_missing_is_named(
    nats: Client, storage: Storage, full: str, empty: str, tmp_path: Path
) -> None:
    large = secrets.token_bytes(9 << 20)
    await storage.put_bytes("files/größe (1)", b"pixels", "image/png", {"note": "n"})
    (tmp_path / "large").write_bytes(large)
    await storage.put_file("artifacts/large", tmp_path / "large", "text/plain")
    await storage.put_bytes("images/made-again", b"x", "image/webp")
    directory = tmp_path / "backup"
    made = await backup(Servers(full, nats, storage), directory, "copy", quiet)
    assert (made.objects, made.object_bytes) == (2, len(large) + 6)

    other = Storage(await another_bucket(storage.settings))
    assert (await compare(other, directory)).missing == [
        "artifacts/large",
        "files/größe (1)",
    ]
    async with other_nats(tmp_path) as client:
        found = await restore(Servers(empty, client, other), directory, quiet)
    assert not found.missing and not found.other

    again = await other.find("files/größe (1)", 100)
    assert again is not None and again.data == b"pixels"
    assert again.media_type == "image/png" and again.metadata["note"] == "n"
    assert await other.get_bytes("artifacts/large") == large
    await other.put_bytes("files/größe (1)", b"PIXELS", "image/png")
    assert (await compare(other, directory)).other == ["files/größe (1)"]
    await other.delete_prefix("")


async def another_bucket(settings: StorageSettings) -> StorageSettings:
    name = f"test-{secrets.token_hex(6)}"
    made = settings.model_copy(update={"s3_bucket": name})
    await ensure_bucket(made)
    return made


async def test_a_backup_that_is_not_whole_is_none(
    nats: Client,
    storage: Storage,
    full: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, directory = Servers(full, nats, storage), tmp_path / "backup"
    with monkeypatch.context() as bare:
        bare.setattr(tables, "_WHEEL", "no_such_wheel")
        bare.setenv("PATH", str(tmp_path))
        with pytest.raises(ProgramMissing, match="pg_dump of PostgreSQL 17"):
            await backup(source, directory, "list", quiet)

    with pytest.raises(BackupUnusable, match="not a whole one"):
        await restore(source, directory, quiet)
    with pytest.raises(BackupUnusable, match="another directory"):
        await backup(source, directory, "list", quiet)


async def test_the_command_says_by_its_exit_status_whether_it_is_done(
    nats: Client, servers: Given, storage: Storage, full: str, tmp_path: Path
) -> None:
    directory = tmp_path / "backup"
    environment = {
        **os.environ,
        **servers.environment(),
        "S3_BUCKET": storage.settings.s3_bucket,
        "DATABASE_ADMIN_URL": full,
    }

    async def run(action: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "onemanage.platform.backup.command"),
            *(action, str(directory)),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    await storage.put_bytes("files/a", b"a", "text/plain")
    status, said = await run("backup")
    assert (status, "is whole" in said) == (0, True), said
    status, said = await run("restore")
    assert (status, "not empty" in said, "Traceback" in said) == (1, True, False)
    await storage.delete(["files/a"])
    status, said = await run("compare")
    assert (status, "files/a is missing" in said) == (1, True)
