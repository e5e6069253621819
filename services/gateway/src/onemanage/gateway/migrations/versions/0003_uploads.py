"""Uploads are written down before their first byte is stored.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("object_key", sa.String, primary_key=True),
        sa.Column(
            "begun_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
            index=True,
        ),
        schema="gateway",
    )


def downgrade() -> None:
    op.drop_table("uploads", schema="gateway")
