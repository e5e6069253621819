"""Recipes that a workspace has given a name.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("now()")
    op.create_table(
        "presets",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("recipe", JSONB, nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=now
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name"),
        sa.ForeignKeyConstraint(["workspace_id"], ["gateway.workspaces.id"]),
        schema="gateway",
    )


def downgrade() -> None:
    op.drop_table("presets", schema="gateway")
