"""Renditions know how many pixels their images have.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pixels = sa.Column("pixels", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("renditions", pixels, schema="psd")


def downgrade() -> None:
    op.drop_column("renditions", "pixels", schema="psd")
