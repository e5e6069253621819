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
from urllib.parse import urlsplit

import compose  # type: ignore[import-untyped]  # it has no type information
import pytest
from pydantic_settings import BaseSettings

from onemanage.contracts.registry import TASKS
from onemanage.data_import.settings import ConsumerSettings as ImportConsumerSettings
from onemanage.data_import.settings import WorkerSettings as ImportWorkerSettings
from onemanage.elastic.drivers.settings import (
    DockerSettings,
    EciSettings,
    LaunchSettings,
)
from onemanage.elastic.settings import ElasticSettings
from onemanage.gateway.access.secrets import new_api_key
from onemanage.gateway.settings import ConsumerSettings as GatewayConsumerSettings
from onemanage.gateway.settings import GatewaySettings
from onemanage.gateway.settings import WorkerSettings as GatewayWorkerSettings
from onemanage.imaging.settings import ConsumerSettings as ImagingConsumerSettings
from onemanage.imaging.settings import WorkerSettings as ImagingWorkerSettings
from onemanage.local.nats import USERS_CONF
from onemanage.platform.database.migrations import MigrationSettings
from onemanage.platform.process.settings import (
    LogSettings,
    ProcessSettings,
    StorageSettings,
)
from onemanage.platform.storage.rights import identities
from onemanage.preview.settings import PreviewSettings
from onemanage.psd.settings import ConsumerSettings as PsdConsumerSettings
from onemanage.psd.settings import WorkerSettings as PsdWorkerSettings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, tuple[type[BaseSettings], ...]] = {
    "topology": (ProcessSettings,),
    "bucket": (LogSettings, StorageSettings),
    **{
        f"migrate-{name}": (MigrationSettings,)
        for name in ("gateway", "psd", "preview", "data-import", "imaging", "elastic")
    },
    "gateway": (GatewaySettings,),
    "gateway-consumer": (GatewayConsumerSettings,),
    "gateway-worker": (GatewayWorkerSettings,),
    "psd-worker": (PsdWorkerSettings,),
    "psd-consumer": (PsdConsumerSettings,),
    "preview-worker": (PreviewSettings,),
    "preview-consumer": (PreviewSettings,),
    "data-import-worker": (ImportWorkerSettings,),
    "data-import-consumer": (ImportConsumerSettings,),
    "imaging-worker": (ImagingWorkerSettings,),
    "imaging-consumer": (ImagingConsumerSettings,),
    "elastic-consumer": (ElasticSettings, LaunchSettings, DockerSettings, EciSettings),
}

WRITE_NO_FILES = {"gateway-worker"}


