"""A task row knows where its message lies, so that a lost one is noticed.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("sequence", sa.BigInteger), schema="gateway")
    op.create_index(
        "tasks_sent",
        "tasks",
        ["id"],
        schema="gateway",
        postgresql_where=sa.text(
            "published_at IS NOT NULL AND state IN ('queued', 'running')"
        ),
    )


def downgrade() -> None:
    op.drop_index("tasks_sent", "tasks", schema="gateway")
    op.drop_column("tasks", "sequence", schema="gateway")
