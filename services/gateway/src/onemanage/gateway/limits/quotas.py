"""What is refused because a workspace has as much as it may.

A refusal names the quota, how much is used, what the limit is, and until when that is
so. It is 429 where time helps. What has no room however long one waits is 413.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from onemanage.contracts.base import utc_now
from onemanage.gateway.access.callers import Caller
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.limits.limits import Limits, Worked
from onemanage.gateway.limits.metering import PIXELS, ROWS, kinds_of

_SOON_SECONDS = 5
"""When to ask again, where nobody knows how long what is under way will take."""


def check_work(caller: Caller, task: str) -> None:
    """Raises a 429 Problem where no more of what this task uses may be worked now.

    What is under way is counted when it has completed: so much may be worked beyond.
    """
    check_used(kinds_of(task), caller.limits, caller.worked)


def check_used(kinds: Collection[str], limits: Limits, worked: Worked) -> None:
    """The same, of kinds as metering.py has them and whoever it is for."""
    now = utc_now()
    day, month = _end_of_day(now), _end_of_month(now)
    if ROWS in kinds:
        _check("quota.rows", worked.rows_month, limits.rows_per_month, month)
        _check("quota.rows", worked.rows_day, limits.rows_per_day, day)
    if PIXELS in kinds:
        _check("quota.pixels", worked.pixels_month, limits.pixels_per_month, month)
        _check("quota.pixels", worked.pixels_day, limits.pixels_per_day, day)


def too_many_tasks(limits: Limits, used: int | None = None, count: int = 1) -> Problem:
    """A 429 Problem, of an order of ``count`` tasks beside those ``used``, or a 413 one
    where it would never have room."""
    most = limits.tasks_waiting or 0
    used = most if used is None else used
    detail = (
        f"This workspace may have {most:,} tasks that have not ended; it has {used:,}, "
        f"and this would be {count:,} more. "
    )
    if count > most:
        detail += "Send several smaller orders, or ask for a higher limit."
        return _refusal("quota.tasks_waiting", detail, used, most)
    detail += "Send it again when some have ended, or cancel what is not needed."
    return _refusal("quota.tasks_waiting", detail, used, most, _SOON_SECONDS)


def too_many_uploads(limits: Limits) -> Problem:
    """A 429 Problem."""
    most = limits.uploads or 0
    detail = (
        f"This workspace may have {most:,} uploads at the same moment, and has them. "
        "Send this one when another has ended."
    )
    return _refusal("quota.uploads", detail, most, most, _SOON_SECONDS)


def storage_full(limits: Limits, used: int) -> Problem:
    """A 413 Problem: a smaller file may have room, and waiting makes none."""
    most = limits.stored_bytes or 0
    detail = (
        f"This workspace may store {most:,} bytes and has {used:,}; this file does not "
        "fit. Delete files that are not needed any more, or ask for a higher limit."
    )
    return _refusal("quota.stored_bytes", detail, used, most)


def _check(code: str, used: int, most: int | None, until: datetime) -> None:
    if most is None or used < most:
        return
    seconds = max(1, round((until - utc_now()).total_seconds()))
    detail = (
        f"This workspace may work {most:,} {code.removeprefix('quota.')} until "
        f"{until:%Y-%m-%d %H:%M} UTC, and has worked {used:,}. Send this again after "
        "that, or ask for a higher limit."
    )
    raise _refusal(code, detail, used, most, seconds, until)


def _refusal(
    code: str,
    detail: str,
    used: int,
    most: int,
    again: int | None = None,
    until: datetime | None = None,
) -> Problem:
    return Problem(
        413 if again is None else 429,
        code,
        detail,
        headers=None if again is None else {"Retry-After": str(again)},
        quota=code.removeprefix("quota."),
        used=used,
        limit=most,
        until=until,
    )


def _end_of_day(now: datetime) -> datetime:
    return datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)


def _end_of_month(now: datetime) -> datetime:
    year, month = divmod(now.year * 12 + now.month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)
