"""Transformations, backgrounds and assets.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INDEXES = {
    "transformations_by_workspace": (
        "transformations",
        ["workspace_id", "created_at", "transformation_id"],
    ),
    "transformations_by_key": ("transformations", ["workspace_id", "key"]),
    "transformations_by_task": ("transformations", ["task_id"]),
    "backgrounds_by_task": ("backgrounds", ["task_id"]),
    "assets_by_workspace": ("assets", ["workspace_id"]),
}


def upgrade() -> None:
    op.create_table(
        "transformations",
        sa.Column("transformation_id", sa.String, primary_key=True),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("task_id", sa.String, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("file_id", sa.String),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("made", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        schema="imaging",
    )
    op.create_table(
        "backgrounds",
        sa.Column("background_id", sa.String, primary_key=True),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("task_id", sa.String, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("made", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        schema="imaging",
    )
    op.create_table(
        "assets",
        sa.Column("file_id", sa.String, primary_key=True),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("task_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("analysis", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        schema="imaging",
    )
    for index, (table, columns) in _INDEXES.items():
        op.create_index(index, table, columns, schema="imaging")


def downgrade() -> None:
    for table in ("transformations", "backgrounds", "assets"):
        op.drop_table(table, schema="imaging")