def configured(*files: str, **environment: str) -> Any:
    """What Compose makes of the files, with a value for each name in .env.example."""
    example = (ROOT / "infra/.env.example").read_text(encoding="utf-8")
    required = re.findall(r"^([A-Z0-9_]+)=$", example, re.MULTILINE)
    done = subprocess.run(
        [
            f"{compose.__path__[0]}/docker-compose",
            *(f"--file={name}" for name in files),
            *("config", "--format=json"),
        ],
        cwd=ROOT / "infra",
        env={"PATH": os.environ["PATH"], **dict.fromkeys(required, "x" * 32)}
        | {"OWNER_API_KEY": new_api_key()}
        | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def configuration() -> Any:
    return configured(
        "docker-compose.yml",
        COMPOSE_PROFILES="elastic",
        ELASTIC_DRIVER="docker",
        ECI_REGION="cn-hangzhou",
        ECI_ACCESS_KEY_ID="x",
        ECI_ACCESS_KEY_SECRET="x",
        ECI_IMAGE="acme/{service}:1",
        ECI_VSWITCHES='["vsw-b"]',
        ECI_SECURITY_GROUP="sg-1",
    )


@pytest.fixture(scope="module")
def containers(configuration: Any) -> Any:
    return configuration["services"]


def service_of(container: Any) -> str:
    """``psd`` for the image ``onemanage/psd:dev``."""
    image: str = container["image"]
    return image.removeprefix("onemanage/").partition(":")[0]


def test_every_process_of_ours_is_known_here(containers: Any) -> None:
    ours = {
        name
        for name, container in containers.items()
        if container["image"].startswith("onemanage/")
    }

    assert ours == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_command_of_a_container_is_in_its_image(containers: Any, name: str) -> None:
    service = service_of(containers[name])
    commands: dict[str, str] = {}
    for project in (f"services/{service}", "libs/platform"):
        text = (ROOT / project / "pyproject.toml").read_text(encoding="utf-8")
        commands |= tomllib.loads(text)["project"].get("scripts", {})

    wanted = [containers[name]["command"][0]]
    if "healthcheck" in containers[name]:
        wanted.append(containers[name]["healthcheck"]["test"][1])
    for command in wanted:
        module, _, function = commands[command].partition(":")
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


def test_no_container_reports_to_whoever_made_it(containers: Any) -> None:
    assert "-master.telemetry=false" in containers["storage"]["command"]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_container_enters_nats_as_the_user_of_its_service(
    containers: Any, name: str
) -> None:
    url = containers[name]["environment"].get("NATS_URL", "")
    service = name.rpartition("-")[0] or name

    if name == "bucket" or name.startswith("migrate-"):
        assert not url
    else:
        user = "operator" if name == "topology" else service.replace("-", "_")
        assert urlsplit(url).username == user


@pytest.mark.parametrize("name", SETTINGS)
def test_a_container_enters_postgresql_as_the_role_of_its_service(
    containers: Any, name: str
) -> None:
    environment = containers[name]["environment"]
    url = environment.get("DATABASE_URL", "")

    if name in ("topology", "bucket"):
        assert not url
    else:
        assert urlsplit(url).username == service_of(containers[name]).replace("-", "_")
    assert ("DATABASE_ADMIN_URL" in environment) == name.startswith("migrate-")


def test_nats_on_containers_knows_the_users_that_the_local_runner_knows(
    containers: Any,
) -> None:
    config = (ROOT / "infra/nats.conf").read_text(encoding="utf-8")
    mounted = {
        volume["target"]: Path(volume["source"])
        for volume in containers["nats"]["volumes"]
    }

    assert '\ninclude "nats-users.conf"\n' in config
    assert mounted["/etc/nats/nats-users.conf"].samefile(USERS_CONF)


def test_the_object_storage_on_containers_knows_each_service_as_itself(
    configuration: Any,
) -> None:
    containers = configuration["services"]
    keys = {
        service_of(containers[name]).replace("-", "_"): _s3_key(containers[name])
        for name in SETTINGS
        if name == "gateway" or name.endswith("-worker")
    }
    keys["operator"] = _s3_key(containers["bucket"])
    given = json.loads(configuration["configs"]["s3-identities"]["content"])

    assert given == identities("onemanage", keys)
    assert keys["psd"][0] == "psd"
    (mounted,) = containers["storage"]["configs"]
    assert f"-s3.config={mounted['target']}" in containers["storage"]["command"]


def _s3_key(container: Any) -> tuple[str, str]:
    environment = container["environment"]
    return environment["S3_ACCESS_KEY_ID"], environment["S3_SECRET_ACCESS_KEY"]


@pytest.mark.parametrize("name", [name for name in SETTINGS if "-worker" in name])
def test_a_worker_has_longer_to_stop_than_its_longest_task_takes(
    containers: Any, name: str
) -> None:
    service = service_of(containers[name]).replace("-", "_")
    longest = max(task.timeout for task in TASKS if task.worker == service)
    parts = re.findall(r"(\d+)([hms])", containers[name]["stop_grace_period"])
    seconds = sum(
        int(count) * {"h": 3600, "m": 60, "s": 1}[unit] for count, unit in parts
    )

    assert seconds > longest


def test_jetstream_has_a_limit_of_memory_of_its_own() -> None:
    config = (ROOT / "infra/nats.conf").read_text(encoding="utf-8")

    assert "max_memory_store: " in config


def test_each_image_is_built_once(containers: Any) -> None:
    built = [
        service_of(container)
        for container in containers.values()
        if "build" in container
    ]

    services = {path.parent.name for path in ROOT.glob("services/*/pyproject.toml")}
    assert sorted(built) == sorted(services)
    for container in containers.values():
        if "build" in container:
            args = container["build"]["args"]
            assert args == {"SERVICE": service_of(container)}


def test_workers_that_come_and_go_are_there_where_they_are_asked_for() -> None:
    services = configured("docker-compose.yml")["services"]

    assert not {name for name in services if "elastic" in name}


def test_a_health_check_is_words_without_blanks(containers: Any) -> None:
    for name, container in containers.items():
        for word in container.get("healthcheck", {}).get("test", []):
            assert " " not in word, name


def test_no_container_leaves_a_volume_without_a_name(containers: Any) -> None:
    for name, container in containers.items():
        for volume in container.get("volumes", []):
            assert volume["type"] == "bind" or volume.get("source"), name
        if name.endswith("-worker") and name not in WRITE_NO_FILES:
            scratch = container["environment"]["TMPDIR"]
            assert scratch in [volume["target"] for volume in container["volumes"]]
            health = container["environment"]["HEALTH_FILE"]
            assert health.startswith("/tmp/") and container["tmpfs"]


def test_whoever_connects_on_a_users_word_is_outside_and_knows_our_networks(
    configuration: Any,
) -> None:
    subnets = {
        part["subnet"]
        for network in configuration["networks"].values()
        for part in network["ipam"]["config"]
    }
    for name in ("imaging-worker", "data-import-worker", "gateway-consumer"):
        container = configuration["services"][name]
        assert "edge" in container["networks"]
        assert set(container["environment"]["OWN_NETWORKS"].split(",")) == subnets
    asked = configured("docker-compose.yml", IMAGING_ALLOWED_NETWORKS="10.1.0.0/16")
    given = asked["services"]["imaging-worker"]["environment"]
    assert given["IMAGING_ALLOWED_NETWORKS"] == "10.1.0.0/16"


def test_another_s3_needs_no_storage_of_ours() -> None:
    files = ("docker-compose.yml", "docker-compose.other-s3.yml")
    services = configured(*files, S3_ENDPOINT="https://s3.example")["services"]

    assert "storage" not in services
    for name, container in services.items():
        assert "storage" not in container.get("depends_on", {}), name
        if "S3_ENDPOINT" in container.get("environment", {}):
            assert container["environment"]["S3_ENDPOINT"] == "https://s3.example"
            assert "edge" in container["networks"], name


def test_clients_put_parts_where_the_operator_says_or_nowhere() -> None:
    def told(*more: str, **environment: str) -> tuple[str, bool]:
        files = ("docker-compose.yml", *more)
        services = configured(*files, **environment)["services"]
        storage = services.get("storage", {})
        return services["gateway"]["environment"]["S3_PUBLIC_ENDPOINT"], (
            "ports" in storage
        )

    public, other = "docker-compose.public-storage.yml", "docker-compose.other-s3.yml"
    s3 = "https://s3.example"
    named = {"S3_PUBLIC_ENDPOINT": "https://files.example"}
    assert told() == ("", False)
    assert told(public) == ("http://localhost:8333", True)
    assert told(public, **named) == ("https://files.example", True)
    assert told(other, S3_ENDPOINT=s3) == (s3, False)
    assert told(other, S3_ENDPOINT=s3, **named) == ("https://files.example", False)


def test_of_the_object_storage_only_the_port_that_asks_for_a_key_is_reached(
    containers: Any,
) -> None:
    command = containers["storage"]["command"]

    assert "-ip.bind=127.0.0.1" in command
    assert [word for word in command if "0.0.0.0" in word] == ["-s3.ip.bind=0.0.0.0"]


def test_two_imports_at_once_have_the_memory_that_is_promised(containers: Any) -> None:
    child = ImportWorkerSettings.model_fields["import_child_memory_bytes"].default

    assert 2 * child < int(containers["data-import-worker"]["mem_limit"])
    limits = (ROOT / "docs/data-import.md").read_text(encoding="utf-8")
    assert re.search(rf"IMPORT_CHILD_MEMORY_BYTES.*; {child >> 30} GiB", limits)


def test_every_container_drops_the_capabilities_it_does_not_need(
    containers: Any,
) -> None:
    for name, container in containers.items():
        assert container["cap_drop"] == ["ALL"], name
        assert ("cap_add" in container) == (name in ("postgres", "storage"))


def test_three_nodes_of_nats_share_their_name_and_nothing_else() -> None:
    files = ("docker-compose.yml", "docker-compose.production.yml")
    services = configured(*files, NATS_CLUSTER_PASSWORD="x" * 32)["services"]
    nodes = [services[name] for name in ("nats", "nats-2", "nats-3")]

    def data(node: Any) -> str:
        (found,) = [v["source"] for v in node["volumes"] if v["target"] == "/data"]
        return str(found)

    for node in ("nats-2", "nats-3"):
        assert "nats" in services[node]["networks"]["inside"]["aliases"]
    assert {data(node) for node in nodes} == {"nats-1", "nats-2", "nats-3"}
    assert len({node["environment"]["NATS_NAME"] for node in nodes}) == 3
    assert len({node["environment"]["NATS_ROUTES"] for node in nodes}) == 1
    assert services["topology"]["environment"]["STREAM_REPLICAS"] == "3"
    assert {"nats", "nats-2", "nats-3"} <= services["topology"]["depends_on"].keys()
    for name, container in services.items():
        assert {"mem_limit", "cpus", "pids_limit"} <= container.keys(), name
        assert container["cap_drop"] == ["ALL"], name
        if container["image"].startswith("postgres:"):
            mounted = {volume["target"] for volume in container["volumes"]}
            mounted |= set(container.get("tmpfs", ()))
            assert "/var/lib/postgresql/data" in mounted
