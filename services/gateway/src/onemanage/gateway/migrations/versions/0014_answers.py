"""Answers are kept for whoever repeats a request; those to keys among them.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OF_KEYS = "api_keys_by_idempotency_key"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    workspace = sa.ForeignKey("gateway.workspaces.id")
    op.create_table(
        "answers",
        sa.Column("workspace_id", sa.String, workspace, primary_key=True),
        sa.Column("idempotency_key", sa.String, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.String),
        sa.Column(
            "created_at", moment, nullable=False, server_default=sa.text("now()")
        ),
        schema="gateway",
    )
    op.create_index("answers_by_age", "answers", ["created_at"], schema="gateway")
    op.drop_index(_OF_KEYS, "api_keys", schema="gateway")
    op.drop_column("api_keys", "idempotency_key", schema="gateway")


def downgrade() -> None:
    op.add_column("api_keys", sa.Column("idempotency_key", sa.String), schema="gateway")
    columns = ["workspace_id", "idempotency_key"]
    op.create_index(_OF_KEYS, "api_keys", columns, unique=True, schema="gateway")
    op.drop_table("answers", schema="gateway")
