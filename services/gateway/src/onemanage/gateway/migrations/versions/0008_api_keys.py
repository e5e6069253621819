"""API keys have scopes, an end, networks, and say when they were used.

Keys of earlier releases have every scope, as they had.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = ("begins_with", "scopes", "networks", "last_used_at", "expires_at")
_LATER = ("replaces", "idempotency_key")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        _texts("scopes", "{admin,read,write}"),
        _texts("networks", "{}"),
        sa.Column("begins_with", sa.String, nullable=False, server_default=""),
        sa.Column("last_used_at", moment),
        sa.Column("expires_at", moment),
        sa.Column("replaces", sa.String),
        sa.Column("idempotency_key", sa.String),
    ):
        op.add_column("api_keys", column, schema="gateway")
    op.create_index(
        "api_keys_by_idempotency_key",
        "api_keys",
        ["workspace_id", "idempotency_key"],
        unique=True,
        schema="gateway",
    )
    op.execute(
        "CREATE VIEW gateway.callers AS "
        "SELECT key_hash, workspace_id FROM gateway.api_keys "
        "WHERE (revoked_at IS NULL OR revoked_at > now()) "
        "AND (expires_at IS NULL OR expires_at > now())"
    )


def downgrade() -> None:
    op.execute("DROP VIEW gateway.callers")
    op.drop_index("api_keys_by_idempotency_key", "api_keys", schema="gateway")
    for name in (*_COLUMNS, *_LATER):
        op.drop_column("api_keys", name, schema="gateway")


def _texts(name: str, default: str) -> sa.Column[list[str]]:
    kind = ARRAY(sa.String)
    return sa.Column(name, kind, nullable=False, server_default=default)
