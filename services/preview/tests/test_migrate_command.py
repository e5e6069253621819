"""The migrate command as an orchestrator runs it."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from onemanage.testing.fixtures import MakeDatabase, Servers


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """A port of its own that nobody listens at yet."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        yield made


async def _begin(
    door: socket.socket, url: str, servers: Servers, *more: str
) -> Process:
    port = door.getsockname()[1]
    places = {"DATABASE_URL": url, "DATABASE_ADMIN_URL": servers.database_admin_url}
    through = {
        name: urlsplit(place)._replace(netloc=_at(place, port)).geturl()
        for name, place in places.items()
    }
    program = "from onemanage.preview.migrations import main; main()"
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, *more), env=os.environ | through, stderr=PIPE
    )


def _at(place: str, port: int) -> str:
    user = urlsplit(place).netloc.rpartition("@")[0]
    return f"{user}@127.0.0.1:{port}"


async def test_a_database_that_comes_later_is_waited_for(
    servers: Servers, database: MakeDatabase, door: socket.socket
) -> None:
    url = await database("preview")
    command = await _begin(door, url, servers)
    assert command.stderr is not None
    assert b"cannot be reached yet" in await command.stderr.readline()

    async def pass_on(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        at = urlsplit(servers.database_admin_url)
        there, back = await asyncio.open_connection(at.hostname, at.port)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(_pipe(reader, back))
                ways.create_task(_pipe(there, writer))
        finally:  # the command may have ended, and this test, before both have
            back.close()
            writer.close()

    async with await asyncio.start_server(pass_on, sock=door):
        _, told = await command.communicate()
    assert command.returncode == 0, told
    assert b"Schema preview is at its newest" in told


async def test_a_database_that_does_not_come_is_told_in_one_sentence(
    servers: Servers, database: MakeDatabase, door: socket.socket
) -> None:
    command = await _begin(door, await database("preview"), servers, "--wait", "0")
    _, told = await command.communicate()
    assert command.returncode == 1
    assert b"PostgreSQL cannot be reached" in told and b"Traceback" not in told


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    writer.close()
