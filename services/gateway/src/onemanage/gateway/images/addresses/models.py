"""The tables of images by address."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from onemanage.gateway.columns import Base, moment, time


def _workspace(*, primary_key: bool = False) -> Any:
    key = ForeignKey("gateway.workspaces.id", ondelete="CASCADE")
    return Column(String, key, nullable=False, primary_key=primary_key)


def _list(kind: Any) -> Any:
    return Column(ARRAY(kind), nullable=False)


class SigningKey(Base, table=True):
    """The secret is sealed for the workspace."""

    __tablename__ = "signing_keys"
    __table_args__ = (
        Index("signing_keys_by_workspace", "workspace_id", "created_at", "id"),
        Index("signing_keys_by_name_in_addresses", "signs_as", unique=True),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(sa_column=_workspace())
    signs_as: str
    """What signatures name it by."""
    name: str
    covers: str
    """address or source."""
    widths: list[int] = Field(sa_column=_list(Integer))
    heights: list[int] = Field(sa_column=_list(Integer))
    dprs: list[float] = Field(sa_column=_list(Double))
    presets: list[str] = Field(sa_column=_list(String))
    sealed_secret: str
    created_at: datetime = Field(sa_column=time())
    revoked_at: datetime | None = Field(default=None, sa_column=time(optional=True))


class ImageHosts(Base, table=True):
    """Whose images a workspace's addresses may name."""

    __tablename__ = "image_hosts"

    workspace_id: str = Field(sa_column=_workspace(primary_key=True))
    hosts: list[str] = Field(sa_column=_list(String))
    updated_at: datetime = Field(sa_column=time())


class ImageClaim(Base, table=True):
    """Which gateway process has an image made, or has just had it. UNLOGGED."""

    __tablename__ = "image_claims"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    key: str = Field(primary_key=True)
    owner: str
    until: datetime = Field(sa_column=moment())
