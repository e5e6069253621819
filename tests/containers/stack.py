"""The Compose file, run for real as a project of its own name."""

import json
import os
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import compose  # type: ignore[import-untyped]  # it has no type information

from onemanage.gateway.access.secrets import new_api_key
from onemanage.local.addresses import free_ports

from .engine import Engine
from .images import ROOT

PROJECT = "onemanage-compose-test"
LABEL = f"label=com.docker.compose.project={PROJECT}"
KINDS = ("container", "volume", "network")
NETWORKS = {"EDGE_NETWORK": "172.29.241.0/24", "INSIDE_NETWORK": "172.29.242.0/24"}
"""Beside those of an installation that may be running here."""
ATTEMPTS = 3
"""Of jobs that fail."""
PATIENCE = "60s"
"""Of a check of health."""
ELASTIC = {
    "COMPOSE_PROFILES": "elastic",
    "ELASTIC_DRIVER": "docker",
    "ELASTIC_INSTALLATION": PROJECT,
    "ELASTIC_BOUNDS": '{"imaging": {"slots": 2, "most": 1, "most_heavy": 0}}',
    "ELASTIC_EVERY_SECONDS": "1",
    "ELASTIC_TARGET_SECONDS": "1",
    "ELASTIC_IDLE_SECONDS": "10",
    "ELASTIC_DOCKER_NETWORK": f"{PROJECT}_inside",
    "ELASTIC_DOCKER_OUTSIDE": f"{PROJECT}_edge",
}


