"""Keys that sign addresses of images, hosts they may name, and who makes one now.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _signing_keys()
    op.create_table(
        "image_hosts",
        sa.Column("workspace_id", sa.String, _workspace(), primary_key=True),
        sa.Column("hosts", sa.ARRAY(sa.String), nullable=False),
        _time("updated_at"),
        schema="gateway",
    )
    # Nothing of it needs to survive a crash: whoever had claimed an image is gone, too.
    op.create_table(
        "image_claims",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        schema="gateway",
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    for table in ("image_claims", "image_hosts", "signing_keys"):
        op.drop_table(table, schema="gateway")


def _signing_keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("workspace_id", sa.String, _workspace(), nullable=False),
        sa.Column("signs_as", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("covers", sa.String, nullable=False),
        sa.Column("widths", sa.ARRAY(sa.Integer), nullable=False),
        sa.Column("heights", sa.ARRAY(sa.Integer), nullable=False),
        sa.Column("dprs", sa.ARRAY(sa.Double), nullable=False),
        sa.Column("presets", sa.ARRAY(sa.String), nullable=False),
        sa.Column("sealed_secret", sa.String, nullable=False),
        _time("created_at"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        schema="gateway",
    )
    op.create_index(
        "signing_keys_by_workspace",
        "signing_keys",
        ["workspace_id", "created_at", "id"],
        schema="gateway",
    )
    op.create_index(
        "signing_keys_by_name_in_addresses",
        "signing_keys",
        ["signs_as"],
        unique=True,
        schema="gateway",
    )


def _workspace() -> sa.ForeignKey:
    return sa.ForeignKey("gateway.workspaces.id", ondelete="CASCADE")


def _time(name: str) -> sa.Column[object]:
    moment = sa.DateTime(timezone=True)
    return sa.Column(name, moment, nullable=False, server_default=sa.text("now()"))
