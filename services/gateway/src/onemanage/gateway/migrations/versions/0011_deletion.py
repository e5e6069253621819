"""Workspaces that are closed for good; tasks whose order and result are kept no more.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OF_WORKSPACES = ("closed_at", "emptied_at")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("tasks", sa.Column("pruned_at", moment), schema="gateway")
    op.create_index(
        "tasks_unpruned",
        "tasks",
        ["finished_at"],
        schema="gateway",
        postgresql_where=sa.text("pruned_at IS NULL AND finished_at IS NOT NULL"),
    )
    for name in _OF_WORKSPACES:
        op.add_column("workspaces", sa.Column(name, moment), schema="gateway")
    op.add_column(
        "workspaces", sa.Column("deletion_task_id", sa.String), schema="gateway"
    )


def downgrade() -> None:
    op.drop_column("workspaces", "deletion_task_id", schema="gateway")
    for name in _OF_WORKSPACES:
        op.drop_column("workspaces", name, schema="gateway")
    op.drop_index("tasks_unpruned", "tasks", schema="gateway")
    op.drop_column("tasks", "pruned_at", schema="gateway")
