"""From a decision to the groups that follow from it, and nothing but it."""

from datetime import datetime

from onemanage.contracts.base import derived_id
from onemanage.elastic.domain.deciding import Decision
from onemanage.elastic.domain.groups import Group

_DIGITS = 20
"""Of a token: it stands in names that clouds allow 63 characters."""


def ordered(decision_id: str, decision: Decision, now: datetime) -> list[Group]:
    """Rows of groups that are wanted; their tokens are the same for the same decision."""
    return [
        Group(
            token=derived_id("grp", decision_id, str(number))[-_DIGITS:],
            decision_id=decision_id,
            service=decision.service,
            heavy=decision.heavy,
            state="wanted",
            reason=decision.reason,
            ordered_at=now,
            price=decision.price,
        )
        for number in range(decision.starts)
    ]
