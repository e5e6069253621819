"""Databases that hang, lie, refuse or send faster than anybody reads."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from onemanage.contracts.imports.plans import ColumnPlan, TablePlan
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.forwarder import Patience
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.testing.fixtures import MakeDatabase, eventually

samples: Any = importlib.import_module("services.data-import.tests.source_samples")

_KINDS = ["postgresql", "mysql", "sqlserver"]
_ROWS = 1_000_000
_MANY = f"SELECT n, repeat('x', 100) AS t FROM generate_series(1, {_ROWS}) AS n"
_TABLE = TablePlan(
    table="many",
    format="database",
    columns=[
        ColumnPlan(position=1, header="n", name="n"),
        ColumnPlan(position=2, header="t", name="t"),
    ],
)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with samples.child() as sandbox:
        yield sandbox


async def _refusal(
    sandbox: Sandbox, kind: str, port: int, patience: Patience = samples.IMPATIENT
) -> SourceFailed:
    source = samples.source_at(
        f"{kind}://user:hunter2-hunter2@127.0.0.1:{port}/shop", table="t"
    )
    patient = samples.databases(sandbox, patience=patience)
    with pytest.raises(SourceFailed) as refused:
        await patient.plan(source, samples.WORKSPACE)
    assert "hunter2" not in repr(refused.value)
    return refused.value


@pytest.mark.parametrize("kind", _KINDS)
async def test_a_database_that_accepts_and_never_answers_is_given_up(
    sandbox: Sandbox, kind: str
) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(1 << 16):
            pass

    async with samples.serving(silent) as port:
        assert (await _refusal(sandbox, kind, port)).code == "database.silent"


@pytest.mark.parametrize("kind", _KINDS)
async def test_a_server_that_hangs_up_at_once_is_not_asked_for_long(
    sandbox: Sandbox, kind: str
) -> None:
    async def curt(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with samples.serving(curt) as port:
        # Patient enough that a busy machine's pause is not taken for the server's.
        refused = await _refusal(sandbox, kind, port, Patience())
    assert refused.code in ("database.access_denied", "database.broke_off")


@pytest.mark.parametrize("kind", _KINDS)
async def test_something_other_than_a_database_is_told_from_one(
    sandbox: Sandbox, kind: str
) -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        await reader.read(1 << 16)

    async with samples.serving(web) as port:
        refused = await _refusal(sandbox, kind, port)
    assert refused.code in (
        *("database.access_denied", "database.broke_off", "database.silent"),
        *("database.query_failed", "database.unreadable"),
    )


@pytest.mark.parametrize("kind", _KINDS)
async def test_a_port_where_nobody_listens_is_told_at_once(
    sandbox: Sandbox, kind: str
) -> None:
    async def never(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None: ...

    async with samples.serving(never) as port:
        pass  # closed again: the port is free
    assert (await _refusal(sandbox, kind, port)).code == "database.unreachable"


async def test_a_refusal_of_mysql_is_understood(sandbox: Sandbox) -> None:
    greeting = (
        b"\x0a8.0.40\0\x01\0\0\0aaaaaaaa\0\xff\xf7\x21\x02\0\xff\x81\x15"
        + bytes(10)
        + b"bbbbbbbbbbbb\0mysql_native_password\0"
    )
    refusal = b"\xff" + (1045).to_bytes(2, "little") + b"#28000Access denied"

    async def refusing(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(len(greeting).to_bytes(3, "little") + b"\0" + greeting)
        await writer.drain()
        if await reader.read(1 << 16):
            writer.write(len(refusal).to_bytes(3, "little") + b"\x02" + refusal)
            await writer.drain()

    async with samples.serving(refusing) as port:
        refused = await _refusal(sandbox, "mysql", port)
    assert refused.code == "database.access_denied" and "1045" in str(refused)


async def test_a_database_that_breaks_off_in_mid_stream_is_no_end_of_the_rows(
    sandbox: Sandbox, database: MakeDatabase
) -> None:
    url = await database("data_import")
    passage = samples.Passage(urlsplit(url).port, most=8 << 20)
    async with samples.serving(passage.serve) as port:
        source = samples.source_at(url, port=port, query=_MANY)
        with pytest.raises(SourceFailed) as refused:
            async with samples.databases(sandbox).open(source, "ws_1") as opened:
                await sandbox.run(
                    samples.counted,
                    opened,
                    _TABLE,
                    timeout=60,
                    **samples.reach(opened),
                )
    assert refused.value.code == "database.broke_off", repr(refused.value)
    assert passage.passed > 8 << 20


async def test_a_reader_that_is_busy_is_not_flooded(
    sandbox: Sandbox, database: MakeDatabase
) -> None:
    url = await database("data_import")
    passage = samples.Passage(urlsplit(url).port)
    idle = 0

    async def begun(_: int) -> None:
        """Waits until nothing more comes through."""
        nonlocal idle

        async def is_still() -> bool:
            before = passage.passed
            await asyncio.sleep(0.2)
            return bool(passage.passed == before)

        await eventually(is_still)
        idle = passage.passed

    async with samples.serving(passage.serve) as port:
        source = samples.source_at(url, port=port, query=_MANY)
        async with samples.databases(sandbox).open(source, "ws_1") as opened:
            read = await sandbox.run(
                samples.idle_after_one_batch,
                opened,
                _TABLE,
                timeout=100,
                **samples.reach(opened),
                on_progress=begun,
            )
    assert read == _ROWS
    assert passage.passed > 100 << 20
    assert idle < 64 << 20  # what sockets and the forwarder hold, of more than 100 MiB
