"""Webhooks, and what is delivered to them.

Revision ID: 0012
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    _webhooks()
    _deliveries()


def downgrade() -> None:
    op.drop_table("webhook_deliveries", schema="gateway")
    op.drop_table("webhooks", schema="gateway")


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String, primary_key=True),
        _of("workspaces", "workspace_id"),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("sealed_url", sa.String),
        sa.Column("description", sa.String),
        sa.Column("events", sa.ARRAY(sa.String), nullable=False),
        sa.Column("sealed_secret", sa.String, nullable=False),
        sa.Column("previous_sealed_secret", sa.String),
        _moment("previous_secret_until"),
        _now("created_at"),
        _now("updated_at"),
        _moment("failing_since"),
        _moment("last_failed_at"),
        _moment("disabled_at"),
        sa.Column("disabled_reason", sa.String),
        schema="gateway",
    )
    _index("webhooks", "by_workspace", ["workspace_id", "created_at", "id"])


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False),
        _of("webhooks", "webhook_id"),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("task_id", sa.String),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        _now("occurred_at"),
        sa.Column("payload", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="pending"),
        sa.Column("by_hand", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _moment("next_attempt_at", server_default=sa.text("now()")),
        sa.Column("lease", sa.Uuid),
        _moment("last_attempt_at"),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.String),
        sa.Column("error", sa.String),
        sa.Column("milliseconds", sa.Integer),
        _now("created_at"),
        _moment("ended_at"),
        schema="gateway",
    )
    table = "webhook_deliveries"
    _index(table, "by_event", ["webhook_id", "event_id"], unique=True)
    _index(table, "by_age", ["webhook_id", "created_at", "id"])
    due = ["webhook_id", "next_attempt_at", "number"]
    _index(table, "due", due, postgresql_where=_PENDING)
    _index(table, "of_task", ["webhook_id", "task_id"], postgresql_where=_PENDING)
    leased = sa.text("lease IS NOT NULL")
    _index(table, "leased", ["webhook_id"], postgresql_where=leased)
    _index(table, "to_sweep", ["created_at"])


def _index(table: str, name: str, columns: list[str], **more: Any) -> None:
    op.create_index(f"{table}_{name}", table, columns, schema="gateway", **more)


def _of(table: str, column: str) -> sa.Column[str]:
    key = sa.ForeignKey(f"gateway.{table}.id", ondelete="CASCADE")
    return sa.Column(column, sa.String, key, nullable=False)


def _now(name: str) -> sa.Column[datetime]:
    now = sa.text("now()")
    kind = sa.DateTime(timezone=True)
    return sa.Column(name, kind, nullable=False, server_default=now)


def _moment(name: str, **more: Any) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), **more)
