"""Clients that wait for nothing between attempts."""

from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    """Requests are sent again as often as ever, at once."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of whoever runs the tests."""
    for name in ("ONEMANAGE_API_KEY", "ONEMANAGE_URL"):
        monkeypatch.delenv(name, raising=False)
