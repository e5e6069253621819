"""The data-import service's tables: data sets, imports and their ledger, plans.

The imported rows themselves lie in tables of the schemas ``ws_…``, one schema for each
workspace. Those are made by imports and are not described here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from onemanage.platform.deletion.tombstones import tombstone_table

SCHEMA = "data_import"
metadata = MetaData(schema=SCHEMA)


class Base(SQLModel):
    metadata = metadata


def _moment(nullable: bool = False) -> Any:
    return Column(DateTime(timezone=True), nullable=nullable)


class DatasetRow(Base, table=True):
    """One imported table. Its columns are what PostgreSQL's catalogue says."""

    __tablename__ = "datasets"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name", name="datasets_by_name"),
        UniqueConstraint("schema_name", "table_name", name="datasets_by_table"),
    )

    dataset_id: str = Field(primary_key=True)
    workspace_id: str
    name: str
    schema_name: str
    table_name: str
    row_count: int = Field(sa_type=BigInteger)
    next_id: int = Field(sa_type=BigInteger)
    """What the next row gets as its ``_id``; those before it may have gaps."""
    created_at: datetime = Field(sa_column=_moment())
    updated_at: datetime = Field(sa_column=_moment())
    last_import_id: str | None = None


class ImportRow(Base, table=True):
    """One import. It stands here from the moment its rows do."""

    __tablename__ = "imports"
    __table_args__ = (
        Index("imports_by_workspace", "workspace_id", "created_at", "import_id"),
        Index("imports_by_task", "task_id"),
    )

    import_id: str = Field(primary_key=True)
    workspace_id: str
    task_id: str
    status: str
    """completed, nothing_loaded or undone."""
    plan: dict[str, Any] = Field(sa_type=JSONB)
    """The fields of the contract's Plan without findings."""
    files: list[dict[str, Any]] = Field(sa_type=JSONB)
    """The fields of the contract's sources."""
    rows_read: int = Field(sa_type=BigInteger)
    rows_loaded: int = Field(sa_type=BigInteger)
    rows_rejected: int = Field(sa_type=BigInteger)
    warnings: list[dict[str, Any]] = Field(sa_type=JSONB)
    seconds: float
    """From the first row read to the commit."""
    plan_id: str | None = None
    resubmits: str | None = None
    """The import whose corrected rejects this one loads."""
    created_at: datetime = Field(sa_column=_moment())
    undone_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class ImportTableRow(Base, table=True):
    """The ledger: what one import did to one table, committed with its rows."""

    __tablename__ = "import_tables"
    __table_args__ = (
        Index("import_tables_by_dataset", "dataset_id", "created_at"),
        Index("import_tables_by_source", "workspace_id", "table_name", "digest"),
        Index("import_tables_by_shape", "workspace_id", "shape", "created_at"),
        Index(
            "import_tables_by_kept_until",
            "kept_until",
            postgresql_where="kept_table IS NOT NULL",
        ),
    )

    import_id: str = Field(
        sa_column=Column(
            ForeignKey("data_import.imports.import_id", ondelete="CASCADE"),
            primary_key=True,
        )
    )
    ordinal: int = Field(primary_key=True)
    """Of the table within the import's plan, from 0."""
    workspace_id: str
    dataset_id: str
    schema_name: str
    table_name: str
    mode: str
    digest: str
    """Of the source's bytes, its part and its plan: the same again is recognised."""
    shape: str
    """Of the headers, as in plans."""
    table_plan: dict[str, Any] = Field(sa_type=JSONB)
    """The fields of the contract's TablePlan."""
    first_id: int = Field(sa_type=BigInteger)
    last_id: int = Field(sa_type=BigInteger)
    """Of the range of ``_id``, both inclusive; before ``first_id`` if it is empty."""
    rows_read: int = Field(sa_type=BigInteger)
    rows_loaded: int = Field(sa_type=BigInteger)
    """Updated ones included."""
    rows_updated: int = Field(sa_type=BigInteger)
    rows_rejected: int = Field(sa_type=BigInteger)
    added_columns: list[str] = Field(sa_type=JSONB)
    reject_counts: list[dict[str, Any]] = Field(sa_type=JSONB)
    rejects: list[dict[str, Any]] = Field(sa_type=JSONB)
    """The first ones; all are in the rejects file."""
    warnings: list[dict[str, Any]] = Field(sa_type=JSONB)
    repeats: str | None = None
    """The earlier import that loaded the same source by the same plan."""
    rejects_key: str | None = None
    kept_table: str | None = None
    """What a replace took away, in the same schema, as long as it is kept."""
    kept_next_id: int | None = Field(default=None, sa_type=BigInteger)
    kept_row_count: int | None = Field(default=None, sa_type=BigInteger)
    kept_until: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    created_at: datetime = Field(sa_column=_moment())
    undone_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class PlanRow(Base, table=True):
    """A plan that was proposed; the plan itself is an object in storage."""

    __tablename__ = "plans"
    __table_args__ = (
        Index("plans_by_workspace", "workspace_id", "created_at", "plan_id"),
        Index("plans_by_task", "task_id"),
    )

    plan_id: str = Field(primary_key=True)
    workspace_id: str
    task_id: str
    object_key: str
    shape: str
    """Hash of the headers of all its tables."""
    sources: list[dict[str, Any]] = Field(sa_type=JSONB)
    """The fields of the contract's SourceName."""
    tables: list[dict[str, Any]] = Field(sa_type=JSONB)
    """The fields of the contract's PlannedTable."""
    created_at: datetime = Field(sa_column=_moment())


class SnapshotRow(Base, table=True):
    """The fields of the contract's DatasetSnapshot; of a data set the newest counts.

    Older ones stand here until their objects are gone, and so do those of a data set
    that was dropped.
    """

    __tablename__ = "snapshots"
    __table_args__ = (Index("snapshots_by_dataset", "dataset_id", "taken_at"),)

    task_id: str = Field(primary_key=True)
    dataset_id: str
    workspace_id: str
    name: str
    import_id: str
    taken_at: datetime = Field(sa_column=_moment())
    row_count: int = Field(sa_type=BigInteger)
    column_count: int
    snapshot_key: str
    snapshot_size: int = Field(sa_type=BigInteger)
    profile_key: str
    dropped: bool = False


class ExportRow(Base, table=True):
    """The fields of the contract's DatasetExport. One that was dropped stands here
    until its object is gone."""

    __tablename__ = "exports"
    __table_args__ = (
        Index("exports_by_dataset", "dataset_id"),
        Index("exports_by_task", "task_id"),
        Index("exports_by_workspace", "workspace_id", "created_at"),
    )

    export_id: str = Field(primary_key=True)
    dataset_id: str
    workspace_id: str
    task_id: str
    spec: dict[str, Any] = Field(sa_type=JSONB)
    file_name: str
    row_count: int = Field(sa_type=BigInteger)
    size: int = Field(sa_type=BigInteger)
    sha256: str
    media_type: str
    object_key: str
    created_at: datetime = Field(sa_column=_moment())
    dropped: bool = False


tombstones = tombstone_table(metadata)
