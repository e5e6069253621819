"""Workspaces have limits, and what they use is counted.

Revision ID: 0010
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# By a trigger, whoever writes or deletes files, of whatever release. Of a statement and
# not of a row: a thousand files that go at once are one change of the workspace's row.
_COUNT_FILES = """
CREATE FUNCTION gateway.count_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE gateway.workspaces SET stored_bytes = stored_bytes + change.size
    FROM (
        SELECT workspace_id, CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * sum(size)
            AS size
        FROM changed GROUP BY workspace_id
    ) AS change WHERE workspaces.id = change.workspace_id;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO gateway.usage_facts (workspace_id, day, uploads, uploaded_bytes)
        SELECT workspace_id, (created_at AT TIME ZONE 'UTC')::date, count(*), sum(size)
        FROM changed GROUP BY 1, 2;
    END IF;
    RETURN NULL;
END $$
"""
_WHEN = {"insert": "INSERT", "delete": "DELETE"}
_ROWS = {"insert": "NEW", "delete": "OLD"}


def upgrade() -> None:
    _add("workspaces", _object("limits"))
    _add("workspaces", _count("stored_bytes"))
    _add("uploads", sa.Column("workspace_id", sa.String))
    _add("uploads", sa.Column("slot", sa.Integer))
    _add("uploads", sa.Column("alive_at", sa.DateTime(timezone=True)))
    _index("uploads_by_slot", "uploads", ["workspace_id", "slot"], "slot IS NOT NULL")
    _index(
        "tasks_not_ended",
        "tasks",
        ["workspace_id", "id"],
        "state IN ('queued', 'running') AND subject NOT LIKE '%.automatic'",
    )
    _create_usage()
    op.execute(_COUNT_FILES)
    for when, event in _WHEN.items():
        op.execute(
            f"CREATE TRIGGER count_files_{when} AFTER {event} ON gateway.files "
            f"REFERENCING {_ROWS[when]} TABLE AS changed FOR EACH STATEMENT "
            "EXECUTE FUNCTION gateway.count_files()"
        )
    op.execute("""
        UPDATE gateway.workspaces SET stored_bytes = kept.size FROM (
            SELECT workspace_id, sum(size) AS size FROM gateway.files GROUP BY 1
        ) AS kept WHERE workspaces.id = kept.workspace_id
        """)


def downgrade() -> None:
    for when in _WHEN:
        op.execute(f"DROP TRIGGER count_files_{when} ON gateway.files")
    op.execute("DROP FUNCTION gateway.count_files")
    for table in ("usage_facts", "usage"):
        op.drop_table(table, schema="gateway")
    op.drop_index("tasks_not_ended", "tasks", schema="gateway")
    op.drop_index("uploads_by_slot", "uploads", schema="gateway")
    for name in ("alive_at", "slot", "workspace_id"):
        op.drop_column("uploads", name, schema="gateway")
    for name in ("stored_bytes", "limits"):
        op.drop_column("workspaces", name, schema="gateway")


def _create_usage() -> None:
    counted = ("requests", "uploads", "uploaded_bytes", "rows_imported", "pixels")
    workspace = sa.ForeignKey("gateway.workspaces.id", ondelete="CASCADE")
    op.create_table(
        "usage",
        sa.Column("workspace_id", sa.String, workspace, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        *map(_count, (*counted, "stored_bytes")),
        _object("tasks"),
        schema="gateway",
    )
    op.create_table(
        "usage_facts",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("task", sa.String),
        *map(_count, counted),
        schema="gateway",
    )


def _add(table: str, column: sa.Column[Any]) -> None:
    op.add_column(table, column, schema="gateway")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    is_unique = name == "uploads_by_slot"
    op.create_index(
        name,
        table,
        columns,
        unique=is_unique,
        postgresql_where=condition,
        schema="gateway",
    )


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def _object(name: str) -> sa.Column[Any]:
    return sa.Column(name, JSONB, nullable=False, server_default="{}")
