"""Settings from the environment."""

import pytest
from pydantic import ValidationError

from onemanage.platform.process.settings import ProcessSettings, StorageSettings, load


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for settings in (ProcessSettings, StorageSettings):
        for name in settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)


def test_settings_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NATS_URL", "nats://one:4222,nats://two:4222")
    monkeypatch.setenv("LOG_FORMAT", "pretty")
    monkeypatch.setenv("TASK_ACK_WAIT", "2.5")
    monkeypatch.setenv("SOMETHING_ELSE", "1")
    found = load(ProcessSettings)
    assert found.nats_url == "nats://one:4222,nats://two:4222"
    assert (found.log_format, found.log_level) == ("pretty", "INFO")
    assert found.task_ack_wait == 2.5
    assert found.health_file is None


def test_everything_that_is_amiss_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setenv("TASK_ACK_WAIT", "0")
    with pytest.raises(SystemExit) as stopped:
        load(ProcessSettings)
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    for name in ("NATS_URL: Field required", "LOG_LEVEL", "TASK_ACK_WAIT"):
        assert name in told


def test_what_is_secret_is_not_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("S3_ENDPOINT", "http://localhost:1")
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "hunter2")
    with pytest.raises(SystemExit):
        load(StorageSettings)
    assert "hunter2" not in capsys.readouterr().err
    monkeypatch.setenv("S3_BUCKET", "files")
    monkeypatch.setenv("S3_ACCESS_KEY_ID", "hunter1")
    found = load(StorageSettings)
    assert found.s3_region == "auto"
    assert "hunter" not in repr(found)


def test_settings_do_not_change() -> None:
    found = ProcessSettings(nats_url="nats://one:4222")
    with pytest.raises(ValidationError):
        found.nats_url = "nats://two:4222"
