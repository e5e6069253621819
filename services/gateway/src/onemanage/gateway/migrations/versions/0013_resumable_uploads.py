"""Uploads in parts, straight to storage.

Revision ID: 0013
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLE = "resumable_uploads"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.String, primary_key=True),
        sa.Column(
            "workspace_id",
            sa.String,
            sa.ForeignKey("gateway.workspaces.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String),
        sa.Column("media_type", sa.String),
        sa.Column("part_size", sa.BigInteger, nullable=False),
        sa.Column("object_key", sa.String, nullable=False),
        sa.Column("storage_id", sa.String),
        sa.Column("file_id", sa.String, nullable=False),
        sa.Column("task_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="open"),
        sa.Column("error", JSONB),
        sa.Column("idempotency_key", sa.String),
        _time("created_at", nullable=False, server_default=sa.text("now()")),
        _time("expires_at", nullable=False),
        _time("ended_at"),
        _time("cleared_at"),
        schema="gateway",
    )
    _index("by_workspace", "workspace_id", "created_at", "id")
    _index("by_idempotency_key", "workspace_id", "idempotency_key", unique=True)
    _index("open", "expires_at", where="state = 'open'")
    ended = "cleared_at IS NULL AND state IN ('failed', 'aborted', 'expired')"
    _index("to_clear", "ended_at", where=ended)
    _index("ended", "ended_at")


def downgrade() -> None:
    op.drop_table(_TABLE, schema="gateway")


def _time(
    name: str, *, nullable: bool = True, server_default: sa.TextClause | None = None
) -> sa.Column[datetime]:
    kind = sa.DateTime(timezone=True)
    return sa.Column(name, kind, nullable=nullable, server_default=server_default)


def _index(
    name: str, *columns: str, unique: bool = False, where: str | None = None
) -> None:
    op.create_index(
        f"{_TABLE}_{name}",
        _TABLE,
        list(columns),
        unique=unique,
        schema="gateway",
        postgresql_where=None if where is None else sa.text(where),
    )
