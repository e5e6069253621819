"""The whole system as one table, as infra/docker-compose.yml has it."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anyio import to_thread

from onemanage.local.addresses import (
    Addresses,
    Credentials,
    child_environment,
    load_credentials,
)
from onemanage.local.child import Command, Output
from onemanage.local.gates import file_exists, http_ok
from onemanage.local.nursery import Birth, Fork, Nursery
from onemanage.local.runner import Job, Process, Runner, running
from onemanage.local.s3 import BUCKET
from onemanage.local.servers import plan_servers
from onemanage.platform.process.gather import gather

# As onemanage.local.prepare reads it; not imported, for that module imports so much.
DATABASE_URL_PREFIX = "DATABASE_URL_"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process of the system, with `needs` of the environment beyond the usual."""

    name: str
    module: str
    schema: str
    needs: tuple[str, ...] = ()


SERVICES = (
    Service(
        name="gateway",
        module="onemanage.gateway.app",
        schema="gateway",
        needs=(
            *("PUBLIC_URL", "PREVIEW_SIGNING_KEY", "OWNER_API_KEY"),
            *("DATA_IMPORT_SEALING_KEY", "IMAGING_SEALING_KEY", "S3_PUBLIC_ENDPOINT"),
            *("WEBHOOK_SEALING_KEY", "WEBHOOK_ALLOWED_NETWORKS"),
            *("OWNER_EMAIL", "OWNER_PASSWORD"),
        ),
    ),
    Service(
        name="gateway-consumer",
        module="onemanage.gateway.consumer",
        schema="gateway",
        needs=("WEBHOOK_SEALING_KEY", "WEBHOOK_ALLOWED_NETWORKS"),
    ),
    Service(name="gateway-worker", module="onemanage.gateway.worker", schema="gateway"),
    Service(
        name="psd-worker",
        module="onemanage.psd.worker",
        schema="psd",
        needs=("PSD_CMYK_PROFILE",),
    ),
    Service(name="psd-consumer", module="onemanage.psd.consumer", schema="psd"),
    Service(name="preview-worker", module="onemanage.preview.worker", schema="preview"),
    Service(
        name="preview-consumer", module="onemanage.preview.consumer", schema="preview"
    ),
    Service(
        name="data-import-worker",
        module="onemanage.data_import.worker",
        schema="data_import",
        needs=("DATA_IMPORT_SEALING_KEY", "DATA_IMPORT_ALLOWED_NETWORKS"),
    ),
    Service(
        name="data-import-consumer",
        module="onemanage.data_import.consumer",
        schema="data_import",
    ),
    Service(
        name="imaging-worker",
        module="onemanage.imaging.worker",
        schema="imaging",
        needs=("IMAGING_SEALING_KEY",),
    ),
    Service(
        name="imaging-consumer", module="onemanage.imaging.consumer", schema="imaging"
    ),
)
SECRET_PREFIXES = (
    *("DATABASE_", "NATS_", "OWNER_", "PREVIEW_SIGNING_KEY"),
    *("DATA_IMPORT_SEALING_KEY", "IMAGING_SEALING_KEY", "WEBHOOK_SEALING_KEY"),
)
API = SERVICES[0].name
SCHEMAS = ("gateway", "psd", "preview", "data_import", "imaging")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A running system."""

    base_url: str
    owner_api_key: str = field(repr=False)
    addresses: Addresses
    runner: Runner


class Gates:
    """Files in one directory, fresh at every start, that say how far the start is."""

    def __init__(self, directory: Path) -> None:
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        self.servers_ready = directory / "servers-ready"
        self._directory = directory

    def health_file(self, service: str) -> Path:
        """The file that the service makes when it is ready."""
        return self._directory / service


@asynccontextmanager
async def running_stack(
    data_dir: Path, port: int, output: Output, nodes: int = 1
) -> AsyncIterator[Stack]:
    """Everything, ready to serve on the port; gone when the block is left.

    Raises StartFailed when a part does not come up, OtherNodeCount.
    """
    gates = Gates(data_dir / "run")
    servers = plan_servers(data_dir, os.environ, nodes=nodes)
    credentials = with_owner(load_credentials(data_dir), data_dir)
    base_url = f"http://127.0.0.1:{port}"
    common = common_environment(servers.addresses)
    given = what_some_need(credentials, base_url, servers.addresses.s3_endpoint)
    preparing = prepare_job(servers.addresses, common, gates)
    nursery = Nursery([service.module for service in SERVICES])
    services = [
        service_process(service, servers.addresses, common, given, gates, port, nursery)
        for service in SERVICES
    ]

    async with running(output) as runner:

        async def start_servers() -> None:
            await servers.start(runner)
            gates.servers_ready.touch()

        await gather(
            [start_servers(), runner.run(preparing), to_thread.run_sync(nursery.open)]
        )
        await runner.start(*services)
        yield Stack(
            base_url=base_url,
            owner_api_key=credentials.owner_api_key,
            addresses=servers.addresses,
            runner=runner,
        )
    await to_thread.run_sync(nursery.close)


def with_owner(credentials: Credentials, data_dir: Path) -> Credentials:
    """The owner's API key is made at the first start, by the gateway's own rule."""
    if credentials.owner_api_key:
        return credentials
    from onemanage.gateway.access.secrets import new_api_key  # needed once

    credentials = credentials.with_owner_api_key(new_api_key())
    credentials.save(data_dir)
    return credentials


def common_environment(addresses: Addresses) -> dict[str, str]:
    """What every process needs: addresses, bucket, logs. No secret of one service."""
    return addresses.environment() | {
        "S3_BUCKET": os.environ.get("S3_BUCKET", BUCKET),
        "LOG_FORMAT": os.environ.get("LOG_FORMAT", "pretty"),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
    }


def what_some_need(
    credentials: Credentials, base_url: str, s3_endpoint: str
) -> dict[str, str]:
    """What only those services get whose `needs` name it, secrets first of all."""
    networks = ("DATA_IMPORT_ALLOWED_NETWORKS", "WEBHOOK_ALLOWED_NETWORKS")
    others = ("OWNER_EMAIL", "OWNER_PASSWORD", "PSD_CMYK_PROFILE")
    return {
        "PUBLIC_URL": os.environ.get("PUBLIC_URL", base_url),
        "S3_PUBLIC_ENDPOINT": os.environ.get("S3_PUBLIC_ENDPOINT", s3_endpoint),
        "PREVIEW_SIGNING_KEY": credentials.preview_signing_key,
        "OWNER_API_KEY": credentials.owner_api_key,
        "DATA_IMPORT_SEALING_KEY": credentials.data_import_sealing_key,
        "IMAGING_SEALING_KEY": credentials.imaging_sealing_key,
        "WEBHOOK_SEALING_KEY": credentials.webhook_sealing_key,
        **{name: os.environ.get(name, "") for name in (*networks, *others)},
    }


def prepare_job(addresses: Addresses, common: Mapping[str, str], gates: Gates) -> Job:
    """The one-shot process that declares the topology, the bucket and every schema."""
    environment = {**common, "DATABASE_ADMIN_URL": addresses.database_admin_url}
    for schema in SCHEMAS:
        name = f"{DATABASE_URL_PREFIX}{schema.upper()}"
        environment[name] = addresses.database_url(schema)
    command = Command(
        arguments=(
            *(sys.executable, "-m", "onemanage.local.prepare"),
            str(gates.servers_ready),
        ),
        environment=without_secrets(environment),
    )
    return Job(name="prepare", command=command)


def service_process(
    service: Service,
    addresses: Addresses,
    common: Mapping[str, str],
    given: Mapping[str, str],
    gates: Gates,
    port: int,
    nursery: Nursery,
) -> Process:
    """One of SERVICES, forked from the nursery, ready when its health file is there or,
    for the API, when ``/readyz`` says so.
    """
    health_file = gates.health_file(service.name)
    environment = {
        **common,
        **addresses.s3_keys_of(service.schema),
        **{name: given[name] for name in service.needs},
        "DATABASE_URL": addresses.database_url(service.schema),
        "NATS_URL": addresses.nats_url_of(service.schema),
        "HEALTH_FILE": str(health_file),
    }
    ready, options = file_exists(health_file), []
    if service.name == API:
        ready = http_ok(f"http://127.0.0.1:{port}/readyz")
        options = ["--host", "127.0.0.1", "--port", str(port)]
    birth = Birth(
        name=service.name,
        module=service.module,
        options=options,
        environment=without_secrets(environment),
    )
    command = Fork(nursery=nursery, birth=birth)
    return Process(name=service.name, command=command, ready=ready)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Ours and this, but no secret that `environment` does not name."""
    return {
        name: value
        for name, value in child_environment(environment).items()
        if name in environment or not name.startswith(SECRET_PREFIXES)
    }
