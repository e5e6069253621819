"""Data sets, imports with their ledger, plans.

Revision ID: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "data_import"


def upgrade() -> None:
    _datasets()
    _imports()
    _ledger()
    _plans()


def downgrade() -> None:
    for table in ("plans", "import_tables", "imports", "datasets"):
        op.drop_table(table, schema=SCHEMA)


def _columns(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _moment(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _index(name: str, table: str, *columns: str, **more: Any) -> None:
    op.create_index(name, table, list(columns), schema=SCHEMA, **more)


def _datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("dataset_id", sa.String, primary_key=True),
        *_columns(sa.String, "workspace_id", "name", "schema_name", "table_name"),
        *_columns(sa.BigInteger, "row_count", "next_id"),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("last_import_id", sa.String),
        sa.UniqueConstraint("workspace_id", "name", name="datasets_by_name"),
        sa.UniqueConstraint("schema_name", "table_name", name="datasets_by_table"),
        schema=SCHEMA,
    )


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("import_id", sa.String, primary_key=True),
        *_columns(sa.String, "workspace_id", "task_id", "status"),
        *_columns(JSONB, "plan", "files"),
        *_columns(sa.BigInteger, "rows_read", "rows_loaded", "rows_rejected"),
        *_columns(JSONB, "warnings"),
        *_columns(sa.Float, "seconds"),
        sa.Column("plan_id", sa.String),
        sa.Column("resubmits", sa.String),
        _moment("created_at"),
        _moment("undone_at", nullable=True),
        schema=SCHEMA,
    )
    _index("imports_by_workspace", "imports", "workspace_id", "created_at", "import_id")
    _index("imports_by_task", "imports", "task_id")


def _ledger() -> None:
    table = "import_tables"
    op.create_table(
        table,
        sa.Column(
            "import_id",
            sa.String,
            sa.ForeignKey(f"{SCHEMA}.imports.import_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
        *_columns(sa.String, "workspace_id", "dataset_id", "schema_name", "table_name"),
        *_columns(sa.String, "mode", "digest", "shape"),
        *_columns(JSONB, "table_plan"),
        *_columns(sa.BigInteger, "first_id", "last_id", "rows_read", "rows_loaded"),
        *_columns(sa.BigInteger, "rows_updated", "rows_rejected"),
        *_columns(JSONB, "added_columns", "reject_counts", "rejects", "warnings"),
        sa.Column("repeats", sa.String),
        sa.Column("rejects_key", sa.String),
        sa.Column("kept_table", sa.String),
        sa.Column("kept_next_id", sa.BigInteger),
        sa.Column("kept_row_count", sa.BigInteger),
        _moment("kept_until", nullable=True),
        _moment("created_at"),
        _moment("undone_at", nullable=True),
        schema=SCHEMA,
    )
    _index("import_tables_by_dataset", table, "dataset_id", "created_at")
    _index("import_tables_by_source", table, "workspace_id", "table_name", "digest")
    _index("import_tables_by_shape", table, "workspace_id", "shape", "created_at")
    kept = sa.text("kept_table IS NOT NULL")
    _index("import_tables_by_kept_until", table, "kept_until", postgresql_where=kept)


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("plan_id", sa.String, primary_key=True),
        *_columns(sa.String, "workspace_id", "task_id", "object_key", "shape"),
        *_columns(JSONB, "sources", "tables"),
        _moment("created_at"),
        schema=SCHEMA,
    )
    _index("plans_by_workspace", "plans", "workspace_id", "created_at", "plan_id")
    _index("plans_by_task", "plans", "task_id")
