"""A Prometheus of our configuration beside a stack of one machine."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from onemanage.local.addresses import free_ports

FOLDER = Path(__file__).parents[2] / "infra/observability"
_PATIENCE = 30.0


class NoPrometheus(Exception):
    """It is not at hand, or does not start; the message says what to do."""


@dataclass(frozen=True)
class Prometheus:
    client: httpx.Client

    def ask(self, path: str, **asked: str | float) -> Any:
        """What ``/api/v1/<path>`` answers. Raises httpx.HTTPStatusError."""
        answer = self.client.get(f"/api/v1/{path}", params=asked)
        return answer.raise_for_status().json()["data"]


@contextmanager
def watching(
    figures: Mapping[str, str], folder: Path, scrape: str
) -> Iterator[Prometheus]:
    """Of infra/observability/prometheus.yml, where ``figures`` are the addresses of each
    process in place of the names that containers have, asked every ``scrape``.

    Raises NoPrometheus.
    """
    if shutil.which("prometheus") is None:
        raise NoPrometheus("prometheus is not on PATH: apt-get install prometheus")
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_configured(figures, scrape)), encoding="utf-8")
    (port,) = free_ports(1)
    command = (
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            _wait(client, process, folder)
            yield Prometheus(client)
    finally:
        process.terminate()
        process.wait()


def _configured(figures: Mapping[str, str], scrape: str) -> dict[str, Any]:
    text = (FOLDER / "prometheus.yml").read_text(encoding="utf-8")
    config: dict[str, Any] = yaml.safe_load(text)
    config["global"] = {"scrape_interval": scrape, "evaluation_interval": scrape}
    config["rule_files"] = [str(FOLDER / "alerts.yml")]
    (job,) = config["scrape_configs"]
    # By their names the containers' engine finds them; here each has a port.
    del job["dns_sd_configs"], job["relabel_configs"]
    job["static_configs"] = [
        {"targets": [address], "labels": {"process": name}}
        for name, address in figures.items()
    ]
    return config


def _wait(client: httpx.Client, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            if client.get("/-/ready").is_success:
                return
        except httpx.TransportError:
            pass  # not yet
        time.sleep(0.2)
    log = (folder / "prometheus.log").read_text(encoding="utf-8")
    raise NoPrometheus(f"prometheus does not start: {log[-2000:]}")
