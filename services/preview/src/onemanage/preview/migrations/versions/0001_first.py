"""Previews and garbage.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "previews",
        sa.Column("preview_id", sa.String, primary_key=True),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("document_id", sa.String, nullable=False),
        sa.Column("layer_id", sa.Integer),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("object_key", sa.String, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        schema="preview",
    )
    op.create_index(
        "previews_by_document",
        "previews",
        ["workspace_id", "document_id", "layer_id"],
        schema="preview",
    )
    op.create_index("previews_by_expiry", "previews", ["expires_at"], schema="preview")
    op.create_table(
        "garbage",
        sa.Column("object_key", sa.String, primary_key=True),
        sa.Column("delete_after", moment, nullable=False, index=True),
        schema="preview",
    )


def downgrade() -> None:
    op.drop_table("garbage", schema="preview")
    op.drop_table("previews", schema="preview")
