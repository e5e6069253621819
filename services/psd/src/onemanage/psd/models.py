"""The psd service's tables: documents, what was made of them, and fonts."""

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


class TemplateRow(Base, table=True):
    """The fields of the contract's Template, one row for each revision."""

    __tablename__ = "templates"
    __table_args__ = (
        Index("templates_by_workspace", "workspace_id", "created_at", "template_id"),
        Index("templates_by_document", "document_id"),
        Index("templates_by_task", "task_id"),
    )

    template_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    document_id: str
    workspace_id: str
    task_id: str
    run: int
    """Of the task, for which this row is discarded where it ends without a result."""
    file_id: str
    file_key: str
    file_name: str
    file_sha256: str
    name_encoding: str | None
    name: str
    slots: list[dict[str, Any]] = Field(sa_type=JSONB)
    changes: list[dict[str, Any]] = Field(sa_type=JSONB)
    width: int
    height: int
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    changed_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    warnings: list[str] = Field(sa_type=JSONB)


class FontRow(Base, table=True):
    """The fields of the contract's Font, its faces as JSON."""

    __tablename__ = "fonts"
    __table_args__ = (
        Index("fonts_by_workspace", "workspace_id", "created_at", "font_id"),
        Index("fonts_by_task", "task_id"),
        Index("fonts_by_file", "file_id"),
    )

    font_id: str = Field(primary_key=True)
    workspace_id: str
    task_id: str
    file_id: str
    name: str
    format: str
    faces: list[dict[str, Any]] = Field(sa_type=JSONB)
    size: int = Field(sa_type=BigInteger)
    sha256: str
    object_key: str
    object_sha256: str
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    warnings: list[str] = Field(sa_type=JSONB)


class MergeRow(Base, table=True):
    """The fields of the contract's Merge but for its counts, which its rows give."""

    __tablename__ = "merges"
    __table_args__ = (
        Index("merges_by_template", "template_id", "created_at", "merge_id"),
        Index("merges_by_workspace", "workspace_id", "created_at", "merge_id"),
    )

    merge_id: str = Field(primary_key=True)
    workspace_id: str
    task_id: str
    template_id: str
    template_revision: int
    spec: dict[str, Any] = Field(sa_type=JSONB)
    columns: list[str] = Field(sa_type=JSONB)
    slots: dict[str, str] = Field(sa_type=JSONB)
    pictures: int
    reused: int
    chunks: int
    repeats: str | None
    rejects_of: str | None
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    finished_at: datetime | None = Field(
        sa_column=Column(DateTime(timezone=True), nullable=True)
    )
    contact_sheet: dict[str, Any] | None = Field(sa_type=JSONB(none_as_null=True))
    manifest_key: str | None
    rejects_key: str | None


class MergedRowRow(Base, table=True):
    """A row of a merge. Its images are those of its picture, where that is there."""

    __tablename__ = "merge_rows"
    __table_args__ = (
        Index("merge_rows_by_chunk", "merge_id", "chunk"),
        Index("merge_rows_by_picture", "picture_id"),
    )

    merge_id: str = Field(
        sa_column=Column(
            ForeignKey("psd.merges.merge_id", ondelete="CASCADE"), primary_key=True
        )
    )
    number: int = Field(primary_key=True)
    line: int = Field(sa_type=BigInteger)
    name: str
    cells: list[str | None] = Field(sa_type=JSONB)
    """Texts, in the order of the merge's columns."""
    picture_id: str | None
    """None where the values are no good."""
    chunk: int | None
    """That makes the picture; None where it was there before."""
    warnings: list[str] = Field(sa_type=JSONB)
    error: dict[str, Any] | None = Field(sa_type=JSONB(none_as_null=True))
    """A RowError. What it says counts where the picture is not there."""


class PictureRow(Base, table=True):
    """What a merge has made of values, for all rows of them: it is stored whole."""

    __tablename__ = "pictures"
    __table_args__ = (Index("pictures_by_merge", "merge_id"),)

    picture_id: str = Field(primary_key=True)
    workspace_id: str
    merge_id: str
    """In whose folder the images are. It may be deleted by now."""
    images: list[dict[str, Any]] = Field(sa_type=JSONB)
    warnings: list[str] = Field(sa_type=JSONB)
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )


tombstones = tombstone_table(metadata)
