"""What is deleted leaves a tombstone until its objects are gone.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "data_import"


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
        schema=SCHEMA,
    )
    op.create_index(
        "tombstones_uncollected",
        "tombstones",
        ["deleted_at"],
        schema=SCHEMA,
        postgresql_where=sa.text("collected_at IS NULL"),
    )
    op.create_index(
        "exports_by_workspace", "exports", ["workspace_id", "created_at"], schema=SCHEMA
    )


def downgrade() -> None:
    op.drop_index("exports_by_workspace", "exports", schema=SCHEMA)
    op.drop_table("tombstones", schema=SCHEMA)
