"""Documents and layers.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String, primary_key=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("workspace_id", "file_id", "task_id", "name", "format")
        ),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("color_mode", sa.String, nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("icc_profile", sa.String),
        sa.Column("layer_count", sa.Integer, nullable=False),
        sa.Column("image_count", sa.Integer, nullable=False),
        sa.Column("manifest_key", sa.String, nullable=False),
        sa.Column("composite", JSONB),
        sa.Column("composite_source", sa.String),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warnings", JSONB, nullable=False),
        schema="psd",
    )
    op.create_index(
        "documents_by_workspace",
        "documents",
        ["workspace_id", "created_at", "document_id"],
        schema="psd",
    )
    op.create_table(
        "layers",
        sa.Column(
            "document_id",
            sa.String,
            sa.ForeignKey("psd.documents.document_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("layer_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("left", "top", "width", "height")
        ),
        sa.Column("blend_mode", sa.String, nullable=False),
        sa.Column("opacity", sa.Float, nullable=False),
        *(
            sa.Column(name, sa.Boolean, nullable=False)
            for name in ("visible", "shown", "clipping")
        ),
        sa.Column("text", sa.String),
        sa.Column("image", JSONB),
        sa.Column("warnings", JSONB, nullable=False),
        schema="psd",
    )


def downgrade() -> None:
    op.drop_table("layers", schema="psd")
    op.drop_table("documents", schema="psd")
