"""Idempotency keys that have had their time are found without reading every row.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("files", "tasks"):
        op.create_index(
            f"{table}_with_idempotency_key",
            table,
            ["created_at"],
            schema="gateway",
            postgresql_where=sa.text("idempotency_key IS NOT NULL"),
        )


def downgrade() -> None:
    for table in ("files", "tasks"):
        op.drop_index(f"{table}_with_idempotency_key", table, schema="gateway")
