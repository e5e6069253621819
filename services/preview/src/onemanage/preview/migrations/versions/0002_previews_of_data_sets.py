"""Previews of data sets.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("dataset_id", sa.String),
    sa.Column("kind", sa.String, nullable=False, server_default="image"),
    sa.Column("column", sa.String),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("previews", column, schema="preview")
    op.create_index(
        "previews_by_dataset",
        "previews",
        ["workspace_id", "dataset_id", "position"],
        schema="preview",
    )


def downgrade() -> None:
    op.drop_index("previews_by_dataset", "previews", schema="preview")
    for column in reversed(COLUMNS):
        op.drop_column("previews", column.name, schema="preview")