@dataclass(frozen=True, kw_only=True)
class Composed:
    """What Compose made of files of infra. ``settings`` is what infra/.env would say."""

    engine: Engine
    files: tuple[str, ...]
    settings: dict[str, str] = field(repr=False)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.settings['GATEWAY_PORT']}"

    def compose(self, *arguments: str) -> str:
        """What Compose prints. Raises CalledProcessError, which it has explained."""
        done = subprocess.run(
            (
                f"{compose.__path__[0]}/docker-compose",
                *(f"--project-name={PROJECT}", "--progress=quiet"),
                *(f"--file={ROOT}/infra/{name}" for name in self.files),
                *(f"--file={file}" for file in self._more_patience),
                *arguments,
            ),
            env={**self.engine.environment, **self.settings},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout.strip()

    def up(self, *more: str) -> None:
        """Start what does not run, and wait until all of it is well.

        Jobs may be repeated, and on a busy machine an engine may answer them too late.
        Raises CalledProcessError where one fails again and again; its logs are printed.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self.compose("up", "--detach", "--no-build", *more)
                break
            except subprocess.CalledProcessError:
                for one in self.containers():
                    if one.is_job and one.ended_with:
                        print(one.what, self.engine.logs(one.id, "--tail=20"))
                if attempt == ATTEMPTS:
                    raise
        self.wait_until_well()

    def wait_until_well(self) -> None:
        """pytest's own timeout bounds it; what is not well is printed when it strikes."""
        while not_well := [one for one in self.containers() if not one.is_well]:
            print("not well yet:", *(one.what for one in not_well))
            time.sleep(2)

    def admin(self, *arguments: str) -> str:
        """What the command of backups prints, in a container of its own."""
        run = ("run", "--rm", "-T", "--no-deps", "admin", "onemanage-admin")
        return self.compose(*run, *arguments)

    def containers(self) -> list["Container"]:
        """All of the project, those that have ended too."""
        return self._labelled(LABEL)

    def groups(self) -> list["Container"]:
        """Workers that the elastic service has started, of whom Compose knows nothing."""
        return self._labelled(f"label=onemanage.installation={PROJECT}")

    def _labelled(self, label: str) -> list["Container"]:
        ids = self.engine.run("ps", "--all", "--quiet", f"--filter={label}").split()
        if not ids:
            return []
        found = json.loads(self.engine.run("container", "inspect", *ids))
        return [Container(one) for one in found]

    def tell_workers_of_groups(self) -> None:
        """What Compose tells its own workers, in files: as docs/elastic.md has it."""
        services = json.loads(self.compose("config", "--format=json"))["services"]
        folder = Path(self.settings["ELASTIC_ENVIRONMENTS_FOLDER"])
        for name, service in services.items():
            if name.endswith("-worker"):
                file = folder / f"{name.removesuffix('-worker')}.json"
                file.write_text(json.dumps(service["environment"]), encoding="utf-8")

    def be_patient(self) -> None:
        """Let each check of a container's health take as long as a busy machine needs,
        on which a process may wait for longer than the Compose files allow it."""
        services = json.loads(self.compose("config", "--format=json"))["services"]
        more = {
            name: {"healthcheck": {"timeout": PATIENCE}}
            for name, service in services.items()
            if "healthcheck" in service
        }
        text = json.dumps({"services": more})
        self._patience_file.write_text(text, encoding="utf-8")

    @property
    def _patience_file(self) -> Path:
        return Path(self.settings["ELASTIC_ENVIRONMENTS_FOLDER"]) / "patience.yml"

    @property
    def _more_patience(self) -> list[Path]:
        return [self._patience_file] if self._patience_file.exists() else []

    def of_service(self, name: str) -> list["Container"]:
        """Its containers, as many as it is scaled to."""
        return [one for one in self.containers() if one.service == name]

    def kill(self, *services: str) -> None:
        """SIGKILL the first process of each container of theirs, all at once."""
        pids = [one.pid for one in self.containers() if one.service in services]
        self.on_the_machine(f"kill -9 {' '.join(map(str, pids))}")

    def wait_until_others_run(self, before: Sequence["Container"]) -> None:
        """Until other processes run in their place, and are well."""
        pids = {one.id: one.pid for one in before}

        def again(one: "Container") -> bool:
            return one.pid not in (0, pids.get(one.id)) and one.is_well

        while not all(again(one) for one in self.containers() if one.id in pids):
            time.sleep(1)

    def left(self) -> dict[str, list[str]]:
        """Names of all that the engine has of this project, by kind."""
        return {
            kind: self.engine.run(
                kind, "ls", "--quiet", *_all(kind), f"--filter={LABEL}"
            ).split()
            for kind in KINDS
        }

    def on_the_machine(self, script: str) -> str:
        """What a shell prints that sees and may end every process of the engine."""
        return self.engine.run(
            *("run", "--rm", "--privileged", "--pid=host", "--network=none"),
            *("docker.io/library/python:3.12-slim", "sh", "-c", script),
        )


@dataclass(frozen=True)
class Container:
    """What the engine says of one when it is inspected."""

    inspected: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.inspected["Id"])

    @property
    def service(self) -> str:
        return str(self.inspected["Config"]["Labels"]["com.docker.compose.service"])

    @property
    def pid(self) -> int:
        """Of its init, as the machine counts; 0 where it does not run."""
        return int(self.inspected["State"]["Pid"])

    @property
    def networks(self) -> set[str]:
        return set(self.inspected["NetworkSettings"]["Networks"])

    @property
    def ended_with(self) -> int | None:
        """Its exit status; None while it runs."""
        state = self.inspected["State"]
        return None if state["Running"] else int(state["ExitCode"])

    @property
    def is_job(self) -> bool:
        policy: str = self.inspected["HostConfig"]["RestartPolicy"]["Name"]
        return policy in ("", "no")

    @property
    def is_well(self) -> bool:
        """A job has ended well, anything else is healthy."""
        status: str = self.inspected["State"]["Status"]
        if self.is_job:
            return status == "exited" and self.inspected["State"]["ExitCode"] == 0
        return status == "running" and self._health == "healthy"

    @property
    def what(self) -> str:
        return f"{self.service} ({self.inspected['State']['Status']}, {self._health})"

    @property
    def _health(self) -> str:
        state = self.inspected["State"]
        # As podman 4 says it, and as docker does.
        found = state.get("Healthcheck") or state.get("Health") or {}
        return str(found.get("Status"))


def settings_of_an_installation(
    version: str, engine: Engine, workers: Path
) -> dict[str, str]:
    """All that infra/.env.example leaves empty, with secrets of this run alone; and the
    elastic service, which may start one more worker of imaging at the engine itself and
    tells it what lies in ``workers``."""
    example = (ROOT / "infra/.env.example").read_text(encoding="utf-8")
    required = re.findall(r"^([A-Z0-9_]+)=$", example, re.MULTILINE)
    (port,) = free_ports(1)
    return {
        **{name: os.urandom(24).hex() for name in required},
        **NETWORKS,
        "NATS_CLUSTER_PASSWORD": os.urandom(24).hex(),
        "OWNER_API_KEY": new_api_key(),
        "GATEWAY_PORT": str(port),
        "ONEMANAGE_VERSION": version,
        **ELASTIC,
        "ELASTIC_DOCKER_IMAGE": f"onemanage/{{service}}:{version}",
        "ELASTIC_DOCKER_SOCKET": str(engine.socket),
        "ELASTIC_DOCKER_GROUP": str(engine.socket.stat().st_gid),
        "ELASTIC_ENVIRONMENTS_FOLDER": str(workers),
    }


def _all(kind: str) -> Sequence[str]:
    return ("--all",) if kind == "container" else ()
