"""Which tasks are heavy, as they were sent.

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column: sa.Column[bool] = sa.Column(
        "heavy", sa.Boolean(), nullable=False, server_default=sa.text("false")
    )
    op.add_column("tasks", column, schema="gateway")
    op.create_index(
        "tasks_heavy",
        "tasks",
        ["subject"],
        schema="gateway",
        postgresql_where=sa.text(
            "heavy AND state = 'queued' AND released_at IS NOT NULL"
        ),
    )


def downgrade() -> None:
    op.drop_index("tasks_heavy", "tasks", schema="gateway")
    op.drop_column("tasks", "heavy", schema="gateway")
