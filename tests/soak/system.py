"""The system under fire: the whole stack, a second worker of each kind, five tenants."""

import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.util import get_temp_dir
from pathlib import Path

import asyncpg

from onemanage.contracts.base import new_id
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.local.addresses import free_ports
from onemanage.local.child import Command
from onemanage.local.gates import file_exists
from onemanage.local.output import log_file
from onemanage.local.runner import Process
from onemanage.local.stack import (
    SERVICES,
    Service,
    Stack,
    common_environment,
    without_secrets,
)
from onemanage.local.up import open_stack
from onemanage.platform.messaging.nats import Client as Nats
from onemanage.platform.messaging.nats import connect
from onemanage.platform.storage.storage import Storage
from tests.running_stack import storage_of
from tests.soak.client import Workspace
from tests.soak.processes import MARK

ACK_WAIT = 3
WORKSPACES = 4
_TWICE = ("psd-worker", "preview-worker")
_SETTINGS = {
    "TASK_ACK_WAIT": str(ACK_WAIT),
    "LOG_FORMAT": "json",
    "PREVIEW_SWEEP_SECONDS": "5",
    "MAX_UPLOAD_SECONDS": "60",
    "UPLOAD_SWEEP_SECONDS": "5",
}


@dataclass(frozen=True)
class System:
    stack: Stack
    log: Path
    mark: str
    workspaces: tuple[Workspace, ...]
    prober: Workspace

    def database_url(self, schema: str) -> str:
        return self.stack.addresses.database_url(schema)

    @asynccontextmanager
    async def nats(self) -> AsyncIterator[Nats]:
        client = await connect(self.stack.addresses.nats_url, "soak")
        try:
            yield client
        finally:
            await client.close()

    def storage(self) -> Storage:
        return storage_of(self.stack)


def prepare(folder: Path) -> str:
    """Before the stack is opened: the mark, and a place of our own for what is left."""
    mark = new_id("soak")
    get_temp_dir()  # multiprocessing's, for the runner in this process: gone at exit
    temporary = folder / "tmp"
    temporary.mkdir()
    os.environ |= {**_SETTINGS, MARK: mark, "TMPDIR": str(temporary)}
    tempfile.tempdir = None  # so that it is read from the environment again
    return mark


@asynccontextmanager
async def open_system(folder: Path, mark: str) -> AsyncIterator[System]:
    (port,) = free_ports(1)
    log = folder / "services.log"
    async with open_stack(folder / "data", port, log_file(log)) as stack:
        second = [service for service in SERVICES if service.name in _TWICE]
        await stack.runner.start(*(_second(s, stack, folder) for s in second))
        made = await _tenants(stack, WORKSPACES + 1)
        yield System(stack, log, mark, made[1:], made[0])


def _second(service: Service, stack: Stack, folder: Path) -> Process:
    name = f"{service.name}-2"
    health = folder / name
    environment = {
        **common_environment(stack.addresses),
        "DATABASE_URL": stack.addresses.database_url(service.schema),
        "NATS_URL": stack.addresses.nats_url_of(service.schema),
        "HEALTH_FILE": str(health),
    }
    command = Command(
        arguments=(sys.executable, "-m", service.module),
        environment=without_secrets(environment),
    )
    return Process(name=name, command=command, ready=file_exists(health))


async def _tenants(stack: Stack, count: int) -> tuple[Workspace, ...]:
    made = []
    connection = await asyncpg.connect(stack.addresses.database_url("gateway"))
    try:
        for number in range(count):
            workspace = Workspace(new_id("wsp"), new_api_key())
            await connection.execute(
                "INSERT INTO workspaces (id, name) VALUES ($1, $2)",
                workspace.id,
                f"Soak {number}",
            )
            await connection.execute(
                "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
                "VALUES ($1, $2, $3, 'soak')",
                new_id("key"),
                workspace.id,
                hash_api_key(workspace.api_key),
            )
            made.append(workspace)
    finally:
        await connection.close()
    return tuple(made)
