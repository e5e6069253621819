"""The schema, without tables.

Revision ID: 0001
"""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The migrate command has made the schema."""


def downgrade() -> None:
    """There is nothing before this."""
