"""What the environment says, and what is said of an environment that is not complete."""

from typing import Any

import pytest

from onemanage.elastic.domain.groups import Bounds, Price
from onemanage.elastic.settings import SERVICES, ElasticSettings
from onemanage.platform.process.settings import load

WHOLE = {
    "NATS_URL": "nats://elastic:secret@127.0.0.1:4222",
    "DATABASE_URL": "postgresql://elastic:secret@127.0.0.1:5432/onemanage",
    "ELASTIC_DRIVER": "eci",
    "ELASTIC_SIZES": '["2-4Gi"]',
    "ELASTIC_HEAVY_SIZES": '["8-32Gi"]',
    "ELASTIC_PRICES": '{"2-4Gi": {"hour": 0.3, "spot": 0.1}, "8-32Gi": {"hour": 1.6}}',
    "ELASTIC_BUDGET_PER_HOUR": "2",
    "ELASTIC_BUDGET_PER_DAY": "20.5",
    "ELASTIC_BOUNDS": '{"psd": {"most": 8}}',
}


def loaded(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> ElasticSettings:
    for name, value in (WHOLE | changes).items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return load(ElasticSettings)


def test_the_environment_becomes_a_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = loaded(monkeypatch, ELASTIC_TARGET_SECONDS="12.5").policy

    assert policy.bounds == {"psd": Bounds(slots=2, least=0, most=8, most_heavy=1)}
    assert policy.prices["2-4Gi"] == Price(hour=0.3, spot=0.1)
    assert (policy.budget_hour, policy.budget_day, policy.target) == (2, 20.5, 12.5)
    assert policy.price(None, heavy=True, spot=False) == 1.6
    assert policy.last_task == 3660  # an import may take an hour


def test_without_a_word_on_bounds_the_workers_of_every_service_may_come_and_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for empty in ("", None):
        policy = loaded(monkeypatch, ELASTIC_BOUNDS=empty).policy
        assert policy.bounds == dict.fromkeys(SERVICES, Bounds())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ELASTIC_DRIVER": ""}, "ELASTIC_DRIVER"),
        ({"ELASTIC_PRICES": '{"2-4Gi": {"hour": 1}}'}, "no price of 8-32Gi"),
        ({"ELASTIC_BUDGET_PER_DAY": ""}, "ELASTIC_BUDGET_PER_DAY is needed with eci"),
        ({"ELASTIC_SIZES": ""}, "ELASTIC_SIZES is needed with eci"),
        ({"ELASTIC_BOUNDS": '{"psb": {}}'}, "ELASTIC_BOUNDS names psb; services are"),
        ({"ELASTIC_BOUNDS": '{"psd": {"max": 3}}'}, "ELASTIC_BOUNDS_PSD_MAX"),
        ({"ELASTIC_TARGET_SECONDS": "0"}, "ELASTIC_TARGET_SECONDS"),
    ],
)
def test_what_is_amiss_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    said: str,
) -> None:
    with pytest.raises(SystemExit):
        loaded(monkeypatch, **changes)

    assert said in capsys.readouterr().err


def test_processes_on_one_machine_need_no_prices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [name for name in WHOLE if name not in ("NATS_URL", "DATABASE_URL")]
    changes = dict.fromkeys(names) | {"ELASTIC_DRIVER": "local"}

    policy = loaded(monkeypatch, **changes).policy

    assert policy.budget_hour is None
    assert policy.price("local", heavy=False, spot=False) == 0
