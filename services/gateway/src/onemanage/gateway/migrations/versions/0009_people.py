"""People: users, members of workspaces, invitations, sessions.

Revision ID: 0009
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = ("login_attempts", "sessions", "invitations", "members", "users")
_VALID_KEYS = (
    "SELECT key_hash, workspace_id FROM gateway.api_keys "
    "WHERE (revoked_at IS NULL OR revoked_at > now()) "
    "AND (expires_at IS NULL OR expires_at > now())"
)
_VALID_SESSIONS = (
    "SELECT token_hash AS key_hash, workspace_id "
    "FROM gateway.sessions JOIN gateway.members USING (workspace_id, user_id) "
    "WHERE ended_at IS NULL AND expires_at > now() AND ends_at > now()"
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("workspaces", sa.Column("suspended_at", moment), schema="gateway")
    op.create_table(
        "users",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("email", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("operator", sa.Boolean, nullable=False, server_default=sa.false()),
        _now("created_at"),
        schema="gateway",
    )
    op.create_table(
        "members",
        _workspace(primary_key=True),
        _user(primary_key=True, index=True),
        sa.Column("role", sa.String, nullable=False),
        _now("created_at"),
        schema="gateway",
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String, primary_key=True),
        _workspace(index=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        _now("created_at"),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment),
        schema="gateway",
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        _user(index=True),
        _workspace(),
        sa.Column("address", sa.String),
        sa.Column("user_agent", sa.String),
        _now("created_at"),
        _now("last_used_at"),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        schema="gateway",
    )
    op.create_table(
        "login_attempts",
        sa.Column("what", sa.LargeBinary, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        schema="gateway",
    )
    _view(f"{_VALID_KEYS} UNION ALL {_VALID_SESSIONS}")


def downgrade() -> None:
    _view(_VALID_KEYS)
    for name in _TABLES:
        op.drop_table(name, schema="gateway")
    op.drop_column("workspaces", "suspended_at", schema="gateway")


def _view(query: str) -> None:
    op.execute(f"CREATE OR REPLACE VIEW gateway.callers AS {query}")


def _now(name: str) -> sa.Column[datetime]:
    now = sa.text("now()")
    kind = sa.DateTime(timezone=True)
    return sa.Column(name, kind, nullable=False, server_default=now)


def _workspace(**more: Any) -> sa.Column[str]:
    key = sa.ForeignKey("gateway.workspaces.id")
    return sa.Column("workspace_id", sa.String, key, nullable=False, **more)


def _user(**more: Any) -> sa.Column[str]:
    key = sa.ForeignKey("gateway.users.id")
    return sa.Column("user_id", sa.String, key, nullable=False, **more)
