"""Groups, loads and policies to decide by."""

from datetime import UTC, datetime, timedelta
from typing import Any

from onemanage.elastic.domain.deciding import Load
from onemanage.elastic.domain.groups import Bounds, Group, Policy, Price

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
PRICES = {
    "2-4Gi": Price(hour=0.3, spot=0.1),
    "8-32Gi": Price(hour=1.6, spot=0.5),
}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def policy(**changes: Any) -> Policy:
    """For psd alone: two slots a group, up to four groups, and one heavy."""
    given: dict[str, Any] = {
        "bounds": {"psd": Bounds()},
        "prices": PRICES,
        "sizes": ("2-4Gi",),
        "heavy_sizes": ("8-32Gi",),
    }
    return Policy(**given | changes)


def load(**changes: Any) -> Load:
    """Of psd, with one worker that is always there."""
    given: dict[str, Any] = {"service": "psd", "slots": 2}
    return Load(**given | changes)


def group(number: int = 0, **changes: Any) -> Group:
    """That has run for an hour."""
    given: dict[str, Any] = {
        "token": f"{number:020x}",
        "decision_id": "dec_1",
        "service": "psd",
        "heavy": False,
        "state": "running",
        "reason": "tasks waited",
        "ordered_at": ago(3600),
        "started_at": ago(3590),
        "price": 0.3,
        "provider_id": f"eci-{number}",
        "size": "2-4Gi",
    }
    return Group(**given | changes)
