"""Documents know in which encoding names without a Unicode form were read.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("name_encoding", sa.Text, nullable=True)
    op.add_column("documents", column, schema="psd")


def downgrade() -> None:
    op.drop_column("documents", "name_encoding", schema="psd")
