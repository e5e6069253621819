"""Tasks whose order and result are kept no more.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("tasks", sa.Column("pruned_at", moment), schema="gateway")


def downgrade() -> None:
    op.drop_column("tasks", "pruned_at", schema="gateway")
