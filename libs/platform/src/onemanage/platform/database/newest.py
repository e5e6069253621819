"""Lists of rows, the newest first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Mapped

from onemanage.contracts.base import ListPlace


def newest_first[S: Select[Any]](
    asked: S,
    created_at: Mapped[datetime],
    own_id: Mapped[str],
    limit: int,
    place: ListPlace | None,
) -> S:
    """Those that come after ``place``, by these columns: one more than ``limit``, by
    which is known whether there are more."""
    newest = created_at, own_id
    asked = asked.order_by(*(column.desc() for column in newest)).limit(limit + 1)
    if place is None:
        return asked
    return asked.where(tuple_(*newest) < (place.created_at, place.id))
