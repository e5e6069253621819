"""The psd service's tables: documents, their layers, and what was made of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from onemanage.platform.deletion.tombstones import tombstone_table

SCHEMA = "psd"
metadata = MetaData(schema=SCHEMA)
SEARCHABLE = "lower(normalize(name || chr(10) || coalesce(text, ''), NFKC))"
"""The database folds, so a row of any release is found by the same rule."""


class Base(SQLModel):
    metadata = metadata


class DocumentRow(Base, table=True):
    """The fields of the contract's Document, images as JSON."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("documents_by_workspace", "workspace_id", "created_at", "document_id"),
        Index("documents_by_task", "task_id"),
        Index("documents_by_file", "file_id"),
    )

    document_id: str = Field(primary_key=True)
    workspace_id: str
    file_id: str
    task_id: str
    name: str
    format: str
    width: int
    height: int
    color_mode: str
    depth: int
    icc_profile: str | None
    layer_count: int
    image_count: int
    manifest_key: str
    composite: dict[str, Any] | None = Field(sa_type=JSONB)
    composite_source: str | None
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    warnings: list[str] = Field(sa_type=JSONB)
    name_encoding: str | None = None


class LayerRow(Base, table=True):
    """The fields of the contract's Layer, its image as JSON."""

    __tablename__ = "layers"
    __table_args__ = (
        Index("layers_by_workspace", "workspace_id"),
        *(
            Index(f"layers_by_{what}", what, postgresql_using="gin")
            for what in ("fonts", "colors")
        ),
        Index(
            "layers_by_searchable",
            "searchable",
            postgresql_using="gin",
            postgresql_ops={"searchable": "public.gin_trgm_ops"},
        ),
    )

    document_id: str = Field(
        sa_column=Column(
            ForeignKey("psd.documents.document_id", ondelete="CASCADE"),
            primary_key=True,
        )
    )
    layer_id: int = Field(primary_key=True)
    parent_id: int | None
    name: str
    kind: str
    left: int
    top: int
    width: int
    height: int
    blend_mode: str
    opacity: float
    visible: bool
    shown: bool
    clipping: bool
    text: str | None
    image: dict[str, Any] | None = Field(sa_type=JSONB)
    warnings: list[str] = Field(sa_type=JSONB)
    unsupported: list[str] = Field(
        sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )
    details: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """As in the contract's LayerDetails; None for documents of an older release."""
    workspace_id: str | None = None
    """The document's; for search, which has no time to join. None: not searched."""
    searchable: str | None = Field(
        default=None, sa_column=Column(Text, Computed(SEARCHABLE, persisted=True))
    )
    """Name and text, folded, with a line feed between."""
    fonts: list[str] = Field(
        sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"}
    )
    """Of the details, each as a name and as a family, folded."""
    colors: list[int] = Field(
        sa_type=ARRAY(Integer), sa_column_kwargs={"server_default": "{}"}
    )
    """Of the details, as 0xrrggbb."""


class RenditionRow(Base, table=True):
    """The fields of the contract's Rendition. Its document may be parsed again."""

    __tablename__ = "renditions"
    __table_args__ = (
        Index("renditions_by_document", "document_id", "created_at", "rendition_id"),
        Index("renditions_by_task", "task_id"),
    )

    rendition_id: str = Field(primary_key=True)
    document_id: str
    workspace_id: str
    file_id: str
    task_id: str
    spec: dict[str, Any] = Field(sa_type=JSONB)
    image_count: int
    size: int = Field(sa_type=BigInteger)
    pixels: int = Field(
        sa_column=Column(BigInteger, nullable=False, server_default="0")
    )
    manifest_key: str
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    warnings: list[str] = Field(sa_type=JSONB)


class DiffRow(Base, table=True):
    """The fields of the contract's DocumentDiff."""

    __tablename__ = "diffs"
    __table_args__ = (
        Index("diffs_by_task", "task_id"),
        Index("diffs_by_before", "before_document_id"),
        Index("diffs_by_after", "after_document_id"),
    )

    diff_id: str = Field(primary_key=True)
    workspace_id: str
    task_id: str
    before_document_id: str
    after_document_id: str
    added: int
    removed: int
    changed: int
    counts: dict[str, int] = Field(sa_type=JSONB)
    changed_share: float | None
    heat_map: dict[str, Any] | None = Field(sa_type=JSONB)
    changes_key: str
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    warnings: list[str] = Field(sa_type=JSONB)


tombstones = tombstone_table(metadata)
