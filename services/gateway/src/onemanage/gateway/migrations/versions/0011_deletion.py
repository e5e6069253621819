"""Workspaces that are closed for good; how long what is kept.

Revision ID: 0011
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OF_WORKSPACES = ("closed_at", "emptied_at")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("tasks", sa.Column("pruned_at", moment), schema="gateway")
    op.create_index(
        "tasks_unpruned",
        "tasks",
        ["finished_at"],
        schema="gateway",
        postgresql_where=sa.text("pruned_at IS NULL AND finished_at IS NOT NULL"),
    )
    for name in _OF_WORKSPACES:
        op.add_column("workspaces", sa.Column(name, moment), schema="gateway")
    op.add_column(
        "workspaces", sa.Column("deletion_task_id", sa.String), schema="gateway"
    )
    op.create_table(
        "retention",
        _workspace(),
        sa.Column("days", JSONB, nullable=False),
        _now("updated_at"),
        schema="gateway",
    )
    op.create_table(
        "retention_runs",
        _workspace(),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("task_id", sa.String, nullable=False),
        _now("ordered_at"),
        schema="gateway",
    )


def downgrade() -> None:
    for name in ("retention_runs", "retention"):
        op.drop_table(name, schema="gateway")
    op.drop_column("workspaces", "deletion_task_id", schema="gateway")
    for name in _OF_WORKSPACES:
        op.drop_column("workspaces", name, schema="gateway")
    op.drop_index("tasks_unpruned", "tasks", schema="gateway")
    op.drop_column("tasks", "pruned_at", schema="gateway")


def _workspace() -> sa.Column[str]:
    key = sa.ForeignKey("gateway.workspaces.id")
    return sa.Column("workspace_id", sa.String, key, primary_key=True)


def _now(name: str) -> sa.Column[datetime]:
    kind = sa.DateTime(timezone=True)
    return sa.Column(name, kind, nullable=False, server_default=sa.text("now()"))
