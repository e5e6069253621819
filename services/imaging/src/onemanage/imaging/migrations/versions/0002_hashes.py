"""Images that show nearly the same are found by their hashes.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, BIT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "image_hashes",
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("hash", BIT(256), nullable=False),
        sa.Column("keys", ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("file_id", "part"),
        schema="imaging",
    )
    op.create_index(
        "image_hashes_by_keys",
        "image_hashes",
        ["keys"],
        schema="imaging",
        postgresql_using="gin",
        # What waits to be sorted in is compared with every key that is asked for.
        postgresql_with={"fastupdate": "off"},
    )


def downgrade() -> None:
    op.drop_table("image_hashes", schema="imaging")
