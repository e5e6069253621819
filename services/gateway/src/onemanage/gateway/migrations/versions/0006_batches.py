"""Tasks have a parent, which is held until all of them have ended.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("parent_id", sa.String), schema="gateway")
    held = sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("tasks", held, schema="gateway")
    _index(
        "tasks_by_parent", ["parent_id", "created_at", "id"], "parent_id IS NOT NULL"
    )
    _index(
        "tasks_not_ended_by_parent",
        ["parent_id"],
        "parent_id IS NOT NULL AND state IN ('queued', 'running')",
    )
    _index("tasks_held", ["id"], "held AND state = 'queued'")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, "tasks", columns, schema="gateway", postgresql_where=sa.text(where)
    )


def downgrade() -> None:
    for name in ("tasks_held", "tasks_not_ended_by_parent", "tasks_by_parent"):
        op.drop_index(name, "tasks", schema="gateway")
    op.drop_column("tasks", "held", schema="gateway")
    op.drop_column("tasks", "parent_id", schema="gateway")
