"""Workspaces, API keys, files and tasks.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _created() -> "sa.Column[object]":
    now = sa.text("now()")
    kind = sa.DateTime(timezone=True)
    return sa.Column("created_at", kind, nullable=False, server_default=now)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True))


def upgrade() -> None:
    _tenants()
    _files()
    _tasks()


def _tenants() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        _created(),
        schema="gateway",
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column(
            "workspace_id",
            sa.String,
            sa.ForeignKey("gateway.workspaces.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        _created(),
        _moment("revoked_at"),
        schema="gateway",
    )


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column(
            "workspace_id",
            sa.String,
            sa.ForeignKey("gateway.workspaces.id"),
            nullable=False,
        ),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("object_key", sa.String, nullable=False),
        sa.Column("idempotency_key", sa.String),
        _created(),
        _moment("announced_at"),
        schema="gateway",
    )
    _indexes("files", "announced_at IS NULL", "files_unannounced")


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="queued"),
        sa.Column("lane", sa.String),
        sa.Column("command", JSONB),
        sa.Column("traceparent", sa.String),
        sa.Column("resource", sa.String),
        sa.Column("idempotency_key", sa.String),
        sa.Column("fingerprint", sa.LargeBinary),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("progress", JSONB),
        sa.Column("result", JSONB),
        sa.Column("error", JSONB),
        _created(),
        _moment("published_at"),
        _moment("started_at"),
        _moment("finished_at"),
        schema="gateway",
    )
    _indexes("tasks", "published_at IS NULL AND state = 'queued'", "tasks_unpublished")


def _indexes(table: str, unsent: str, unsent_name: str) -> None:
    op.create_index(
        f"{table}_by_workspace",
        table,
        ["workspace_id", "created_at", "id"],
        schema="gateway",
    )
    op.create_index(
        f"{table}_by_idempotency_key",
        table,
        ["workspace_id", "idempotency_key"],
        unique=True,
        schema="gateway",
    )
    op.create_index(
        unsent_name,
        table,
        ["created_at"],
        postgresql_where=sa.text(unsent),
        schema="gateway",
    )


def downgrade() -> None:
    for table in ("tasks", "files", "api_keys", "workspaces"):
        op.drop_table(table, schema="gateway")
