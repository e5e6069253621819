"""The whole system as one table, as infra/docker-compose.yml has it."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anyio import to_thread

from onemanage.local import elastic
from onemanage.local.addresses import (
    Addresses,
    Credentials,
    child_environment,
    free_ports,
    load_credentials,
)
from onemanage.local.child import Command, Output
from onemanage.local.gates import file_exists, http_ok
from onemanage.local.nursery import Birth, Fork, Nursery
from onemanage.local.runner import Job, Process, Runner, running
from onemanage.local.s3 import BUCKET
from onemanage.local.servers import Servers, plan_servers
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
            *("OWNER_EMAIL", "OWNER_PASSWORD", "CONSOLE_DIR"),
        ),
    ),
    Service(
        name="gateway-consumer",
        module="onemanage.gateway.consumer",
        schema="gateway",
        needs=(
            *("WEBHOOK_SEALING_KEY", "WEBHOOK_ALLOWED_NETWORKS"),
            "IMAGING_SEALING_KEY",
        ),
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
        needs=("IMAGING_SEALING_KEY", "IMAGING_ALLOWED_NETWORKS"),
    ),
    Service(
        name="imaging-consumer", module="onemanage.imaging.consumer", schema="imaging"
    ),
)
ELASTIC = Service(
    name="elastic", module="onemanage.elastic.consumer", schema=elastic.SCHEMA
)
"""Beside them where workers are to come and go."""
SECRET_PREFIXES = (
    *("DATABASE_", "NATS_", "OWNER_", "PREVIEW_SIGNING_KEY", "ECI_ACCESS_KEY"),
    *("DATA_IMPORT_SEALING_KEY", "IMAGING_SEALING_KEY", "WEBHOOK_SEALING_KEY"),
)
API = SERVICES[0].name
OWNER_EMAIL = "owner@localhost"
"""Where the environment names nobody else."""
SCHEMAS = ("gateway", "psd", "preview", "data_import", "imaging")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A running system."""

    base_url: str
    owner_api_key: str = field(repr=False)
    owner: tuple[str, str] = field(repr=False)
    """E-mail address and password of the person who owns it; empty without a console."""
    addresses: Addresses
    runner: Runner
    figures: Mapping[str, str] = field(default_factory=dict)
    """Where each process tells its figures, by its name; empty without OBSERVE."""


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
    data_dir: Path,
    port: int,
    output: Output,
    nodes: int = 1,
    *,
    is_elastic: bool = False,
) -> AsyncIterator[Stack]:
    """Everything, ready to serve on the port; gone when the block is left. Elastic: more
    workers come and go. Raises StartFailed, OtherNodeCount."""
    gates = Gates(data_dir / "run")
    servers = plan_servers(data_dir, os.environ, nodes=nodes)
    credentials = with_owner(load_credentials(data_dir), data_dir)
    base_url = f"http://127.0.0.1:{port}"
    common = common_environment(servers.addresses)
    given = what_some_need(credentials, base_url, servers.addresses.s3_endpoint)
    services = (*SERVICES, ELASTIC) if is_elastic else SERVICES
    figures = figures_addresses(services)
    told = environments_of(services, data_dir, servers.addresses, common, given)
    preparing = prepare_job(servers.addresses, common, gates, services)
    nursery = Nursery([service.module for service in services])
    processes = [
        service_process(service, environment, gates, port, nursery)
        for service, environment in watched(services, told, figures)
    ]

    async with running(output) as runner:
        serving = start_servers(servers, runner, gates)
        nursing = to_thread.run_sync(nursery.open)
        await gather([serving, runner.run(preparing), nursing])
        await runner.start(*processes)
        yield Stack(
            base_url=base_url,
            owner_api_key=credentials.owner_api_key,
            owner=(given["OWNER_EMAIL"], given["OWNER_PASSWORD"]),
            addresses=servers.addresses,
            runner=runner,
            figures=figures,
        )
    await to_thread.run_sync(nursery.close)


async def start_servers(servers: Servers, runner: Runner, gates: Gates) -> None:
    """And open the gate behind them."""
    await servers.start(runner)
    gates.servers_ready.touch()


