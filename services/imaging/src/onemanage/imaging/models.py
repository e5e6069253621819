"""The imaging service's tables: what was made of images, and what is known of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, BIT, JSONB
from sqlmodel import Field, SQLModel

from onemanage.platform.deletion.tombstones import tombstone_table

SCHEMA = "imaging"
metadata = MetaData(schema=SCHEMA)


class Base(SQLModel):
    metadata = metadata


def _created_at() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class TransformationRow(Base, table=True):
    """The contract's Transformation as JSON, and what it is found by."""

    __tablename__ = "transformations"
    __table_args__ = (
        Index(
            "transformations_by_workspace",
            "workspace_id",
            "created_at",
            "transformation_id",
        ),
        Index("transformations_by_key", "workspace_id", "key"),
        Index("transformations_by_task", "task_id"),
        Index("transformations_by_file", "file_id"),
    )

    transformation_id: str = Field(primary_key=True)
    workspace_id: str
    task_id: str
    run: int
    file_id: str | None
    key: str
    made: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = _created_at()


class BackgroundRow(Base, table=True):
    """The contract's BackgroundImage as JSON."""

    __tablename__ = "backgrounds"
    __table_args__ = (
        Index("backgrounds_by_task", "task_id"),
        Index(
            "backgrounds_by_workspace", "workspace_id", "created_at", "background_id"
        ),
        Index("backgrounds_by_file", text("(made ->> 'file_id')")),
    )

    background_id: str = Field(primary_key=True)
    workspace_id: str
    task_id: str
    run: int
    made: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = _created_at()


class AssetRow(Base, table=True):
    """The contract's Asset: one for each file that was looked at."""

    __tablename__ = "assets"
    __table_args__ = (Index("assets_by_workspace", "workspace_id"),)

    file_id: str = Field(primary_key=True)
    workspace_id: str
    task_id: str
    name: str
    analysis: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = _created_at()


class HashRow(Base, table=True):
    """One perceptual hash of an asset: of the whole, and of windows of it.

    Written and read by the statements of hashes.py.
    """

    __tablename__ = "image_hashes"
    __table_args__ = (
        Index(
            "image_hashes_by_keys",
            "keys",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    file_id: str = Field(primary_key=True)
    part: int = Field(primary_key=True, sa_type=SmallInteger)
    """0 is the whole, then the windows."""
    workspace_id: str
    hash: str = Field(sa_column=Column(BIT(256), nullable=False))
    keys: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    """By which hashes that are near can be looked up."""


tombstones = tombstone_table(metadata)
