"""A gateway that listens, with limits that a test can reach, and sockets to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from fastapi import FastAPI

from onemanage.gateway.http.protocol import EdgeConfig
from onemanage.gateway.http.server import Server
from onemanage.gateway.settings import GatewaySettings

from .psd_samples import KEY

BEARER = f"Authorization: Bearer {KEY}\r\n".encode()
HOST = b"Host: test\r\n"


def settings(**changes: Any) -> GatewaySettings:
    """Of a gateway that connects to nothing."""
    return GatewaySettings(
        nats_url="nats://nowhere",
        database_url="postgresql://nowhere",
        s3_endpoint="http://nowhere",
        s3_bucket="none",
        s3_access_key_id="none",
        s3_secret_access_key="none",
        public_url="http://nowhere",
        preview_signing_key="k" * 32,
        **changes,
    )


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """Of a problem."""
        found: str = msgspec.json.decode(self.body)["type"].rpartition("/")[2]
        return found


class Line(msgspec.Struct):
    """One connection, byte by byte."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> Answer:
        """The next one. Raises IncompleteReadError where there is none."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(first.split(" ")[1]), headers, body)

    async def rest(self) -> bytes:
        """All that comes until the gateway closes."""
        try:
            return await self.reader.read()
        except ConnectionResetError:
            return b""

    def close(self) -> None:
        self.writer.close()


class Listening(msgspec.Struct):
    port: int
    server: Server
    lines: list[Line] = msgspec.field(default_factory=list)

    async def connect(self) -> Line:
        """It is closed at the end, if not before."""
        line = Line(*await asyncio.open_connection("127.0.0.1", self.port))
        self.lines.append(line)
        return line

    async def ask(self, *request: bytes) -> Answer:
        """On a connection of its own."""
        line = await self.connect()
        await line.send(b"".join(request))
        return await line.answer()

    @property
    def connections(self) -> int:
        return len(self.server.server_state.connections)


@asynccontextmanager
async def listening(app: FastAPI, given: GatewaySettings) -> AsyncIterator[Listening]:
    config = EdgeConfig(app, given, host="127.0.0.1", port=0, lifespan="off")
    server = Server(config, let_go=lambda: None)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    found = Listening(port, server)
    try:
        yield found
    finally:
        for line in found.lines:
            line.close()
        server.should_exit = server.force_exit = True
        await serving
