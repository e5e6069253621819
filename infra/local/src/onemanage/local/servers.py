"""NATS, PostgreSQL and S3 in one data directory, or where the environment says."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from anyio.from_thread import start_blocking_portal

from onemanage.local.addresses import REGION, Addresses, load_credentials
from onemanage.local.child import Output
from onemanage.local.nats import nats_nodes
from onemanage.local.postgres import Postgres, postgres
from onemanage.local.runner import Process, Runner, running
from onemanage.local.s3 import BUCKET, s3
from onemanage.platform.process.gather import gather


@dataclass(frozen=True, kw_only=True)
class Servers:
    """What is to be started, and the addresses that it will have."""

    addresses: Addresses
    processes: tuple[Process, ...]
    postgres: Postgres | None

    async def start(self, runner: Runner) -> None:
        """Returns when all of them answer."""
        starts = [runner.start(*self.processes)]
        if self.postgres is not None:
            starts.append(self.postgres.start(runner))
        await gather(starts)


class MissingKeys(Exception):
    def __init__(self) -> None:
        super().__init__(
            "S3_ENDPOINT is set, so S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be"
            " set too; or unset S3_ENDPOINT to have a server started"
        )


def plan_servers(
    data_dir: Path,
    environ: Mapping[str, str],
    *,
    throwaway: bool = False,
    nodes: int = 1,
) -> Servers:
    """Chooses ports and writes configurations; starts nothing.

    NATS_URL, DATABASE_ADMIN_URL and S3_ENDPOINT in `environ` each mean: use that
    server, start none. `throwaway` is for data that no one will want again; `nodes`
    are those of NATS, where it is started here. Raises MissingKeys, OtherNodeCount.
    """
    credentials = load_credentials(data_dir)
    processes: list[Process] = []
    nats_url, nats_password = environ.get("NATS_URL", ""), ""
    nodes = 1 if nats_url else nodes
    if not nats_url:
        nats_password = credentials.nats_password
        started, nats_url = nats_nodes(data_dir, nats_password, nodes)
        processes.extend(started)
    admin_url, cluster = environ.get("DATABASE_ADMIN_URL", ""), None
    if not admin_url:
        password = credentials.database_admin_password
        cluster = postgres(data_dir / "postgres", password, throwaway=throwaway)
        admin_url = cluster.admin_url
    endpoint, (key_id, secret) = environ.get("S3_ENDPOINT", ""), given_keys(environ)
    if not endpoint:
        key_id, secret = credentials.s3_access_key_id, credentials.s3_secret_access_key
        bucket = environ.get("S3_BUCKET", BUCKET)
        place = data_dir / "s3"
        process, endpoint = s3(place, key_id, secret, bucket, throwaway=throwaway)
        processes.append(process)
    addresses = Addresses(
        nats_url=nats_url,
        database_admin_url=admin_url,
        s3_endpoint=endpoint,
        s3_access_key_id=key_id,
        s3_secret_access_key=secret,
        s3_region=environ.get("S3_REGION", REGION),
        database_role_secret=credentials.database_role_secret,
        nats_nodes=nodes,
        nats_password=nats_password,
        s3_is_ours=not environ.get("S3_ENDPOINT"),
    )
    return Servers(addresses=addresses, processes=tuple(processes), postgres=cluster)


def given_keys(environ: Mapping[str, str]) -> tuple[str, str]:
    """Of the object storage that is named, empty where none is. Raises MissingKeys."""
    key_id = environ.get("S3_ACCESS_KEY_ID", "")
    secret = environ.get("S3_SECRET_ACCESS_KEY", "")
    if environ.get("S3_ENDPOINT") and not (key_id and secret):
        raise MissingKeys
    return key_id, secret


@asynccontextmanager
async def start_servers(
    data_dir: Path, output: Output, *, throwaway: bool = False
) -> AsyncIterator[Addresses]:
    """The servers, ready; stopped when the block is left."""
    servers = plan_servers(data_dir, os.environ, throwaway=throwaway)
    async with running(output) as runner:
        await servers.start(runner)
        yield servers.addresses


@contextmanager
def servers_in_thread(
    data_dir: Path, output: Output, *, throwaway: bool = False
) -> Iterator[Addresses]:
    """`start_servers` for code without an event loop; `output` is called in a thread."""
    with start_blocking_portal() as portal:
        starting = start_servers(data_dir, output, throwaway=throwaway)
        with portal.wrap_async_context_manager(starting) as addresses:
            yield addresses
