"""Who decides, what was decided, and what became of it.

Revision ID: 0001
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SCHEMA = "elastic"


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _flag(name: str, default: bool | None = None) -> sa.Column[bool]:
    given = None if default is None else sa.false()
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=given)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _number(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "leader",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("holder"),
        _time("until"),
        schema=_SCHEMA,
    )
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(), primary_key=True),
        _time("decided_at"),
        _text("service"),
        _flag("heavy"),
        *(_count(name) for name in ("wanted", "have", "starts")),
        _number("price"),
        _text("reason"),
        sa.Column("load", JSONB(), nullable=False),
        schema=_SCHEMA,
    )
    op.create_index("decisions_by_age", "decisions", ["decided_at"], schema=_SCHEMA)
    _create_groups()
    op.create_table(
        "holds",
        sa.Column("service", sa.String(), primary_key=True),
        sa.Column("heavy", sa.Boolean(), primary_key=True),
        _time("until"),
        _text("reason"),
        _count("refusals"),
        schema=_SCHEMA,
    )
    op.create_table(
        "measured",
        sa.Column("kind", sa.String(), primary_key=True),
        _number("seconds"),
        _count("count"),
        schema=_SCHEMA,
    )


def _create_groups() -> None:
    op.create_table(
        "groups",
        sa.Column("token", sa.String(), primary_key=True),
        _text("decision_id"),
        _text("service"),
        _flag("heavy"),
        _text("state"),
        _text("reason"),
        _time("ordered_at"),
        _number("price"),
        *(_text(name, nullable=True) for name in ("provider_id", "size", "zone")),
        _flag("spot"),
        *(_time(name, nullable=True) for name in ("started_at", "ended_at")),
        _text("end_reason", nullable=True),
        *(_flag(name, False) for name in ("refused", "told_start", "told_end")),
        schema=_SCHEMA,
    )
    op.create_index(
        "groups_live",
        "groups",
        ["token"],
        schema=_SCHEMA,
        postgresql_where=sa.text("state <> 'gone'"),
    )
    op.create_index(
        "groups_by_end",
        "groups",
        ["ended_at"],
        schema=_SCHEMA,
        postgresql_where=sa.text("state = 'gone'"),
    )


def downgrade() -> None:
    for name in ("measured", "holds", "groups", "decisions", "leader"):
        op.drop_table(name, schema=_SCHEMA)
