"""What is deleted leaves a tombstone until its objects are gone.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INDEXES = (
    ("documents_by_file", "documents", "file_id"),
    ("diffs_by_before", "diffs", "before_document_id"),
    ("diffs_by_after", "diffs", "after_document_id"),
)
"""What depends on a file or a document is looked for."""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "tombstones",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("task_id", sa.String, nullable=False, index=True),
        sa.Column("prefix", sa.String),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column(
            "deleted_at", moment, nullable=False, server_default=sa.text("now()")
        ),
        sa.Column("collected_at", moment),
        schema="psd",
    )
    op.create_index(
        "tombstones_uncollected",
        "tombstones",
        ["deleted_at"],
        schema="psd",
        postgresql_where=sa.text("collected_at IS NULL"),
    )
    for name, table, column in _INDEXES:
        op.create_index(name, table, [column], schema="psd")


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table, schema="psd")
    op.drop_table("tombstones", schema="psd")
