"""What further workers, and those who start them, are told on one machine."""

import json
import stat
from pathlib import Path

from onemanage.local.addresses import Addresses
from onemanage.local.stack import ELASTIC, SERVICES, environments_of

SECRET = "secret of {name}"


def told(tmp_path: Path) -> dict[str, dict[str, str]]:
    needed = {name for service in SERVICES for name in service.needs}
    given = {name: SECRET.format(name=name) for name in needed}
    addresses = Addresses(
        nats_url="nats://operator:a@127.0.0.1:1",
        database_admin_url="postgresql://postgres:b@127.0.0.1:2/x",
        database_role_secret="c",
        s3_endpoint="http://127.0.0.1:3",
        s3_access_key_id="d",
        s3_secret_access_key="e",
    )
    services = (*SERVICES, ELASTIC)
    return environments_of(services, tmp_path, addresses, {"LOG_LEVEL": "INFO"}, given)


def test_further_workers_are_told_what_the_first_one_is(tmp_path: Path) -> None:
    first = told(tmp_path)
    for service in ("psd", "imaging", "preview", "data-import"):
        file = tmp_path / "elastic" / f"{service}.json"
        further = json.loads(file.read_text())
        assert further.items() >= first[f"{service}-worker"].items()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_worker_is_told_a_secret_of_another(tmp_path: Path) -> None:
    told(tmp_path)
    psd = (tmp_path / "elastic" / "psd.json").read_text()
    assert SECRET.format(name="DATA_IMPORT_SEALING_KEY") not in psd
    assert "//data_import:" not in psd


def test_workers_of_the_gateway_are_not_started_by_elastic_compute(
    tmp_path: Path,
) -> None:
    told(tmp_path)
    assert not (tmp_path / "elastic" / "gateway.json").exists()


def test_the_elastic_service_finds_the_files_and_starts_processes(
    tmp_path: Path,
) -> None:
    elastic = told(tmp_path)["elastic"]
    assert elastic["ELASTIC_DRIVER"] == "local"
    assert elastic["ELASTIC_ENVIRONMENTS"] == str(tmp_path / "elastic")
