"""Tasks wait for their turn, are cancelled, and run again; keys may administer.

Revision ID: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INDEXES: dict[str, tuple[list[str], str]] = {
    "tasks_waiting": (
        ["subject", "workspace_id", "created_at", "id"],
        "state = 'queued' AND released_at IS NULL",
    ),
    "tasks_ahead": (
        ["subject", "workspace_id"],
        "state = 'queued' AND released_at IS NOT NULL",
    ),
    "tasks_unpublished": (
        ["created_at"],
        "published_at IS NULL AND (state = 'cancelled' "
        "OR (state = 'queued' AND released_at IS NOT NULL))",
    ),
    "tasks_to_cancel": (
        ["cancel_requested_at"],
        "cancel_requested_at IS NOT NULL AND state IN ('queued', 'running')",
    ),
}


def upgrade() -> None:
    _add("tasks", sa.Column("subject", sa.String))
    _add("tasks", sa.Column("run", sa.Integer, nullable=False, server_default="1"))
    _add("tasks", sa.Column("released_at", sa.DateTime(timezone=True)))
    _add("tasks", sa.Column("cancel_requested_at", sa.DateTime(timezone=True)))
    op.execute("""
        UPDATE gateway.tasks SET
            released_at = coalesce(published_at, created_at),
            subject = 'tasks.' || split_part(name, '.', 1) || '.' || lane,
            published_at = CASE WHEN state = 'queued' THEN published_at
                                ELSE coalesce(published_at, created_at) END
        """)
    op.drop_column("tasks", "lane", schema="gateway")
    op.drop_index("tasks_unpublished", "tasks", schema="gateway")
    for name, (columns, where) in _INDEXES.items():
        _index(name, columns, where)
    administers = sa.Column(
        "admin", sa.Boolean, nullable=False, server_default=sa.false()
    )
    _add("api_keys", administers)
    op.execute("UPDATE gateway.api_keys SET admin = true WHERE name = 'owner'")


def downgrade() -> None:
    op.drop_column("api_keys", "admin", schema="gateway")
    for name in _INDEXES:
        op.drop_index(name, "tasks", schema="gateway")
    _index(
        "tasks_unpublished", ["created_at"], "published_at IS NULL AND state = 'queued'"
    )
    _add("tasks", sa.Column("lane", sa.String))
    op.execute("UPDATE gateway.tasks SET lane = split_part(subject, '.', 3)")
    for column in ("cancel_requested_at", "released_at", "run", "subject"):
        op.drop_column("tasks", column, schema="gateway")


def _add(table: str, column: "sa.Column[Any]") -> None:
    op.add_column(table, column, schema="gateway")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, "tasks", columns, postgresql_where=sa.text(where), schema="gateway"
    )
