"""Snapshots of data sets with their profiles, and exports.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "data_import"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "snapshots",
        sa.Column("task_id", sa.String, primary_key=True),
        sa.Column("dataset_id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("import_id", sa.String, nullable=False),
        sa.Column("taken_at", moment, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("column_count", sa.Integer, nullable=False),
        sa.Column("snapshot_key", sa.String, nullable=False),
        sa.Column("snapshot_size", sa.BigInteger, nullable=False),
        sa.Column("profile_key", sa.String, nullable=False),
        sa.Column("dropped", sa.Boolean, nullable=False, server_default=sa.false()),
        schema=SCHEMA,
    )
    op.create_index(
        "snapshots_by_dataset", "snapshots", ["dataset_id", "taken_at"], schema=SCHEMA
    )
    op.create_table(
        "exports",
        sa.Column("export_id", sa.String, primary_key=True),
        sa.Column("dataset_id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("task_id", sa.String, nullable=False),
        sa.Column("spec", JSONB, nullable=False),
        sa.Column("file_name", sa.String, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("object_key", sa.String, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("dropped", sa.Boolean, nullable=False, server_default=sa.false()),
        schema=SCHEMA,
    )
    op.create_index("exports_by_dataset", "exports", ["dataset_id"], schema=SCHEMA)
    op.create_index("exports_by_task", "exports", ["task_id"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("exports", schema=SCHEMA)
    op.drop_table("snapshots", schema=SCHEMA)
