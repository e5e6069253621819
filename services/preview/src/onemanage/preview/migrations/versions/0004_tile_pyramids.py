"""Tile pyramids, which stay as long as their source.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pyramids",
        sa.Column("pyramid_id", sa.String, primary_key=True),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("owner_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("tiles", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("object_key", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        schema="preview",
    )
    op.create_index(
        "pyramids_by_owner", "pyramids", ["workspace_id", "owner_id"], schema="preview"
    )


def downgrade() -> None:
    op.drop_table("pyramids", schema="preview")
