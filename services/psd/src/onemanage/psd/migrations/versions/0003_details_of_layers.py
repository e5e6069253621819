"""What layers hold beyond the tree.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("layers", sa.Column("details", JSONB), schema="psd")
    op.add_column(
        "layers",
        sa.Column("unsupported", JSONB, nullable=False, server_default="[]"),
        schema="psd",
    )


def downgrade() -> None:
    op.drop_column("layers", "unsupported", schema="psd")
    op.drop_column("layers", "details", schema="psd")
