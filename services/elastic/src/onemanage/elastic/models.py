"""The elastic service's tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, DateTime, Index, MetaData, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

SCHEMA = "elastic"
metadata = MetaData(schema=SCHEMA)


def _time(*, nullable: bool = False) -> Any:
    return Column(DateTime(timezone=True), nullable=nullable)


class Base(SQLModel):
    metadata = metadata


class LeaderRow(Base, table=True):
    """One row: which process decides, and how long the others believe it."""

    __tablename__ = "leader"

    id: int = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_column=_time())


class DecisionRow(Base, table=True):
    """A decision by which groups were started; it is committed before any call."""

    __tablename__ = "decisions"
    __table_args__ = (Index("decisions_by_age", "decided_at"),)

    decision_id: str = Field(primary_key=True)
    decided_at: datetime = Field(sa_column=_time())
    service: str
    heavy: bool
    wanted: int
    have: int
    starts: int
    price: float
    reason: str
    load: dict[str, Any] = Field(sa_type=JSONB)
    """What it was decided by."""


class GroupRow(Base, table=True):
    """A group of workers, from the decision on; the row stays when the group is gone."""

    __tablename__ = "groups"
    __table_args__ = (
        Index("groups_live", "token", postgresql_where=text("state <> 'gone'")),
        Index("groups_by_end", "ended_at", postgresql_where=text("state = 'gone'")),
    )

    token: str = Field(primary_key=True)
    decision_id: str
    """Empty of a group that was found, and not decided."""
    service: str
    heavy: bool
    state: str
    """wanted, starting, running, draining or gone."""
    reason: str
    ordered_at: datetime = Field(sa_column=_time())
    price: float
    provider_id: str | None = None
    size: str | None = None
    zone: str | None = None
    spot: bool = False
    started_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    end_reason: str | None = None
    refused: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    told_start: bool = Field(
        default=False, sa_column_kwargs={"server_default": false()}
    )
    """Whether its event is stored."""
    told_end: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class HoldRow(Base, table=True):
    """Nothing of this service and class is started until then."""

    __tablename__ = "holds"

    service: str = Field(primary_key=True)
    heavy: bool = Field(primary_key=True)
    until: datetime = Field(sa_column=_time())
    reason: str
    refusals: int


class MeasuredRow(Base, table=True):
    """How long tasks of a kind take."""

    __tablename__ = "measured"

    kind: str = Field(primary_key=True)
    seconds: float
    count: int
