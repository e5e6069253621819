"""Each process in infra/docker-compose.yml is a command of its image, and complete.

The settings of a process are loaded from exactly the environment that Compose gives it.
"""

import importlib
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import compose  # type: ignore[import-untyped]  # it has no type information
import pytest
from pydantic_settings import BaseSettings

from onemanage.data_import.settings import ConsumerSettings as ImportConsumerSettings
from onemanage.data_import.settings import WorkerSettings as ImportWorkerSettings
from onemanage.gateway.settings import ConsumerSettings as GatewayConsumerSettings
from onemanage.gateway.settings import GatewaySettings
from onemanage.imaging.settings import ConsumerSettings as ImagingConsumerSettings
from onemanage.imaging.settings import WorkerSettings as ImagingWorkerSettings
from onemanage.platform.migrations import MigrationSettings
from onemanage.platform.settings import ProcessSettings, StorageSettings
from onemanage.preview.settings import PreviewSettings
from onemanage.psd.settings import ConsumerSettings as PsdConsumerSettings
from onemanage.psd.settings import WorkerSettings as PsdWorkerSettings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, tuple[type[BaseSettings], ...]] = {
    "topology": (ProcessSettings,),
    "bucket": (ProcessSettings, StorageSettings),
    "migrate-gateway": (MigrationSettings,),
    "migrate-psd": (MigrationSettings,),
    "migrate-preview": (MigrationSettings,),
    "migrate-data-import": (MigrationSettings,),
    "migrate-imaging": (MigrationSettings,),
    "gateway": (GatewaySettings,),
    "gateway-consumer": (GatewayConsumerSettings,),
    "psd-worker": (PsdWorkerSettings,),
    "psd-consumer": (PsdConsumerSettings,),
    "preview-worker": (PreviewSettings,),
    "preview-consumer": (PreviewSettings,),
    "data-import-worker": (ImportWorkerSettings,),
    "data-import-consumer": (ImportConsumerSettings,),
    "imaging-worker": (ImagingWorkerSettings,),
    "imaging-consumer": (ImagingConsumerSettings,),
}


@pytest.fixture(scope="module")
def containers() -> Any:
    """What Compose makes of the file, with a value for each name in .env.example."""
    example = (ROOT / "infra/.env.example").read_text(encoding="utf-8")
    required = re.findall(r"^([A-Z0-9_]+)=$", example, re.MULTILINE)
    done = subprocess.run(
        [f"{compose.__path__[0]}/docker-compose", "config", "--format=json"],
        cwd=ROOT / "infra",
        env={"PATH": os.environ["PATH"]} | dict.fromkeys(required, "x" * 32),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)["services"]


def test_every_process_of_ours_is_known_here(containers: Any) -> None:
    ours = {name for name, container in containers.items() if "build" in container}

    assert ours == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_command_of_a_container_is_in_its_image(containers: Any, name: str) -> None:
    service = containers[name]["build"]["args"]["SERVICE"]
    commands: dict[str, str] = {}
    for project in (f"services/{service}", "libs/platform"):
        text = (ROOT / project / "pyproject.toml").read_text(encoding="utf-8")
        commands |= tomllib.loads(text)["project"].get("scripts", {})

    module, _, function = commands[containers[name]["command"][0]].partition(":")

    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_container_is_given_all_that_its_settings_ask_for(
    containers: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in list(os.environ):
        monkeypatch.delenv(variable)
    for variable, value in containers[name]["environment"].items():
        monkeypatch.setenv(variable, value)

    for settings in SETTINGS[name]:
        settings()


def test_only_the_gateway_has_a_port_on_the_host(containers: Any) -> None:
    published = {name for name, container in containers.items() if "ports" in container}

    assert published == {"gateway"}


@pytest.mark.parametrize("name", SETTINGS)
def test_our_containers_have_limits_and_no_privileges(
    containers: Any, name: str
) -> None:
    container = containers[name]

    assert container["read_only"]
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit"} <= container.keys()
    assert "container_name" not in container


def test_no_container_reports_to_whoever_made_its_libraries(containers: Any) -> None:
    processes = [name for name in SETTINGS if not name.startswith("migrate-")]
    dockerfile = (ROOT / "infra/Dockerfile").read_text(encoding="utf-8")

    for name in processes:
        assert containers[name]["environment"]["ORT_DISABLE_TELEMETRY"] == "1"
    assert "\nENV ORT_DISABLE_TELEMETRY=1\n" in dockerfile
    assert "-master.telemetry=false" in containers["storage"]["command"]
