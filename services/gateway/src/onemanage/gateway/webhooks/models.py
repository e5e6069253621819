"""The tables of webhooks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from onemanage.gateway.columns import Base, time


def _of(table: str) -> Any:
    """What goes with a row of another table."""
    key = ForeignKey(f"gateway.{table}.id", ondelete="CASCADE")
    return Column(String, key, nullable=False)


class Webhook(Base, table=True):
    """Secrets, and an address with a query, are sealed for the workspace."""

    __tablename__ = "webhooks"
    __table_args__ = (
        Index("webhooks_by_workspace", "workspace_id", "created_at", "id"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(sa_column=_of("workspaces"))
    url: str
    """Without its query."""
    sealed_url: str | None = None
    """The whole of it, where it has a query."""
    description: str | None = None
    events: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    sealed_secret: str
    previous_sealed_secret: str | None = None
    previous_secret_until: datetime | None = Field(
        default=None, sa_column=time(optional=True)
    )
    """Until then both sign."""
    created_at: datetime = Field(sa_column=time())
    updated_at: datetime = Field(sa_column=time())
    failing_since: datetime | None = Field(default=None, sa_column=time(optional=True))
    last_failed_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    disabled_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    disabled_reason: str | None = None
    """asked, gone or failing."""


class WebhookDelivery(Base, table=True):
    """An event on its way to a webhook: one row, however often it is tried.

    Whoever tries it holds it by ``lease`` until ``next_attempt_at``; after that it is
    anybody's.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("webhook_deliveries_by_event", "webhook_id", "event_id", unique=True),
        Index("webhook_deliveries_by_age", "webhook_id", "created_at", "id"),
        Index(
            "webhook_deliveries_due",
            "webhook_id",
            "next_attempt_at",
            "number",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "webhook_deliveries_of_task",
            "webhook_id",
            "task_id",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "webhook_deliveries_leased",
            "webhook_id",
            postgresql_where=text("lease IS NOT NULL"),
        ),
        Index("webhook_deliveries_to_sweep", "created_at"),
    )

    id: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(BigInteger, Identity(), nullable=False))
    webhook_id: str = Field(sa_column=_of("webhooks"))
    workspace_id: str
    event_id: UUID = Field(sa_type=Uuid)
    task_id: str | None = None
    type: str
    step: int
    """Of the task; see events.py."""
    occurred_at: datetime = Field(sa_column=time())
    payload: str
    state: str = Field(sa_column_kwargs={"server_default": "pending"})
    """pending, delivered or failed: given up."""
    by_hand: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """A user wants it sent (again): it waits for no other, and no other for it."""
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    next_attempt_at: datetime | None = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), server_default=text("now()")),
    )
    lease: UUID | None = Field(default=None, sa_type=Uuid)
    last_attempt_at: datetime | None = Field(
        default=None, sa_column=time(optional=True)
    )
    status: int | None = None
    answer: str | None = None
    error: str | None = None
    milliseconds: int | None = None
    created_at: datetime = Field(sa_column=time())
    ended_at: datetime | None = Field(default=None, sa_column=time(optional=True))
