"""Presets take parameters, and extend each other.

Revision ID: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, empty in (("parameters", "{}"), ("extends", "[]")):
        column = sa.Column(
            name, JSONB, nullable=False, server_default=sa.text(f"'{empty}'")
        )
        op.add_column("presets", column, schema="gateway")


def downgrade() -> None:
    for name in ("extends", "parameters"):
        op.drop_column("presets", name, schema="gateway")
