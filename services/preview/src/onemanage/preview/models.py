"""The preview service's tables."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Index, MetaData
from sqlmodel import Field, SQLModel

from onemanage.platform.deletion.tombstones import tombstone_table

SCHEMA = "preview"
metadata = MetaData(schema=SCHEMA)


class Base(SQLModel):
    metadata = metadata


class PreviewRow(Base, table=True):
    """A link that lives; the row goes when it has expired."""

    __tablename__ = "previews"
    __table_args__ = (
        Index("previews_by_document", "workspace_id", "document_id", "layer_id"),
        Index("previews_by_dataset", "workspace_id", "dataset_id", "position"),
        Index("previews_by_expiry", "expires_at"),
    )

    preview_id: str = Field(primary_key=True)
    workspace_id: str
    document_id: str
    """Empty where it is of a data set."""
    layer_id: int | None
    name: str
    width: int
    height: int
    size: int
    media_type: str
    sha256: str
    object_key: str
    expires_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    dataset_id: str | None = None
    kind: str = "image"
    column: str | None = None
    position: int = 0


class PyramidRow(Base, table=True):
    """The tiles of a picture; the row goes with what it is of."""

    __tablename__ = "pyramids"
    __table_args__ = (Index("pyramids_by_owner", "workspace_id", "owner_id"),)

    pyramid_id: str = Field(primary_key=True)
    workspace_id: str
    source: str
    owner_id: str
    name: str
    width: int
    height: int
    media_type: str
    tiles: int
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    object_key: str
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False)
    )


class GarbageRow(Base, table=True):
    """An object that nothing refers to from ``delete_after`` on.

    A key stands here before its object is written, and is taken out with the commit
    that refers to it, so that no crash leaves an object behind that nobody knows of.
    """

    __tablename__ = "garbage"

    object_key: str = Field(primary_key=True)
    delete_after: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, index=True)
    )


tombstones = tombstone_table(metadata)
