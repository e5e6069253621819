"""Workers that come and go: the elastic service with groups that are processes."""

import json
from collections.abc import Mapping
from pathlib import Path

from onemanage.local.addresses import write_private

LOCAL = "local"
SCHEMA = "elastic"
_WORKER = "-worker"
_IDLE, _TARGET = "15", "5"
"""Seconds: so that workers are seen to come and go."""


def write_environments(
    folder: Path, environments: Mapping[str, Mapping[str, str]]
) -> None:
    """For the elastic service to start further workers with, by the names of those that
    are always there: ``psd-worker`` becomes ``psd.json``.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, environment in environments.items():
        file = folder / f"{name.removesuffix(_WORKER)}.json"
        write_private(file, json.dumps(dict(environment)))


def settings(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Of the elastic service; ``given``, this process's environment, goes first."""
    usual = {
        "ELASTIC_IDLE_SECONDS": _IDLE,
        "ELASTIC_TARGET_SECONDS": _TARGET,
        "ELASTIC_EVERY_SECONDS": "2",
    }
    own = {name: value for name, value in given.items() if name.startswith("ELASTIC_")}
    return {
        **usual,
        **own,
        "ELASTIC_DRIVER": LOCAL,
        "ELASTIC_ENVIRONMENTS": str(folder),
        "ELASTIC_INSTALLATION": str(folder),
    }


def is_worker(name: str) -> bool:
    """Whether elastic compute may start more of it; the gateway's waits for storage."""
    return name.endswith(_WORKER) and name != f"gateway{_WORKER}"
