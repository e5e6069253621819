"""How a client is set."""

import pytest

from onemanage.client import InvalidSettings, OneManage, OneManageError
from onemanage.client.settings import Settings, settings


def test_arguments_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings().url == "http://127.0.0.1:8000" and settings().api_key is None
    monkeypatch.setenv("ONEMANAGE_API_KEY", " om_live_environment\n")
    monkeypatch.setenv("ONEMANAGE_URL", "https://example.com/onemanage/")
    assert settings() == Settings(
        "https://example.com/onemanage", "om_live_environment", 60.0, 4
    )
    found = settings("om_live_argument", "http://[::1]:8000", 5, 0)
    assert found == Settings("http://[::1]:8000", "om_live_argument", 5, 0)


@pytest.mark.parametrize(
    "url",
    ["example.com", "ftp://example.com", "http://", "http://a:port", "http://a?b=c"],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidSettings, match="ONEMANAGE_URL"):
        OneManage(url=url)


def test_a_key_is_shown_nowhere() -> None:
    client = OneManage("om_live_secret")
    shown = f"{client!r} {client.transport.settings!r} {client.files!r} {vars(client)}"
    assert "om_live" not in shown
    for wrong in ("om_live_secret om_live_secret", "om_live_sécret", "om\nlive"):
        with pytest.raises(InvalidSettings) as refused:
            OneManage(wrong)
        assert wrong not in str(refused.value)
    with pytest.raises(InvalidSettings) as refused:
        OneManage(url="http://me:secret@example.com")
    assert "secret" not in str(refused.value)


def test_numbers_that_make_no_sense_are_refused() -> None:
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InvalidSettings, match="timeout"):
            OneManage(timeout=wrong)


def test_another_client_shares_the_connections_and_leaves_them_open() -> None:
    with OneManage("om_live_1") as client:
        other = client.with_options(api_key="om_live_2", timeout=1)
        other.close()
        assert other.transport.settings.api_key == "om_live_2"
        assert other.url == client.url and client.transport.settings.timeout == 60
        assert not client.transport.is_closed
    assert client.transport.is_closed


def test_refused_settings_are_in_the_tree_of_errors() -> None:
    assert issubclass(InvalidSettings, OneManageError)
