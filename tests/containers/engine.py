"""The container engine at hand: docker, or podman with its API socket."""

import json
import os
import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
runtime = "{runtime}"
"""
"""Of podman, where more open files are forbidden than it gives its containers."""

PODMANS_FILES = 1_048_576
"""Open files that podman asks for where it is told nothing."""


class NoEngine(Exception):
    """There is none here that answers; the message says what was tried."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """``docker`` or ``podman``, and the environment that leads its clients to it."""

    name: str
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        """What the command prints. Raises CalledProcessError, which it has explained."""
        done = subprocess.run(
            (*self._command, *arguments),
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout.strip()

    def logs(self, container: str, *options: str) -> str:
        """What its process has said, which our services do on the stream of errors."""
        done = subprocess.run(
            (*self._command, "logs", *options, container),
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.stdout

    def works(self, *arguments: str) -> bool:
        """Whether the command succeeds; what it says is nobody's business."""
        done = subprocess.run(
            (*self._command, *arguments), env=self.environment, capture_output=True
        )
        return done.returncode == 0

    @property
    def socket(self) -> Path:
        """Of its API, on this machine."""
        address = self.environment.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        return Path(address.removeprefix("unix://"))

    @property
    def _command(self) -> tuple[str, ...]:
        # Podman warns of a tmpfs whenever it is asked about its container.
        return (
            ("podman", "--log-level=error") if self.name == "podman" else (self.name,)
        )


@contextmanager
def engine_at_hand(folder: Path) -> Iterator[Engine]:
    """Docker where its daemon answers, else podman. Files of the run are in ``folder``.

    Raises NoEngine.
    """
    docker = Engine(name="docker", environment=os.environ)
    if shutil.which("docker") and docker.works("info", "--format={{.ServerVersion}}"):
        yield docker
        return
    if shutil.which("podman") is None:
        raise NoEngine("no docker daemon answers, and there is no podman")
    environment = os.environ | _configuration(folder)
    podman = Engine(name="podman", environment=environment)
    if not podman.works("info"):
        raise NoEngine("no docker daemon answers, and `podman info` fails")
    with _served(podman, folder / "podman.sock") as served:
        yield served


def _configuration(folder: Path) -> dict[str, str]:
    """What podman must be told here, unless somebody has told it already."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if "CONTAINERS_CONF" in os.environ or most >= PODMANS_FILES:
        return {}
    file = folder / "containers.conf"
    # crun refuses machines that have both kinds of cgroups.
    runtime = "runc" if shutil.which("runc") else "crun"
    file.write_text(CONFIGURATION.format(runtime=runtime), encoding="utf-8")
    return {"CONTAINERS_CONF": str(file)}


@contextmanager
def _served(podman: Engine, socket: Path) -> Iterator[Engine]:
    """The same with its API at a socket, which Compose asks, and its health checks run."""
    address = f"unix://{socket}"
    environment = {**podman.environment, "DOCKER_HOST": address}
    command = ("podman", "system", "service", "--time=0", address)
    with socket.with_suffix(".log").open("w") as log:
        service = subprocess.Popen(command, env=environment, stderr=log)
    ended = threading.Event()
    doctor = threading.Thread(target=_examine, args=(podman, ended))
    try:
        while not socket.exists():
            if service.poll() is not None:
                raise NoEngine("`podman system service` does not stay")
            time.sleep(0.1)
        socket.chmod(0o660)  # As docker has it: for whoever is of its group.
        # Its timers are systemd's, and without it nobody asks how a container is.
        if not Path("/run/systemd/system").exists():
            doctor.start()
        yield Engine(name=podman.name, environment=environment)
    finally:
        ended.set()
        if doctor.is_alive():
            doctor.join()
        service.terminate()
        service.wait()


def _examine(podman: Engine, ended: threading.Event) -> None:
    """Ask each container how it is that was not well when last asked."""
    while not ended.wait(2):
        for one in json.loads(podman.run("ps", "--format=json") or "[]"):
            if "starting" in one["Status"] or "unhealthy" in one["Status"]:
                podman.works("healthcheck", "run", one["Id"])
