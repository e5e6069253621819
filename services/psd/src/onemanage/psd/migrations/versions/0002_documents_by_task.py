"""What a cancelled task left is found by its task.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("documents_by_task", "documents", ["task_id"], schema="psd")


def downgrade() -> None:
    op.drop_index("documents_by_task", "documents", schema="psd")
