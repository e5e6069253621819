"""Renditions of documents, and diffs of two.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _required(kind: type, *names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "renditions",
        sa.Column("rendition_id", sa.String, primary_key=True),
        *_required(sa.String, "document_id", "workspace_id", "file_id", "task_id"),
        sa.Column("spec", JSONB, nullable=False),
        sa.Column("image_count", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("manifest_key", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warnings", JSONB, nullable=False),
        schema="psd",
    )
    op.create_index(
        "renditions_by_document",
        "renditions",
        ["document_id", "created_at", "rendition_id"],
        schema="psd",
    )
    op.create_index("renditions_by_task", "renditions", ["task_id"], schema="psd")
    op.create_table(
        "diffs",
        sa.Column("diff_id", sa.String, primary_key=True),
        *_required(sa.String, "workspace_id", "task_id"),
        *_required(sa.String, "before_document_id", "after_document_id"),
        *_required(sa.Integer, "added", "removed", "changed"),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("changed_share", sa.Float),
        sa.Column("heat_map", JSONB),
        sa.Column("changes_key", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warnings", JSONB, nullable=False),
        schema="psd",
    )
    op.create_index("diffs_by_task", "diffs", ["task_id"], schema="psd")


def downgrade() -> None:
    op.drop_table("diffs", schema="psd")
    op.drop_table("renditions", schema="psd")