def figures_addresses(services: Sequence[Service]) -> dict[str, str]:
    """An address for the figures of each process, where OBSERVE asks for them."""
    if os.environ.get("OBSERVE", "0") in ("", "0"):
        return {}
    ports = free_ports(len(services))
    return {
        service.name: f"127.0.0.1:{port}"
        for service, port in zip(services, ports, strict=True)
    }


def watched(
    services: Sequence[Service],
    told: Mapping[str, dict[str, str]],
    figures: Mapping[str, str],
) -> Iterator[tuple[Service, dict[str, str]]]:
    """Each with what it is told, and where it tells its own figures."""
    for service in services:
        address = figures.get(service.name, "")
        yield service, told[service.name] | {"METRICS_ADDRESS": address}


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
    reaching = ("DATA_IMPORT", "WEBHOOK", "IMAGING")
    networks = [f"{name}_ALLOWED_NETWORKS" for name in reaching]
    others = ("PSD_CMYK_PROFILE", "CONSOLE_DIR")
    # To hash a password takes a start's time, which only who has a browser needs.
    own = (OWNER_EMAIL, credentials.owner_password)
    usual = own if os.environ.get("CONSOLE_DIR") else ("", "")
    email = os.environ.get("OWNER_EMAIL") or usual[0]
    password = os.environ.get("OWNER_PASSWORD") or usual[1]
    return {
        "PUBLIC_URL": os.environ.get("PUBLIC_URL", base_url),
        "S3_PUBLIC_ENDPOINT": os.environ.get("S3_PUBLIC_ENDPOINT", s3_endpoint),
        "PREVIEW_SIGNING_KEY": credentials.preview_signing_key,
        "OWNER_API_KEY": credentials.owner_api_key,
        "OWNER_EMAIL": email,
        "OWNER_PASSWORD": password,
        "DATA_IMPORT_SEALING_KEY": credentials.data_import_sealing_key,
        "IMAGING_SEALING_KEY": credentials.imaging_sealing_key,
        "WEBHOOK_SEALING_KEY": credentials.webhook_sealing_key,
        **{name: os.environ.get(name, "") for name in (*networks, *others)},
    }


def prepare_job(
    addresses: Addresses,
    common: Mapping[str, str],
    gates: Gates,
    services: Sequence[Service],
) -> Job:
    """The one-shot process that declares the topology, the bucket and every schema."""
    environment = {**common, "DATABASE_ADMIN_URL": addresses.database_admin_url}
    for schema in {service.schema for service in services}:
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


def service_environment(
    service: Service,
    addresses: Addresses,
    common: Mapping[str, str],
    given: Mapping[str, str],
) -> dict[str, str]:
    """What it is told, and no more."""
    keys = addresses.s3_keys_of(service.schema) if service is not ELASTIC else {}
    return {
        **common,
        **keys,
        **{name: given[name] for name in service.needs},
        "DATABASE_URL": addresses.database_url(service.schema),
        "NATS_URL": addresses.nats_url_of(service.schema),
    }


def environments_of(
    services: Sequence[Service],
    data_dir: Path,
    addresses: Addresses,
    common: Mapping[str, str],
    given: Mapping[str, str],
) -> dict[str, dict[str, str]]:
    """By service. For the elastic one, those of further workers are put into files."""
    told = {
        service.name: service_environment(service, addresses, common, given)
        for service in services
    }
    if ELASTIC in services:
        folder = data_dir / elastic.SCHEMA
        workers = {
            name: without_secrets(environment)
            for name, environment in told.items()
            if elastic.is_worker(name)
        }
        elastic.write_environments(folder, workers)
        told[ELASTIC.name] |= elastic.settings(folder, os.environ)
    return told


def service_process(
    service: Service,
    environment: Mapping[str, str],
    gates: Gates,
    port: int,
    nursery: Nursery,
) -> Process:
    """One of SERVICES, forked from the nursery, ready when its health file is there or,
    for the API, when ``/readyz`` says so.
    """
    health_file = gates.health_file(service.name)
    environment = {**environment, "HEALTH_FILE": str(health_file)}
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
