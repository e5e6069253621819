"""Codes that sign a browser in, once.

Revision ID: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    user = sa.ForeignKey("gateway.users.id")
    workspace = sa.ForeignKey("gateway.workspaces.id")
    op.create_table(
        "sign_in_codes",
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
        sa.Column("user_id", sa.String, user, nullable=False),
        sa.Column("workspace_id", sa.String, workspace, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        schema="gateway",
    )


def downgrade() -> None:
    op.drop_table("sign_in_codes", schema="gateway")
