"""What is deleted leaves a tombstone until its objects are gone.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


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
        schema="imaging",
    )
    op.create_index(
        "tombstones_uncollected",
        "tombstones",
        ["deleted_at"],
        schema="imaging",
        postgresql_where=sa.text("collected_at IS NULL"),
    )
    op.create_index(
        "transformations_by_file", "transformations", ["file_id"], schema="imaging"
    )
    op.create_index(
        "backgrounds_by_workspace",
        "backgrounds",
        ["workspace_id", "created_at", "background_id"],
        schema="imaging",
    )
    op.create_index(
        "backgrounds_by_file",
        "backgrounds",
        [sa.text("(made ->> 'file_id')")],
        schema="imaging",
    )


def downgrade() -> None:
    op.drop_index("backgrounds_by_file", "backgrounds", schema="imaging")
    op.drop_index("backgrounds_by_workspace", "backgrounds", schema="imaging")
    op.drop_index("transformations_by_file", "transformations", schema="imaging")
    op.drop_table("tombstones", schema="imaging")
